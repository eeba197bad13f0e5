//! The contract suite: what every engine must pass.
//!
//! Each [`Clause`] of the contract is one check of an engine from outside. An engine's tests give a
//! [`Harness`] to [`contract_tests!`](crate::contract_tests), which makes one test per clause;
//! `tests/broken.rs` holds against every clause a store that breaks it. Rows of different cases lie
//! in different spaces, so one store serves a whole check. Cases are drawn from a fixed seed.

mod atomicity;
mod lifecycle;
mod locking;
mod logs;
mod model;
mod moments;
mod outcomes;
mod owners;
mod pending;
mod rows;
mod sums;

use std::fmt;

use tokio::runtime::{Builder, Runtime};

use crate::{Store, StoreError};

/// How the suite gets at an engine.
pub trait Harness {
    /// The engine.
    type Store: Store;

    /// Opens a store without rows.
    fn fresh(&self) -> Self::Store;

    /// Opens the rows of the store that `fresh` opened last and that was closed since; `None` when
    /// the engine forgets by design.
    fn reopen(&self) -> Option<Self::Store>;

    /// Keeps what is submitted from now on from becoming durable; `None` when nothing is ever
    /// pending, because `submit` itself makes durable.
    fn hold(&self, store: &Self::Store) -> Option<Box<dyn Hold>>;

    /// Has the store lose track of some of the atoms that are submitted from now on; `false` from
    /// engines that always know.
    fn lose_track(&self, _store: &Self::Store) -> bool {
        false
    }
}

/// Pending writes, held back.
pub trait Hold: Send {
    /// Lets them become durable.
    fn release(self: Box<Self>);

    /// Has them fail, as a disk does.
    fn fail(self: Box<Self>);
}

/// How an engine breaks the contract.
#[derive(Debug)]
pub struct Violation(String);

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<StoreError> for Violation {
    fn from(error: StoreError) -> Self {
        Self(format!("an engine that should work failed: {error}"))
    }
}

type Checked = Result<(), Violation>;

macro_rules! ensure {
    ($holds:expr, $($told:tt)+) => {
        if !$holds {
            return Err($crate::suite::Violation(format!($($told)+)));
        }
    };
}
use ensure;

/// Lists the clauses once: the enum, all of them, and the tests of an engine.
macro_rules! clauses {
    ($($(#[$doc:meta])* $clause:ident $test:ident => $check:path;)+) => {
        /// A promise of the contract.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Clause {
            $($(#[$doc])* $clause,)+
        }

        impl Clause {
            /// Every clause.
            pub const ALL: &[Self] = &[$(Self::$clause),+];
        }

        /// Checks one clause.
        ///
        /// # Errors
        /// What the engine does instead of what it promised.
        pub fn check<H: Harness>(clause: Clause, harness: &H) -> Result<(), Violation> {
            let runtime = Builder::new_multi_thread().worker_threads(2).build();
            let bench = Bench { harness, runtime: runtime.expect("threads can be started") };
            match clause {
                $(Clause::$clause => $check(&bench),)+
            }
        }

        /// Makes one test per clause for the engine that the expression, a [`Harness`], opens.
        #[macro_export]
        macro_rules! contract_tests {
            ($harness:expr) => {
                $(
                    #[test]
                    fn $test() {
                        let result = $crate::suite::check($crate::suite::Clause::$clause, &$harness);
                        if let Err(violation) = result {
                            panic!("{violation}");
                        }
                    }
                )+
            };
        }
    };
}

clauses! {
    /// A row reads as what was written last, in an atom's order and across atoms.
    Points points => model::points;
    /// A range shows the rows within its bounds, in order, in either direction, and none after a
    /// break.
    Ranges ranges => model::ranges;
    /// The hash ranges that tile the hashes show every row, each once.
    Segments segments => model::segments;
    /// `delete_range` removes the rows of its range, of all kinds, and no others.
    DeleteRange delete_range => model::delete_range;
    /// A range is one moment, however long it takes.
    RangeSnapshot range_snapshot => atomicity::range_snapshot;
    /// Readers never see half an atom of one partition.
    AtomInPartition atom_in_partition => atomicity::atom_in_partition;
    /// Readers never see half an atom of several partitions.
    AtomAcrossPartitions atom_across_partitions => atomicity::atom_across_partitions;
    /// A latched row is nobody else's until the guard submits or is dropped.
    Exclusion exclusion => locking::exclusion;
    /// Whoever locks many rows at once never waits in a circle.
    NoDeadlock no_deadlock => locking::no_deadlock;
    /// Concurrent read-modify-writes of one row all count, whatever their outcomes.
    NoLostUpdate no_lost_update => locking::no_lost_update;
    /// A guard reads what was submitted before it, pending or not.
    Overlay overlay => pending::overlay;
    /// A guard reads rows that hang on the ones it locked as those, pending or not.
    OwnersQueue owners_queue => owners::queued;
    /// Concurrent read-modify-writes of a row all count if they latch its owner.
    OwnersUpdates owners_updates => owners::no_lost_update;
    /// A strong read sees whatever was applied before it.
    Consistency consistency => moments::consistency;
    /// A snapshot, where there is one, shows its moment whatever is written and removed since.
    Snapshots snapshots => moments::snapshots;
    /// Whoever was told that an outcome is unknown learns it by the atom's id.
    Outcomes outcomes => outcomes::outcomes;
    /// Ordinary reads see durable rows only.
    DurableReads durable_reads => pending::durable_reads;
    /// A guard that submits nothing gets a ticket that waits for what it read.
    EmptySubmit empty_submit => pending::empty_submit;
    /// What is queued behind a failed write, or was decided on it, fails too.
    FailTogether fail_together => pending::fail_together;
    /// Concurrent additions need no latch and all count.
    Sums sums => sums::sums;
    /// An atom that cannot be applied changes nothing.
    FailedAtom failed_atom => sums::failed_atom;
    /// Appended rows stand in the order in which they were queued, and a reader who follows misses
    /// none.
    Logs logs => logs::logs;
    /// A log's numbers rise, also across reopening.
    LogNumbers log_numbers => logs::log_numbers;
    /// A submitted write is carried out though its ticket is dropped.
    DroppedTicket dropped_ticket => lifecycle::dropped_ticket;
    /// A guard dropped without submitting changes nothing and gives its latches back.
    DroppedGuard dropped_guard => lifecycle::dropped_guard;
    /// Closing carries out what was submitted, and then everything fails as stopped.
    Close close => lifecycle::close;
    /// A store says that it serves, and once closed that it has stopped.
    Health health => lifecycle::health;
    /// What a ticket said is applied is there after reopening.
    Reopen reopen => lifecycle::reopen;
}

/// What a check works with.
struct Bench<'a, H> {
    harness: &'a H,
    runtime: Runtime,
}
