//! A table as a request declares it: well formed, but nothing checked against anything else yet.
//!
//! `None` means the member was absent, where that differs from an empty one.

use crate::{
    AttributeDefinition, BillingMode, KeyRole, OnDemandThroughput, ProvisionedThroughput,
    SseSpecification, StreamSpecification, TableClass,
};

/// What CreateTable asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDeclaration {
    /// The table's name, or an ARN, as the request wrote it.
    pub table: crate::TableRef,
    /// Key attributes of table and indexes with their types.
    pub attributes: Option<Vec<AttributeDefinition>>,
    /// Primary key.
    pub key_schema: Option<Vec<KeySchemaElement>>,
    /// Local indexes.
    pub local_indexes: Option<Vec<IndexDeclaration>>,
    /// Global indexes.
    pub global_indexes: Option<Vec<IndexDeclaration>>,
    /// Billing mode; provisioned when absent.
    pub billing_mode: Option<BillingMode>,
    /// Provisioned throughput.
    pub throughput: Option<ProvisionedThroughput>,
    /// Ceilings of an on-demand table.
    pub on_demand: Option<OnDemandThroughput>,
    /// Stream settings.
    pub stream: Option<StreamSpecification>,
    /// Encryption settings.
    pub sse: Option<SseSpecification>,
    /// Storage class.
    pub table_class: Option<TableClass>,
    /// Whether DeleteTable is to be refused.
    pub deletion_protection: bool,
    /// Tags in the order given.
    pub tags: Vec<(String, String)>,
}

/// An index as CreateTable declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDeclaration {
    /// Index name.
    pub name: String,
    /// Its key.
    pub key_schema: Vec<KeySchemaElement>,
    /// What its rows carry.
    pub projection: ProjectionDeclaration,
    /// Provisioned throughput, global indexes only.
    pub throughput: Option<ProvisionedThroughput>,
    /// Ceilings of an on-demand global index.
    pub on_demand: Option<OnDemandThroughput>,
}

/// One attribute of a declared key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySchemaElement {
    /// Attribute name.
    pub name: String,
    /// Its place in the key.
    pub role: KeyRole,
}

/// A projection as declared: both members are optional on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProjectionDeclaration {
    /// The type.
    pub projection_type: Option<ProjectionType>,
    /// Attributes named beside it.
    pub non_key_attributes: Option<Vec<String>>,
}

/// Types of projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectionType {
    /// Key attributes alone.
    KeysOnly,
    /// Those and the named ones.
    Include,
    /// Every attribute.
    All,
}
