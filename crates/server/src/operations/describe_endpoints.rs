//! DescribeEndpoints. No data is behind it: the endpoint is the one the request came to.

use db::{Db, SchemaView};
use model::ApiError;
use model::api::{DescribeEndpointsRequest, DescribeEndpointsResponse, Endpoint};
use store::Store;
use wire::operations::DescribeEndpoints;

use crate::pipeline::{Access, Accesses, Call, Handle, Resource};

/// A day, as DynamoDB says (API reference, DescribeEndpoints; 2026-11).
const CACHE_PERIOD_MINUTES: u64 = 1440;

impl Handle for DescribeEndpoints {
    type Request = ();
    type Echo = ();
    type Answer = DescribeEndpointsResponse;

    fn bind(_: DescribeEndpointsRequest, _: SchemaView<'_>) -> Result<((), ()), ApiError> {
        Ok(((), ()))
    }

    fn accesses<'a>((): &'a (), (): &()) -> Accesses<'a> {
        Access::new("dynamodb:DescribeEndpoints", Resource::Any).alone()
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
