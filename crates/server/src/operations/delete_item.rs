//! DeleteItem.

use db::{Db, WriteAnswer};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::delete_item::{DeleteItem, Input, Output};

use super::answers::write_answer;
use super::write_terms::{ResolvedTerms, condition};
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, Reach};

impl Handle for DeleteItem {
    type Request = db::DeleteItem;
    type Echo = ReturnConsumedCapacity;
    type Answer = WriteAnswer;

    fn resolve(input: Input) -> Result<(db::DeleteItem, ReturnConsumedCapacity), ApiError> {
        let form = input.terms.return_consumed_capacity;
        let expressions = Expressions::among(input.placeholders, &[condition(&input.terms)])?;
        let terms = ResolvedTerms::of(input.terms, expressions)?;
        let request = db::DeleteItem {
            table: input.table,
            key: input.key,
            condition: terms.condition,
            return_values: terms.return_values,
            on_failure: terms.on_failure,
            report: terms.report,
        };
        Ok((request, form))
    }

    fn facts(request: &db::DeleteItem) -> Facts<'_> {
        Access::new(&request.table, Reach::Item(&request.key))
            .condition(request.condition.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::DeleteItem,
    ) -> Result<WriteAnswer, ApiError> {
        db.delete_item(call.scope, request).await
    }

    fn consumed(answer: &WriteAnswer) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: WriteAnswer, form: ReturnConsumedCapacity) -> Output {
        write_answer(answer, form)
    }
}
