//! Walks rows and gathers one page.
//!
//! The visitor filters on views of the stored bytes and copies what matches into one buffer that
//! the page's items share. It stops right behind the row that fills the page; only a page filled by
//! size has looked at one row more, which did not fit: a page is 1 MB or less (developer guide,
//! "Paginating table query results", 2026-11).
//!
//! A visitor cannot pause, and a store may hold a lock for it. So a filter that takes long for a row is
//! evaluated behind the visit, over the rows of the page, and gives way between its steps. Which rows
//! a page has does not depend on its filter.

use std::ops::{ControlFlow, Range};

use bytes::Bytes;
use expr::{Condition, Projection};
use model::limits::PAGE_BYTES_MAX;
use model::{ApiError, Consistency, ConsumedCapacity, Item, MapRef, TableRef, Units};
use store::{Direction, Row, RowRange, Store};

use super::{Selection, Source, consistency_of};
use crate::error::store_failed;
use crate::layout::stored::{self, Stored};
use crate::metering::{self, Rate};
use crate::pace::Pace;

/// Answer of Query and Scan.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The matching items, projected; absent for `Select: COUNT`.
    pub items: Option<Vec<Item>>,
    /// How many items matched.
    pub count: usize,
    /// How many items were evaluated.
    pub scanned_count: usize,
    /// Where the next page begins; absent when nothing can follow.
    pub last_evaluated_key: Option<Item>,
    /// When asked for.
    pub consumed: Option<ConsumedCapacity>,
}

/// One page's worth of walking.
#[derive(Debug)]
pub(crate) struct Walk<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) selection: Selection,
    pub(crate) filter: Option<Condition>,
    pub(crate) limit: Option<usize>,
    pub(crate) consistency: Consistency,
    pub(crate) direction: Direction,
}

/// What the rows gave.
#[derive(Debug)]
struct Gathered {
    items: Vec<Item>,
    count: usize,
    scanned: usize,
    /// Where the page ended, when more may follow.
    last: Option<Item>,
    consumed: Consumed,
}

#[derive(Debug)]
struct Consumed {
    /// Item bytes of the rows walked.
    walked_bytes: usize,
    /// Units of items fetched from the table for a local index.
    fetched: Units,
}

impl Walk<'_> {
    /// Walks `rows` and answers with a page.
    pub(crate) async fn run<S: Store>(
        &self,
        store: &S,
        rows: &RowRange,
        report: Option<&TableRef>,
    ) -> Result<Page, ApiError> {
        let gathered = if self.selection.from_table {
            self.through_table(store, rows).await?
        } else if self.takes_long() {
            self.gathered_first(store, rows).await?
        } else {
            self.walk(store, rows, self.filter.as_ref()).await?
        };
        self.source.check_still_there().await?;
        let consumed = report.map(|table| self.consumed(table, &gathered.consumed));
        Ok(Page {
            items: (!self.selection.count_only).then_some(gathered.items),
            count: gathered.count,
            scanned_count: gathered.scanned,
            last_evaluated_key: gathered.last,
            consumed,
        })
    }

    async fn walk<S: Store>(
        &self,
        store: &S,
        rows: &RowRange,
        filter: Option<&Condition>,
    ) -> Result<Gathered, ApiError> {
        let mut gathering = Gathering::new(self, filter);
        let consistency = consistency_of(self.consistency);
        store
            .range(rows, self.direction, consistency, |row| gathering.visit(row))
            .await
            .map_err(store_failed)?;
        Ok(gathering.finish(&self.source))
    }

    /// Whether filter and projection of a page's items may take long.
    fn takes_long(&self) -> bool {
        let projection = self.selection.projection.as_ref();
        !self.filter.as_ref().is_none_or(Condition::is_light)
            || !projection.is_none_or(Projection::is_light)
    }

    /// Walks, and filters and projects what the page has afterwards.
    async fn gathered_first<S: Store>(
        &self,
        store: &S,
        rows: &RowRange,
    ) -> Result<Gathered, ApiError> {
        let mut gathered = self.unfiltered(store, rows).await?;
        let mut pace = Pace::default();
        gathered.count = 0;
        for item in std::mem::take(&mut gathered.items) {
            self.take(item, &mut gathered, &mut pace).await;
        }
        Ok(gathered)
    }

    /// All rows of the page, whole.
    async fn unfiltered<S: Store>(&self, store: &S, rows: &RowRange) -> Result<Gathered, ApiError> {
        let bare = Selection { count_only: false, projection: None, from_table: false };
        let walk = Walk { selection: bare, filter: None, ..*self };
        walk.walk(store, rows, None).await
    }

    /// Adds what is wanted of an item, if it matches.
    async fn take(&self, item: Item, gathered: &mut Gathered, pace: &mut Pace) {
        if let Some(filter) = &self.filter
            && !pace.holds(filter, item.attributes()).await
        {
            return;
        }
        gathered.count += 1;
        match &self.selection.projection {
            _ if self.selection.count_only => {}
            Some(projection) => {
                pace.did(projection.work(item.attributes())).await;
                gathered.items.push(projection.apply(item.attributes()));
            }
            None => gathered.items.push(item),
        }
    }

    /// Walks a local index that lacks something asked for: every item is read from the table, and
    /// costs what GetItem costs (developer guide, "Local secondary indexes", 2026-11).
    async fn through_table<S: Store>(
        &self,
        store: &S,
        rows: &RowRange,
    ) -> Result<Gathered, ApiError> {
        let Gathered { items: entries, last, consumed, .. } = self.unfiltered(store, rows).await?;
        let mut pace = Pace::default();
        let mut gathered = Gathered { items: Vec::new(), count: 0, scanned: 0, last, consumed };
        let mut fetched_bytes = 0;
        for entry in &entries {
            let item = self.fetch(store, entry).await?;
            let item_bytes = item.as_ref().map_or(0, Item::item_bytes);
            fetched_bytes += item_bytes;
            if fetched_bytes > PAGE_BYTES_MAX && gathered.scanned > 0 {
                let last = &entries[gathered.scanned - 1];
                gathered.last = Some(self.source.position_of(last));
                break;
            }
            gathered.scanned += 1;
            gathered.consumed.fetched +=
                metering::item_read(item.as_ref(), self.consistency, Rate::Standard);
            // The item may have gone between the two reads.
            let Some(item) = item else { continue };
            self.take(item, &mut gathered, &mut pace).await;
        }
        Ok(gathered)
    }

    async fn fetch<S: Store>(&self, store: &S, entry: &Item) -> Result<Option<Item>, ApiError> {
        let table = self.source.table;
        let row = table.place.item(table.key(), entry.attributes());
        let row = row.expect("an index row has the table's key");
        let value =
            store.get(&row, consistency_of(self.consistency)).await.map_err(store_failed)?;
        let stored = value.map(Stored::decode).transpose().map_err(store_failed)?;
        Ok(stored.map(|stored| stored.item))
    }

    fn consumed(&self, table: &TableRef, consumed: &Consumed) -> ConsumedCapacity {
        let mut capacity = metering::nothing(table.clone());
        let walked = Units::read(consumed.walked_bytes, self.consistency);
        match self.source.index {
            Some(index) => metering::add_index_read(&mut capacity, index, walked),
            None => metering::add_table_read(&mut capacity, walked),
        }
        metering::add_table_read(&mut capacity, consumed.fetched);
        capacity
    }
}

/// Rows of a page that the buffer has room for from the beginning, and bytes of such room at most.
const ROWS_EXPECTED: usize = 32;
const BUFFER_BYTES_EXPECTED: usize = 16 << 10;

/// The visitor's state.
#[derive(Debug)]
struct Gathering<'a> {
    filter: Option<&'a Condition>,
    selection: &'a Selection,
    limit: usize,
    scanned: usize,
    walked_bytes: usize,
    count: usize,
    /// Whole matching items, one after the other, and where each lies.
    buffer: Vec<u8>,
    spans: Vec<Range<usize>>,
    projected: Vec<Item>,
    /// The row visited last, unless it is the last of `spans`.
    last: Option<Vec<u8>>,
    filled: bool,
}

impl<'a> Gathering<'a> {
    fn new(walk: &'a Walk<'_>, filter: Option<&'a Condition>) -> Self {
        Self {
            filter,
            selection: &walk.selection,
            limit: walk.limit.unwrap_or(usize::MAX),
            scanned: 0,
            walked_bytes: 0,
            count: 0,
            buffer: Vec::new(),
            spans: Vec::new(),
            projected: Vec::new(),
            last: None,
            filled: false,
        }
    }

    fn visit(&mut self, row: Row<'_>) -> ControlFlow<()> {
        let bytes = stored::item_bytes(row.value);
        let item_bytes = model::item_bytes(bytes);
        if self.scanned > 0 && self.walked_bytes + item_bytes > PAGE_BYTES_MAX {
            self.filled = true;
            return ControlFlow::Break(());
        }
        self.scanned += 1;
        self.walked_bytes += item_bytes;
        let item = MapRef::of_item(bytes);
        let mut is_kept = false;
        if self.filter.is_none_or(|filter| filter.holds(item)) {
            self.count += 1;
            is_kept = self.keep(bytes, item);
        }
        if is_kept {
            self.last = None;
        } else {
            let last = self.last.get_or_insert_default();
            last.clear();
            last.extend_from_slice(bytes);
        }
        if self.scanned == self.limit {
            self.filled = true;
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }

    /// Keeps what is wanted of a row; answers whether that is all of it.
    fn keep(&mut self, bytes: &[u8], item: MapRef<'_>) -> bool {
        match &self.selection.projection {
            _ if self.selection.count_only => return false,
            Some(projection) => {
                self.projected.push(projection.apply(item));
                return false;
            }
            None => {}
        }
        if self.spans.is_empty() {
            let rows = self.limit.min(ROWS_EXPECTED);
            self.buffer.reserve(bytes.len().saturating_mul(rows).min(BUFFER_BYTES_EXPECTED));
            self.spans.reserve(rows);
        }
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        self.spans.push(start..self.buffer.len());
        true
    }

    fn finish(self, source: &Source<'_>) -> Gathered {
        let buffer = Bytes::from(self.buffer);
        let last = self.filled.then(|| {
            let last = match (self.last, self.spans.last()) {
                (Some(last), _) => last.into(),
                (None, Some(span)) => buffer.slice(span.clone()),
                (None, None) => unreachable!("a page is filled by a row"),
            };
            source.position_of(&Item::from_stored(last))
        });
        let whole = self.spans.into_iter().map(|span| Item::from_stored(buffer.slice(span)));
        Gathered {
            items: self.projected.into_iter().chain(whole).collect(),
            count: self.count,
            scanned: self.scanned,
            last,
            consumed: Consumed { walked_bytes: self.walked_bytes, fetched: Units::default() },
        }
    }
}
