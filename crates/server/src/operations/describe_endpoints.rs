//! DescribeEndpoints. No data is behind it: the endpoint is the one the request came to.

use db::Db;
use model::ApiError;
use model::api::{DescribeEndpointsRequest, DescribeEndpointsResponse, Endpoint};
use store::Store;
use wire::operations::DescribeEndpoints;

use crate::pipeline::{Access, Accesses, Call, Handle, Reach, Resource};

/// A day, as DynamoDB says (API reference, DescribeEndpoints; 2026-11).
const CACHE_PERIOD_MINUTES: u64 = 1440;

impl Handle for DescribeEndpoints {
    type Request = ();
    type Echo = ();
    type Answer = DescribeEndpointsResponse;

    fn resolve(_: DescribeEndpointsRequest) -> Result<((), ()), ApiError> {
        Ok(((), ()))
    }

    fn accesses((): &()) -> Accesses<'_> {
        Access::new("dynamodb:DescribeEndpoints", Resource::Any, Reach::Declaration).alone()
    }

    async fn execute<S: Store>(
        _: &Db<S>,
        call: Call<'_>,
        (): (),
    ) -> Result<DescribeEndpointsResponse, ApiError> {
        let (address, cache_period_in_minutes) = (call.host.to_owned(), CACHE_PERIOD_MINUTES);
        Ok(DescribeEndpointsResponse {
            endpoints: vec![Endpoint { address, cache_period_in_minutes }],
        })
    }

    fn answer(answer: DescribeEndpointsResponse, (): ()) -> DescribeEndpointsResponse {
        answer
    }
}
