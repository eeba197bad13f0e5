//! Creating and dropping tables.

use std::sync::Arc;

use bytes::Bytes;
use model::{ApiError, IndexKind, Scope, TableDefinition, TableRef};
use store::{Guard as _, Outcome, Space, Store, StoreError, Write};

use super::Catalog;
use super::record::{self, Record};
use crate::error::{named_table_missing, store_failed, validation};
use crate::keys::{self, FIRST_TABLE_SPACE};
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
    let record = insert_record(&*store, &scope, &definition).await.map_err(store_failed)?;
    let (scope, table) = record.into_table();
    let table = Arc::new(table);
    catalog.insert(scope, Arc::clone(&table));
    Ok(table)
}

/// Drops a table, durably; its rows go in the background.
///
/// # Errors
/// [`ApiError::ResourceNotFound`]; [`ApiError::Validation`] while it is protected.
pub(crate) async fn drop_table<S: Store>(
    store: Arc<S>,
    catalog: Arc<Catalog>,
    scope: Scope,
    reference: TableRef,
) -> Result<Arc<Table>, ApiError> {
    let _changing = catalog.changing.lock().await;
    let table = catalog.find(&scope, &reference);
    let table = table.ok_or_else(|| named_table_missing(reference.name()))?;
    if table.definition.deletion_protection {
        return Err(validation(
            "Resource cannot be deleted as it is currently protected against deletion. Disable \
             deletion protection first.",
        ));
    }
    table.gate.close().await;
    if let Err(error) = remove_record(&*store, &scope, &table).await {
        table.gate.reopen();
        return Err(store_failed(error));
    }
    catalog.remove(&scope, &table.definition.name);
    tokio::spawn(remove_spaces(store, table.spaces()));
    Ok(table)
}

/// Removes the rows of dropped tables, then what remembered them.
pub(crate) async fn remove_spaces<S: Store>(store: Arc<S>, spaces: Vec<Space>) {
    for space in spaces {
        if let Err(error) = remove_space(&*store, space).await {
            // Nothing is lost: the next open finds the space remembered as dropped.
            tracing::warn!(%error, space = space.0, "the rows of a dropped table remain for now");
            return;
        }
    }
}

async fn remove_space<S: Store>(store: &S, space: Space) -> Result<(), StoreError> {
    store.delete_range(&store::RowRange::Space(space)).await?;
    let row = keys::dropped_row(space);
    let guard = store.lock(std::slice::from_ref(&row)).await;
    guard.submit(vec![Write::Delete { key: row }]).wait().await.map(drop)
}

/// Hands out spaces and writes the table's row.
async fn insert_record<S: Store>(
    store: &S,
    scope: &Scope,
    definition: &TableDefinition,
) -> Result<Record, StoreError> {
    let next_row = keys::next_space_row();
    let row = keys::table_row(scope, &definition.name);
    loop {
        let mut guard = store.lock(&[next_row.clone(), row.clone()]).await;
        let first = match guard.read(&next_row).await? {
            Some(value) => record::decode_space(&value)?.0,
            None => FIRST_TABLE_SPACE,
        };
        let globals = definition.indexes.iter().filter(|index| index.kind == IndexKind::Global);
        let mut handed_out = (first..).map(Space);
        let mut next = || handed_out.next().expect("four thousand million spaces suffice");
        let spaces = Spaces { table: next(), global_indexes: globals.map(|_| next()).collect() };
        let record = Record::new(scope, &spaces, definition.clone());
        let ticket = guard.submit(vec![
            put(next_row.clone(), record::encode_space(next()).to_vec()),
            put(row.clone(), record.encode()),
        ]);
        if applied(ticket.wait().await?)? {
            return Ok(record);
        }
    }
}

/// Removes the table's row and remembers its spaces as dropped.
async fn remove_record<S: Store>(
    store: &S,
    scope: &Scope,
    table: &Table,
) -> Result<(), StoreError> {
    let row = keys::table_row(scope, &table.definition.name);
    let dropped = table.spaces();
    let rows: Vec<_> = dropped.iter().map(|space| keys::dropped_row(*space)).collect();
    loop {
        let locked: Vec<_> = rows.iter().cloned().chain([row.clone()]).collect();
        let guard = store.lock(&locked).await;
        let remember = rows.iter().zip(&dropped);
        let remember =
            remember.map(|(row, space)| put(row.clone(), record::encode_space(*space).to_vec()));
        let writes = remember.chain([Write::Delete { key: row.clone() }]).collect();
        if applied(guard.submit(writes).wait().await?)? {
            return Ok(());
        }
    }
}

pub(crate) fn name_taken(name: &str) -> ApiError {
    ApiError::ResourceInUse(format!("Table already exists: {name}"))
}

pub(super) fn put(key: store::RowKey, value: Vec<u8>) -> Write {
    Write::Put { key, value: Bytes::from(value) }
}

/// Whether to go on; `false` is to try again.
pub(super) fn applied(outcome: Outcome) -> Result<bool, StoreError> {
    match outcome {
        Outcome::Applied => Ok(true),
        Outcome::Conflict => Ok(false),
        Outcome::Unknown => Err(StoreError::failed("whether a table was changed is unknown")),
    }
}
