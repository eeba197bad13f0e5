//! PutItem.

use db::{Db, WriteAnswer};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::put_item::{Input, Output, PutItem};

use super::answers::write_answer;
use super::write_terms::{ResolvedTerms, condition};
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, Reach};

impl Handle for PutItem {
    type Request = db::PutItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = WriteAnswer;

    fn resolve(input: Input) -> Result<(db::PutItem, ReturnConsumedCapacity), ApiError> {
        let form = input.terms.return_consumed_capacity;
        let expressions = Expressions::among(input.placeholders, &[condition(&input.terms)])?;
        let terms = ResolvedTerms::of(input.terms, expressions)?;
        let request = db::PutItem {
            table: input.table,
            item: input.item,
            condition: terms.condition,
            return_values: terms.return_values,
            on_failure: terms.on_failure,
            report: terms.report,
        };
        Ok((request, form))
    }

    fn facts(request: &db::PutItem) -> Facts<'_> {
        Access::new(&request.table, Reach::Item(&request.item))
            .condition(request.condition.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::PutItem,
    ) -> Result<WriteAnswer, ApiError> {
        db.put_item(call.scope, request).await
    }

    fn consumed(answer: &WriteAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: WriteAnswer, form: ReturnConsumedCapacity) -> Output {
        write_answer(answer, form)
    }
}
