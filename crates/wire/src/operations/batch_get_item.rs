//! BatchGetItem: up to a hundred items by key, from several tables, in no order.

use model::{ApiError, AttributeMap, Item, ReturnConsumedCapacity, Scope, TableRef};

use crate::encode::{ObjectWriter, write_array, write_item, write_string};
use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::CapacityReport;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, legacy};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct BatchGetItem;

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// By table, in the order written.
    pub requests: Vec<(TableRef, KeysAndAttributes)>,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// What to read from one table.
#[derive(Debug, Clone, PartialEq)]
pub struct KeysAndAttributes {
    /// Whole primary keys.
    pub keys: Vec<AttributeMap>,
    /// Which attributes to answer with.
    pub projection_expression: Option<String>,
    /// The same, as older requests have it.
    pub attributes_to_get: Option<Vec<String>>,
    /// Placeholders of the projection.
    pub placeholders: Placeholders,
    /// Whether every acknowledged write must be seen; `None` when not said.
    pub consistent_read: Option<bool>,
}

/// What was found, and what was left for another request.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Items by table, projected.
    pub responses: Vec<(TableRef, Vec<Item>)>,
    /// What to ask for again.
    pub unprocessed_keys: Vec<(TableRef, KeysAndAttributes)>,
    /// What each table cost, when asked for.
    pub consumed_capacity: Vec<CapacityReport>,
}

impl Operation for BatchGetItem {
    const NAME: &'static str = "BatchGetItem";
    const CLASS: Class = Class::Read;
    const SHAPE: &'static Shape = &shapes::BATCH_GET_ITEM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let mut requests = Vec::new();
        for (table, request) in body.entries("RequestItems") {
            requests.push((TableRef::new(table), keys_and_attributes(request.members())?));
        }
        Ok(Input {
            requests,
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.capacities(&output.consumed_capacity);
        let mut responses = object.object("Responses");
        for (table, items) in &output.responses {
            responses.items(table.as_str(), items);
        }
        responses.close();
        let mut unprocessed = object.object("UnprocessedKeys");
        for (table, request) in &output.unprocessed_keys {
            write_request(unprocessed.object(table.as_str()), request);
        }
        unprocessed.close();
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        let tables = input.requests.iter();
        tables
            .map(|(table, _)| Permission::on_table("dynamodb:BatchGetItem", table, scope))
            .collect()
    }
}

fn keys_and_attributes(request: Members<'_, '_>) -> Result<KeysAndAttributes, ApiError> {
    legacy::check_unmixed(request, &shapes::KEYS_AND_ATTRIBUTES)?;
    let keys = request.elements("Keys").iter();
    Ok(KeysAndAttributes {
        keys: keys.map(|key| key.members().to_attributes()).collect::<Result<_, _>>()?,
        projection_expression: request.string("ProjectionExpression"),
        attributes_to_get: request.attributes_to_get()?,
        placeholders: Placeholders::names_of(request),
        consistent_read: request.boolean("ConsistentRead"),
    })
}

/// Writes back a request that was not carried out, so that the client can send it again as it is.
fn write_request(mut object: ObjectWriter<'_>, request: &KeysAndAttributes) {
    if let Some(consistent_read) = request.consistent_read {
        object.boolean("ConsistentRead", consistent_read);
    }
    if let Some(names) = &request.placeholders.names {
        let mut entries = object.object("ExpressionAttributeNames");
        for (placeholder, name) in names {
            entries.string(placeholder, name);
        }
        entries.close();
    }
    if let Some(projection) = &request.projection_expression {
        object.string("ProjectionExpression", projection);
    }
    if let Some(attributes) = &request.attributes_to_get {
        write_array(object.key("AttributesToGet"), attributes, |out, name| write_string(out, name));
    }
    write_array(object.key("Keys"), &request.keys, |out, key| {
        write_item(out, Item::encode(key).attributes());
    });
    object.close();
}
