//! TransactGetItems: up to a hundred items by key, as of one moment.

use model::{ApiError, AttributeMap, Item, ReturnConsumedCapacity, Scope, TableRef};

use crate::encode::{ObjectWriter, write_array};
use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::CapacityReport;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct TransactGetItems;

/// What to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// One by one.
    pub gets: Vec<Get>,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
}

/// One item to read.
#[derive(Debug, Clone, PartialEq)]
pub struct Get {
    /// The table.
    pub table: TableRef,
    /// The whole primary key.
    pub key: AttributeMap,
    /// Which attributes to answer with.
    pub projection_expression: Option<String>,
    /// Placeholders of the projection.
    pub placeholders: Placeholders,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// One per get, in its order.
    pub responses: Vec<Option<Item>>,
    /// What each table cost, when asked for.
    pub consumed_capacity: Vec<CapacityReport>,
}

impl Operation for TransactGetItems {
    const NAME: &'static str = "TransactGetItems";
    const CLASS: Class = Class::Read;
    const SHAPE: &'static Shape = &shapes::TRANSACT_GET_ITEMS_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let actions = body.elements("TransactItems").iter();
        let gets = actions.filter_map(|action| action.members().structure("Get"));
        Ok(Input {
            gets: gets.map(get).collect::<Result<_, _>>()?,
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.transaction_capacities(&output.consumed_capacity);
        write_array(object.key("Responses"), &output.responses, |out, item| {
            let mut response = ObjectWriter::open(out);
            response.optional_item("Item", item.as_ref());
            response.close();
        });
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        let gets = input.gets.iter();
        gets.map(|get| Permission::on_table("dynamodb:GetItem", &get.table, scope)).collect()
    }
}

fn get(get: Members<'_, '_>) -> Result<Get, ApiError> {
    Ok(Get {
        table: get.table("TableName"),
        key: get.attributes("Key")?.unwrap_or_default(),
        projection_expression: get.string("ProjectionExpression"),
        placeholders: Placeholders::names_of(get),
    })
}
