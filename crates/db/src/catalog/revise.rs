//! From one definition to the next: the checks of UpdateTable.
//!
//! Order: something is asked for → what stands beside each other may → each part is well formed →
//! (the table exists) → no index stands in the way → capacity → indexes → stream → encryption →
//! the rest.
//!
//! Words and order: ack-api-quirks for DynamoDB, recorded against AWS in October 2026, of which the
//! numbers are named where they speak; ScyllaDB's test_gsi_updatetable.py; read 2026-11.

mod capacity;
mod company;
mod indexes;

use model::api::UpdateTableInput;
use model::{
    ApiError, SseSpecification, StreamDeclaration, StreamSpecification, TableClass, TableDefinition,
};

use super::encryption;
use crate::error::{invalid, validation};

/// Checks what can be said without the table.
pub(crate) fn check_request(update: &UpdateTableInput) -> Result<(), ApiError> {
    company::check_something_asked(update)?;
    company::check_company(update)?;
    capacity::check_request(update)?;
    indexes::check_request(update)?;
    if let Some(stream) = update.stream_specification {
        check_stream(stream)?;
    }
    update.sse_specification.clone().map(encryption::declared).transpose().map(drop)
}

/// Changes a definition as a checked request asks.
pub(crate) fn revise(
    definition: &mut TableDefinition,
    update: &UpdateTableInput,
    now_ms: u64,
) -> Result<(), ApiError> {
    indexes::check_not_in_the_way(definition, update)?;
    capacity::revise(definition, update, now_ms)?;
    indexes::revise(definition, update, now_ms)?;
    if let Some(stream) = update.stream_specification {
        definition.stream = revised_stream(definition, stream)?;
    }
    if let Some(sse) = update.sse_specification.clone() {
        definition.sse = revised_sse(definition.sse.as_ref(), encryption::declared(sse)?)?;
    }
    if let Some(class) = update.table_class {
        // The class that a table has anyway is not worth a word (DDB-TABLE-026).
        let is_worth = definition.table_class.is_some() || class != TableClass::Standard;
        definition.table_class = is_worth.then_some(class);
    }
    if let Some(protected) = update.deletion_protection_enabled {
        definition.deletion_protection = protected;
    }
    Ok(())
}

fn check_stream(stream: StreamDeclaration) -> Result<(), ApiError> {
    match (stream.enabled, stream.view) {
        (true, None) => Err(invalid("If stream is being enabled then UpdateViewType is required")),
        (false, Some(_)) => {
            Err(invalid("If stream is being disabled, then UpdateViewType must not be specified"))
        }
        _ => Ok(()),
    }
}

/// A stream cannot be changed in place (DDB-TABLE-050).
fn revised_stream(
    definition: &TableDefinition,
    wanted: StreamDeclaration,
) -> Result<Option<StreamSpecification>, ApiError> {
    let name = &definition.name;
    match (wanted.enabled, definition.stream) {
        (true, Some(_)) => {
            Err(validation(format!("Table already has an enabled stream: TableName: {name}")))
        }
        (false, None) => {
            Err(validation(format!("Table has no stream to disable: TableName: {name}")))
        }
        _ => Ok(wanted.view.map(|view| StreamSpecification { view })),
    }
}

/// Only the key's own ARN is recognised as what is there (DDB-TABLE-082).
fn revised_sse(
    current: Option<&SseSpecification>,
    wanted: Option<SseSpecification>,
) -> Result<Option<SseSpecification>, ApiError> {
    let is_arn = |key: &str| key.starts_with("arn:");
    let named = wanted.as_ref().and_then(|sse| sse.kms_key.as_deref());
    match current {
        None if wanted.is_none() => Err(invalid("Table is already encrypted by default")),
        Some(current) if named.is_some_and(is_arn) && named == current.kms_key.as_deref() => {
            Err(invalid(
                "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId \
                 parameter if you want to change Master Key",
            ))
        }
        _ => Ok(wanted),
    }
}
