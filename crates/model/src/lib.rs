//! The nouns of Stator.
//!
//! What it is: the vocabulary every other room speaks. Attribute values and their 38-digit
//! numbers, the compact byte form of an item, the order-preserving key codec, tables and their
//! indexes, ARNs, limits, capacity figures and [`ApiError`].
//!
//! What it is not: it parses no JSON, knows no store, evaluates no expression and reads no clock.
//!
//! # Invariants
//! - Maps and sets are kept sorted, so that equal values have equal bytes: `item` asserts it where
//!   bytes are written.
//! - A [`Number`] is normalised at birth: `number` asserts it.
//! - An error's kind is a variant, never a message to be inspected. No assertion says so: the
//!   other rooms match on [`ApiError`], and have no other way.

pub mod api;
mod arn;
mod capacity;
mod declaration;
mod error;
mod generated;
mod item;
pub mod key;
mod key_value;
pub mod legacy;
pub mod limits;
mod number;
mod options;
mod stream;
mod table;
mod throughput;
mod value;
pub mod work;

pub use api::Unsupported;
pub use arn::{Scope, TableRef};
pub use capacity::{
    Capacity, CapacityDetail, CapacityReport, Consistency, ConsumedCapacity, ItemCollectionMetrics,
    Units,
};
pub use declaration::{
    IndexDeclaration, IndexSettings, KeySchemaElement, ProjectionDeclaration, ProjectionType,
    SseDeclaration, SseKind, StreamDeclaration,
};
pub use error::{ApiError, CancellationCode, CancellationReason};
pub use item::{
    Elements, Entries, Item, ItemWriter, ListRef, ListWriter, MapRef, MapWriter, Measure, Operand,
    Repeated, SetIndex, SetRef, SetWriter, TextRef, ValueRef, ValueWriter, item_bytes,
};
pub use key_value::KeyValue;
pub use number::{Number, NumberError, NumberRef};
pub use options::{
    ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues,
    ReturnValuesOnConditionCheckFailure, Select,
};
pub use stream::{ChangeKind, ChangeOrigin, EventId, SequenceNumber, ShardPosition, StreamArn};
pub use table::{
    AttributeDefinition, BillingMode, GoalPhase, IndexDefinition, IndexKind, IndexProjection,
    KeyElement, KeyRole, KeySchema, ScalarType, SseSpecification, StreamSpecification, StreamView,
    TableClass, TableDefinition, TimeToLiveStatus,
};
pub use throughput::{
    OnDemandThroughput, ProvisionedThroughput, ThroughputChanges, WarmThroughput,
};
pub use value::{AttributeMap, AttributeValue};
