//! Encryption settings: what may be asked for. They are kept and shown; data is always encrypted.
//!
//! Words: ack-api-quirks, DDB-TABLE-044 and the catalogue DDB-TABLE-442, recorded against AWS,
//! 2026-11.

use model::{ApiError, SseDeclaration, SseKind, SseSpecification};

use crate::error::invalid;

/// The settings that a declaration means; `None` is the service's own key. A kind alone enables.
pub(super) fn declared(sse: SseDeclaration) -> Result<Option<SseSpecification>, ApiError> {
    let SseDeclaration { enabled, kind, kms_key } = sse;
    match (enabled, kind) {
        (Some(false), Some(_)) => {
            return Err(invalid("SSEType can not be specified if Enabled is false"));
        }
        (_, Some(SseKind::Aes256)) => return Err(invalid("SSEType AES256 is not supported")),
        (Some(false), None) if kms_key.is_some() => {
            return Err(invalid("KMSMasterKeyId can not be specified if Enabled is false"));
        }
        (_, None) if kms_key.is_some() => {
            return Err(invalid("SSEType KMS is required if KMSMasterKeyId is specified"));
        }
        _ => {}
    }
    let enabled = enabled.unwrap_or(kind.is_some());
    Ok(enabled.then_some(SseSpecification { enabled, kms_key }))
}
