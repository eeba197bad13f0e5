//! TransactWriteItems: up to a hundred writes and checks that happen together or not at all.

use model::{
    ApiError, AttributeMap, ItemCollectionMetrics, ReturnConsumedCapacity,
    ReturnItemCollectionMetrics, ReturnValuesOnConditionCheckFailure, Scope, TableRef,
};

use crate::encode::ObjectWriter;
use crate::generated::shapes;
use crate::json::Members;
use crate::request::Placeholders;
use crate::response::CapacityReport;
use crate::shape::Shape;
use crate::{Class, Operation, Permission, value};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct TransactWriteItems;

/// What to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// One by one, each on another item.
    pub actions: Vec<Action>,
    /// Makes a repetition harmless for ten minutes.
    pub client_request_token: Option<String>,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to estimate item collections.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

/// One action on one item.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// The table.
    pub table: TableRef,
    /// What to do there.
    pub kind: ActionKind,
    /// What must hold for the item there is.
    pub condition_expression: Option<String>,
    /// Placeholders of the action's expressions.
    pub placeholders: Placeholders,
    /// Whether a failed condition shows the item.
    pub on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
}

/// What an action does; each with the item or the whole primary key it is about.
#[derive(Debug, Clone, PartialEq)]
pub enum ActionKind {
    /// Only its condition counts.
    ConditionCheck {
        /// Of this item.
        key: AttributeMap,
    },
    /// Stores an item.
    Put {
        /// This one, key included.
        item: AttributeMap,
    },
    /// Removes an item.
    Delete {
        /// Of this key.
        key: AttributeMap,
    },
    /// Changes an item.
    Update {
        /// Of this key.
        key: AttributeMap,
        /// This way.
        update_expression: String,
    },
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Item collections by table, when asked for and the table has local indexes.
    pub item_collection_metrics: Vec<(TableRef, Vec<ItemCollectionMetrics>)>,
    /// What each table cost, when asked for.
    pub consumed_capacity: Vec<CapacityReport>,
}

const KINDS: [&str; 4] = ["ConditionCheck", "Put", "Delete", "Update"];

// Amazon's DAX client refuses an empty action in these words before the service can, and moto's
// tests have those for several from the service (both read 2026-11).
const NO_ACTION: &str =
    "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request";
const SEVERAL_ACTIONS: &str = "TransactItems can only contain one of Check, Put, Update or Delete";

impl Operation for TransactWriteItems {
    const NAME: &'static str = "TransactWriteItems";
    const CLASS: Class = Class::Write;
    const SHAPE: &'static Shape = &shapes::TRANSACT_WRITE_ITEMS_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        let actions = body.elements("TransactItems").iter();
        Ok(Input {
            actions: actions
                .map(|action| self::action(action.members()))
                .collect::<Result<_, _>>()?,
            client_request_token: body.string("ClientRequestToken"),
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
            return_item_collection_metrics: body
                .choice("ReturnItemCollectionMetrics")
                .unwrap_or_default(),
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.transaction_capacities(&output.consumed_capacity);
        object.item_collections(&output.item_collection_metrics);
        object.close();
    }

    fn permissions(input: &Input, scope: &Scope) -> Vec<Permission> {
        let actions = input.actions.iter();
        actions
            .map(|action| Permission::on_table(action.kind.iam_action(), &action.table, scope))
            .collect()
    }
}

impl ActionKind {
    fn iam_action(&self) -> &'static str {
        match self {
            Self::ConditionCheck { .. } => "dynamodb:ConditionCheckItem",
            Self::Put { .. } => "dynamodb:PutItem",
            Self::Delete { .. } => "dynamodb:DeleteItem",
            Self::Update { .. } => "dynamodb:UpdateItem",
        }
    }
}

fn action(action: Members<'_, '_>) -> Result<Action, ApiError> {
    let mut present = KINDS.iter().filter_map(|kind| action.structure(kind).map(|it| (*kind, it)));
    let (kind, body) = present.next().ok_or_else(|| value::refused(NO_ACTION))?;
    if present.next().is_some() {
        return Err(value::refused(SEVERAL_ACTIONS));
    }
    let placeholders = Placeholders::of(body)?;
    let key = || body.attributes("Key").map(Option::unwrap_or_default);
    let kind = match kind {
        "ConditionCheck" => ActionKind::ConditionCheck { key: key()? },
        "Put" => ActionKind::Put { item: body.attributes("Item")?.unwrap_or_default() },
        "Delete" => ActionKind::Delete { key: key()? },
        _ => ActionKind::Update {
            key: key()?,
            update_expression: body.string("UpdateExpression").unwrap_or_default(),
        },
    };
    Ok(Action {
        table: body.table("TableName"),
        kind,
        condition_expression: body.string("ConditionExpression"),
        placeholders,
        on_condition_check_failure: body
            .choice("ReturnValuesOnConditionCheckFailure")
            .unwrap_or_default(),
    })
}
