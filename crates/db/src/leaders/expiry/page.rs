//! Removing one page of what is due in one table.
//!
//! The entries of a page are read without latches. Then a few items at a time are latched, looked
//! at again, and queued for removal as one atom: item, entry, index rows, counters and the records
//! of the stream. The atoms of a page share a commit, and the next page begins when it is durable.
//! A crash leaves whole atoms; what it interrupted is due at the next start.

use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use model::ChangeOrigin;
use store::{Consistency, Direction, RowKey, RowRange, Store, StoreError};

use crate::database::Db;
use crate::maintained::All;
use crate::schema::Table;
use crate::schema::expiry::{Expiry, SweepStart};
use crate::session::Submitted;

/// Most items of one page.
pub(super) const PAGE_ITEMS_MAX: usize = 128;

/// A page ends early once the items that it removes are this large: they, and their images in the
/// stream, are held in memory until they are durable.
const PAGE_BYTES_MAX: usize = 4 << 20;

/// Items of one atom. An engine has some hundreds of latches: whoever takes many at a time stands in
/// the way of writers of quite other items.
const ATOM_ITEMS_MAX: usize = 8;

/// An item that expired longer ago than five years stays (developer guide, "Time to Live"; 2026-11).
const AGE_SECONDS_MAX: u64 = 5 * 365 * 24 * 60 * 60;

/// A table whose pages are removed one by one.
#[derive(Debug)]
pub(super) struct Sweep {
    pub(super) table: Arc<Table>,
    expiry: Expiry,
    start: SweepStart,
    /// The last entry of the page before.
    after: Option<Vec<u8>>,
}

/// What a page leaves behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Left {
    /// Perhaps there is more that is due.
    More,
    /// Nothing is due, or nothing expires any more.
    Nothing,
}

/// Removals that are queued as one.
#[derive(Debug)]
struct Atom {
    submitted: Submitted,
    items: u64,
    bytes: usize,
}

impl Sweep {
    /// `None` if time to live is not enabled.
    pub(super) fn of(table: Arc<Table>, now_seconds: u64) -> Option<Self> {
        let expiry = table.expiry.clone()?;
        let start = table.expired.next_sweep(now_seconds);
        Some(Self { table, expiry, start, after: None })
    }
}

impl<S: Store> Db<S> {
    /// Removes the items of the sweep's next page, durably.
    pub(super) async fn remove_page(&self, sweep: &mut Sweep) -> Result<Left, StoreError> {
        let now_seconds = self.now_ms() / 1000;
        let entries = self.due(sweep, now_seconds).await?;
        let tally = Arc::clone(&sweep.table.expired);
        let Some(first) = entries.first() else {
            tally.note_done(sweep.start);
            return Ok(Left::Nothing);
        };
        tally.note_due_since(Expiry::seconds_of(first)?);
        let mut bytes = 0;
        let mut queued = Vec::with_capacity(entries.len().div_ceil(ATOM_ITEMS_MAX));
        let mut left = if entries.len() < PAGE_ITEMS_MAX { Left::Nothing } else { Left::More };
        for entries in entries.chunks(ATOM_ITEMS_MAX) {
            let Some(atom) = self.queue_atom(sweep, entries).await? else {
                left = Left::Nothing;
                break;
            };
            sweep.after = entries.last().map(|entry| entry.borrowed().sort().to_vec());
            bytes += atom.bytes;
            queued.push(atom);
            if bytes >= PAGE_BYTES_MAX {
                left = Left::More;
                break;
            }
            tokio::task::yield_now().await;
        }
        for Atom { submitted, items, .. } in queued {
            match self.session().applied(submitted, "expired items were removed").await? {
                true => tally.add(items),
                // They are due the next time.
                false => left = Left::More,
            }
        }
        if left == Left::Nothing {
            tally.note_done(sweep.start);
        }
        Ok(left)
    }

    /// The next entries whose time lies before `now_seconds`.
    async fn due(&self, sweep: &Sweep, now_seconds: u64) -> Result<Vec<RowKey>, StoreError> {
        let mut entries = Vec::new();
        let visit = |row: store::Row<'_>| {
            entries.push(row.key.to_key());
            match entries.len() < PAGE_ITEMS_MAX {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        };
        let place = sweep.expiry.place();
        let oldest_seconds =
            now_seconds.saturating_sub(AGE_SECONDS_MAX).max(sweep.start.from_seconds);
        let oldest = oldest_seconds.to_be_bytes().to_vec();
        let lower = sweep.after.clone().map_or(Bound::Included(oldest), Bound::Excluded);
        let range = RowRange::Sorts {
            space: place.space,
            kind: place.kind,
            hash: 0,
            partition: Vec::new(),
            lower,
            upper: Bound::Excluded(now_seconds.to_be_bytes().to_vec()),
        };
        self.store().range(&range, Direction::Forward, Consistency::Strong, visit).await?;
        Ok(entries)
    }

    /// Queues the removal of items that are still as their entries say; `None` when the table has
    /// been dropped or its items do not expire any more. Being inside the table keeps whoever
    /// removes it, or its entries, waiting until the removals are queued.
    async fn queue_atom(
        &self,
        sweep: &Sweep,
        entries: &[RowKey],
    ) -> Result<Option<Atom>, StoreError> {
        let expiry = &sweep.expiry;
        let rows: Result<Vec<RowKey>, StoreError> =
            entries.iter().map(|entry| expiry.row(entry.borrowed())).collect();
        let rows = rows?;
        let session = self.session();
        let atom = session.single::<All>(&sweep.table, &rows, ChangeOrigin::Expiry).await;
        let Some(mut atom) = atom else { return Ok(None) };
        let table = atom.table();
        if table.expiry.as_ref() != Some(expiry) {
            return Ok(None);
        }
        let (mut items, mut bytes) = (0, 0);
        for (entry, row) in entries.iter().zip(&rows) {
            if atom.is_in_transaction(row) {
                continue;
            }
            let current = atom.read(&table, row).await?;
            let named = current.item().and_then(|item| expiry.entry(row, item));
            if named.as_ref() == Some(entry) {
                let removed = atom.change((row, &table), current, None);
                items += 1;
                bytes += removed.before.map_or(0, |item| item.item_bytes());
            } else {
                atom.writes().delete(entry.clone());
            }
        }
        Ok(Some(Atom { submitted: atom.submit(), items, bytes }))
    }
}
