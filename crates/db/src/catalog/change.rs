//! Creating and dropping tables.

use std::sync::Arc;

use bytes::Bytes;
use model::{ApiError, GoalPhase, Scope, TableDefinition, TableRef};
use store::{RowKey, Space, Store, StoreError, Write};

use super::Catalog;
use super::jobs::JobChanges;
use super::policies::{Policy, put_row as put_policy, remove_row};
use super::record::TableRecord;
use super::spaces::{CHANGED, HandingOut, put, remember_dropped};
use super::stream_changes::put_row;
use crate::error::{in_use, named_table_missing, store_failed, validation};
use crate::layout::keys;
use crate::schema::Table;

impl<S: Store> Catalog<S> {
    /// Creates a table, durably. To be called in a task of its own: it goes on if the client goes
    /// away.
    ///
    /// # Errors
    /// [`ApiError::ResourceInUse`] when the name is taken.
    pub(crate) async fn create(
        &self,
        scope: &Scope,
        definition: TableDefinition,
        policy: Option<Policy>,
    ) -> Result<Arc<Table>, ApiError> {
        let _changing = self.changing.lock().await;
        self.check_free(scope, &definition.name)?;
        let record = self.insert_record(scope, definition, policy.as_ref()).await;
        let (scope, table) = record.map_err(store_failed)?.into_table(&self.streams);
        let table = Arc::new(table);
        self.show_policy(&table.arn, policy);
        self.insert(scope, Arc::clone(&table));
        Ok(table)
    }

    /// Drops a table, durably, and answers with the spaces whose rows remain to be removed. To be
    /// called in a task of its own.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`]; [`ApiError::Validation`] while it is protected;
    /// [`ApiError::ResourceInUse`] while an index comes or goes.
    pub(crate) async fn drop_table(
        &self,
        scope: &Scope,
        reference: &TableRef,
    ) -> Result<Vec<Space>, ApiError> {
        let _changing = self.changing.lock().await;
        let table = self.find(scope, reference);
        let table = table.ok_or_else(|| named_table_missing(reference.name()))?;
        table.check_changeable()?;
        check_droppable(&table)?;
        let closing = table.close().await;
        let name = table.definition.name.as_str();
        let jobs = self.jobs.changes_of((scope, name), None, &self.session.stamps);
        self.remove_record(scope, &table, &jobs).await.map_err(store_failed)?;
        self.remove(scope, name);
        self.jobs.show(jobs);
        self.show_policy(&table.arn, None);
        closing.for_good();
        if let Some(stream) = &table.stream {
            self.end_stream(stream).await;
        }
        Ok(table.all_spaces())
    }

    /// Removes the rows of dropped tables and indexes, then what remembered them.
    pub(crate) async fn remove_spaces(&self, spaces: Vec<Space>) {
        for space in spaces {
            if let Err(error) = self.remove_space(space).await {
                // Nothing is lost: the next open finds the space remembered as dropped.
                tracing::warn!(%error, space = space.0, "dropped rows remain for now");
                return;
            }
        }
    }

    pub(super) async fn remove_space(&self, space: Space) -> Result<(), StoreError> {
        self.session.store.delete_range(&store::RowRange::Space(space)).await?;
        let row = keys::dropped_row(space);
        let forget = |_: &[Option<Bytes>]| Ok((vec![Write::Delete { key: row.clone() }], ()));
        self.session.change_rows(std::slice::from_ref(&row), CHANGED, forget).await
    }

    /// Hands out spaces and writes the table's row.
    async fn insert_record(
        &self,
        scope: &Scope,
        mut definition: TableDefinition,
        policy: Option<&Policy>,
    ) -> Result<TableRecord, StoreError> {
        let row = keys::table_row(scope, &definition.name);
        let arn = scope.table_arn(&definition.name);
        let stamps = &self.session.stamps;
        let planned = self.streams.plan(scope, &mut definition, stamps.moment_ms());
        let begun = planned.iter().map(|founding| keys::stream_row(&founding.arn));
        let locked: Vec<RowKey> = [keys::next_space_row(), row.clone(), keys::policy_row(&arn)]
            .into_iter()
            .chain(begun)
            .collect();
        let insert = |current: &[Option<Bytes>]| {
            let mut handing_out = HandingOut::from(current[0].as_deref())?;
            let spaces = handing_out.spaces_of(&definition);
            let stream = planned
                .clone()
                .map(|founding| self.streams.begin(founding, handing_out.next(), stamps));
            let record = TableRecord::new(scope, &spaces, definition.clone());
            let begin = stream.iter().map(|stream| put_row(stream, &stream.shards()));
            let writes = [handing_out.write(), put(row.clone(), record.encode())];
            let attach = policy.map(|policy| put_policy(&arn, policy));
            Ok((begin.chain(writes).chain(attach).collect(), (record, stream)))
        };
        let (record, stream) = self.session.change_rows(&locked, CHANGED, insert).await?;
        stream.into_iter().for_each(|stream| self.streams.insert(Arc::new(stream)));
        Ok(record)
    }

    /// Removes the table's row, ends its jobs and remembers its spaces as dropped.
    async fn remove_record(
        &self,
        scope: &Scope,
        table: &Table,
        jobs: &JobChanges,
    ) -> Result<(), StoreError> {
        let row = keys::table_row(scope, &table.definition.name);
        let dropped = table.all_spaces();
        let rows = dropped.iter().map(|space| keys::dropped_row(*space));
        let others = [row.clone(), keys::policy_row(&table.arn)];
        let locked: Vec<RowKey> = rows.chain(others).chain(jobs.rows()).collect();
        let remove = |_: &[Option<Bytes>]| {
            let remember = dropped.iter().map(|space| remember_dropped(*space));
            let forget = [Write::Delete { key: row.clone() }, remove_row(&table.arn)];
            Ok((remember.chain(forget).chain(jobs.writes()).collect(), ()))
        };
        self.session.change_rows(&locked, CHANGED, remove).await
    }
}

fn check_droppable(table: &Table) -> Result<(), ApiError> {
    if table.definition.deletion_protection {
        return Err(validation(
            "Resource cannot be deleted as it is currently protected against deletion. Disable \
             deletion protection first.",
        ));
    }
    if table.definition.indexes.iter().any(|index| index.phase != GoalPhase::Active) {
        // ack-api-quirks, DDB-TABLE-150, 2026-11.
        return Err(in_use(
            "Cannot delete table while indexes are being created, updated, or deleted.",
        ));
    }
    Ok(())
}

pub(crate) fn name_taken(name: &str) -> ApiError {
    ApiError::ResourceInUse(format!("Table already exists: {name}"))
}
