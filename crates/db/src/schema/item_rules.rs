//! What DynamoDB demands of keys and items before it stores or looks them up.
//!
//! Messages: the developer guide's "Constraints", the wire messages in public bug reports against
//! AWS, and ScyllaDB's tests run against AWS (test_item.py, test_limits.py, test_gsi.py), 2026-11.

use expr::Update;
use model::limits::ITEM_BYTES_MAX;
use model::{ApiError, Item, KeyElement, KeyRole, KeySchema, MapRef, ValueRef};
use store::RowKey;

use crate::error::{invalid, validation};
use crate::layout::key_values::{bytes_max, emptiness, key_bytes, value_has_type};
use crate::schema::Table;

const MISMATCH: &str = "The provided key element does not match the schema";

/// Which write an item comes from: some refusals are worded differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The request carries the whole item.
    Whole,
    /// An update expression computed it.
    Update,
}

/// Checks a request's `Key` and names the item's row.
pub(crate) fn row_of_key(table: &Table, key: &Item) -> Result<RowKey, ApiError> {
    let (schema, key) = (table.key(), key.attributes());
    if key.len() != schema.hash.len() + schema.range.len() {
        return Err(validation(MISMATCH));
    }
    check_types(schema, key)?;
    check_scalars(schema, key)?;
    Ok(row(table, key))
}

/// Checks the primary key within an item and names the item's row.
pub(crate) fn row_of_item(table: &Table, item: &Item) -> Result<RowKey, ApiError> {
    let item = item.attributes();
    for (role, element) in elements(table.key()) {
        let Some(value) = item.get(&element.name) else {
            return Err(invalid(format!("Missing the key {} in the item", element.name)));
        };
        if !value_has_type(&value, element.scalar_type) {
            return Err(invalid(format!(
                "Type mismatch for key {} expected: {} actual: {}",
                element.name,
                element.scalar_type.name(),
                value.type_name()
            )));
        }
        check_scalar(role, element, &value)?;
    }
    Ok(row(table, item))
}

/// Checks that a key has every attribute that it must have, each of its type.
pub(crate) fn check_types(schema: &KeySchema, key: MapRef<'_>) -> Result<(), ApiError> {
    let has_type = |element: &KeyElement| {
        key.get(&element.name).is_some_and(|value| value_has_type(&value, element.scalar_type))
    };
    let fits = elements(schema).all(|(_, element)| has_type(element));
    if fits { Ok(()) } else { Err(validation(MISMATCH)) }
}

/// Checks the values of a key whose types are right.
pub(crate) fn check_scalars(schema: &KeySchema, key: MapRef<'_>) -> Result<(), ApiError> {
    elements(schema).try_for_each(|(role, element)| match key.get(&element.name) {
        Some(value) => check_scalar(role, element, &value),
        None => Ok(()),
    })
}

/// Checks every attribute of an item that an index has in its key.
///
/// An index that is being backfilled refuses nothing yet: what does not fit stays out of it
/// (developer guide, "Managing Global Secondary Indexes", adding one to an existing table, 2026-11).
pub(crate) fn check_index_keys(table: &Table, item: &Item, origin: Origin) -> Result<(), ApiError> {
    for index in table.indexes.iter().filter(|index| !index.definition.is_incomplete()) {
        for (role, element) in elements(&index.definition.key) {
            let Some(value) = item.attributes().get(&element.name) else { continue };
            if !value_has_type(&value, element.scalar_type) {
                return Err(invalid(format!(
                    "Type mismatch for Index Key {} Expected: {} Actual: {} IndexName: {}",
                    element.name,
                    element.scalar_type.name(),
                    value.type_name(),
                    index.definition.name
                )));
            }
            let Some(kind) = emptiness(&value) else {
                check_size(role, key_bytes(&value))?;
                continue;
            };
            return Err(validation(match origin {
                Origin::Whole => format!(
                    "One or more parameter values are not valid. A value specified for a \
                     secondary index key is not supported. The AttributeValue for a key attribute \
                     cannot contain an empty {kind} value. IndexName: {}, IndexKey: {}",
                    index.definition.name, element.name
                ),
                Origin::Update => format!(
                    "One or more parameter values are not valid. The update expression attempted \
                     to update a secondary index key to a value that is not supported. The \
                     AttributeValue for a key attribute cannot contain an empty {kind} value."
                ),
            }));
        }
    }
    Ok(())
}

/// Checks an item's size.
pub(crate) fn check_item_size(item: &Item, origin: Origin) -> Result<(), ApiError> {
    if item.item_bytes() <= ITEM_BYTES_MAX {
        return Ok(());
    }
    Err(match origin {
        Origin::Whole => validation("Item size has exceeded the maximum allowed size"),
        Origin::Update => Update::too_large(),
    })
}

/// Checks the value of a key attribute whose type is right.
pub(crate) fn check_scalar(
    role: KeyRole,
    element: &KeyElement,
    value: &ValueRef<'_>,
) -> Result<(), ApiError> {
    match emptiness(value) {
        Some(kind) => Err(empty_key(kind, &element.name)),
        None => check_size(role, key_bytes(value)),
    }
}

/// A key's attributes with their roles, hash before range.
pub(crate) fn elements(key: &KeySchema) -> impl Iterator<Item = (KeyRole, &KeyElement)> {
    let hash = key.hash.iter().map(|element| (KeyRole::Hash, element));
    hash.chain(key.range.iter().map(|element| (KeyRole::Range, element)))
}

fn row(table: &Table, attributes: MapRef<'_>) -> RowKey {
    let row = table.place.item(table.key(), attributes);
    row.expect("the key attributes were checked to be there and to fit")
}

fn empty_key(kind: &str, name: &str) -> ApiError {
    validation(format!(
        "One or more parameter values are not valid. The AttributeValue for a key attribute \
         cannot contain an empty {kind} value. Key: {name}"
    ))
}

fn check_size(role: KeyRole, bytes: usize) -> Result<(), ApiError> {
    let most = bytes_max(role);
    if bytes <= most {
        return Ok(());
    }
    Err(invalid(match role {
        // The missing space is AWS's (public reports; test_limits.py, 2026-11).
        KeyRole::Hash => {
            format!("Size of hashkey has exceeded the maximum size limit of{most} bytes")
        }
        KeyRole::Range => {
            format!("Aggregated size of all range keys has exceeded the size limit of {most} bytes")
        }
    }))
}
