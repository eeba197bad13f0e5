//! Changing what a table's definition says. Its name and key stay as they are.

use std::sync::Arc;

use model::{ApiError, IndexKind, Scope, TableDefinition, TableRef};
use store::{Guard as _, RowKey, Space, Store, StoreError};

use super::Catalog;
use super::change::{HandingOut, applied, put, remember_dropped};
use super::record::Record;
use crate::error::{named_table_missing, store_failed};
use crate::keys;
use crate::streams::{Plan, Stream, Streams};
use crate::table::{Spaces, Table};

/// A table before and after a change.
#[derive(Debug)]
pub(crate) struct Amended {
    pub(crate) before: Arc<Table>,
    pub(crate) after: Arc<Table>,
    /// Spaces of indexes that went: remembered as dropped, and their rows not removed yet.
    pub(crate) dropped: Vec<Space>,
}

/// Changes a table's definition, durably. When this returns, nobody writes by the indexes of
/// before any more.
///
/// # Errors
/// [`ApiError::ResourceNotFound`], and what `change` refuses with.
pub(crate) async fn amend<S: Store>(
    store: Arc<S>,
    catalog: Arc<Catalog>,
    scope: Scope,
    reference: TableRef,
    change: impl FnOnce(&Table, &mut TableDefinition) -> Result<(), ApiError> + Send,
) -> Result<Amended, ApiError> {
    let _changing = catalog.changing.lock().await;
    let before = catalog.find(&scope, &reference);
    let before = before.ok_or_else(|| named_table_missing(reference.name()))?;
    let mut definition = (*before.definition).clone();
    change(&before, &mut definition)?;
    let streams = &catalog.streams;
    let begins = before.stream.is_none() && definition.stream.is_some();
    let planned = if begins { streams.plan(&scope, &mut definition) } else { None };
    let moved = Moved::of(&before, &definition, planned);
    let spaces = moved.write(&*store, streams, &scope, &definition).await.map_err(store_failed)?;
    let stream = streams.of_table(&scope, &definition);
    let after = Arc::new(before.amended(definition, spaces, stream));
    catalog.insert(scope, Arc::clone(&after));
    before.hand_over(&after).await;
    if let (Some(stream), None) = (&before.stream, &after.stream) {
        catalog.end_stream(&store, stream).await;
    }
    Ok(Amended { before, after, dropped: moved.gone })
}

/// Begins the streams that tables should have and have not: tables that were imported, or that come
/// from before streams were written.
///
/// # Errors
/// What the store fails with.
pub(crate) async fn begin_streams<S: Store>(
    store: &Arc<S>,
    catalog: &Arc<Catalog>,
) -> Result<(), StoreError> {
    for (scope, table) in catalog.all() {
        if table.definition.stream.is_some() && table.stream.is_none() {
            let table = TableRef::new(&table.definition.name);
            let (store, catalog) = (Arc::clone(store), Arc::clone(catalog));
            let begun = amend(store, catalog, scope, table, |_, _| Ok(())).await;
            begun.map_err(|error| StoreError::failed(format!("a stream cannot begin: {error}")))?;
        }
    }
    Ok(())
}

/// What a change means for a table's spaces.
#[derive(Debug)]
struct Moved {
    table: Space,
    /// One per global index; those without one are new.
    kept: Vec<Option<Space>>,
    /// Of indexes that are not there any more.
    gone: Vec<Space>,
    /// A stream that begins.
    stream: Option<Plan>,
}

impl Moved {
    fn of(before: &Table, definition: &TableDefinition, stream: Option<Plan>) -> Self {
        let names = |definition: &TableDefinition| -> Vec<String> {
            let indexes = definition.indexes.iter();
            let global = indexes.filter(|index| index.kind == IndexKind::Global);
            global.map(|index| index.name.clone()).collect()
        };
        let old = names(&before.definition);
        let mut gone = before.spaces.global_indexes.clone();
        let kept = names(definition).into_iter().map(|name| {
            let position = old.iter().position(|known| *known == name)?;
            let space = before.spaces.global_indexes[position];
            gone.retain(|other| *other != space);
            Some(space)
        });
        let kept = kept.collect();
        Self { table: before.spaces.table, kept, gone, stream }
    }

    /// Writes the table's row, hands out the spaces of new indexes and remembers those of dropped
    /// ones, all in one commit.
    async fn write<S: Store>(
        &self,
        store: &S,
        streams: &Streams,
        scope: &Scope,
        definition: &TableDefinition,
    ) -> Result<Spaces, StoreError> {
        let row = keys::table_row(scope, &definition.name);
        let dropped = self.gone.iter().map(|space| keys::dropped_row(*space));
        let begun = self.stream.iter().map(Plan::row);
        let others = [keys::next_space_row(), row.clone()];
        let locked: Vec<RowKey> = dropped.chain(begun).chain(others).collect();
        loop {
            let mut guard = store.lock(&locked).await;
            let mut handing_out = HandingOut::begin(&mut guard).await?;
            let global = self.kept.iter().map(|space| space.unwrap_or_else(|| handing_out.next()));
            let spaces = Spaces { table: self.table, global_indexes: global.collect() };
            let stream = self.stream.clone().map(|plan| streams.begin(plan, handing_out.next()));
            let record = Record::new(scope, &spaces, definition.clone());
            let remember = self.gone.iter().map(|space| remember_dropped(*space));
            let writes = [handing_out.write(), put(row.clone(), record.encode())];
            let begin = stream.iter().map(Stream::put_row);
            let writes = remember.chain(begin).chain(writes).collect();
            if applied(guard.submit(streams.stamps.atom_id(), writes).wait().await?)? {
                stream.into_iter().for_each(|stream| streams.insert(Arc::new(stream)));
                return Ok(spaces);
            }
        }
    }
}
