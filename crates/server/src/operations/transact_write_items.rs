//! TransactWriteItems.

use db::{Db, Report, SchemaView, TransactAction, TransactOperation, TransactWriteItemsAnswer};
use model::api::{TransactWriteItem, TransactWriteItemsInput, TransactWriteItemsOutput};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, ReturnValues};
use store::Store;
use wire::OperationName;
use wire::operations::TransactWriteItems;

use super::answers::split_capacities;
use crate::pipeline::{Access, Accesses, Call, Expressions, Handle, METERED, Reach};

impl Handle for TransactWriteItems {
    type Request = db::TransactWriteItems;
    type Echo = ReturnConsumedCapacity;
    type Answer = TransactWriteItemsAnswer;

    fn bind(
        input: TransactWriteItemsInput,
        _: SchemaView<'_>,
    ) -> Result<(db::TransactWriteItems, ReturnConsumedCapacity), ApiError> {
        let request = db::TransactWriteItems {
            actions: input.transact_items.into_iter().map(action).collect::<Result<_, _>>()?,
            client_token: input.client_request_token,
            report: Report {
                capacity: METERED,
                collection_metrics: input.return_item_collection_metrics.unwrap_or_default(),
            },
        };
        Ok((request, input.return_consumed_capacity.unwrap_or_default()))
    }

    fn accesses<'a>(
        request: &'a db::TransactWriteItems,
        form: &ReturnConsumedCapacity,
    ) -> Accesses<'a> {
        request.actions.iter().map(|action| access(action, *form)).collect()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::TransactWriteItems,
    ) -> Result<TransactWriteItemsAnswer, ApiError> {
        db.transact_write_items(call.scope, request).await
    }

    fn consumed(answer: &TransactWriteItemsAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_deref().unwrap_or_default()
    }

    fn answer(
        answer: TransactWriteItemsAnswer,
        form: ReturnConsumedCapacity,
    ) -> TransactWriteItemsOutput {
        TransactWriteItemsOutput {
            item_collection_metrics: answer.collection_metrics.filter(|all| !all.is_empty()),
            consumed_capacity: split_capacities(answer.consumed, form),
        }
    }
}

/// Resolves an action's expressions, for each action has placeholders of its own. `$update` is the
/// expression that must be resolved first, and what of it becomes the operation.
macro_rules! resolved {
    ($action:ident, $condition:expr, |$expressions:ident| $operation:expr) => {{
        let (names, values) =
            ($action.expression_attribute_names, $action.expression_attribute_values);
        let mut $expressions = Expressions::new(names, values)?;
        let operation = $operation;
        let condition = $expressions.condition($condition.as_ref())?;
        $expressions.finish()?;
        TransactAction {
            table: $action.table_name.into(),
            operation,
            condition,
            on_failure: $action.return_values_on_condition_check_failure.unwrap_or_default(),
        }
    }};
}

fn action(action: TransactWriteItem) -> Result<TransactAction, ApiError> {
    Ok(match action {
        TransactWriteItem::ConditionCheck(check) => {
            resolved!(check, Some(check.condition_expression), |expressions| {
                TransactOperation::ConditionCheck(check.key)
            })
        }
        TransactWriteItem::Put(put) => {
            resolved!(put, put.condition_expression, |expressions| {
                TransactOperation::Put(put.item)
            })
        }
        TransactWriteItem::Delete(delete) => {
            resolved!(delete, delete.condition_expression, |expressions| {
                TransactOperation::Delete(delete.key)
            })
        }
        TransactWriteItem::Update(update) => {
            resolved!(update, update.condition_expression, |expressions| {
                let plan = expressions.required_update(&update.update_expression)?;
                TransactOperation::Update(update.key, plan)
            })
        }
    })
}

fn access(action: &TransactAction, form: ReturnConsumedCapacity) -> Access<'_> {
    let (iam_action, attributes, update) = match &action.operation {
        TransactOperation::Put(item) => ("dynamodb:PutItem", item, None),
        TransactOperation::Delete(key) => ("dynamodb:DeleteItem", key, None),
        TransactOperation::ConditionCheck(key) => ("dynamodb:ConditionCheckItem", key, None),
        TransactOperation::Update(key, update) => ("dynamodb:UpdateItem", key, Some(update)),
    };
    Access::of_items(iam_action, &action.table, Reach::Item(attributes), form)
        .writing(update, ReturnValues::None)
        .testing(action.condition.as_ref())
        .within(OperationName::TransactWriteItems)
}
