//! The suite finds out: for every clause, stores that break it and are rejected.

#![cfg(feature = "suite")]

#[path = "broken/suspect.rs"]
mod suspect;

use std::cell::RefCell;

use stator_store::suite::{Clause, Harness, Hold, check};

use suspect::{Disk, Fault, Suspect};

/// Opens suspects, all with the same fault.
#[derive(Default)]
struct Lineup {
    fault: Option<Fault>,
    disk: RefCell<Disk>,
}

impl Harness for Lineup {
    type Store = Suspect;

    fn fresh(&self) -> Suspect {
        self.disk.replace(Disk::default());
        Suspect::open(self.disk.borrow().clone(), self.fault)
    }

    fn reopen(&self) -> Option<Suspect> {
        Some(Suspect::open(self.disk.borrow().clone(), self.fault))
    }

    fn lose_track(&self, store: &Suspect) -> bool {
        store.lose_track();
        true
    }

    fn hold(&self, store: &Suspect) -> Option<Box<dyn Hold>> {
        Some(store.hold())
    }
}

mod without_a_fault {
    use super::Lineup;

    stator_store::contract_tests!(Lineup::default());
}

/// Makes a test of every fault, and the list of clauses that some fault is held against.
macro_rules! rejections {
    ($($test:ident: $clause:ident rejects $fault:ident;)+) => {
        mod rejects {
            use super::*;

            $(
                #[test]
                fn $test() {
                    assert_rejects(Clause::$clause, Fault::$fault);
                }
            )+
        }

        const REJECTING: &[Clause] = &[$(Clause::$clause),+];
    };
}

rejections! {
    forgotten_deletes: Points rejects ForgetsDeletes;
    atoms_applied_backwards: Points rejects AppliesAtomsBackwards;
    rows_after_a_break: Ranges rejects ShowsRowsAfterABreak;
    the_row_to_continue_after: Ranges rejects ShowsTheRowToContinueAfter;
    reading_forward_only: Ranges rejects ReadsForwardOnly;
    overlapping_segments: Segments rejects ShowsTheNextSegment;
    removing_one_kind: DeleteRange rejects RemovesOneKind;
    ranges_of_two_moments: RangeSnapshot rejects RangesInSteps;
    atoms_applied_in_steps: AtomInPartition rejects AppliesInSteps;
    transactions_applied_in_steps: AtomAcrossPartitions rejects AppliesInSteps;
    atomic_reads_of_several_moments: AtomAcrossPartitions rejects ReadsTogetherInSteps;
    latching_nothing: Exclusion rejects LatchesNothing;
    latching_in_any_order: NoDeadlock rejects LatchesInAnyOrder;
    lost_updates: NoLostUpdate rejects LatchesNothing;
    guards_that_miss_pending_writes: Overlay rejects GuardsReadDurableRows;
    guards_that_miss_pending_hanging_rows: OwnersQueue rejects GuardsMissPendingHangingRows;
    lost_updates_of_hanging_rows: OwnersUpdates rejects LatchesNothing;
    strong_reads_that_lag: Consistency rejects StrongReadsLag;
    snapshots_that_go_on: Snapshots rejects SnapshotsShowLaterWrites;
    unknown_outcomes_resolved_wrongly: Outcomes rejects SaysThatLostAtomsAreApplied;
    unknown_outcomes_that_are_forgotten: Outcomes rejects ForgetsLostAtoms;
    reads_of_pending_writes: DurableReads rejects ReadsShowPendingWrites;
    answers_upon_pending_writes: EmptySubmit rejects AnswersAtOnce;
    going_on_after_a_failure: FailTogether rejects GoesOnAfterAFailure;
    lost_additions: Sums rejects AddsToDurableSums;
    numbers_given_twice: Logs rejects GivesNumbersTwice;
    numbers_from_the_start: LogNumbers rejects ForgetsNumbersOnReopening;
    half_an_atom: FailedAtom rejects KeepsHalfAnAtom;
    forgotten_writes_of_dropped_tickets: DroppedTicket rejects ForgetsDroppedTickets;
    dropped_guards_that_write: DroppedGuard rejects DroppedGuardsRemoveRows;
    dropped_guards_that_keep_latches: DroppedGuard rejects DroppedGuardsKeepLatches;
    serving_when_closed: Close rejects ServesWhenClosed;
    forgetting_the_queue_on_closing: Close rejects ForgetsTheQueueOnClosing;
    saying_that_it_serves_when_closed: Health rejects SaysThatItServesWhenClosed;
    forgetting_an_atom_on_reopening: Reopen rejects ForgetsTheLastAtomOnReopening;
}

fn assert_rejects(clause: Clause, fault: Fault) {
    let lineup = Lineup { fault: Some(fault), ..Lineup::default() };
    let result = check(clause, &lineup);
    assert!(result.is_err(), "{clause:?} lets a store pass that {fault:?}");
}

#[test]
fn every_clause_rejects_something() {
    for clause in Clause::ALL {
        assert!(REJECTING.contains(clause), "no broken store is held against {clause:?}");
    }
}
