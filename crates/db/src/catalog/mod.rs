//! The catalog: which tables exist, and where their rows lie.
//!
//! What it is: a map in memory over rows in the store (docs/format/catalog.md), loaded at open.
//! Requests read the map; creations, changes and drops, one at a time, change the rows first and
//! the map once that is durable.
//!
//! Invariants: a space is handed out once and never again. A drop closes the table's gate, removes
//! the table's row and in the same commit remembers its spaces as dropped; the rows in them go
//! afterwards. Whatever a crash leaves of that, [`load`] finds and finishes. An index that comes or
//! goes has its phase in the table's row; `indexing` leads it from one to the next.
//!
//! All run in tasks of their own: a client that goes away does not leave them half-way.

mod adopt;
mod amend;
mod capacity;
mod change;
mod declare;
mod encryption;
mod record;
mod restored;
mod revise;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use model::{Scope, StreamStatus, TableRef};
use parking_lot::RwLock;
use store::{Consistency, Direction, RowRange, Space, Store, StoreError};

use crate::keys::{self, kind};
use crate::stamp::StampSource;
use crate::streams::{Stream, StreamOptions, Streams};
use crate::table::Table;

pub(crate) use adopt::{Adopted, adopt, publish};
pub(crate) use amend::{Amended, amend, begin_streams};
pub(crate) use change::{create, drop_stream, drop_table, name_taken, remove_spaces};
pub(crate) use declare::{Birth, declare};
use record::Record;
pub(crate) use restored::check_restored;
pub(crate) use revise::{check_request, revise};

type Tables = BTreeMap<Scope, BTreeMap<String, Arc<Table>>>;

/// The tables of every scope.
#[derive(Debug)]
pub(crate) struct Catalog {
    tables: RwLock<Tables>,
    pub(crate) streams: Streams,
    /// Held while a table is created, changed or dropped.
    changing: tokio::sync::Mutex<()>,
}

/// Loads the catalog; also names the spaces whose removal a crash cut short.
pub(crate) async fn load<S: Store>(
    store: &Arc<S>,
    options: StreamOptions,
    stamps: Arc<StampSource>,
) -> Result<(Catalog, Vec<Space>), StoreError> {
    let streams = Streams::load(&**store, options, stamps).await?;
    let mut tables = Tables::new();
    for value in
        values(&**store, &keys::catalog_place(kind::TABLE).hashes(0, u64::MAX, None)).await?
    {
        let record = Record::decode(&value)?;
        let (scope, table) = record.into_table(&streams);
        let name = table.definition.name.clone();
        tables.entry(scope).or_default().insert(name, Arc::new(table));
    }
    let dropped = keys::catalog_place(kind::DROPPED).hashes(0, u64::MAX, None);
    let dropped = values(&**store, &dropped).await?;
    let dropped = dropped.iter().map(|value| record::decode_space(value));
    let dropped = dropped.collect::<Result<_, _>>()?;
    let tables = RwLock::new(tables);
    let catalog = Catalog { tables, streams, changing: tokio::sync::Mutex::default() };
    catalog.end_streams_without_table(store).await?;
    Ok((catalog, dropped))
}

impl Catalog {
    /// The table a request means.
    ///
    /// An ARN of another account or region names no table of this scope.
    pub(crate) fn find(&self, scope: &Scope, table: &TableRef) -> Option<Arc<Table>> {
        let tables = self.tables.read();
        let found = tables.get(scope)?.get(table.name())?;
        let named = table.as_str() == table.name() || table.as_str() == found.arn;
        named.then(|| Arc::clone(found))
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

    /// Every table of every scope.
    pub(crate) fn all(&self) -> Vec<(Scope, Arc<Table>)> {
        let tables = self.tables.read();
        let tables = tables.iter().flat_map(|(scope, tables)| {
            tables.values().map(|table| (scope.clone(), Arc::clone(table)))
        });
        tables.collect()
    }

    /// Closes a stream whose table writes to it no more.
    async fn end_stream<S: Store>(&self, store: &Arc<S>, stream: &Arc<Stream>) {
        if let Err(error) = self.streams.disable(store, stream).await {
            // The next upkeep finds it without a table.
            tracing::warn!(%error, stream = %stream.arn, "a stream's shards stay open for now");
        }
    }

    /// Closes streams that no table writes to any more: whatever ended them was cut short.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn end_streams_without_table<S: Store>(
        &self,
        store: &Arc<S>,
    ) -> Result<(), StoreError> {
        // A stream is there before its table is: whoever begins one holds this lock.
        let _changing = self.changing.lock().await;
        for stream in self.streams_without_table() {
            self.streams.disable(store, &stream).await?;
        }
        Ok(())
    }

    /// Streams that take changes which no table has for them.
    fn streams_without_table(&self) -> Vec<Arc<Stream>> {
        let tables = self.all();
        let taken = |stream: &Arc<Stream>| {
            let mut streams = tables.iter().filter_map(|(_, table)| table.stream.as_ref());
            streams.any(|other| Arc::ptr_eq(other, stream))
        };
        let mut streams = self.streams.all();
        streams.retain(|stream| stream.status() == StreamStatus::Enabled && !taken(stream));
        streams
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

pub(crate) async fn values<S: Store>(
    store: &S,
    range: &RowRange,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut values = Vec::new();
    let visit = |row: store::Row<'_>| {
        values.push(row.value.to_vec());
        ControlFlow::Continue(())
    };
    store.range(range, Direction::Forward, Consistency::Strong, visit).await?;
    Ok(values)
}
