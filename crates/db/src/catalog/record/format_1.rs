//! The definition of format 1, read and no longer written.
//!
//! It is from before tables and indexes could be changed: it has no warm throughput, no dates of
//! changes and no phases. Streams and time to live are settings behind which there is nothing.

use serde::Deserialize;

use super::{format_2, format_3, index};
use crate::catalog::parts::{
    Attribute, BillingMode, Ceiling, Changes, IndexKind, Key, Phase, Projection, Sse, Stream,
    TableClass, Throughput, each,
};

/// A table.
#[derive(Debug, Deserialize)]
pub(super) struct Definition {
    name: String,
    table_id: String,
    attributes: Vec<Attribute>,
    key: Key,
    indexes: Vec<Index>,
    billing_mode: BillingMode,
    throughput: Throughput,
    created_at_ms: u64,
    deletion_protection: bool,
    on_demand: Option<Ceiling>,
    table_class: Option<TableClass>,
    stream: Option<Stream>,
    sse: Option<Sse>,
    tags: Vec<(String, String)>,
    /// Missing in the first records of this format.
    expiry_attribute: Option<String>,
}

/// An index.
#[derive(Debug, Deserialize)]
struct Index {
    name: String,
    kind: IndexKind,
    key: Key,
    projection: Projection,
    throughput: Option<Throughput>,
    on_demand: Option<Ceiling>,
}

/// A table paid per request was so from birth, for nothing could change it.
impl From<Definition> for format_2::Definition {
    fn from(earlier: Definition) -> Self {
        let is_on_demand = matches!(earlier.billing_mode, BillingMode::PayPerRequest);
        Self {
            name: earlier.name,
            table_id: earlier.table_id,
            attributes: earlier.attributes,
            key: earlier.key,
            indexes: each(earlier.indexes),
            billing_mode: earlier.billing_mode,
            throughput: earlier.throughput,
            created_at_ms: earlier.created_at_ms,
            deletion_protection: earlier.deletion_protection,
            on_demand: earlier.on_demand,
            warm: None,
            throughput_changes: Changes::default(),
            on_demand_since_ms: is_on_demand.then_some(earlier.created_at_ms),
            table_class: earlier.table_class,
            stream: earlier.stream,
            sse: earlier.sse,
            tags: earlier.tags,
            expiry_attribute: earlier.expiry_attribute,
        }
    }
}

impl From<Definition> for format_3::Definition {
    fn from(earlier: Definition) -> Self {
        format_2::Definition::from(earlier).into()
    }
}

impl From<Index> for index::Index {
    fn from(earlier: Index) -> Self {
        Self {
            name: earlier.name,
            kind: earlier.kind,
            key: earlier.key,
            projection: earlier.projection,
            throughput: earlier.throughput,
            on_demand: earlier.on_demand,
            warm: None,
            throughput_changes: Changes::default(),
            phase: Phase::Active,
        }
    }
}
