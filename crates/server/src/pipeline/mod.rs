//! A request's way: named stages in a fixed order, the same for every operation.
//!
//! ```text
//! decode       wire: bytes → input               SerializationException
//! constraints  wire: the service model's rules   "N validation errors detected: …"
//! resolve      expressions and the parameters    no #name or :value is left behind it
//!              from before them become plans
//! facts        tables, indexes, keys, attributes
//! authorize    may the caller do that?           says yes today
//! admit        is there capacity for it?         says yes today
//! execute      db: semantic checks, then effects first failure wins
//! encode       wire: answer → bytes
//! ```
//!
//! Authorize and admit stand before execute, so that a refused request leaves nothing.

mod admit;
mod authorize;
mod expressions;
mod facts;

use std::sync::OnceLock;

use auth::Caller;
use db::Db;
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, Scope};
use store::Store;
use wire::Operation;

pub use facts::{Access, Facts, Reach};

pub(crate) use expressions::Expressions;

use crate::metrics::Metrics;
use crate::target::Target;

/// What handlers ask `db` to report: every request is metered, whatever its own answer is to show.
pub(crate) const METERED: ReturnConsumedCapacity = ReturnConsumedCapacity::Indexes;

/// Answers up to this size are encoded without the buffer growing.
const ANSWER_BYTES_EXPECTED: usize = 1024;

/// An operation bound to `db`: one file under `operations/` each, the same four steps in each.
pub(crate) trait Handle: Operation<Input: Send, Output: Send> {
    /// What `db` is asked: the input with its expressions resolved.
    type Request: Send;
    /// What the answer repeats of the input.
    type Echo: Send;
    /// What `db` answers.
    type Answer: Send;

    /// Resolves the input's expressions and sets aside what the answer repeats.
    fn resolve(input: Self::Input) -> Result<(Self::Request, Self::Echo), ApiError>;

    /// Says what the request touches.
    fn facts(request: &Self::Request) -> Facts<'_>;

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

    /// Puts the answer as `wire` prints it.
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
    body: &[u8],
) -> Result<Vec<u8>, ApiError> {
    let input = wire::decode::<O>(body)?;
    let permissions = O::permissions(&input, call.scope);
    let (request, echo) = O::resolve(input)?;
    {
        let facts = O::facts(&request);
        if let Some(access) = facts.accesses.first() {
            call.target.get_or_init(|| Target::new(access.table, access.index));
        }
        authorize::authorize(call.caller, &permissions, &facts)?;
        admit::admit(&facts)?;
    }
    let answer = O::execute(db, call, request).await?;
    call.metrics.consumed(O::consumed(&answer));
    let mut body = Vec::with_capacity(ANSWER_BYTES_EXPECTED);
    O::encode(&O::answer(answer, echo), &mut body);
    Ok(body)
}
