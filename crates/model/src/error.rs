//! Every way a request can fail, as DynamoDB names it.
//!
//! The variant is the kind; `wire` turns it into HTTP status, `__type` and body. Nobody inspects
//! message text.

use crate::Item;

/// A failure as the client will see it.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApiError {
    /// The body is not what the operation's shape asks for.
    #[error("{0}")]
    Serialization(String),
    /// The request is well formed but means nothing.
    #[error("{0}")]
    Validation(String),
    /// No such table or index.
    #[error("{0}")]
    ResourceNotFound(String),
    /// No such table, as the operations on backups say it.
    #[error("{0}")]
    TableNotFound(String),
    /// No resource-based policy, or another revision of it than the request expects.
    #[error("{0}")]
    PolicyNotFound(String),
    /// The table exists already, or is being changed.
    #[error("{0}")]
    ResourceInUse(String),
    /// An account limit.
    #[error("{0}")]
    LimitExceeded(String),
    /// There is no capacity for the request just now.
    #[error("{0}")]
    ProvisionedThroughputExceeded(String),
    /// The condition did not hold; the old item when the request asked for it.
    #[error("The conditional request failed")]
    ConditionalCheckFailed {
        /// The item as it was, for `ReturnValuesOnConditionCheckFailure: ALL_OLD`.
        item: Option<Item>,
    },
    /// A transaction was cancelled; one reason per action, in order.
    #[error("{}", cancellation_message(.reasons))]
    TransactionCanceled {
        /// One per action of the request.
        reasons: Vec<CancellationReason>,
    },
    /// A single write met a transaction in progress on its key.
    #[error("Transaction is ongoing for the item")]
    TransactionConflict,
    /// The same client token is being worked on. AWS's words are in aws/aws-sdk-java-v2#2518
    /// (2021-06-08).
    #[error("Transaction from previous request is still in progress")]
    TransactionInProgress,
    /// The same client token came with another request.
    #[error("{0}")]
    IdempotentParameterMismatch(String),
    /// An item collection would outgrow its limit.
    #[error("{0}")]
    ItemCollectionSizeLimitExceeded(String),
    /// The body is larger than any request may be.
    #[error("{0}")]
    RequestTooLarge(String),
    /// The body did not come in time.
    #[error("The request did not come in time")]
    RequestTimeout,
    /// A shard iterator that is too old.
    #[error("{0}")]
    ExpiredIterator(String),
    /// Stream records that are gone.
    #[error("{0}")]
    TrimmedDataAccess(String),
    /// The operation is not known.
    #[error("{0}")]
    UnknownOperation(String),
    /// No signature at all.
    #[error("{0}")]
    MissingAuthenticationToken(String),
    /// A signature with parts missing or malformed.
    #[error("{0}")]
    IncompleteSignature(String),
    /// A signature that cannot be accepted.
    #[error("{0}")]
    InvalidSignature(String),
    /// The caller may not do this.
    #[error("{0}")]
    AccessDenied(String),
    /// Something failed here; the message carries no detail, the log does.
    #[error("Internal server error")]
    InternalServerError,
}

impl ApiError {
    /// A request, or a table after it, has more than [`limits::TAGS_MAX`](crate::limits::TAGS_MAX)
    /// tags. AWS says so as a validation error (ack-api-quirks, DDB-TABLE-110, 2026-11).
    pub fn too_many_tags() -> Self {
        let words = "Number of Tags exceed the current limit for the provided ResourceArn";
        Self::Validation(words.into())
    }
}

/// Why one action of a transaction kept it from happening.
#[derive(Debug, Clone, PartialEq)]
pub struct CancellationReason {
    /// The code on the wire.
    pub code: CancellationCode,
    /// Absent for [`CancellationCode::None`].
    pub message: Option<String>,
    /// The old item, when asked for and the condition failed.
    pub item: Option<Item>,
}

/// Codes of [`CancellationReason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancellationCode {
    /// This action was fine.
    None,
    /// Its condition did not hold.
    ConditionalCheckFailed,
    /// An item collection would outgrow its limit.
    ItemCollectionSizeLimitExceeded,
    /// Another transaction or write holds the item.
    TransactionConflict,
    /// The action itself is invalid against the stored item.
    ValidationError,
}

impl CancellationCode {
    /// The code as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::ConditionalCheckFailed => "ConditionalCheckFailed",
            Self::ItemCollectionSizeLimitExceeded => "ItemCollectionSizeLimitExceeded",
            Self::TransactionConflict => "TransactionConflict",
            Self::ValidationError => "ValidationError",
        }
    }
}

fn cancellation_message(reasons: &[CancellationReason]) -> String {
    let codes: Vec<_> = reasons.iter().map(|reason| reason.code.as_str()).collect();
    format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    )
}
