//! Taking over tables: written first, seen last.
//!
//! [`Catalog::adopt`] hands out spaces and in the same commit remembers them as dropped, so that
//! rows written to them are removed at the next open. [`Catalog::publish`] forgets that and writes
//! the tables' rows, in one commit.

use std::sync::Arc;

use bytes::Bytes;
use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Consistency, RowKey, Space, Store, StoreError, Write};

use super::Catalog;
use super::change::name_taken;
use super::record::Record;
use super::spaces::{CHANGED, HandingOut, put, remember_dropped};
use crate::error::store_failed;
use crate::layout::keys;
use crate::schema::{Spaces, Table};

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

    pub(crate) fn is_called(&self, scope: &Scope, name: &str) -> bool {
        self.scope == *scope && self.table.definition.name == name
    }

    fn row(&self) -> RowKey {
        keys::table_row(&self.scope, &self.table.definition.name)
    }
}

impl<S: Store> Catalog<S> {
    /// Prepares a table.
    ///
    /// # Errors
    /// [`ApiError::ResourceInUse`] when the name is taken.
    pub(crate) async fn adopt(
        &self,
        scope: &Scope,
        definition: TableDefinition,
    ) -> Result<Adopted, ApiError> {
        let _changing = self.changing.lock().await;
        self.check_free(scope, &definition.name)?;
        let spaces = self.hand_out(&definition).await.map_err(store_failed)?;
        let record = Record::new(scope, &spaces, definition);
        let bytes = record.encode();
        let (scope, table) = record.into_table(&self.streams);
        Ok(Adopted { scope, record: bytes, table: Arc::new(table) })
    }

    /// Lets everybody see the tables.
    ///
    /// # Errors
    /// [`ApiError::ResourceInUse`] when a name was taken meanwhile.
    pub(crate) async fn publish(&self, adopted: Vec<Adopted>) -> Result<(), ApiError> {
        let _changing = self.changing.lock().await;
        for Adopted { scope, table, .. } in &adopted {
            self.check_free(scope, &table.definition.name)?;
        }
        self.write_records(&adopted).await.map_err(store_failed)?;
        for Adopted { scope, table, .. } in adopted {
            self.insert(scope, table);
        }
        Ok(())
    }

    /// Checks that no table has the name.
    pub(super) fn check_free(&self, scope: &Scope, name: &str) -> Result<(), ApiError> {
        match self.find(scope, &TableRef::new(name)) {
            Some(_) => Err(name_taken(name)),
            None => Ok(()),
        }
    }

    async fn write_records(&self, adopted: &[Adopted]) -> Result<(), StoreError> {
        let spaces = adopted.iter().flat_map(|adopted| adopted.table.all_spaces());
        let remembered: Vec<RowKey> = spaces.map(keys::dropped_row).collect();
        let locked = adopted.iter().map(Adopted::row).chain(remembered.iter().cloned());
        let locked: Vec<RowKey> = locked.collect();
        let publish = |_: &[Option<Bytes>]| {
            let records = adopted.iter().map(|table| put(table.row(), table.record.clone()));
            let forget = remembered.iter().map(|row| Write::Delete { key: row.clone() });
            Ok((records.chain(forget).collect(), ()))
        };
        self.session.change_rows(&locked, CHANGED, publish).await
    }

    /// Hands out a table's spaces, remembered as dropped.
    async fn hand_out(&self, definition: &TableDefinition) -> Result<Spaces, StoreError> {
        // Which rows remember them is known once they are handed out; nobody else hands out any
        // meanwhile.
        let next = self.session.store.get(&keys::next_space_row(), Consistency::Strong).await?;
        let planned = HandingOut::from(next.as_deref())?.spaces_of(definition);
        let all: Vec<Space> = planned.all().collect();
        let remembered = all.iter().map(|space| keys::dropped_row(*space));
        let locked: Vec<RowKey> = [keys::next_space_row()].into_iter().chain(remembered).collect();
        let hand_out = |current: &[Option<Bytes>]| {
            let mut handing_out = HandingOut::from(current[0].as_deref())?;
            let spaces = handing_out.spaces_of(definition);
            assert_eq!(spaces, planned, "spaces are handed out one table at a time");
            let remember = all.iter().map(|space| remember_dropped(*space));
            Ok((remember.chain([handing_out.write()]).collect(), spaces))
        };
        self.session.change_rows(&locked, CHANGED, hand_out).await
    }
}
