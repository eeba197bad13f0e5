//! Scan.

use db::{Db, Page};
use expr::{Parameter, legacy};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity};
use store::Store;
use wire::operations::scan::{Input, Output, Scan};

use super::answers::{at_most, page};
use crate::pipeline::{Access, Call, Expressions, Facts, Handle, METERED, Reach};

impl Handle for Scan {
    type Request = db::Scan;
    type Echo = ReturnConsumedCapacity;
    type Answer = Page;

    fn resolve(input: Input) -> Result<(db::Scan, ReturnConsumedCapacity), ApiError> {
        let parameters = [
            (Parameter::Filter, input.filter_expression.is_some()),
            (Parameter::Projection, input.projection_expression.is_some()),
        ];
        let mut expressions = Expressions::among(input.placeholders, &parameters)?;
        let filter = expressions.filter(input.filter_expression.as_ref())?;
        let filter = filter.or(legacy::filter(input.filter)?);
        let projection = expressions.projection(input.projection_expression.as_ref())?;
        let projection = projection.or(legacy::projection(input.attributes_to_get)?);
        expressions.finish()?;
        let request = db::Scan {
            table: input.table,
            index: input.index,
            filter,
            projection,
            select: input.select,
            limit: input.limit.map(at_most),
            consistent: input.consistent_read,
            exclusive_start_key: input.exclusive_start_key,
            segment: input.segment.map(number),
            total_segments: input.total_segments.map(number),
            report_capacity: METERED,
        };
        Ok((request, input.return_consumed_capacity))
    }

    fn facts(request: &db::Scan) -> Facts<'_> {
        Access::new(&request.table, Reach::Table)
            .through(request.index.as_ref())
            .condition(request.filter.as_ref())
            .projection(request.projection.as_ref())
            .into()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: db::Scan,
    ) -> Result<Page, ApiError> {
        db.scan(call.scope, request).await
    }

    fn consumed(answer: &Page) -> &[ConsumedCapacity] {
        answer.consumed.as_slice()
    }

    fn answer(answer: Page, form: ReturnConsumedCapacity) -> Output {
        page(answer, form)
    }
}

/// A segment's number or the number of segments: the model's constraints keep both under 1,000,001.
fn number(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
