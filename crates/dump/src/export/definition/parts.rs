//! What a definition is made of.

use model::{
    AttributeDefinition, IndexProjection, KeyElement, KeySchema, OnDemandThroughput,
    ProvisionedThroughput, SseSpecification, StreamSpecification, ThroughputChanges,
};
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ScalarType {
    S,
    N,
    B,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum IndexKind {
    Local,
    Global,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum BillingMode {
    Provisioned,
    PayPerRequest,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum TableClass {
    Standard,
    StandardInfrequentAccess,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum StreamView {
    KeysOnly,
    NewImage,
    OldImage,
    NewAndOldImages,
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) enum Phase {
    Allocating,
    Backfilling,
    #[default]
    Active,
    Deleting,
}

/// An attribute definition, or an attribute of a key.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Attribute {
    name: String,
    scalar_type: ScalarType,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Key {
    hash: Vec<Attribute>,
    range: Vec<Attribute>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Projection {
    KeysOnly,
    Include(Vec<String>),
    All,
}

/// Units per second.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Throughput {
    read: u64,
    write: u64,
}

/// Most units per second.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Ceiling {
    read: Option<i64>,
    write: Option<i64>,
}

/// When throughput was changed.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct ThroughputDates {
    increased_at_ms: Option<u64>,
    decreased_at_ms: Option<u64>,
    decreases: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Stream {
    view: StreamView,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sse {
    enabled: bool,
    kms_key: Option<String>,
}

impl From<AttributeDefinition> for Attribute {
    fn from(noun: AttributeDefinition) -> Self {
        Self { name: noun.name, scalar_type: noun.scalar_type.into() }
    }
}

impl From<Attribute> for AttributeDefinition {
    fn from(own: Attribute) -> Self {
        Self { name: own.name, scalar_type: own.scalar_type.into() }
    }
}

impl From<KeyElement> for Attribute {
    fn from(noun: KeyElement) -> Self {
        Self { name: noun.name, scalar_type: noun.scalar_type.into() }
    }
}

impl From<Attribute> for KeyElement {
    fn from(own: Attribute) -> Self {
        Self { name: own.name, scalar_type: own.scalar_type.into() }
    }
}

impl From<KeySchema> for Key {
    fn from(noun: KeySchema) -> Self {
        Self { hash: each(noun.hash), range: each(noun.range) }
    }
}

impl From<Key> for KeySchema {
    fn from(own: Key) -> Self {
        Self { hash: each(own.hash), range: each(own.range) }
    }
}

impl From<IndexProjection> for Projection {
    fn from(noun: IndexProjection) -> Self {
        match noun {
            IndexProjection::KeysOnly => Self::KeysOnly,
            IndexProjection::Include(names) => Self::Include(names),
            IndexProjection::All => Self::All,
        }
    }
}

impl From<Projection> for IndexProjection {
    fn from(own: Projection) -> Self {
        match own {
            Projection::KeysOnly => Self::KeysOnly,
            Projection::Include(names) => Self::Include(names),
            Projection::All => Self::All,
        }
    }
}

impl From<ProvisionedThroughput> for Throughput {
    fn from(ProvisionedThroughput { read, write }: ProvisionedThroughput) -> Self {
        Self { read, write }
    }
}

impl From<Throughput> for ProvisionedThroughput {
    fn from(Throughput { read, write }: Throughput) -> Self {
        Self { read, write }
    }
}

impl From<OnDemandThroughput> for Ceiling {
    fn from(OnDemandThroughput { read, write }: OnDemandThroughput) -> Self {
        Self { read, write }
    }
}

impl From<Ceiling> for OnDemandThroughput {
    fn from(Ceiling { read, write }: Ceiling) -> Self {
        Self { read, write }
    }
}

impl From<ThroughputChanges> for ThroughputDates {
    fn from(noun: ThroughputChanges) -> Self {
        let ThroughputChanges { increased_at_ms, decreased_at_ms, decreases } = noun;
        Self { increased_at_ms, decreased_at_ms, decreases }
    }
}

impl From<ThroughputDates> for ThroughputChanges {
    fn from(own: ThroughputDates) -> Self {
        let ThroughputDates { increased_at_ms, decreased_at_ms, decreases } = own;
        Self { increased_at_ms, decreased_at_ms, decreases }
    }
}

impl From<StreamSpecification> for Stream {
    fn from(noun: StreamSpecification) -> Self {
        Self { view: noun.view.into() }
    }
}

impl From<Stream> for StreamSpecification {
    fn from(own: Stream) -> Self {
        Self { view: own.view.into() }
    }
}

impl From<SseSpecification> for Sse {
    fn from(SseSpecification { enabled, kms_key }: SseSpecification) -> Self {
        Self { enabled, kms_key }
    }
}

impl From<Sse> for SseSpecification {
    fn from(Sse { enabled, kms_key }: Sse) -> Self {
        Self { enabled, kms_key }
    }
}

/// Converts every element.
pub(super) fn each<T, U: From<T>>(list: Vec<T>) -> Vec<U> {
    list.into_iter().map(U::from).collect()
}

/// Whether a member has the value that is not written.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl From<model::ScalarType> for ScalarType {
    fn from(noun: model::ScalarType) -> Self {
        match noun {
            model::ScalarType::S => Self::S,
            model::ScalarType::N => Self::N,
            model::ScalarType::B => Self::B,
        }
    }
}

impl From<ScalarType> for model::ScalarType {
    fn from(own: ScalarType) -> Self {
        match own {
            ScalarType::S => Self::S,
            ScalarType::N => Self::N,
            ScalarType::B => Self::B,
        }
    }
}

impl From<model::IndexKind> for IndexKind {
    fn from(noun: model::IndexKind) -> Self {
        match noun {
            model::IndexKind::Local => Self::Local,
            model::IndexKind::Global => Self::Global,
        }
    }
}

impl From<IndexKind> for model::IndexKind {
    fn from(own: IndexKind) -> Self {
        match own {
            IndexKind::Local => Self::Local,
            IndexKind::Global => Self::Global,
        }
    }
}

impl From<model::BillingMode> for BillingMode {
    fn from(noun: model::BillingMode) -> Self {
        match noun {
            model::BillingMode::Provisioned => Self::Provisioned,
            model::BillingMode::PayPerRequest => Self::PayPerRequest,
        }
    }
}

impl From<BillingMode> for model::BillingMode {
    fn from(own: BillingMode) -> Self {
        match own {
            BillingMode::Provisioned => Self::Provisioned,
            BillingMode::PayPerRequest => Self::PayPerRequest,
        }
    }
}

impl From<model::TableClass> for TableClass {
    fn from(noun: model::TableClass) -> Self {
        match noun {
            model::TableClass::Standard => Self::Standard,
            model::TableClass::StandardInfrequentAccess => Self::StandardInfrequentAccess,
        }
    }
}

impl From<TableClass> for model::TableClass {
    fn from(own: TableClass) -> Self {
        match own {
            TableClass::Standard => Self::Standard,
            TableClass::StandardInfrequentAccess => Self::StandardInfrequentAccess,
        }
    }
}

impl From<model::StreamView> for StreamView {
    fn from(noun: model::StreamView) -> Self {
        match noun {
            model::StreamView::KeysOnly => Self::KeysOnly,
            model::StreamView::NewImage => Self::NewImage,
            model::StreamView::OldImage => Self::OldImage,
            model::StreamView::NewAndOldImages => Self::NewAndOldImages,
        }
    }
}

impl From<StreamView> for model::StreamView {
    fn from(own: StreamView) -> Self {
        match own {
            StreamView::KeysOnly => Self::KeysOnly,
            StreamView::NewImage => Self::NewImage,
            StreamView::OldImage => Self::OldImage,
            StreamView::NewAndOldImages => Self::NewAndOldImages,
        }
    }
}

impl From<model::GoalPhase> for Phase {
    fn from(noun: model::GoalPhase) -> Self {
        match noun {
            model::GoalPhase::Allocating => Self::Allocating,
            model::GoalPhase::Backfilling => Self::Backfilling,
            model::GoalPhase::Active => Self::Active,
            model::GoalPhase::Deleting => Self::Deleting,
        }
    }
}

impl From<Phase> for model::GoalPhase {
    fn from(own: Phase) -> Self {
        match own {
            Phase::Allocating => Self::Allocating,
            Phase::Backfilling => Self::Backfilling,
            Phase::Active => Self::Active,
            Phase::Deleting => Self::Deleting,
        }
    }
}
