//! The definition of format 2, read and no longer written.
//!
//! Format 2 came with the changing of tables: with warm throughput, dates of changes and the phases
//! of indexes. Streams and time to live are still settings behind which there is nothing.

use serde::Deserialize;

use super::format_3;
use super::index::Index;
use crate::catalog::parts::{
    Attribute, BillingMode, Ceiling, Changes, Key, Phase, Sse, Stream, TableClass, Throughput,
};

/// A table.
#[derive(Debug, Deserialize)]
pub(super) struct Definition {
    pub(super) name: String,
    pub(super) table_id: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) key: Key,
    pub(super) indexes: Vec<Index>,
    pub(super) billing_mode: BillingMode,
    pub(super) throughput: Throughput,
    pub(super) created_at_ms: u64,
    pub(super) deletion_protection: bool,
    pub(super) on_demand: Option<Ceiling>,
    pub(super) warm: Option<Throughput>,
    #[serde(default)]
    pub(super) throughput_changes: Changes,
    pub(super) on_demand_since_ms: Option<u64>,
    pub(super) table_class: Option<TableClass>,
    pub(super) stream: Option<Stream>,
    pub(super) sse: Option<Sse>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) expiry_attribute: Option<String>,
}

/// Items that expire have no entries yet, and the stream has no label: opening begins both.
impl From<Definition> for format_3::Definition {
    fn from(earlier: Definition) -> Self {
        Self {
            name: earlier.name,
            table_id: earlier.table_id,
            attributes: earlier.attributes,
            key: earlier.key,
            indexes: earlier.indexes,
            billing_mode: earlier.billing_mode,
            throughput: earlier.throughput,
            created_at_ms: earlier.created_at_ms,
            deletion_protection: earlier.deletion_protection,
            on_demand: earlier.on_demand,
            warm: earlier.warm,
            throughput_changes: earlier.throughput_changes,
            on_demand_since_ms: earlier.on_demand_since_ms,
            table_class: earlier.table_class,
            stream: earlier.stream,
            latest_stream_label: None,
            sse: earlier.sse,
            tags: earlier.tags,
            expiry_attribute: earlier.expiry_attribute,
            expiry_phase: Phase::Allocating,
            expiry_changed_at_ms: None,
        }
    }
}
