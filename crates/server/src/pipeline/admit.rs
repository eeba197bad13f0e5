//! Is there capacity for what the request touches?
//!
//! What it is: before anything is read or written, whoever [`Admit`]s looks at the request's accesses
//! and says which of them there is no capacity for. A batch leaves those out and hands them back as
//! unprocessed; any other request is refused. What the request consumed in truth is said afterwards
//! to the [`Charge`] that was made for it.
//!
//! ```text
//! accesses ──→ admit ──→ Admission { refused: [1] }    BatchWriteItem of three puts
//!                          │ put 1 is left out
//!                          ▼
//!                       execute ──→ consumed 2 units ──→ Charge::settle
//! ```
//!
//! What it is not: nothing throttles yet. [`Unlimited`] is all there is, and makes no charge.

use std::fmt::Debug;

use db::SchemaView;
use model::{ApiError, ConsumedCapacity};

use super::Access;

/// Decides what there is capacity for.
pub trait Admit: Debug + Send + Sync {
    /// Looks at everything that one request does.
    fn admit(&self, schema: SchemaView<'_>, accesses: &[Access<'_>]) -> Admission;
}

/// What was reserved for a request. One that is dropped was for a request that failed, or whose
/// client went away; it may have consumed all of it, for a failed condition costs a write, so that
/// nothing is to be given back.
pub trait Charge: Send {
    /// Takes note of what the request consumed in truth.
    fn settle(self: Box<Self>, consumed: &[ConsumedCapacity]);
}

/// What was decided about a request.
#[derive(Default)]
pub struct Admission {
    /// Positions of the accesses for which there is no capacity, rising.
    pub refused: Vec<usize>,
    /// What was reserved for the others, if anything.
    pub charge: Option<Box<dyn Charge>>,
}

/// There is capacity for everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlimited;

impl Admit for Unlimited {
    fn admit(&self, _: SchemaView<'_>, accesses: &[Access<'_>]) -> Admission {
        for (table, index) in accesses.iter().filter_map(Access::table) {
            tracing::trace!(table = table.name(), index, "admitted");
        }
        Admission::default()
    }
}

/// The refusal of a request that cannot be carried out in part (error messages of the developer
/// guide, "Error handling with DynamoDB", 2026-11).
pub(super) fn exceeded() -> ApiError {
    ApiError::ProvisionedThroughputExceeded(
        "The level of configured provisioned throughput for the table was exceeded. Consider \
         increasing your provisioning level with the UpdateTable API."
            .to_owned(),
    )
}
