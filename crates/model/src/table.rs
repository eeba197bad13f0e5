//! Tables and indexes as they were declared.

use crate::{OnDemandThroughput, ProvisionedThroughput, ThroughputChanges};

/// Key attribute types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarType {
    /// String.
    S,
    /// Number.
    N,
    /// Binary.
    B,
}

impl ScalarType {
    /// The type of that name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        [Self::S, Self::N, Self::B].into_iter().find(|scalar_type| scalar_type.name() == name)
    }

    /// Its name on the wire, as messages have it too.
    pub fn name(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::N => "N",
            Self::B => "B",
        }
    }
}

/// An attribute named in a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributeDefinition {
    /// Attribute name.
    pub name: String,
    /// Its type in every key.
    pub scalar_type: ScalarType,
}

/// Place of an attribute in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRole {
    /// Part of the partition key.
    Hash,
    /// Part of the sort key.
    Range,
}

/// One attribute of a key with its type resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyElement {
    /// Attribute name.
    pub name: String,
    /// Type from the attribute definitions.
    pub scalar_type: ScalarType,
}

/// A key: hash attributes, then range attributes. Tables and local indexes have one hash and at
/// most one range attribute; global indexes up to four of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchema {
    /// Partition key, never empty.
    pub hash: Vec<KeyElement>,
    /// Sort key, possibly empty.
    pub range: Vec<KeyElement>,
}

/// Which attributes an index row carries besides its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexProjection {
    /// Key attributes of table and index only.
    KeysOnly,
    /// Those and the named ones.
    Include(Vec<String>),
    /// Every attribute.
    All,
}

/// Local or global.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IndexKind {
    /// Shares the table's partition key; consistent reads.
    Local,
    /// Has a partition key of its own.
    Global,
}

/// A secondary index as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDefinition {
    /// Index name, unique in its table.
    pub name: String,
    /// Local or global.
    pub kind: IndexKind,
    /// The index's key.
    pub key: KeySchema,
    /// What its rows carry.
    pub projection: IndexProjection,
    /// Provisioned throughput, global indexes of provisioned tables only.
    pub throughput: Option<ProvisionedThroughput>,
    /// Ceiling of an on-demand global index.
    pub on_demand: Option<OnDemandThroughput>,
    /// What it is warm for beyond its billing mode.
    pub warm: Option<ProvisionedThroughput>,
    /// When its throughput was changed.
    pub throughput_changes: ThroughputChanges,
    /// Where in its life it is.
    pub phase: GoalPhase,
}

/// How far a goal is: an index, or time to live, that is led into a table or out of it.
///
/// An index that comes with its table is active from birth. One that is added later first waits
/// until every writer knows of it, then takes in the items that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GoalPhase {
    /// Writers are told of it.
    Allocating,
    /// The items that were there before it are written into it.
    Backfilling,
    /// Complete.
    #[default]
    Active,
    /// Nobody maintains it any more, and it will be forgotten.
    Deleting,
}

/// How far enabling or disabling time to live is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeToLiveStatus {
    /// Items that were there before it are still being looked at.
    Enabling,
    /// In force.
    Enabled,
    /// What it kept is being removed.
    Disabling,
    /// Not in force.
    Disabled,
}

/// How a table is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BillingMode {
    /// Units per second, set in advance.
    Provisioned,
    /// Per request.
    PayPerRequest,
}

/// A table as declared: everything but its current size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDefinition {
    /// Table name.
    pub name: String,
    /// A UUID that changes when the table is re-created.
    pub table_id: String,
    /// Attribute definitions in the order declared.
    pub attributes: Vec<AttributeDefinition>,
    /// Primary key.
    pub key: KeySchema,
    /// Local then global indexes, each in the order declared.
    pub indexes: Vec<IndexDefinition>,
    /// Billing mode.
    pub billing_mode: BillingMode,
    /// Provisioned throughput; zeros when paid per request.
    pub throughput: ProvisionedThroughput,
    /// Creation time, milliseconds since the epoch.
    pub created_at_ms: u64,
    /// Refuses DeleteTable while set.
    pub deletion_protection: bool,
    /// Ceiling of an on-demand table.
    pub on_demand: Option<OnDemandThroughput>,
    /// What it is warm for beyond its billing mode.
    pub warm: Option<ProvisionedThroughput>,
    /// When its throughput was changed.
    pub throughput_changes: ThroughputChanges,
    /// When it was last switched to being paid per request, milliseconds since the epoch.
    pub on_demand_since_ms: Option<u64>,
    /// Table class, when the request named one.
    pub table_class: Option<TableClass>,
    /// Its stream, while it has one.
    pub stream: Option<StreamSpecification>,
    /// The label of the stream it has, or had last.
    pub latest_stream_label: Option<String>,
    /// Encryption settings: kept and shown; data is always encrypted.
    pub sse: Option<SseSpecification>,
    /// Tags in the order given.
    pub tags: Vec<(String, String)>,
    /// The attribute that says when an item expires, while time to live is enabled or on its way.
    pub expiry_attribute: Option<String>,
    /// How far time to live has come, or gone.
    pub expiry_phase: GoalPhase,
    /// When time to live was last enabled or disabled, milliseconds since the epoch.
    pub expiry_changed_at_ms: Option<u64>,
}

/// Storage class, a matter of price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableClass {
    /// STANDARD.
    Standard,
    /// STANDARD_INFREQUENT_ACCESS.
    StandardInfrequentAccess,
}

/// The stream that a table has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamSpecification {
    /// Images a record carries.
    pub view: StreamView,
}

/// Images a stream record carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamView {
    /// Keys alone.
    KeysOnly,
    /// The item after the change.
    NewImage,
    /// The item before the change.
    OldImage,
    /// The item before the change, and after it.
    NewAndOldImages,
}

/// Encryption settings as declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseSpecification {
    /// Whether a KMS key was asked for.
    pub enabled: bool,
    /// That key, as given.
    pub kms_key: Option<String>,
}

impl TableDefinition {
    /// What it is warm for.
    pub fn warm(&self) -> ProvisionedThroughput {
        self.throughput.warm_in(self.billing_mode).max(self.warm)
    }
}

impl IndexDefinition {
    /// What it is warm for, in a table of that billing mode.
    pub fn warm(&self, mode: BillingMode) -> ProvisionedThroughput {
        self.throughput.unwrap_or(ProvisionedThroughput::ZERO).warm_in(mode).max(self.warm)
    }

    /// Whether writers keep it current.
    pub fn is_maintained(&self) -> bool {
        self.phase != GoalPhase::Deleting
    }

    /// Whether items from before it may still be missing in it.
    pub fn is_incomplete(&self) -> bool {
        matches!(self.phase, GoalPhase::Allocating | GoalPhase::Backfilling)
    }
}
