//! The catalog: which tables exist, and where their rows lie.
//!
//! What it is: a map in memory over rows in the store (docs/format/catalog.md), loaded at open.
//! Requests read the map; creations, changes and drops, one at a time, change the rows first and
//! the map once that is durable.
//!
//! Invariants: a space is handed out once and never again. A drop closes the table's gate, removes
//! the table's row and in the same commit remembers its spaces as dropped; the rows in them go
//! afterwards. Whatever a crash leaves of that, [`load`] finds and finishes. An index that comes or
//! goes has its phase in the table's row; `leaders` lead it from one to the next, and note in a
//! job's row how far they are ([`jobs`]). A table that is
//! being filled has its status there; nobody goes on with filling it after a crash, so [`load`]
//! forgets it.
//!
//! All run in tasks of their own: a client that goes away does not leave them half-way.

mod adopt;
mod amend;
mod capacity;
mod change;
mod declare;
mod encryption;
mod jobs;
mod latest;
mod named;
mod parts;
mod policies;
mod record;
mod restored;
mod revise;
mod spaces;
mod stream_changes;
mod stream_record;
mod streams;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use model::{Scope, TableRef};
use parking_lot::RwLock;
use store::{Consistency, Direction, Space, Store, StoreError};

pub(crate) use adopt::Adopted;
pub(crate) use amend::Amended;
pub(crate) use change::name_taken;
pub(crate) use declare::{Creation, declare};
pub(crate) use jobs::{Backfill, Job};
pub use named::{NamedTable, SchemaView};
pub(crate) use policies::Policy;
pub(crate) use restored::check_restored;
pub(crate) use revise::{check_request, revise};
pub use streams::{StreamFigures, StreamOptions};

use crate::layout::keys::{self, kind};
use crate::schema::{StoredStatus, Table};
use crate::session::Session;
use jobs::Jobs;
use record::TableRecord;
use streams::Streams;

type Tables = BTreeMap<Scope, BTreeMap<String, Arc<Table>>>;

/// The tables of every scope.
#[derive(Debug)]
pub(crate) struct Catalog<S> {
    session: Arc<Session<S>>,
    tables: RwLock<Tables>,
    pub(crate) streams: Streams,
    policies: RwLock<policies::Policies>,
    jobs: Jobs,
    /// Held while a table, or a stream's row, is created, changed or dropped.
    changing: tokio::sync::Mutex<()>,
}

impl<S: Store> Catalog<S> {
    /// Loads the catalog; also names the spaces whose removal a crash cut short.
    ///
    /// # Errors
    /// What the store fails with, and [`StoreError::Damaged`] or [`StoreError::Failed`] when a row
    /// is not one that this version reads.
    pub(crate) async fn load(
        session: Arc<Session<S>>,
        options: StreamOptions,
    ) -> Result<(Self, Vec<Space>), StoreError> {
        let streams = Streams::new(options);
        for value in values(&*session.store, kind::STREAM).await? {
            streams.insert(Arc::new(stream_record::decode(&value, |arn| streams.tally_of(arn))?));
        }
        session.stamps.meet(latest::latest_reading(&*session.store, &streams).await?);
        let (mut tables, mut unfilled) = (Tables::new(), Vec::new());
        for value in values(&*session.store, kind::TABLE).await? {
            let record = TableRecord::decode(&value)?;
            let (scope, table) = record.into_table(&streams);
            match table.status {
                StoredStatus::Creating => unfilled.push((scope, table)),
                StoredStatus::Active => {
                    let name = table.definition.name.clone();
                    tables.entry(scope).or_default().insert(name, Arc::new(table));
                }
            }
        }
        let policies = values(&*session.store, kind::POLICY).await?;
        let policies = policies.iter().map(|value| policies::decode(value));
        let policies = RwLock::new(policies.collect::<Result<_, _>>()?);
        let jobs = values(&*session.store, kind::JOB).await?;
        let jobs = jobs.iter().map(|value| jobs::decode(value));
        let jobs = Jobs::of(jobs.collect::<Result<Vec<_>, _>>()?);
        let dropped = values(&*session.store, kind::DROPPED).await?;
        let dropped = dropped.iter().map(|value| record::decode_space(value));
        let dropped = dropped.collect::<Result<_, _>>()?;
        let (tables, changing) = (RwLock::new(tables), tokio::sync::Mutex::default());
        let catalog = Self { session, tables, streams, policies, jobs, changing };
        catalog.forget_unfilled(unfilled).await?;
        catalog.end_streams_without_table().await?;
        Ok((catalog, dropped))
    }
}

impl<S> Catalog<S> {
    /// The table a request means.
    ///
    /// An ARN of another account or region names no table of this scope.
    pub(crate) fn find(&self, scope: &Scope, table: &TableRef) -> Option<Arc<Table>> {
        find(&self.tables, scope, table)
    }

    /// What requests may know of the tables of a scope before they are carried out.
    pub(crate) fn view<'a>(&'a self, scope: &'a Scope) -> SchemaView<'a> {
        SchemaView::new(&self.tables, scope)
    }

    /// Up to `limit` names behind `after`, sorted, and whether more follow.
    pub(crate) fn names(
        &self,
        scope: &Scope,
        after: Option<&str>,
        limit: usize,
    ) -> (Vec<String>, bool) {
        use std::ops::Bound;
        let tables = self.tables.read();
        let Some(tables) = tables.get(scope) else { return (Vec::new(), false) };
        let lower = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut names = tables.range::<str, _>((lower, Bound::Unbounded)).map(|(name, _)| name);
        let page = names.by_ref().take(limit).cloned().collect();
        (page, names.next().is_some())
    }

    /// Every table of every scope that is in use.
    pub(crate) fn in_use(&self) -> Vec<(Scope, Arc<Table>)> {
        let mut tables = self.all();
        tables.retain(|(_, table)| table.is_in_use());
        tables
    }

    /// The tables of every scope that are wanted, without a copy of what the others are called:
    /// upkeep asks every second, and there may be thousands.
    pub(crate) fn those(&self, wanted: impl Fn(&Table) -> bool) -> Vec<Arc<Table>> {
        let tables = self.tables.read();
        let tables = tables.values().flat_map(BTreeMap::values);
        tables.filter(|table| wanted(table)).cloned().collect()
    }

    /// Every table of every scope, those that are being created among them.
    pub(crate) fn all(&self) -> Vec<(Scope, Arc<Table>)> {
        let tables = self.tables.read();
        let tables = tables.iter().flat_map(|(scope, tables)| {
            tables.values().map(|table| (scope.clone(), Arc::clone(table)))
        });
        tables.collect()
    }

    fn insert(&self, scope: Scope, table: Arc<Table>) {
        let name = table.definition.name.clone();
        self.tables.write().entry(scope).or_default().insert(name, table);
    }

    fn remove(&self, scope: &Scope, name: &str) {
        if let Some(tables) = self.tables.write().get_mut(scope) {
            tables.remove(name);
        }
    }
}

/// The table that a request of a scope means.
fn find(tables: &RwLock<Tables>, scope: &Scope, table: &TableRef) -> Option<Arc<Table>> {
    let tables = tables.read();
    let name = table.name();
    let found = tables.get(scope)?.get(name)?;
    let named = table.as_str() == name || table.as_str() == found.arn;
    named.then(|| Arc::clone(found))
}

/// The values of the catalog's rows of one kind.
async fn values<S: Store>(store: &S, kind: store::Kind) -> Result<Vec<Vec<u8>>, StoreError> {
    let range = keys::catalog_place(kind).hashes(0, u64::MAX, None);
    let mut values = Vec::new();
    let visit = |row: store::Row<'_>| {
        values.push(row.value.to_vec());
        ControlFlow::Continue(())
    };
    store.range(&range, Direction::Forward, Consistency::Strong, visit).await?;
    Ok(values)
}
