//! The `Definition` of a table's line.
//!
//! It looks as a definition in the catalog of the database does, of which it once was a copy, and
//! is a format of its own: exports outlive the database that wrote them, and are read without one.
//! Lines have one version so far. Members that came after its first day may be missing, which says
//! that the table knew nothing of the kind.

mod parts;

use model::{IndexDefinition, TableDefinition};
use serde::{Deserialize, Serialize};

use parts::{
    Attribute, BillingMode, Ceiling, IndexKind, Key, Phase, Projection, Sse, Stream, TableClass,
    Throughput, ThroughputDates, each, is_default,
};

/// A table.
#[derive(Debug, Serialize, Deserialize)]
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
    /// Came with the changing of tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    warm: Option<Throughput>,
    /// Came with the changing of tables.
    #[serde(default, skip_serializing_if = "is_default")]
    throughput_changes: ThroughputDates,
    /// Came with the changing of tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    on_demand_since_ms: Option<u64>,
    table_class: Option<TableClass>,
    stream: Option<Stream>,
    /// Came with streams that keep records.
    #[serde(skip_serializing_if = "Option::is_none")]
    latest_stream_label: Option<String>,
    sse: Option<Sse>,
    tags: Vec<(String, String)>,
    expiry_attribute: Option<String>,
    /// Came with the expiry of items.
    #[serde(default, skip_serializing_if = "is_default")]
    expiry_phase: Phase,
    /// Came with the expiry of items.
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_changed_at_ms: Option<u64>,
}

/// An index.
#[derive(Debug, Serialize, Deserialize)]
struct Index {
    name: String,
    kind: IndexKind,
    key: Key,
    projection: Projection,
    throughput: Option<Throughput>,
    on_demand: Option<Ceiling>,
    /// Came with the changing of tables.
    #[serde(skip_serializing_if = "Option::is_none")]
    warm: Option<Throughput>,
    /// Came with the changing of tables.
    #[serde(default, skip_serializing_if = "is_default")]
    throughput_changes: ThroughputDates,
    /// Came with the changing of tables.
    #[serde(default, skip_serializing_if = "is_default")]
    phase: Phase,
}

impl From<TableDefinition> for Definition {
    fn from(noun: TableDefinition) -> Self {
        Self {
            name: noun.name,
            table_id: noun.table_id,
            attributes: each(noun.attributes),
            key: noun.key.into(),
            indexes: each(noun.indexes),
            billing_mode: noun.billing_mode.into(),
            throughput: noun.throughput.into(),
            created_at_ms: noun.created_at_ms,
            deletion_protection: noun.deletion_protection,
            on_demand: noun.on_demand.map(Into::into),
            warm: noun.warm.map(Into::into),
            throughput_changes: noun.throughput_changes.into(),
            on_demand_since_ms: noun.on_demand_since_ms,
            table_class: noun.table_class.map(Into::into),
            stream: noun.stream.map(Into::into),
            latest_stream_label: noun.latest_stream_label,
            sse: noun.sse.map(Into::into),
            tags: noun.tags,
            expiry_attribute: noun.expiry_attribute,
            expiry_phase: noun.expiry_phase.into(),
            expiry_changed_at_ms: noun.expiry_changed_at_ms,
        }
    }
}

impl From<Definition> for TableDefinition {
    fn from(own: Definition) -> Self {
        Self {
            name: own.name,
            table_id: own.table_id,
            attributes: each(own.attributes),
            key: own.key.into(),
            indexes: each(own.indexes),
            billing_mode: own.billing_mode.into(),
            throughput: own.throughput.into(),
            created_at_ms: own.created_at_ms,
            deletion_protection: own.deletion_protection,
            on_demand: own.on_demand.map(Into::into),
            warm: own.warm.map(Into::into),
            throughput_changes: own.throughput_changes.into(),
            on_demand_since_ms: own.on_demand_since_ms,
            table_class: own.table_class.map(Into::into),
            stream: own.stream.map(Into::into),
            latest_stream_label: own.latest_stream_label,
            sse: own.sse.map(Into::into),
            tags: own.tags,
            expiry_attribute: own.expiry_attribute,
            expiry_phase: own.expiry_phase.into(),
            expiry_changed_at_ms: own.expiry_changed_at_ms,
        }
    }
}

impl From<IndexDefinition> for Index {
    fn from(noun: IndexDefinition) -> Self {
        Self {
            name: noun.name,
            kind: noun.kind.into(),
            key: noun.key.into(),
            projection: noun.projection.into(),
            throughput: noun.throughput.map(Into::into),
            on_demand: noun.on_demand.map(Into::into),
            warm: noun.warm.map(Into::into),
            throughput_changes: noun.throughput_changes.into(),
            phase: noun.phase.into(),
        }
    }
}

impl From<Index> for IndexDefinition {
    fn from(own: Index) -> Self {
        Self {
            name: own.name,
            kind: own.kind.into(),
            key: own.key.into(),
            projection: own.projection.into(),
            throughput: own.throughput.map(Into::into),
            on_demand: own.on_demand.map(Into::into),
            warm: own.warm.map(Into::into),
            throughput_changes: own.throughput_changes.into(),
            phase: own.phase.into(),
        }
    }
}
