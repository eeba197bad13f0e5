//! The index of formats 2 to 4.

use model::IndexDefinition;
use serde::{Deserialize, Serialize};

use crate::catalog::parts::{
    Ceiling, Changes, IndexKind, Key, Phase, Projection, Throughput, is_default,
};

/// An index. Members that say nothing are left out.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) kind: IndexKind,
    pub(super) key: Key,
    pub(super) projection: Projection,
    pub(super) throughput: Option<Throughput>,
    pub(super) on_demand: Option<Ceiling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) warm: Option<Throughput>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) throughput_changes: Changes,
    #[serde(default, skip_serializing_if = "is_default")]
    pub(super) phase: Phase,
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
