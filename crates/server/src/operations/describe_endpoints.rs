//! DescribeEndpoints. No data is behind it: the endpoint is the one the request came to.

use db::Db;
use model::ApiError;
use store::Store;
use wire::operations::describe_endpoints::{DescribeEndpoints, Input, Output};

use crate::pipeline::{Call, Facts, Handle};

/// A day, as DynamoDB says (API reference, DescribeEndpoints; 2026-11).
const CACHE_PERIOD_MINUTES: u64 = 1440;

impl Handle for DescribeEndpoints {
    type Request = ();
    type Echo = ();
    type Answer = String;

    fn resolve(Input: Input) -> Result<((), ()), ApiError> {
        Ok(((), ()))
    }

    fn facts((): &()) -> Facts<'_> {
        Facts::default()
    }

    async fn execute<S: Store>(_: &Db<S>, call: Call<'_>, (): ()) -> Result<String, ApiError> {
        Ok(call.host.to_owned())
    }

    fn answer(address: String, (): ()) -> Output {
        Output { address, cache_period_minutes: CACHE_PERIOD_MINUTES }
    }
}
