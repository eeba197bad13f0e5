//! The way of a [`Goal`] into a table or out of it, from one [`GoalPhase`] to the next.
//!
//! What it is: what is done behind the requests. UpdateTable and UpdateTimeToLive set the first
//! phase, and leave the others to [`Phases`]; after a crash, or a failure of the store, it goes on
//! from the phase that the catalog has, and from the place that the walk's job has.
//!
//! ```text
//! coming   ALLOCATING ── every writer knows the index ──→ BACKFILLING ── walked through ──→ ACTIVE
//! going    DELETING ── nobody writes to it any more, its rows are removed or remembered ──→ gone
//! ```
//!
//! # Invariants
//! - `Catalog::amend` returns when the writers that knew the table as it was have left. So whoever
//!   writes while an index is ALLOCATING, or later, maintains it.
//! - What those writers queued is durable when the index is BACKFILLING: the record that says so
//!   was queued behind it. So the walk, which sees durable rows, misses none of them.
//! - An item's row and its entries change under the latch of the row alone. Whoever has it finds
//!   the entry that an item has in an incomplete index, or that it has none yet: counters stay
//!   exact, and walking twice changes nothing.

use std::sync::Arc;
use std::time::Duration;

use model::{ApiError, GoalPhase, Scope, TableDefinition, TableRef};
use store::{Health, Space, Store};

use super::goal::Goal;
use super::walk::{BackfillWalk, Walked};
use crate::background::Background;
use crate::catalog::Catalog;
use crate::error::{store_failed, table_missing};
use crate::schema::Table;
use crate::session::Session;

/// How long to wait before a store that is read-only is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Leads goals to their ends.
#[derive(Debug)]
pub(super) struct Phases<S> {
    session: Arc<Session<S>>,
    catalog: Arc<Catalog<S>>,
    background: Background,
}

/// A goal on its way, and where.
#[derive(Debug, Clone)]
struct Target<G> {
    scope: Scope,
    table: TableRef,
    goal: G,
}

impl<S: Store> Phases<S> {
    pub(super) fn new(
        session: Arc<Session<S>>,
        catalog: Arc<Catalog<S>>,
        background: Background,
    ) -> Self {
        Self { session, catalog, background }
    }

    /// Begins with the goals that came to a table or are to go from it, `before` having been the
    /// version in front of `after`.
    pub(super) fn begin_with<G: Goal>(&self, scope: &Scope, before: Option<&Table>, after: &Table) {
        let known = before.map(G::all).unwrap_or_default();
        for (goal, phase) in G::all(after) {
            if phase == GoalPhase::Active || known.contains(&(goal.clone(), phase)) {
                continue;
            }
            let table = TableRef::new(&after.definition.name);
            let target = Target { scope: scope.clone(), table, goal };
            let work = self.clone();
            self.background.spawn(async move { work.lead(&target).await });
        }
    }

    /// Leads what is on its way to its end, and waits for a store that is read-only until it is not.
    async fn lead<G: Goal>(&self, target: &Target<G>) {
        while let Some(phase) = self.phase(target) {
            let Err(error) = self.go_on(target, phase).await else { return };
            let is_read_only = matches!(self.session.store.health(), Health::ReadOnly { .. });
            if !is_read_only || self.background.is_stopping() {
                // The phase is in the catalog: the next open goes on from there.
                tracing::warn!(%error, goal = ?target.goal, "this stays as it is for now");
                return;
            }
            self.background.pause(RETRY_AFTER).await;
        }
    }

    /// Where it is on its way; `None` when it is nowhere any more.
    fn phase<G: Goal>(&self, target: &Target<G>) -> Option<GoalPhase> {
        let table = self.catalog.find(&target.scope, &target.table)?;
        let found = G::all(&table).into_iter().find(|(goal, _)| *goal == target.goal);
        found.map(|(_, phase)| phase)
    }

    async fn go_on<G: Goal>(&self, target: &Target<G>, phase: GoalPhase) -> Result<(), ApiError> {
        match phase {
            GoalPhase::Active => Ok(()),
            GoalPhase::Deleting => self.remove(target).await,
            GoalPhase::Allocating => {
                self.advance(target, GoalPhase::Allocating, GoalPhase::Backfilling, None).await?;
                self.build(target).await
            }
            GoalPhase::Backfilling => self.build(target).await,
        }
    }

    /// Walks through the table, and activates the goal if it is still wanted.
    async fn build<G: Goal>(&self, target: &Target<G>) -> Result<(), ApiError> {
        let table = self.catalog.find(&target.scope, &target.table).ok_or_else(table_missing)?;
        let backfill = target.goal.backfill();
        let job = self.catalog.job_of(&target.scope, target.table.name(), &backfill);
        // It may have gone since the phase was looked at.
        let Some(job) = job else { return Ok(()) };
        let id = Some(job.id);
        let (session, catalog, background) = (&*self.session, &*self.catalog, &self.background);
        let walk = BackfillWalk { session, catalog, background, table, goal: &target.goal, job };
        match walk.run().await.map_err(store_failed)? {
            Walked::Through => {
                self.advance(target, GoalPhase::Backfilling, GoalPhase::Active, id).await
            }
            Walked::GivenUp => Ok(()),
        }
    }

    /// Leads the goal from one phase to the next, if the job that did the work has not ended.
    async fn advance<G: Goal>(
        &self,
        target: &Target<G>,
        from: GoalPhase,
        to: GoalPhase,
        job: Option<u64>,
    ) -> Result<(), ApiError> {
        let catalog = Arc::clone(&self.catalog);
        let change = move |goal: &G, definition: &mut TableDefinition| {
            if job.is_none_or(|id| catalog.has_job(id)) {
                goal.set_phase(definition, to);
            }
        };
        self.change(target, from, change).await.map(drop)
    }

    /// Forgets what was to go, and removes its rows. Those in the table's own space go first: they
    /// may come again.
    async fn remove<G: Goal>(&self, target: &Target<G>) -> Result<(), ApiError> {
        let table = self.catalog.find(&target.scope, &target.table).ok_or_else(table_missing)?;
        if let Some(rows) = target.goal.rows_in(&table) {
            self.session.store.delete_range(&rows).await.map_err(store_failed)?;
        }
        let dropped = self.change(target, GoalPhase::Deleting, G::forget).await?;
        self.catalog.remove_spaces(dropped).await;
        Ok(())
    }

    /// Changes the definition of the table, if the goal is in that phase still; answers with the
    /// spaces that were dropped.
    async fn change<G: Goal>(
        &self,
        target: &Target<G>,
        phase: GoalPhase,
        change: impl FnOnce(&G, &mut TableDefinition) + Send,
    ) -> Result<Vec<Space>, ApiError> {
        let goal = target.goal.clone();
        let change = move |table: &Table, definition: &mut TableDefinition| {
            if G::all(table).contains(&(goal.clone(), phase)) {
                change(&goal, definition);
            }
            Ok(())
        };
        let (scope, table) = (target.scope.clone(), target.table.clone());
        Ok(self.catalog.amend(scope, table, change).await?.dropped)
    }
}

impl<S> Clone for Phases<S> {
    fn clone(&self) -> Self {
        Self {
            session: Arc::clone(&self.session),
            catalog: Arc::clone(&self.catalog),
            background: self.background.clone(),
        }
    }
}
