//! The definition of formats 3 and 4, which this version writes.
//!
//! Format 3 came with streams and the expiry of items: with the label of the stream and the phase
//! of time to live. Its indexes are those of format 2.

use model::TableDefinition;
use serde::{Deserialize, Serialize};

use super::index::Index;
use crate::catalog::parts::{
    Attribute, BillingMode, Ceiling, Changes, Key, Phase, Sse, Stream, TableClass, Throughput,
    each, is_default,
};

/// A table. Members that say nothing and came after format 1 are left out.
#[derive(Debug, Serialize, Deserialize)]
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) warm: Option<Throughput>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) throughput_changes: Changes,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on_demand_since_ms: Option<u64>,
    pub(super) table_class: Option<TableClass>,
    pub(super) stream: Option<Stream>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) latest_stream_label: Option<String>,
    pub(super) sse: Option<Sse>,
    pub(super) tags: Vec<(String, String)>,
    pub(super) expiry_attribute: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) expiry_phase: Phase,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) expiry_changed_at_ms: Option<u64>,
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
