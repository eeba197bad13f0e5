//! A request's way: named stages in a fixed order, the same for every operation.
//!
//! ```text
//! bind         expressions and the parameters    no #name or :value is left behind it; its tables
//!              from before them become plans     are named, and looked up by whoever asks first
//! accesses     what is done to which tables,
//!              indexes, keys, attributes
//! authorize    may the caller do that?           says yes today
//! admit        is there capacity for it?         says yes today, to all of it or to parts
//! execute      db: semantic checks, then effects first failure wins
//! settle       what it consumed in truth
//! ```
//!
//! It takes a typed input and gives a typed output, or a typed error: bytes are the codecs'.
//!
//! # Invariants
//! - Authorize and admit stand before execute, so that a refused request leaves nothing.
//! - What they see of a table is the version that the request runs on: a table that a request names
//!   is looked up once. The type [`db::NamedTable`] says so; no assertion is left to make.
//! - They cost nothing while both say yes: the list borrows from the request.

mod access;
mod admit;
mod authorize;
mod expressions;

use auth::Caller;
use db::{Db, SchemaView};
use model::{ApiError, ConsumedCapacity, ReturnConsumedCapacity, Scope};
use store::Store;
use wire::Operation;

pub use access::{Access, Accesses, LeadingKeys, Reach, Resource};
pub use admit::{Admission, Admit, Charge, Unlimited};

pub(crate) use expressions::Expressions;

use crate::bulk::Bulk;
use crate::metrics::Metrics;
use crate::target::Target;

/// What handlers ask `db` to report: every request is metered, whatever its own answer is to show.
pub(crate) const METERED: ReturnConsumedCapacity = ReturnConsumedCapacity::Indexes;

/// An operation bound to `db`, by its row of the table or by a file under `operations/`: the same
/// steps in each.
pub(crate) trait Handle: Operation<Input: Send, Output: Send> {
    /// What `db` is asked: the input with its expressions resolved.
    type Request: Send;
    /// What the answer repeats of the input.
    type Echo: Send;
    /// What `db` answers.
    type Answer: Send;

    /// Resolves the input's expressions and sets aside what the answer repeats. Whoever plans by
    /// keys finds them in the view.
    fn bind(
        input: Self::Input,
        schema: SchemaView<'_>,
    ) -> Result<(Self::Request, Self::Echo), ApiError>;

    /// Says what the request does to what.
    fn accesses<'a>(request: &'a Self::Request, echo: &Self::Echo) -> Accesses<'a>;

    /// Leaves out the accesses at these positions, for which there is no capacity. An operation
    /// that cannot be carried out in part is refused.
    fn leave_out(_: &mut Self::Request, _refused: Vec<usize>) -> Result<(), ApiError> {
        Err(admit::exceeded())
    }

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

/// The stages, and what they work on.
#[derive(Debug)]
pub(crate) struct Pipeline<S: Store> {
    pub(crate) db: Db<S>,
    pub(crate) admit: Box<dyn Admit>,
    pub(crate) metrics: Metrics,
    /// Where large bodies are worked on.
    pub(crate) bulk: Bulk,
}

/// A request's sender, and the place that was addressed.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    /// The sender.
    pub(crate) caller: &'a Caller<'a>,
    /// The name, and port, under which the client reached this endpoint.
    pub(crate) host: &'a str,
    /// The account and region whose tables are meant.
    pub(crate) scope: &'a Scope,
    /// Where logs and metrics will find what was meant.
    pub(crate) target: &'a mut Option<Target>,
}

impl<S: Store> Pipeline<S> {
    /// Stages over `db`, with capacity for everything.
    pub(crate) fn new(db: Db<S>) -> Self {
        Self { db, admit: Box::new(Unlimited), metrics: Metrics::default(), bulk: Bulk::new() }
    }

    /// Takes one request, bound, through all further stages.
    pub(crate) async fn run<O: Handle>(
        &self,
        mut call: Call<'_>,
        (mut request, echo): (O::Request, O::Echo),
    ) -> Result<O::Output, ApiError> {
        let Admission { refused, charge } =
            self.decide(&mut call, &O::accesses(&request, &echo))?;
        if !refused.is_empty() {
            O::leave_out(&mut request, refused)?;
        }
        let answer = O::execute(&self.db, call, request).await?;
        let consumed = O::consumed(&answer);
        self.metrics.consumed(consumed);
        if let Some(charge) = charge {
            charge.settle(consumed);
        }
        Ok(O::answer(answer, echo))
    }

    /// Decides about a request by everything that it does.
    fn decide(&self, call: &mut Call<'_>, accesses: &Accesses<'_>) -> Result<Admission, ApiError> {
        let place = accesses.iter().find_map(Access::table);
        *call.target = place.map(|(table, index)| Target::new(table, index));
        let schema = self.db.schema(call.scope);
        authorize::authorize(call.caller, schema, accesses)?;
        let admission = self.admit.admit(schema, accesses);
        debug_assert!(
            admission.refused.is_sorted_by(|a, b| a < b)
                && admission.refused.last().is_none_or(|last| *last < accesses.len()),
            "accesses are refused by their positions"
        );
        match admission.refused.len() == accesses.len() && !accesses.is_empty() {
            true => Err(admit::exceeded()),
            false => Ok(admission),
        }
    }
}
