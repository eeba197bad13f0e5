//! Creating and dropping tables.

use std::sync::Arc;

use bytes::Bytes;
use model::{ApiError, IndexKind, IndexPhase, Scope, TableDefinition, TableRef};
use store::{Guard as _, Outcome, Space, Store, StoreError, Write};

use super::Catalog;
use super::record::{self, Record};
use crate::background::Background;
use crate::error::{self, in_use, named_table_missing, store_failed, validation};
use crate::keys::{self, FIRST_TABLE_SPACE};
use crate::stamp::StampSource;
use crate::streams::{Plan, Stream, Streams};
use crate::table::{Spaces, Table};

/// Creates a table, durably.
///
/// # Errors
/// [`ApiError::ResourceInUse`] when the name is taken.
pub(crate) async fn create<S: Store>(
    store: Arc<S>,
    catalog: Arc<Catalog>,
    scope: Scope,
    definition: TableDefinition,
) -> Result<Arc<Table>, ApiError> {
    let _changing = catalog.changing.lock().await;
    let name = &definition.name;
    if catalog.find(&scope, &TableRef::new(name)).is_some() {
        return Err(name_taken(name));
    }
    let streams = &catalog.streams;
    let record = insert_record(&*store, streams, &scope, definition).await;
    let (scope, table) = record.map_err(store_failed)?.into_table(streams);
    let table = Arc::new(table);
    catalog.insert(scope, Arc::clone(&table));
    Ok(table)
}

/// Drops a table, durably; its rows go in the background.
///
/// # Errors
/// [`ApiError::ResourceNotFound`]; [`ApiError::Validation`] while it is protected;
/// [`ApiError::ResourceInUse`] while an index comes or goes.
pub(crate) async fn drop_table<S: Store>(
    store: Arc<S>,
    catalog: Arc<Catalog>,
    scope: Scope,
    reference: TableRef,
    background: Background,
) -> Result<(), ApiError> {
    let _changing = catalog.changing.lock().await;
    let table = catalog.find(&scope, &reference);
    let table = table.ok_or_else(|| named_table_missing(reference.name()))?;
    if table.definition.deletion_protection {
        return Err(validation(
            "Resource cannot be deleted as it is currently protected against deletion. Disable \
             deletion protection first.",
        ));
    }
    if table.definition.indexes.iter().any(|index| index.phase != IndexPhase::Active) {
        // ack-api-quirks, DDB-TABLE-150, 2026-11.
        return Err(in_use(
            "Cannot delete table while indexes are being created, updated, or deleted.",
        ));
    }
    let closing = table.close().await;
    let removed = remove_record(&*store, &catalog.streams.stamps, &scope, &table).await;
    removed.map_err(store_failed)?;
    catalog.remove(&scope, &table.definition.name);
    closing.for_good();
    if let Some(stream) = &table.stream {
        catalog.end_stream(&store, stream).await;
    }
    let stamps = Arc::clone(&catalog.streams.stamps);
    background.spawn(remove_spaces(store, stamps, table.all_spaces()));
    Ok(())
}

/// Removes the rows of dropped tables and indexes, then what remembered them.
pub(crate) async fn remove_spaces<S: Store>(
    store: Arc<S>,
    stamps: Arc<StampSource>,
    spaces: Vec<Space>,
) {
    for space in spaces {
        if let Err(error) = remove_space(&*store, &stamps, space).await {
            // Nothing is lost: the next open finds the space remembered as dropped.
            tracing::warn!(%error, space = space.0, "dropped rows remain for now");
            return;
        }
    }
}

async fn remove_space<S: Store>(
    store: &S,
    stamps: &StampSource,
    space: Space,
) -> Result<(), StoreError> {
    store.delete_range(&store::RowRange::Space(space)).await?;
    let row = keys::dropped_row(space);
    let guard = store.lock(std::slice::from_ref(&row)).await;
    guard.submit(stamps.atom_id(), vec![Write::Delete { key: row }]).wait().await.map(drop)
}

/// Hands out spaces and writes the table's row.
async fn insert_record<S: Store>(
    store: &S,
    streams: &Streams,
    scope: &Scope,
    mut definition: TableDefinition,
) -> Result<Record, StoreError> {
    let row = keys::table_row(scope, &definition.name);
    let planned = streams.plan(scope, &mut definition);
    let locked: Vec<_> =
        planned.iter().map(Plan::row).chain([keys::next_space_row(), row.clone()]).collect();
    loop {
        let mut guard = store.lock(&locked).await;
        let mut handing_out = HandingOut::begin(&mut guard).await?;
        let spaces = handing_out.spaces_of(&definition);
        let stream = planned.clone().map(|plan| streams.begin(plan, handing_out.next()));
        let record = Record::new(scope, &spaces, definition.clone());
        let writes = [handing_out.write(), put(row.clone(), record.encode())];
        let writes = stream.iter().map(Stream::put_row).chain(writes).collect();
        if applied(guard.submit(streams.stamps.atom_id(), writes).wait().await?)? {
            stream.into_iter().for_each(|stream| streams.insert(Arc::new(stream)));
            return Ok(record);
        }
    }
}

/// Removes the table's row and remembers its spaces as dropped.
async fn remove_record<S: Store>(
    store: &S,
    stamps: &StampSource,
    scope: &Scope,
    table: &Table,
) -> Result<(), StoreError> {
    let row = keys::table_row(scope, &table.definition.name);
    let dropped = table.all_spaces();
    let rows = dropped.iter().map(|space| keys::dropped_row(*space));
    let locked: Vec<_> = rows.chain([row.clone()]).collect();
    loop {
        let guard = store.lock(&locked).await;
        let remember = dropped.iter().map(|space| remember_dropped(*space));
        let writes = remember.chain([Write::Delete { key: row.clone() }]).collect();
        if applied(guard.submit(stamps.atom_id(), writes).wait().await?)? {
            return Ok(());
        }
    }
}

pub(crate) fn name_taken(name: &str) -> ApiError {
    ApiError::ResourceInUse(format!("Table already exists: {name}"))
}

/// Hands out spaces that were never used, under the latch of [`keys::next_space_row`].
#[derive(Debug)]
pub(super) struct HandingOut(u32);

impl HandingOut {
    pub(super) async fn begin<G: store::Guard>(guard: &mut G) -> Result<Self, StoreError> {
        Ok(Self(match guard.read(&keys::next_space_row()).await? {
            Some(value) => record::decode_space(&value)?.0,
            None => FIRST_TABLE_SPACE,
        }))
    }

    pub(super) fn next(&mut self) -> Space {
        let space = Space(self.0);
        self.0 = self.0.checked_add(1).expect("four thousand million spaces suffice");
        space
    }

    /// The spaces of a new table.
    pub(super) fn spaces_of(&mut self, definition: &TableDefinition) -> Spaces {
        let globals = definition.indexes.iter().filter(|index| index.kind == IndexKind::Global);
        let table = self.next();
        Spaces { table, global_indexes: globals.map(|_| self.next()).collect() }
    }

    /// Remembers what was handed out.
    pub(super) fn write(&self) -> Write {
        put(keys::next_space_row(), record::encode_space(Space(self.0)).to_vec())
    }
}

/// Remembers a space whose rows are to be removed.
pub(super) fn remember_dropped(space: Space) -> Write {
    put(keys::dropped_row(space), record::encode_space(space).to_vec())
}

pub(super) fn put(key: store::RowKey, value: Vec<u8>) -> Write {
    Write::Put { key, value: Bytes::from(value) }
}

/// Whether a change of the catalog took place; `false` is to try again.
pub(super) fn applied(outcome: Outcome) -> Result<bool, StoreError> {
    error::applied(outcome, "a table was changed")
}

/// Removes a stream that nobody may read any more: its row, and its records behind it.
pub(crate) async fn drop_stream<S: Store>(
    store: &Arc<S>,
    streams: &Streams,
    stream: &Stream,
) -> Result<(), StoreError> {
    let row = keys::stream_row(&stream.arn);
    let locked = [keys::dropped_row(stream.space), row.clone()];
    loop {
        let guard = store.lock(&locked).await;
        let writes = vec![remember_dropped(stream.space), Write::Delete { key: row.clone() }];
        if applied(guard.submit(streams.stamps.atom_id(), writes).wait().await?)? {
            break;
        }
    }
    streams.remove(&stream.arn);
    remove_space(&**store, &streams.stamps, stream.space).await
}
