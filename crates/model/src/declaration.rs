//! Parts of a table, or of a change of one, as a request declares them: well formed, but nothing
//! checked against anything else yet.
//!
//! `None` means the member was absent, where that differs from an empty one.

use crate::{
    IndexProjection, KeyElement, KeyRole, KeySchema, OnDemandThroughput, ProvisionedThroughput,
    StreamView, WarmThroughput,
};

/// An index as CreateTable and UpdateTable declare it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDeclaration {
    /// Index name.
    pub name: String,
    /// The index's key.
    pub key_schema: Vec<KeySchemaElement>,
    /// What its rows carry.
    pub projection: ProjectionDeclaration,
    /// Provisioned throughput, global indexes only.
    pub throughput: Option<ProvisionedThroughput>,
    /// Ceilings of an on-demand global index.
    pub on_demand: Option<OnDemandThroughput>,
    /// What a global index is to be warm for.
    pub warm: Option<WarmThroughput>,
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

/// A stream as declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamDeclaration {
    /// Whether there is to be one.
    pub enabled: bool,
    /// Images its records are to carry.
    pub view: Option<StreamView>,
}

/// Encryption as declared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SseDeclaration {
    /// Whether a KMS key is to be used.
    pub enabled: Option<bool>,
    /// The kind of encryption.
    pub kind: Option<SseKind>,
    /// The KMS key.
    pub kms_key: Option<String>,
}

/// Kinds of encryption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SseKind {
    /// AES256, which DynamoDB does not offer any more.
    Aes256,
    /// KMS.
    Kms,
}

/// Settings of an index that can be changed. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexSettings {
    /// The index's name.
    pub name: String,
    /// Provisioned throughput.
    pub throughput: Option<ProvisionedThroughput>,
    /// Ceilings of an on-demand index.
    pub on_demand: Option<OnDemandThroughput>,
    /// What it is to be warm for.
    pub warm: Option<WarmThroughput>,
}

impl KeySchema {
    /// The key as a request declares it, and as answers show it.
    pub fn declared(&self) -> Vec<KeySchemaElement> {
        let element = |role| {
            move |element: &KeyElement| KeySchemaElement { name: element.name.clone(), role }
        };
        let hash = self.hash.iter().map(element(KeyRole::Hash));
        hash.chain(self.range.iter().map(element(KeyRole::Range))).collect()
    }
}

impl IndexProjection {
    /// The projection as a request declares it, and as answers show it.
    pub fn declared(&self) -> ProjectionDeclaration {
        let (projection_type, non_key_attributes) = match self {
            Self::KeysOnly => (ProjectionType::KeysOnly, None),
            Self::Include(names) => (ProjectionType::Include, Some(names.clone())),
            Self::All => (ProjectionType::All, None),
        };
        ProjectionDeclaration { projection_type: Some(projection_type), non_key_attributes }
    }
}
