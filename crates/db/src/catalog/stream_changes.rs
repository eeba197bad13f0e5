//! How a stream begins, is followed by other shards, ends, and goes.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use model::api::StreamStatus;
use model::{Scope, StreamArn, TableDefinition};
use store::{RowKey, Space, Store, StoreError, Write};
use time::OffsetDateTime;

use super::Catalog;
use super::policies::remove_row;
use super::spaces::remember_dropped;
use super::stream_record;
use super::streams::Streams;
use crate::layout::keys;
use crate::layout::stamp::StampSource;
use crate::schema::Table;
use crate::schema::stream::{Founding, Moment, Shards, Stream};

/// The end of the year 9999, behind which no date has four digits for its year.
const LAST_LABELLED_MS: i128 = 253_402_300_799_999;

/// What a change of a stream's row does, in the words for one whose outcome is unknown.
const CHANGED: &str = "shards were changed";

impl Streams {
    /// Plans the stream that a new definition asks for, and names it in the definition.
    pub(super) fn plan(
        &self,
        scope: &Scope,
        definition: &mut TableDefinition,
        at_ms: u64,
    ) -> Option<Founding> {
        let view = definition.stream?.view;
        // Streams of one table differ in their labels alone.
        let named = |ms: u64| StreamArn {
            scope: scope.clone(),
            table: definition.name.clone(),
            label: label(ms),
        };
        let mut moments = (at_ms..).map(|ms| (ms, named(ms)));
        let free = moments.find(|(_, arn)| self.find(arn).is_none());
        let (created_at_ms, arn) = free.expect("there are more moments than streams");
        let key = definition.key.clone();
        definition.latest_stream_label = Some(arn.label.clone());
        Some(Founding { arn, view, key, created_at_ms })
    }

    /// Begins a planned stream. Nobody sees it before it is inserted.
    pub(super) fn begin(&self, founding: Founding, space: Space, stamps: &StampSource) -> Stream {
        let shards = Shards::begin(self.options.shards.max(1), Moment::of(stamps));
        let tally = self.tally_of(&founding.arn);
        Stream::new(founding, space, shards, tally)
    }
}

/// Writes the stream's row.
pub(super) fn put_row(stream: &Stream, shards: &Shards) -> Write {
    let value = Bytes::from(stream_record::encode(stream, shards));
    Write::Put { key: keys::stream_row(&stream.arn), value }
}

impl<S: Store> Catalog<S> {
    /// Closes the open shards of a table's stream and opens their children, durably. Writers of
    /// the table wait meanwhile. It happens in a task of its own: whoever asked for it may go away,
    /// but writers must not go on before it is known whether their shards are still open.
    ///
    /// # Errors
    /// What the store fails with; the shards are as they were then.
    pub(crate) async fn roll_over(
        self: &Arc<Self>,
        stream: &Arc<Stream>,
    ) -> Result<(), StoreError> {
        let (catalog, stream) = (Arc::clone(self), Arc::clone(stream));
        let work = tokio::spawn(async move {
            let _changing = catalog.changing.lock().await;
            let Some(table) = catalog.table_with(&stream) else { return Ok(()) };
            let _paused = table.pause().await;
            let now = Moment::of(&catalog.session.stamps);
            catalog.change_shards(&stream, |shards| shards.roll_over(now)).await
        });
        work.await.unwrap_or_else(|_| Err(StoreError::failed("a rollover was cut short")))
    }

    /// Forgets closed shards of a stream, durably.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn forget_shards(
        &self,
        stream: &Stream,
        numbers: &[u32],
    ) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        self.change_shards(stream, |shards| shards.forget(numbers)).await
    }

    /// Closes streams that no table writes to any more: whatever ended them was cut short.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn end_streams_without_table(&self) -> Result<(), StoreError> {
        // A stream is there before its table is: whoever begins one holds this lock.
        let _changing = self.changing.lock().await;
        let tables = self.those(|table| table.stream.is_some());
        let taken: BTreeSet<Space> =
            tables.iter().filter_map(|table| Some(table.stream.as_ref()?.space)).collect();
        for stream in self.streams.all() {
            if stream.status() == StreamStatus::Enabled && !taken.contains(&stream.space) {
                self.disable(&stream).await?;
            }
        }
        Ok(())
    }

    /// Closes a stream whose table writes to it no more.
    pub(super) async fn end_stream(&self, stream: &Stream) {
        if let Err(error) = self.disable(stream).await {
            // The next upkeep finds it without a table.
            tracing::warn!(%error, stream = %stream.arn, "a stream's shards stay open for now");
        }
    }

    /// Removes a stream that nobody may read any more: its row, and its records behind it.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn drop_stream(&self, stream: &Stream) -> Result<(), StoreError> {
        let row = keys::stream_row(&stream.arn);
        let arn = stream.arn.to_string();
        let locked = [keys::dropped_row(stream.space), row.clone(), keys::policy_row(&arn)];
        let remove = |_: &[Option<Bytes>]| {
            let forget = [Write::Delete { key: row.clone() }, remove_row(&arn)];
            Ok(([remember_dropped(stream.space)].into_iter().chain(forget).collect(), ()))
        };
        self.session.change_rows(&locked, CHANGED, remove).await?;
        self.streams.remove(&stream.arn);
        // Whoever waits for more hears that there is no stream.
        stream.growth.tell();
        self.show_policy(&arn, None);
        self.remove_space(stream.space).await
    }

    /// Closes a stream's shards for good. Nobody writes to it any more.
    async fn disable(&self, stream: &Stream) -> Result<(), StoreError> {
        let now = Moment::of(&self.session.stamps);
        self.change_shards(stream, |shards| shards.disable(now)).await
    }

    /// Changes a stream's shards, durably, and then shows them. The caller has
    /// [`Catalog::changing`], and keeps writers out where the open shards change.
    async fn change_shards(
        &self,
        stream: &Stream,
        change: impl Fn(&mut Shards),
    ) -> Result<(), StoreError> {
        let mut shards = stream.shards();
        change(&mut shards);
        let rows: [RowKey; 1] = [keys::stream_row(&stream.arn)];
        let put = |_: &[Option<Bytes>]| Ok((vec![put_row(stream, &shards)], ()));
        self.session.change_rows(&rows, CHANGED, put).await?;
        stream.publish(shards);
        Ok(())
    }

    /// The table that writes to the stream.
    fn table_with(&self, stream: &Arc<Stream>) -> Option<Arc<Table>> {
        let writes_to = |other: &Arc<Stream>| Arc::ptr_eq(other, stream);
        self.those(|table| table.stream.as_ref().is_some_and(writes_to)).pop()
    }
}

/// A moment in UTC as streams are labelled: `2026-11-23T18:00:00.123`.
fn label(ms: u64) -> String {
    let ms = i128::from(ms).min(LAST_LABELLED_MS);
    let moment = OffsetDateTime::from_unix_timestamp_nanos(ms * 1_000_000);
    let moment = moment.expect("moments up to the year 9999 have a date");
    let (date, time) = (moment.date(), moment.time());
    let (hour, minute, second, ms) = time.as_hms_milli();
    format!("{date}T{hour:02}:{minute:02}:{second:02}.{ms:03}")
}
