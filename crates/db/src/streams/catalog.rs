//! A stream's row in the catalog's space (docs/format/streams.md).

use std::sync::Arc;

use bytes::Bytes;
use model::{KeySchema, Scope, StreamArn, StreamView, TableDefinition};
use parking_lot::RwLock;
use serde::{Deserialize, Serialize};
use store::{RowKey, Space, Store, StoreError, Write};
use time::OffsetDateTime;

use super::shards::{Now, Shards};
use super::tally::Ages;
use super::{Stream, StreamOptions, Streams};
use crate::catalog::values;
use crate::keys::{self, kind};
use crate::stamp::StampSource;

/// The format this code writes, and the only one it reads.
const FORMAT: u32 = 1;

/// The end of the year 9999, behind which no date has four digits for its year.
const LAST_LABELLED_MS: i128 = 253_402_300_799_999;

/// JSON, because it is read at open alone and a person may have to.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    format: u32,
    account: String,
    region: String,
    table: String,
    label: String,
    view: StreamView,
    created_at_ms: u64,
    key: KeySchema,
    space: u32,
    shards: Shards,
}

/// A stream that is to begin with a version of its table.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    arn: StreamArn,
    view: StreamView,
    key: KeySchema,
    created_at_ms: u64,
}

impl Streams {
    /// Loads the streams there are.
    pub(crate) async fn load<S: Store>(
        store: &S,
        options: StreamOptions,
        stamps: Arc<StampSource>,
    ) -> Result<Self, StoreError> {
        let streams = Self::new(options, stamps);
        let rows = keys::catalog_place(kind::STREAM).hashes(0, u64::MAX, None);
        for value in values(store, &rows).await? {
            let mut stream = Stream::decode(&value)?;
            stream.tally = streams.tally_of(&stream.arn);
            streams.insert(stream.into());
        }
        Ok(streams)
    }

    /// Plans the stream that a new definition asks for, and names it in the definition.
    pub(crate) fn plan(&self, scope: &Scope, definition: &mut TableDefinition) -> Option<Plan> {
        let view = definition.stream?.view;
        let now_ms = self.stamps.now_ms();
        // Streams of one table differ in their labels alone.
        let named = |ms: u64| StreamArn {
            scope: scope.clone(),
            table: definition.name.clone(),
            label: label(ms),
        };
        let mut moments = (now_ms..).map(|ms| (ms, named(ms)));
        let free = moments.find(|(_, arn)| self.find(arn).is_none());
        let (created_at_ms, arn) = free.expect("there are more moments than streams");
        let key = definition.key.clone();
        definition.latest_stream_label = Some(arn.label.clone());
        Some(Plan { arn, view, key, created_at_ms })
    }

    /// Begins a planned stream.
    pub(crate) fn begin(&self, plan: Plan, space: Space) -> Stream {
        let now = Now::of(&self.stamps);
        let shards = Shards::begin(self.options.shards.max(1), now);
        let tally = self.tally_of(&plan.arn);
        Stream { tally, ..Stream::new(plan, space, shards) }
    }
}

impl Plan {
    /// The row that the stream will have.
    pub(crate) fn row(&self) -> RowKey {
        keys::stream_row(&self.arn)
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

impl Stream {
    fn new(plan: Plan, space: Space, shards: Shards) -> Self {
        let Plan { arn, view, key, created_at_ms } = plan;
        let open = tokio::sync::RwLock::new(shards.for_writers());
        Self {
            arn,
            view,
            created_at_ms,
            key,
            space,
            shards: RwLock::new(shards),
            open,
            changing: tokio::sync::Mutex::default(),
            tally: Arc::default(),
            ages: Ages::default(),
        }
    }

    /// Writes the stream's row as the shards are now.
    pub(crate) fn put_row(&self) -> Write {
        self.put_row_with(&self.shards.read())
    }

    /// Writes the stream's row with other shards.
    pub(super) fn put_row_with(&self, shards: &Shards) -> Write {
        let record = Record {
            format: FORMAT,
            account: self.arn.scope.account.clone(),
            region: self.arn.scope.region.clone(),
            table: self.arn.table.clone(),
            label: self.arn.label.clone(),
            view: self.view,
            created_at_ms: self.created_at_ms,
            key: self.key.clone(),
            space: self.space.0,
            shards: shards.clone(),
        };
        let value = serde_json::to_vec(&record).expect("the record has string keys only");
        Write::Put { key: keys::stream_row(&self.arn), value: Bytes::from(value) }
    }

    fn decode(value: &[u8]) -> Result<Self, StoreError> {
        let record: Record = serde_json::from_slice(value)
            .map_err(|error| StoreError::damaged(format!("a stream's catalog record: {error}")))?;
        if record.format != FORMAT {
            let format = record.format;
            return Err(StoreError::failed(format!(
                "a stream's catalog record has format {format}; this version reads {FORMAT}"
            )));
        }
        let scope = Scope { account: record.account, region: record.region };
        let plan = Plan {
            arn: StreamArn { scope, table: record.table, label: record.label },
            view: record.view,
            key: record.key,
            created_at_ms: record.created_at_ms,
        };
        Ok(Self::new(plan, Space(record.space), record.shards))
    }
}
