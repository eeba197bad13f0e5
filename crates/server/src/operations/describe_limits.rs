//! DescribeLimits.

use db::{CapacityLimits, Db};
use model::ApiError;
use store::Store;
use wire::operations::describe_limits::{DescribeLimits, Input, Output};

use crate::pipeline::{Call, Facts, Handle};

impl Handle for DescribeLimits {
    type Request = ();
    type Echo = ();
    type Answer = CapacityLimits;

    fn resolve(Input: Input) -> Result<((), ()), ApiError> {
        Ok(((), ()))
    }

    fn facts((): &()) -> Facts<'_> {
        Facts::default()
    }

    async fn execute<S: Store>(
        db: &Db<S>,
        _: Call<'_>,
        (): (),
    ) -> Result<CapacityLimits, ApiError> {
        Ok(db.describe_limits())
    }

    fn answer(limits: CapacityLimits, (): ()) -> Output {
        Output { account: limits.account, table: limits.table }
    }
}
