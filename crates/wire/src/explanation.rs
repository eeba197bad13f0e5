//! Why a body is refused, in the service's words: the other path of [`crate::decode`].
//!
//! ```text
//! bytes ─1─ JSON tree ─2─ types of the shape ─3─ constraints of the shape ─4─ values
//!           borrowed      SerializationException  accumulate               malformed ones
//! ```
//!
//! First failure wins except inside step 3. Requests that mix expressions with the parameters from
//! before them are refused between the last two, and what names no table or stream before step 3.

use model::ApiError;

use crate::generated::shapes;
use crate::json::{Json, Members};
use crate::operation::Class;
use crate::shape::{Member, Shape, ShapeKind};
use crate::{constraints, decode, legacy, streams, table, types, value};

/// Members with values in the order in which they are read; all others come behind them.
const VALUES: [&str; 11] = [
    "ExpressionAttributeValues",
    "Item",
    "Key",
    "Keys",
    "KeyConditions",
    "AttributeUpdates",
    "Expected",
    "QueryFilter",
    "ScanFilter",
    "AttributesToGet",
    "ExclusiveStartKey",
];

// Amazon's DAX client refuses an empty action in these words before the service can, and moto's
// tests have those for several from the service (both read 2026-11).
const NO_ACTION: &str =
    "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request";
const SEVERAL_ACTIONS: &str = "TransactItems can only contain one of Check, Put, Update or Delete";

/// The tree of a body.
///
/// # Errors
/// `Serialization` for what is no JSON object.
pub(crate) fn parse(body: &[u8]) -> Result<Json<'_>, ApiError> {
    match Json::parse(body) {
        Some(json @ Json::Object(_)) => Ok(json),
        _ => Err(types::not_an_object()),
    }
}

/// Finds what is wrong with a request of that class and shape.
///
/// # Errors
/// What is to be refused, in the service's order.
pub(crate) fn check_request(
    json: &Json<'_>,
    class: Class,
    shape: &'static Shape,
) -> Result<(), ApiError> {
    types::check(json, shape)?;
    match class {
        Class::Control => table::check_name(json.members(), shape)?,
        Class::Stream => streams::check_arn(json.members(), shape)?,
        Class::Read | Class::Write => {}
    }
    constraints::check(json, shape)?;
    check_values(json, shape)
}

/// Checks the values below a body whose types and constraints are right.
fn check_values(json: &Json<'_>, shape: &'static Shape) -> Result<(), ApiError> {
    match (&shape.kind, json) {
        (ShapeKind::Structure(members), _) => {
            let body = json.members();
            legacy::check_unmixed(body, shape)?;
            check_alternatives(body, shape)?;
            members_in_order(members).try_for_each(|member| match body.get(member.name) {
                Some(json) => check_member(json, member),
                None => Ok(()),
            })
        }
        (ShapeKind::Value(_), _) => value::attribute(json).map(drop),
        (ShapeKind::List { element, .. }, Json::Array(elements)) => {
            elements.iter().try_for_each(|json| check_values(json, element))
        }
        (ShapeKind::Map { key, value, .. }, Json::Object(entries)) => {
            entries.iter().try_for_each(|(name, json)| {
                if decode::is_attribute_name(key) {
                    value::check_name(name)?;
                }
                check_values(json, value)
            })
        }
        (ShapeKind::Text(_), Json::String(text)) if decode::is_attribute_name(shape) => {
            value::check_name(text)
        }
        (ShapeKind::Text(_), Json::String(text)) if std::ptr::eq(shape, &shapes::STREAM_ARN) => {
            streams::stream_arn(text).map(drop)
        }
        _ => Ok(()),
    }
}

fn members_in_order(members: &'static [Member]) -> impl Iterator<Item = &'static Member> {
    let rank = |member: &Member| VALUES.iter().position(|name| *name == member.name);
    let first = VALUES.iter().filter_map(|name| members.iter().find(|member| member.name == *name));
    let ordered = first.chain(members.iter().filter(move |member| rank(member).is_none()));
    debug_assert_eq!(ordered.clone().count(), members.len(), "every member is read once");
    ordered
}

/// Some members have words of their own around what is wrong with a value.
fn check_member(json: &Json<'_>, member: &Member) -> Result<(), ApiError> {
    match member.name {
        "ExpressionAttributeValues" => value::expression_values(json.members()).map(drop),
        "ExclusiveStartKey" => value::start_key(json.members()).map(drop),
        _ => check_values(json, member.shape),
    }
}

/// Of some structures exactly one member must be there.
fn check_alternatives(body: Members<'_, '_>, shape: &'static Shape) -> Result<(), ApiError> {
    let (none, several) = if std::ptr::eq(shape, &shapes::TRANSACT_WRITE_ITEM) {
        (NO_ACTION, SEVERAL_ACTIONS)
    } else if std::ptr::eq(shape, &shapes::WRITE_REQUEST) {
        // Both and neither are refused in words that are about something else: the service's
        // answer as logged by a client on 2020-11-27.
        (value::SEVERAL_TYPES, value::SEVERAL_TYPES)
    } else {
        return Ok(());
    };
    let ShapeKind::Structure(members) = shape.kind else {
        unreachable!("{} is a structure", shape.name)
    };
    match members.iter().filter(|member| body.get(member.name).is_some()).count() {
        0 => Err(value::refused(none)),
        1 => Ok(()),
        _ => Err(value::refused(several)),
    }
}
