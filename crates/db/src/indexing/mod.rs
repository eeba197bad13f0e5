//! Indexes, and time to live, that come to a table or go from it: what is done behind the requests.
//!
//! What it is: the way from one [`IndexPhase`] to the next. UpdateTable and UpdateTimeToLive set the
//! first, and leave the others to this; after a crash, or a failure of the store, [`Indexing::resume`] goes
//! on from the phase that the catalog has.
//!
//! ```text
//! coming   ALLOCATING ── every writer knows the index ──→ BACKFILLING ── walked through ──→ ACTIVE
//! going    DELETING ── nobody writes to it any more, its rows are removed or remembered ──→ gone
//! ```
//!
//! # Invariants
//! - `catalog::amend` returns when the writers that knew the table as it was have left. So whoever
//!   writes while an index is ALLOCATING, or later, maintains it.
//! - What those writers queued is durable when the index is BACKFILLING: the record that says so
//!   was queued behind it. So the walk, which sees durable rows, misses none of them.
//! - An item's row and its entries change under the latch of the row alone. Whoever has it finds
//!   the entry that an item has in an incomplete index, or that it has none yet: counters stay
//!   exact, and walking twice changes nothing.

mod goal;
mod walk;

use std::sync::Arc;
use std::time::Duration;

use model::{ApiError, IndexPhase, Scope, TableDefinition, TableRef};
use store::{Condition, Space, Store};

use crate::background::Background;
use crate::catalog::{self, Catalog};
use crate::error::{store_failed, table_missing};
use crate::table::Table;
use goal::Goal;
use walk::Walked;

/// How long to wait before a store that is read-only is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Does the work.
#[derive(Debug)]
pub(crate) struct Indexing<S> {
    store: Arc<S>,
    catalog: Arc<Catalog>,
    background: Background,
}

/// What is on its way, and where.
#[derive(Debug, Clone)]
struct Target {
    scope: Scope,
    table: TableRef,
    goal: Goal,
}

impl<S: Store> Indexing<S> {
    pub(crate) fn new(store: Arc<S>, catalog: Arc<Catalog>, background: Background) -> Self {
        Self { store, catalog, background }
    }

    /// Goes on with everything that a crash left on its way.
    pub(crate) fn resume(&self) {
        for (scope, table) in self.catalog.all() {
            self.begin(&scope, None, &table);
        }
    }

    /// Begins with what came to a table or is to go from it, `before` having been the version in
    /// front of `after`.
    pub(crate) fn begin(&self, scope: &Scope, before: Option<&Table>, after: &Table) {
        for (goal, phase) in Goal::all(after) {
            let mut known = before.into_iter().flat_map(Goal::all);
            if phase == IndexPhase::Active || known.any(|other| other == (goal.clone(), phase)) {
                continue;
            }
            let table = TableRef::new(&after.definition.name);
            let target = Target { scope: scope.clone(), table, goal };
            let work = self.clone();
            self.background.spawn(async move { work.lead(&target).await });
        }
    }

    /// Leads what is on its way to its end, and waits for a store that is read-only until it is not.
    async fn lead(&self, target: &Target) {
        while let Some(phase) = self.phase(target) {
            let Err(error) = self.go_on(target, phase).await else { return };
            let is_read_only = matches!(self.store.condition(), Condition::ReadOnly { .. });
            if !is_read_only || self.background.is_stopping() {
                // The phase is in the catalog: the next open goes on from there.
                tracing::warn!(%error, goal = ?target.goal, "an index stays as it is for now");
                return;
            }
            self.background.pause(RETRY_AFTER).await;
        }
    }

    /// Where it is on its way; `None` when it is nowhere any more.
    fn phase(&self, target: &Target) -> Option<IndexPhase> {
        let table = self.catalog.find(&target.scope, &target.table)?;
        let found = Goal::all(&table).find(|(goal, _)| *goal == target.goal);
        found.map(|(_, phase)| phase)
    }

    async fn go_on(&self, target: &Target, phase: IndexPhase) -> Result<(), ApiError> {
        match phase {
            IndexPhase::Active => Ok(()),
            IndexPhase::Deleting => self.remove(target).await,
            IndexPhase::Allocating => {
                self.advance(target, IndexPhase::Allocating, IndexPhase::Backfilling).await?;
                self.build(target).await
            }
            IndexPhase::Backfilling => self.build(target).await,
        }
    }

    /// Walks through the table, and activates the goal if it is still wanted.
    async fn build(&self, target: &Target) -> Result<(), ApiError> {
        let table = self.catalog.find(&target.scope, &target.table).ok_or_else(table_missing)?;
        let stamps = &*self.catalog.streams.stamps;
        let walked = walk::walk(&*self.store, stamps, &table, &target.goal, &self.background).await;
        match walked.map_err(store_failed)? {
            Walked::Through => {
                self.advance(target, IndexPhase::Backfilling, IndexPhase::Active).await
            }
            Walked::GivenUp => Ok(()),
        }
    }

    /// Leads the goal from one phase to the next.
    async fn advance(
        &self,
        target: &Target,
        from: IndexPhase,
        to: IndexPhase,
    ) -> Result<(), ApiError> {
        let change = move |goal: &Goal, definition: &mut TableDefinition| {
            goal.set_phase(definition, to);
        };
        self.change(target, from, change).await.map(drop)
    }

    /// Forgets what was to go, and removes its rows. Those in the table's own space go first: they
    /// may come again.
    async fn remove(&self, target: &Target) -> Result<(), ApiError> {
        let table = self.catalog.find(&target.scope, &target.table).ok_or_else(table_missing)?;
        if let Some(rows) = target.goal.rows_in(&table) {
            self.store.delete_range(&rows).await.map_err(store_failed)?;
        }
        let dropped = self.change(target, IndexPhase::Deleting, Goal::forget).await?;
        let stamps = Arc::clone(&self.catalog.streams.stamps);
        catalog::remove_spaces(Arc::clone(&self.store), stamps, dropped).await;
        Ok(())
    }

    /// Changes the definition of the table, if the goal is in that phase still; answers with the
    /// spaces that were dropped.
    async fn change(
        &self,
        target: &Target,
        phase: IndexPhase,
        change: impl FnOnce(&Goal, &mut TableDefinition) + Send,
    ) -> Result<Vec<Space>, ApiError> {
        let goal = target.goal.clone();
        let change = move |table: &Table, definition: &mut TableDefinition| {
            if Goal::all(table).any(|known| known == (goal.clone(), phase)) {
                change(&goal, definition);
            }
            Ok(())
        };
        let (store, catalog) = (Arc::clone(&self.store), Arc::clone(&self.catalog));
        let (scope, table) = (target.scope.clone(), target.table.clone());
        Ok(catalog::amend(store, catalog, scope, table, change).await?.dropped)
    }
}

impl<S> Clone for Indexing<S> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            catalog: Arc::clone(&self.catalog),
            background: self.background.clone(),
        }
    }
}
