//! Changing what a table's definition says. Its name and key stay as they are.

use std::sync::Arc;

use bytes::Bytes;
use model::{ApiError, IndexKind, Scope, TableDefinition, TableRef};
use store::{RowKey, Space, Store, StoreError};

use super::Catalog;
use super::jobs::JobChanges;
use super::record::TableRecord;
use super::spaces::{CHANGED, HandingOut, put, remember_dropped};
use super::stream_changes::put_row;
use crate::error::{named_table_missing, store_failed};
use crate::layout::keys;
use crate::schema::stream::Founding;
use crate::schema::{Spaces, Table};

/// A table before and after a change.
#[derive(Debug)]
pub(crate) struct Amended {
    pub(crate) before: Arc<Table>,
    pub(crate) after: Arc<Table>,
    /// Spaces of indexes that went: remembered as dropped, and their rows not removed yet.
    pub(crate) dropped: Vec<Space>,
}

impl<S: Store> Catalog<S> {
    /// Changes a table's definition, durably. When this returns, nobody writes by the indexes of
    /// before any more. To be called in a task of its own: it goes on if the client goes away.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`], and what `change` refuses with.
    pub(crate) async fn amend(
        &self,
        scope: Scope,
        reference: TableRef,
        change: impl FnOnce(&Table, &mut TableDefinition) -> Result<(), ApiError> + Send,
    ) -> Result<Amended, ApiError> {
        let _changing = self.changing.lock().await;
        let before = self.find(&scope, &reference);
        let before = before.ok_or_else(|| named_table_missing(reference.name()))?;
        before.check_changeable()?;
        let mut definition = (*before.definition).clone();
        change(&before, &mut definition)?;
        let begins = before.stream.is_none() && definition.stream.is_some();
        let at_ms = self.session.stamps.moment_ms();
        let planned = if begins { self.streams.plan(&scope, &mut definition, at_ms) } else { None };
        let changes = SpaceChanges::of(&before, &definition, planned);
        let table = (&scope, definition.name.as_str());
        let jobs = self.jobs.changes_of(table, Some(&definition), &self.session.stamps);
        let written = self.write_changes(&changes, &scope, &definition, &jobs).await;
        let spaces = written.map_err(store_failed)?;
        self.jobs.show(jobs);
        let stream = self.streams.of_table(&scope, &definition);
        let after = Arc::new(before.amended(definition, spaces, stream));
        self.insert(scope, Arc::clone(&after));
        before.hand_over(&after).await;
        if let (Some(stream), None) = (&before.stream, &after.stream) {
            self.end_stream(stream).await;
        }
        Ok(Amended { before, after, dropped: changes.gone })
    }

    /// Begins the streams that tables should have and have not: tables that were imported, or that
    /// come from before streams were written.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn begin_streams(&self) -> Result<(), StoreError> {
        for (scope, table) in self.in_use() {
            if table.definition.stream.is_some() && table.stream.is_none() {
                let table = TableRef::new(&table.definition.name);
                let begun = self.amend(scope, table, |_, _| Ok(())).await;
                begun.map_err(|error| {
                    StoreError::failed(format!("a stream cannot begin: {error}"))
                })?;
            }
        }
        Ok(())
    }

    /// Writes the table's row, hands out the spaces of new indexes, remembers those of dropped ones
    /// and settles the jobs, all in one commit.
    async fn write_changes(
        &self,
        changes: &SpaceChanges,
        scope: &Scope,
        definition: &TableDefinition,
        jobs: &JobChanges,
    ) -> Result<Spaces, StoreError> {
        let row = keys::table_row(scope, &definition.name);
        let dropped = changes.gone.iter().map(|space| keys::dropped_row(*space));
        let begun = changes.stream.iter().map(|founding| keys::stream_row(&founding.arn));
        let first = [keys::next_space_row(), row.clone()];
        let locked = first.into_iter().chain(dropped).chain(begun).chain(jobs.rows());
        let locked: Vec<RowKey> = locked.collect();
        let write = |current: &[Option<Bytes>]| {
            let mut handing_out = HandingOut::from(current[0].as_deref())?;
            let global =
                changes.kept.iter().map(|space| space.unwrap_or_else(|| handing_out.next()));
            let spaces = Spaces { table: changes.table, global_indexes: global.collect() };
            let stream = changes.stream.clone().map(|founding| {
                self.streams.begin(founding, handing_out.next(), &self.session.stamps)
            });
            let record = TableRecord::new(scope, &spaces, definition.clone());
            let remember = changes.gone.iter().map(|space| remember_dropped(*space));
            let begin = stream.iter().map(|stream| put_row(stream, &stream.shards()));
            let writes = [handing_out.write(), put(row.clone(), record.encode())];
            let writes = remember.chain(begin).chain(writes).chain(jobs.writes());
            Ok((writes.collect(), (spaces, stream)))
        };
        let (spaces, stream) = self.session.change_rows(&locked, CHANGED, write).await?;
        stream.into_iter().for_each(|stream| self.streams.insert(Arc::new(stream)));
        Ok(spaces)
    }
}

/// What a change means for a table's spaces.
#[derive(Debug)]
struct SpaceChanges {
    table: Space,
    /// One per global index; those without one are new.
    kept: Vec<Option<Space>>,
    /// Of indexes that are not there any more.
    gone: Vec<Space>,
    /// A stream that begins.
    stream: Option<Founding>,
}

impl SpaceChanges {
    fn of(before: &Table, definition: &TableDefinition, stream: Option<Founding>) -> Self {
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
}
