//! What Query and Scan share: filter and projection, and the answer, one page.

use db::Page;
use expr::{Condition, Projection, legacy};
use model::ApiError;
use model::legacy::{Comparison, ConditionalOperator, Conditions};

use crate::pipeline::Expressions;

/// What of the items read is answered, as the request has it.
pub(super) struct Wanted {
    pub(super) filter_expression: Option<String>,
    pub(super) filter: Option<std::collections::BTreeMap<String, Comparison>>,
    pub(super) conditional_operator: Option<ConditionalOperator>,
    pub(super) projection_expression: Option<String>,
    pub(super) attributes_to_get: Option<Vec<String>>,
}

impl Wanted {
    /// Filter and projection as plans, in whichever notation they came.
    pub(super) fn resolve(
        self,
        expressions: &mut Expressions,
    ) -> Result<(Option<Condition>, Option<Projection>), ApiError> {
        let filter = expressions.filter(self.filter_expression.as_ref())?;
        let filter = filter.or(legacy::filter(Conditions {
            attributes: self.filter.unwrap_or_default(),
            operator: self.conditional_operator,
        })?);
        let projection = expressions.projection(self.projection_expression.as_ref())?;
        let projection = projection.or(legacy::projection(self.attributes_to_get)?);
        Ok((filter, projection))
    }
}

/// Binds an operation that reads pages. What it reaches differs.
macro_rules! page_operation {
    ($name:ident, $function:ident, $input:ident => $output:ident, $resolve:path, $reach:path) => {
        impl $crate::pipeline::Handle for wire::operations::$name {
            type Request = db::$name;
            type Echo = model::ReturnConsumedCapacity;
            type Answer = db::Page;

            fn bind(
                input: $input,
                _: db::SchemaView<'_>,
            ) -> Result<(db::$name, Self::Echo), model::ApiError> {
                $resolve(input)
            }

            fn accesses<'a>(
                request: &'a db::$name,
                form: &Self::Echo,
            ) -> $crate::pipeline::Accesses<'a> {
                let action = concat!("dynamodb:", stringify!($name));
                let (table, reach) = (&request.table, $reach(request));
                $crate::pipeline::Access::of_items(action, table, reach, *form)
                    .through(request.index.as_ref())
                    .testing(request.filter.as_ref())
                    .reading(request.projection.as_ref(), request.select)
                    .alone()
            }

            fn execute<S: store::Store>(
                db: &db::Db<S>,
                call: $crate::pipeline::Call<'_>,
                request: db::$name,
            ) -> impl Future<Output = Result<db::Page, model::ApiError>> + Send {
                db.$function(call.scope, request)
            }

            fn consumed(answer: &db::Page) -> &[model::ConsumedCapacity] {
                answer.consumed.as_slice()
            }

            fn answer(answer: db::Page, form: Self::Echo) -> $output {
                let (count, scanned_count) = $crate::operations::reading::counts(&answer);
                $output {
                    items: answer.items,
                    count: Some(count),
                    scanned_count: Some(scanned_count),
                    last_evaluated_key: answer.last_evaluated_key,
                    consumed_capacity: $crate::operations::answers::capacity(answer.consumed, form),
                }
            }
        }
    };
}

pub(super) use page_operation;

/// How many items a page has, and how many were read for it.
pub(super) fn counts(page: &Page) -> (u64, u64) {
    (page.count as u64, page.scanned_count as u64)
}

/// A count as the machine counts. Constraints have bounded it; what does not fit means all.
pub(super) fn at_most(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
