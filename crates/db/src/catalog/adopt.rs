//! Taking over tables: written first, seen last.
//!
//! [`Catalog::adopt`] hands out spaces and in the same commit remembers them as dropped, so that
//! rows written to them are removed at the next open. [`Catalog::publish`] forgets that and writes
//! the tables' rows, in one commit. In between [`Catalog::announce`] may show the tables, as tables
//! that are being created; the next open forgets those rows, too.

use std::sync::Arc;

use bytes::Bytes;
use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Consistency, RowKey, Space, Store, StoreError, Write};

use super::Catalog;
use super::change::name_taken;
use super::record::TableRecord;
use super::spaces::{CHANGED, HandingOut, put, remember_dropped};
use crate::error::store_failed;
use crate::layout::keys;
use crate::schema::{Spaces, StoredStatus, Table};

/// A table that nobody can use yet.
#[derive(Debug)]
pub(crate) struct Adopted {
    scope: Scope,
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

    fn record(&self, status: StoredStatus) -> TableRecord {
        let definition = (*self.table.definition).clone();
        TableRecord { status, ..TableRecord::new(&self.scope, &self.table.spaces, definition) }
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
        let record = TableRecord::new(scope, &spaces, definition);
        let (scope, table) = record.into_table(&self.streams);
        Ok(Adopted { scope, table: Arc::new(table) })
    }

    /// Lets everybody see the tables, as such that are being created.
    ///
    /// # Errors
    /// [`ApiError::ResourceInUse`] when a name was taken meanwhile.
    pub(crate) async fn announce(&self, adopted: &[Adopted]) -> Result<(), ApiError> {
        let _changing = self.changing.lock().await;
        self.check_still_free(adopted)?;
        self.write_records(adopted, StoredStatus::Creating).await.map_err(store_failed)?;
        for adopted in adopted {
            let record = adopted.record(StoredStatus::Creating);
            let (scope, table) = record.into_table(&self.streams);
            self.insert(scope, Arc::new(table));
        }
        Ok(())
    }

    /// Lets everybody use the tables.
    ///
    /// # Errors
    /// [`ApiError::ResourceInUse`] when a name was taken meanwhile.
    pub(crate) async fn publish(&self, adopted: Vec<Adopted>) -> Result<(), ApiError> {
        let _changing = self.changing.lock().await;
        self.check_still_free(&adopted)?;
        self.write_records(&adopted, StoredStatus::Active).await.map_err(store_failed)?;
        for Adopted { scope, table } in adopted {
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

    /// Forgets tables that nobody goes on to fill. Their spaces are remembered as dropped.
    ///
    /// # Errors
    /// What the store fails with.
    pub(super) async fn forget_unfilled(
        &self,
        tables: Vec<(Scope, Table)>,
    ) -> Result<(), StoreError> {
        for (scope, table) in tables {
            let rows =
                [keys::table_row(&scope, &table.definition.name), keys::policy_row(&table.arn)];
            let forget = |_: &[Option<Bytes>]| {
                Ok((rows.iter().map(|key| Write::Delete { key: key.clone() }).collect(), ()))
            };
            self.session.change_rows(&rows, CHANGED, forget).await?;
            self.show_policy(&table.arn, None);
        }
        Ok(())
    }

    /// Checks that no table but the adopted one itself, announced, has the name of one.
    fn check_still_free(&self, adopted: &[Adopted]) -> Result<(), ApiError> {
        for Adopted { scope, table } in adopted {
            let name = &table.definition.name;
            let found = self.find(scope, &TableRef::new(name));
            if found.is_some_and(|found| found.place != table.place) {
                return Err(name_taken(name));
            }
        }
        Ok(())
    }

    /// Writes the rows of the tables with this status. Their spaces stay remembered as dropped
    /// until they are in use.
    async fn write_records(
        &self,
        adopted: &[Adopted],
        status: StoredStatus,
    ) -> Result<(), StoreError> {
        let spaces = adopted.iter().flat_map(|adopted| adopted.table.all_spaces());
        let remembered: Vec<RowKey> = spaces.map(keys::dropped_row).collect();
        let locked = adopted.iter().map(Adopted::row).chain(remembered.iter().cloned());
        let locked: Vec<RowKey> = locked.collect();
        let publish = |_: &[Option<Bytes>]| {
            let records =
                adopted.iter().map(|adopted| put(adopted.row(), adopted.record(status).encode()));
            let is_done = status == StoredStatus::Active;
            let forget = remembered.iter().filter(|_| is_done);
            let forget = forget.map(|row| Write::Delete { key: row.clone() });
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
