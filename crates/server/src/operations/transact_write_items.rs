//! TransactWriteItems.

use db::{Db, Report, TransactAction, TransactOperation, TransactWriteItemsAnswer};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::transact_write_items::{
    Action, ActionKind, Input, Output, TransactWriteItems,
};

use super::answers::capacities;
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, METERED, Reach};

impl Handle for TransactWriteItems {
    type Request = db::TransactWriteItems;
    type Echo = ReturnConsumedCapacity;
    type Answer = TransactWriteItemsAnswer;

    fn resolve(input: Input) -> Result<(db::TransactWriteItems, ReturnConsumedCapacity), ApiError> {
        let request = db::TransactWriteItems {
            actions: input.actions.into_iter().map(action).collect::<Result<_, _>>()?,
            client_token: input.client_request_token,
            report: Report {
                capacity: METERED,
                collection_metrics: input.return_item_collection_metrics,
            },
        };
        Ok((request, input.return_consumed_capacity))
    }

    fn facts(request: &db::TransactWriteItems) -> Facts<'_> {
        request.actions.iter().map(access).collect()
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

    fn answer(answer: TransactWriteItemsAnswer, form: ReturnConsumedCapacity) -> Output {
        Output {
            item_collection_metrics: answer.collection_metrics.unwrap_or_default(),
            consumed_capacity: capacities(answer.consumed, form),
        }
    }
}

/// Each action has placeholders of its own.
fn action(action: Action) -> Result<TransactAction, ApiError> {
    let mut expressions = Expressions::new(action.placeholders)?;
    let operation = match action.kind {
        ActionKind::ConditionCheck { key } => TransactOperation::ConditionCheck(key),
        ActionKind::Put { item } => TransactOperation::Put(item),
        ActionKind::Delete { key } => TransactOperation::Delete(key),
        ActionKind::Update { key, update_expression } => {
            TransactOperation::Update(key, expressions.required_update(&update_expression)?)
        }
    };
    let condition = expressions.condition(action.condition_expression.as_ref())?;
    expressions.finish()?;
    Ok(TransactAction {
        table: action.table,
        operation,
        condition,
        on_failure: action.on_condition_check_failure,
    })
}

fn access(action: &TransactAction) -> Access<'_> {
    let (attributes, update) = match &action.operation {
        TransactOperation::Put(attributes)
        | TransactOperation::Delete(attributes)
        | TransactOperation::ConditionCheck(attributes) => (attributes, None),
        TransactOperation::Update(key, update) => (key, Some(update)),
    };
    Access::new(&action.table, Reach::Item(attributes))
        .update(update)
        .condition(action.condition.as_ref())
}
