//! Taking over tables: written first, seen last.
//!
//! [`adopt`] hands out spaces and in the same commit remembers them as dropped, so that rows
//! written to them are removed at the next open. [`publish`] forgets that and writes the tables'
//! rows, in one commit.

use std::sync::Arc;

use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Guard as _, RowKey, Space, Store, StoreError, Write};

use super::Catalog;
use super::change::{HandingOut, applied, name_taken, put, remember_dropped};
use super::record::Record;
use crate::error::store_failed;
use crate::keys;
use crate::stamp::StampSource;
use crate::table::{Spaces, Table};

/// A table that nobody sees yet.
#[derive(Debug)]
pub(crate) struct Adopted {
    scope: Scope,
    record: Vec<u8>,
    table: Arc<Table>,
}

impl Adopted {
    pub(crate) fn table(&self) -> Arc<Table> {
        Arc::clone(&self.table)
    }

    pub(crate) fn spaces(&self) -> Vec<Space> {
        self.table.all_spaces()
    }

    pub(crate) fn is_called(&self, scope: &Scope, name: &str) -> bool {
        self.scope == *scope && self.table.definition.name == name
    }

    fn row(&self) -> RowKey {
        keys::table_row(&self.scope, &self.table.definition.name)
    }
}

/// Prepares a table.
///
/// # Errors
/// [`ApiError::ResourceInUse`] when the name is taken.
pub(crate) async fn adopt<S: Store>(
    store: &S,
    catalog: &Catalog,
    scope: &Scope,
    definition: TableDefinition,
) -> Result<Adopted, ApiError> {
    let stamps = &*catalog.streams.stamps;
    let _changing = catalog.changing.lock().await;
    if catalog.find(scope, &TableRef::new(&definition.name)).is_some() {
        return Err(name_taken(&definition.name));
    }
    let spaces = hand_out(store, stamps, &definition).await.map_err(store_failed)?;
    let record = Record::new(scope, &spaces, definition);
    let bytes = record.encode();
    let (scope, table) = record.into_table(&catalog.streams);
    Ok(Adopted { scope, record: bytes, table: Arc::new(table) })
}

/// Lets everybody see the tables.
///
/// # Errors
/// [`ApiError::ResourceInUse`] when a name was taken meanwhile.
pub(crate) async fn publish<S: Store>(
    store: &S,
    catalog: &Catalog,
    adopted: Vec<Adopted>,
) -> Result<(), ApiError> {
    let _changing = catalog.changing.lock().await;
    for Adopted { scope, table, .. } in &adopted {
        let name = &table.definition.name;
        if catalog.find(scope, &TableRef::new(name)).is_some() {
            return Err(name_taken(name));
        }
    }
    write_records(store, &catalog.streams.stamps, &adopted).await.map_err(store_failed)?;
    for Adopted { scope, table, .. } in adopted {
        catalog.insert(scope, table);
    }
    Ok(())
}

async fn write_records<S: Store>(
    store: &S,
    stamps: &StampSource,
    adopted: &[Adopted],
) -> Result<(), StoreError> {
    let spaces = adopted.iter().flat_map(Adopted::spaces);
    let remembered: Vec<RowKey> = spaces.map(keys::dropped_row).collect();
    let locked = adopted.iter().map(Adopted::row).chain(remembered.iter().cloned());
    let locked: Vec<RowKey> = locked.collect();
    loop {
        let guard = store.lock(&locked).await;
        let records = adopted.iter().map(|table| put(table.row(), table.record.clone()));
        let forget = remembered.iter().map(|row| Write::Delete { key: row.clone() });
        let writes = records.chain(forget).collect();
        if applied(guard.submit(stamps.atom_id(), writes).wait().await?)? {
            return Ok(());
        }
    }
}

/// Hands out a table's spaces, remembered as dropped. Nobody else hands out any meanwhile.
async fn hand_out<S: Store>(
    store: &S,
    stamps: &StampSource,
    definition: &TableDefinition,
) -> Result<Spaces, StoreError> {
    let mut guard = store.lock(&[keys::next_space_row()]).await;
    let mut handing_out = HandingOut::begin(&mut guard).await?;
    drop(guard);
    let spaces = handing_out.spaces_of(definition);
    let all = spaces.global_indexes.iter().chain([&spaces.table]);
    let remember = all.map(|space| remember_dropped(*space));
    let writes: Vec<Write> = remember.chain([handing_out.write()]).collect();
    let locked: Vec<RowKey> = writes.iter().map(|write| write.key().clone()).collect();
    loop {
        let ticket = store.lock(&locked).await.submit(stamps.atom_id(), writes.clone());
        if applied(ticket.wait().await?)? {
            return Ok(spaces);
        }
    }
}
