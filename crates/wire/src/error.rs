//! Failures as the client sees them: HTTP status, `__type`, and a body around them.
//!
//! Source: the developer guide, "Error handling with DynamoDB", and its examples of bodies.

use model::{ApiError, CancellationReason, Item};

use crate::encode::{Encode as _, ObjectWriter, write_array};
use crate::text::Text;

/// The name space of DynamoDB's own error types.
const SERVICE_PREFIX: &str = "com.amazonaws.dynamodb.v20120810#";
const FRAMEWORK_PREFIX: &str = "com.amazon.coral.service#";
const VALIDATION_PREFIX: &str = "com.amazon.coral.validate#";

/// An error's place on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorBody {
    /// HTTP status.
    pub status: u16,
    /// The type without its name space: what SDKs call the code.
    pub code: &'static str,
    prefix: &'static str,
}

impl ErrorBody {
    /// How this error stands on the wire.
    pub fn of(error: &ApiError) -> Self {
        let service = |code| Self { status: 400, code, prefix: SERVICE_PREFIX };
        let framework = |code| Self { status: 400, code, prefix: FRAMEWORK_PREFIX };
        match error {
            ApiError::Serialization(_) => framework("SerializationException"),
            ApiError::Validation(_) => {
                Self { status: 400, code: "ValidationException", prefix: VALIDATION_PREFIX }
            }
            ApiError::ResourceNotFound(_) => service("ResourceNotFoundException"),
            ApiError::TableNotFound(_) => service("TableNotFoundException"),
            ApiError::PolicyNotFound(_) => service("PolicyNotFoundException"),
            ApiError::ResourceInUse(_) => service("ResourceInUseException"),
            ApiError::LimitExceeded(_) => service("LimitExceededException"),
            ApiError::ProvisionedThroughputExceeded(_) => {
                service("ProvisionedThroughputExceededException")
            }
            ApiError::ConditionalCheckFailed { .. } => service("ConditionalCheckFailedException"),
            ApiError::TransactionCanceled { .. } => service("TransactionCanceledException"),
            ApiError::TransactionConflict => service("TransactionConflictException"),
            ApiError::TransactionInProgress => service("TransactionInProgressException"),
            ApiError::IdempotentParameterMismatch(_) => {
                service("IdempotentParameterMismatchException")
            }
            ApiError::ItemCollectionSizeLimitExceeded(_) => {
                service("ItemCollectionSizeLimitExceededException")
            }
            ApiError::ExpiredIterator(_) => service("ExpiredIteratorException"),
            ApiError::TrimmedDataAccess(_) => service("TrimmedDataAccessException"),
            ApiError::RequestTooLarge(_) => {
                Self { status: 413, ..framework("RequestEntityTooLargeException") }
            }
            ApiError::RequestTimeout => {
                Self { status: 408, ..framework("RequestTimeoutException") }
            }
            ApiError::UnknownOperation(_) => framework("UnknownOperationException"),
            ApiError::MissingAuthenticationToken(_) => {
                framework("MissingAuthenticationTokenException")
            }
            ApiError::IncompleteSignature(_) => framework("IncompleteSignatureException"),
            ApiError::InvalidSignature(_) => framework("InvalidSignatureException"),
            ApiError::AccessDenied(_) => framework("AccessDeniedException"),
            ApiError::InternalServerError => Self { status: 500, ..service("InternalServerError") },
        }
    }

    /// The body that says `error`.
    pub fn text(self, error: &ApiError) -> Text {
        let mut out = Text::expecting(items(error).map(Item::expected_bytes).sum());
        self.write(error, &mut out);
        out
    }

    fn write(self, error: &ApiError, out: &mut Text) {
        let mut object = ObjectWriter::open(out);
        object.string("__type", &format!("{}{}", self.prefix, self.code));
        let message = error.to_string();
        if !message.is_empty() {
            object.string(self.message_member(), &message);
        }
        match error {
            ApiError::ConditionalCheckFailed { item } => {
                object.optional_item("Item", item.as_ref());
            }
            ApiError::TransactionCanceled { reasons } => {
                write_array(object.key("CancellationReasons"), reasons, write_reason);
            }
            _ => {}
        }
        object.close();
    }

    /// How the message is spelt: the service's model says so for its own errors, and clients'
    /// logs for the framework's (capitalised where a request's content is refused, not where its
    /// signature is).
    fn message_member(self) -> &'static str {
        match self.code {
            "AccessDeniedException"
            | "IdempotentParameterMismatchException"
            | "SerializationException"
            | "TransactionCanceledException"
            | "TransactionInProgressException" => "Message",
            _ => "message",
        }
    }
}

/// The items that an error shows.
fn items(error: &ApiError) -> impl Iterator<Item = &Item> {
    let (one, many) = match error {
        ApiError::ConditionalCheckFailed { item } => (item.as_ref(), &[][..]),
        ApiError::TransactionCanceled { reasons } => (None, &reasons[..]),
        _ => (None, &[][..]),
    };
    one.into_iter().chain(many.iter().filter_map(|reason| reason.item.as_ref()))
}

fn write_reason(out: &mut Text, reason: &CancellationReason) {
    let mut object = ObjectWriter::open(out);
    object.string("Code", reason.code.as_str());
    object.optional_item("Item", reason.item.as_ref());
    if let Some(message) = &reason.message {
        object.string("Message", message);
    }
    object.close();
}
