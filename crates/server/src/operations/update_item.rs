//! UpdateItem.

use db::{Db, WriteAnswer};
use expr::{Parameter, legacy};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::update_item::{Input, Output, UpdateItem};

use super::answers::write_answer;
use super::write_terms::{ResolvedTerms, condition};
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, Reach};

impl Handle for UpdateItem {
    type Request = db::UpdateItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = WriteAnswer;

    fn resolve(input: Input) -> Result<(db::UpdateItem, ReturnConsumedCapacity), ApiError> {
        let form = input.terms.return_consumed_capacity;
        let update = (Parameter::Update, input.update_expression.is_some());
        let parameters = [update, condition(&input.terms)];
        let mut expressions = Expressions::among(input.placeholders, &parameters)?;
        let update = expressions.update(input.update_expression.as_ref())?;
        let update = update.or(legacy::update(input.attribute_updates)?);
        let terms = ResolvedTerms::of(input.terms, expressions)?;
        let request = db::UpdateItem {
            table: input.table,
            key: input.key,
            update,
            condition: terms.condition,
            return_values: terms.return_values,
            on_failure: terms.on_failure,
            report: terms.report,
        };
        Ok((request, form))
    }

    fn facts(request: &db::UpdateItem) -> Facts<'_> {
        Access::new(&request.table, Reach::Item(&request.key))
            .update(request.update.as_ref())
            .condition(request.condition.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::UpdateItem,
    ) -> Result<WriteAnswer, ApiError> {
        db.update_item(call.scope, request).await
    }

    fn consumed(answer: &WriteAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: WriteAnswer, form: ReturnConsumedCapacity) -> Output {
        write_answer(answer, form)
    }
}
