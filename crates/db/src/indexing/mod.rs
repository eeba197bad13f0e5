//! Indexes that come to a table or go from it: what is done behind the requests.
//!
//! What it is: an index's way from one [`IndexPhase`] to the next. UpdateTable sets the first, and
//! leaves the others to this; after a crash, or a failure of the store, [`Indexing::resume`] goes
//! on from the phase that the catalog has.
//!
//! ```text
//! coming   ALLOCATING ── every writer knows the index ──→ BACKFILLING ── walked through ──→ ACTIVE
//! going    DELETING ── nobody writes to it any more, its space is remembered as dropped ──→ gone
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

mod walk;

use std::sync::Arc;
use std::time::Duration;

use model::{ApiError, IndexPhase, Scope, TableDefinition, TableRef};
use store::{Condition, Space, Store};

use crate::background::Background;
use crate::catalog::{self, Catalog};
use crate::error::{store_failed, table_missing};
use crate::table::{Table, key_names};
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

/// One index of one table. Its space tells it from another one of that name.
#[derive(Debug)]
struct Target {
    scope: Scope,
    table: TableRef,
    index: String,
    space: Space,
}

impl<S: Store> Indexing<S> {
    pub(crate) fn new(store: Arc<S>, catalog: Arc<Catalog>, background: Background) -> Self {
        Self { store, catalog, background }
    }

    /// Goes on with every index that a crash left on its way.
    pub(crate) fn resume(&self) {
        for (scope, table) in self.catalog.all() {
            self.begin(&scope, None, &table);
        }
    }

    /// Begins with the indexes that came to a table or are to go from it, `before` having been the
    /// version in front of `after`.
    pub(crate) fn begin(&self, scope: &Scope, before: Option<&Table>, after: &Table) {
        for (name, space, phase) in global_indexes(after) {
            let mut known = before.into_iter().flat_map(global_indexes);
            if phase == IndexPhase::Active || known.any(|other| other == (name, space, phase)) {
                continue;
            }
            let table = TableRef::new(&after.definition.name);
            let target = Target { scope: scope.clone(), table, index: name.to_owned(), space };
            let work = self.clone();
            self.background.spawn(async move { work.lead(&target).await });
        }
    }

    /// Leads an index to its end, and waits for a store that is read-only until it is not.
    async fn lead(&self, target: &Target) {
        while let Some(phase) = self.phase(target) {
            let Err(error) = self.go_on(target, phase).await else { return };
            let is_read_only = matches!(self.store.condition(), Condition::ReadOnly { .. });
            if !is_read_only || self.background.is_stopping() {
                // The phase is in the catalog: the next open goes on from there.
                tracing::warn!(%error, index = target.index, "an index stays as it is for now");
                return;
            }
            self.background.pause(RETRY_AFTER).await;
        }
    }

    /// Where the index is on its way; `None` when it is nowhere any more.
    fn phase(&self, target: &Target) -> Option<IndexPhase> {
        let table = self.catalog.find(&target.scope, &target.table)?;
        let mut indexes = global_indexes(&table);
        indexes.find(|(_, space, _)| *space == target.space).map(|(_, _, phase)| phase)
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

    /// Walks through the table, and activates the index if it is still wanted.
    async fn build(&self, target: &Target) -> Result<(), ApiError> {
        let table = self.catalog.find(&target.scope, &target.table).ok_or_else(table_missing)?;
        let walked = walk::walk(&*self.store, &table, target.space, &self.background).await;
        match walked.map_err(store_failed)? {
            Walked::Through => {
                self.advance(target, IndexPhase::Backfilling, IndexPhase::Active).await
            }
            Walked::GivenUp => Ok(()),
        }
    }

    /// Leads the index from one phase to the next.
    async fn advance(
        &self,
        target: &Target,
        from: IndexPhase,
        to: IndexPhase,
    ) -> Result<(), ApiError> {
        let change = move |definition: &mut TableDefinition, position: usize| {
            definition.indexes[position].phase = to;
        };
        self.change(target, from, change).await.map(drop)
    }

    /// Forgets the index, and the attributes that only its key named, then removes its rows.
    async fn remove(&self, target: &Target) -> Result<(), ApiError> {
        let change = |definition: &mut TableDefinition, position: usize| {
            definition.indexes.remove(position);
            // As AWS does (ack-api-quirks, DDB-TABLE-151, 2026-11).
            let keys = definition.indexes.iter().map(|index| &index.key).chain([&definition.key]);
            let used: Vec<String> = keys.flat_map(key_names).map(str::to_owned).collect();
            definition.attributes.retain(|attribute| used.contains(&attribute.name));
        };
        let dropped = self.change(target, IndexPhase::Deleting, change).await?;
        catalog::remove_spaces(Arc::clone(&self.store), dropped).await;
        Ok(())
    }

    /// Changes the definition of the table, if the index at that position is in that phase still;
    /// answers with the spaces that were dropped.
    async fn change(
        &self,
        target: &Target,
        phase: IndexPhase,
        change: impl FnOnce(&mut TableDefinition, usize) + Send,
    ) -> Result<Vec<Space>, ApiError> {
        let space = target.space;
        let change = move |table: &Table, definition: &mut TableDefinition| {
            let mut known = global_indexes(table);
            if let Some((name, ..)) = known.find(|(_, at, then)| (*at, *then) == (space, phase))
                && let Some(position) = definition.indexes.iter().position(|one| one.name == name)
            {
                change(definition, position);
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

/// Name, space and phase of a table's global indexes.
fn global_indexes(table: &Table) -> impl Iterator<Item = (&str, Space, IndexPhase)> {
    let indexes = table.definition.indexes.iter();
    let global = indexes.filter(|index| index.kind == model::IndexKind::Global);
    let named = global.map(|index| (index.name.as_str(), index.phase));
    named.zip(&table.spaces.global_indexes).map(|((name, phase), space)| (name, *space, phase))
}
