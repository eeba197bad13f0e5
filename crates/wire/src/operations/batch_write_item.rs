//! BatchWriteItem: up to 25 puts and deletes over several tables, each on its own.

use model::{
    ApiError, AttributeMap, Item, ItemCollectionMetrics, ReturnConsumedCapacity,
    ReturnItemCollectionMetrics, Scope, TableRef,
};

use crate::encode::{ObjectWriter, write_array};
use crate::generated::shapes;
use crate::json::Members;
use crate::response::CapacityReport;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, value};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct BatchWriteItem;

/// What to write.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// By table, in the order written.
    pub requests: Vec<(TableRef, Vec<WriteRequest>)>,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to estimate item collections.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

/// One write.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteRequest {
    /// Stores an item.
    Put(AttributeMap),
    /// Removes the item of a key.
    Delete(AttributeMap),
}

/// What was left for another request.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// What to send again.
    pub unprocessed_items: Vec<(TableRef, Vec<WriteRequest>)>,
    /// Item collections by table, when asked for and the table has local indexes.
    pub item_collection_metrics: Vec<(TableRef, Vec<ItemCollectionMetrics>)>,
    /// What each table cost, when asked for.
    pub consumed_capacity: Vec<CapacityReport>,
}

impl Operation for BatchWriteItem {
    const NAME: &'static str = "BatchWriteItem";
    const CLASS: Class = Class::Write;
    const SHAPE: &'static Shape = &shapes::BATCH_WRITE_ITEM_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let mut requests = Vec::new();
        for (table, writes) in body.entries("RequestItems") {
            let writes = writes.elements().iter();
            let writes = writes.map(|write| write_request(write.members()));
            requests.push((TableRef::new(table), writes.collect::<Result<_, _>>()?));
        }
        Ok(Input {
            requests,
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
            return_item_collection_metrics: body
                .choice("ReturnItemCollectionMetrics")
                .unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.capacities(&output.consumed_capacity);
        object.item_collections(&output.item_collection_metrics);
        let mut unprocessed = object.object("UnprocessedItems");
        for (table, writes) in &output.unprocessed_items {
            write_array(unprocessed.key(table.as_str()), writes, write_back);
        }
        unprocessed.close();
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        let tables = input.requests.iter();
        tables
            .map(|(table, _)| Permission::on_table("dynamodb:BatchWriteItem", table, scope))
            .collect()
    }
}

fn write_request(request: Members<'_, '_>) -> Result<WriteRequest, ApiError> {
    match (request.structure("PutRequest"), request.structure("DeleteRequest")) {
        (Some(put), None) => Ok(WriteRequest::Put(put.attributes("Item")?.unwrap_or_default())),
        (None, Some(key)) => Ok(WriteRequest::Delete(key.attributes("Key")?.unwrap_or_default())),
        // Both and neither are refused in words that are about something else: the service's
        // answer as logged by a client on 2020-11-27.
        _ => Err(value::refused(value::SEVERAL_TYPES)),
    }
}

fn write_back(out: &mut Vec<u8>, request: &WriteRequest) {
    let (kind, member, attributes) = match request {
        WriteRequest::Put(item) => ("PutRequest", "Item", item),
        WriteRequest::Delete(key) => ("DeleteRequest", "Key", key),
    };
    let mut object = ObjectWriter::open(out);
    let mut inner = object.object(kind);
    inner.item(member, &Item::encode(attributes));
    inner.close();
    object.close();
}
