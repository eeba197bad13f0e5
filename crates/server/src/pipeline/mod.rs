//! A request's way: named stages in a fixed order, the same for every operation.
//!
//! ```text
//! resolve      expressions and the parameters    no #name or :value is left behind it
//!              from before them become plans
//! accesses     what is done to which tables,
//!              indexes, keys, attributes
//! authorize    may the caller do that?           says yes today
//! admit        is there capacity for it?         says yes today
//! execute      db: semantic checks, then effects first failure wins
//! ```
//!
//! It takes a typed input and gives a typed output: bytes are `dispatch`'s and `wire`'s.
//!
//! Authorize and admit stand before execute, so that a refused request leaves nothing.

mod access;
mod admit;
mod authorize;
mod expressions;

use std::sync::OnceLock;

use auth::Caller;
use db::Db;
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, Scope};
use store::Store;
use wire::Operation;

pub use access::{Access, Accesses, Reach, Resource};

pub(crate) use expressions::Expressions;

use crate::metrics::Metrics;
use crate::target::Target;

/// What handlers ask `db` to report: every request is metered, whatever its own answer is to show.
pub(crate) const METERED: ReturnConsumedCapacity = ReturnConsumedCapacity::Indexes;

/// An operation bound to `db`, by its row of the table or by a file under `operations/`: the same
/// four steps in each.
pub(crate) trait Handle: Operation<Input: Send, Output: Send> {
    /// What `db` is asked: the input with its expressions resolved.
    type Request: Send;
    /// What the answer repeats of the input.
    type Echo: Send;
    /// What `db` answers.
    type Answer: Send;

    /// Resolves the input's expressions and sets aside what the answer repeats.
    fn resolve(input: Self::Input) -> Result<(Self::Request, Self::Echo), ApiError>;

    /// Says what the request does to what.
    fn accesses(request: &Self::Request) -> Accesses<'_>;

    /// Lets `db` carry it out.
    fn execute<S: Store>(
        db: &Db<S>,
        call: Call<'_>,
        request: Self::Request,
    ) -> impl Future<Output = Result<Self::Answer, ApiError>> + Send;

    /// What it consumed of each table; operations on declarations consume nothing.
    fn consumed(_: &Self::Answer) -> &[ConsumedCapacity] {
        &[]
    }

    /// Puts the answer as the service has it.
    fn answer(answer: Self::Answer, echo: Self::Echo) -> Self::Output;
}

/// Who asks, and where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// Who.
    pub(crate) caller: &'a Caller<'a>,
    /// The name, and port, under which the client reached this endpoint.
    pub(crate) host: &'a str,
    /// The account and region whose tables are meant.
    pub(crate) scope: &'a Scope,
    /// Where logs and metrics will find what was meant.
    pub(crate) target: &'a OnceLock<Target>,
    /// Where it is counted what the request consumes.
    pub(crate) metrics: &'a Metrics,
}

/// Takes one request through all stages.
pub(crate) async fn run<O: Handle, S: Store>(
    db: &Db<S>,
    call: Call<'_>,
    input: O::Input,
) -> Result<O::Output, ApiError> {
    let (request, echo) = O::resolve(input)?;
    {
        let accesses = O::accesses(&request);
        if let Some((table, index)) = accesses.iter().find_map(Access::table) {
            call.target.get_or_init(|| Target::new(table, index));
        }
        authorize::authorize(call.caller, &accesses)?;
        admit::admit(&accesses)?;
    }
    let answer = O::execute(db, call, request).await?;
    call.metrics.consumed(O::consumed(&answer));
    Ok(O::answer(answer, echo))
}
