//! Errors byte for byte.

use model::{ApiError, AttributeMap, AttributeValue, CancellationCode, CancellationReason, Item};
use stator_wire::ErrorBody;

#[track_caller]
fn assert_body(error: &ApiError, status: u16, expected: &str) {
    let envelope = ErrorBody::of(error);
    let out = envelope.text(error).finish().expect("a short text is whole");
    assert_eq!(
        (envelope.status, std::str::from_utf8(&out).expect("a body is UTF-8")),
        (status, expected)
    );
}

fn item() -> Item {
    Item::encode(&AttributeMap::from([("a".into(), AttributeValue::Bool(true))]))
}

#[test]
fn every_error_has_its_status_type_and_spelling_of_message() {
    let text = || "x".to_owned();
    let cases = [
        (ApiError::Serialization(text()), "coral.service#SerializationException", "Message"),
        (ApiError::Validation(text()), "coral.validate#ValidationException", "message"),
        (ApiError::ResourceNotFound(text()), "ResourceNotFoundException", "message"),
        (ApiError::ResourceInUse(text()), "ResourceInUseException", "message"),
        (ApiError::LimitExceeded(text()), "LimitExceededException", "message"),
        (
            ApiError::IdempotentParameterMismatch(text()),
            "IdempotentParameterMismatchException",
            "Message",
        ),
        (
            ApiError::ItemCollectionSizeLimitExceeded(text()),
            "ItemCollectionSizeLimitExceededException",
            "message",
        ),
        (ApiError::UnknownOperation(text()), "coral.service#UnknownOperationException", "message"),
        (
            ApiError::MissingAuthenticationToken(text()),
            "coral.service#MissingAuthenticationTokenException",
            "message",
        ),
        (
            ApiError::IncompleteSignature(text()),
            "coral.service#IncompleteSignatureException",
            "message",
        ),
        (ApiError::InvalidSignature(text()), "coral.service#InvalidSignatureException", "message"),
        (ApiError::AccessDenied(text()), "coral.service#AccessDeniedException", "Message"),
    ];
    for (error, name, message) in cases {
        let name = match name.strip_prefix("coral") {
            Some(rest) => format!("com.amazon.coral{rest}"),
            None => format!("com.amazonaws.dynamodb.v20120810#{name}"),
        };
        assert_body(&error, 400, &format!(r#"{{"__type":"{name}","{message}":"x"}}"#));
    }
}

#[test]
fn an_error_without_words_has_no_message() {
    assert_body(
        &ApiError::Serialization(String::new()),
        400,
        r#"{"__type":"com.amazon.coral.service#SerializationException"}"#,
    );
}

#[test]
fn only_two_errors_are_not_400() {
    assert_body(
        &ApiError::InternalServerError,
        500,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#,
    );
    assert_eq!(ErrorBody::of(&ApiError::RequestTooLarge(String::new())).status, 413);
    assert_eq!(ErrorBody::of(&ApiError::RequestTimeout).status, 408);
}

#[test]
fn a_failed_condition_carries_the_item_when_there_is_one_to_show() {
    assert_body(
        &ApiError::ConditionalCheckFailed { item: None },
        400,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"}"#,
    );
    assert_body(
        &ApiError::ConditionalCheckFailed { item: Some(item()) },
        400,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"a":{"BOOL":true}}}"#,
    );
}

#[test]
fn a_cancelled_transaction_gives_a_reason_for_every_action() {
    let none = CancellationReason { code: CancellationCode::None, message: None, item: None };
    let failed = CancellationReason {
        code: CancellationCode::ConditionalCheckFailed,
        message: Some("The conditional request failed".into()),
        item: Some(item()),
    };
    assert_body(
        &ApiError::TransactionCanceled { reasons: vec![none, failed] },
        400,
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":{"a":{"BOOL":true}},"Message":"The conditional request failed"}]}"#,
    );
}
