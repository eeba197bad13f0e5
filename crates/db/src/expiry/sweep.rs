//! Removing what is due.
//!
//! A page of entries at a time: each item is latched, looked at again and queued for removal, and
//! the next page begins when this one is durable, so that requests find room in between.

use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

use model::ChangeOrigin;
use store::{Direction, Guard as _, RowKey, RowRange, Store, StoreError, Ticket, Write};

use super::Expiry;
use crate::Db;
use crate::table::{Entered, Table};
use crate::writing::{Commit, Current};

/// Most items of one page.
const PAGE_ITEMS_MAX: usize = 128;

/// An item that expired longer ago than five years stays (developer guide, "Time to Live"; 2026-11).
const AGE_SECONDS_MAX: u64 = 5 * 365 * 24 * 60 * 60;

impl<S: Store> Db<S> {
    /// Removes the items of all tables whose time has come.
    ///
    /// # Errors
    /// What the store fails with. Items that were not removed are due the next time.
    pub(crate) async fn remove_expired(&self) -> Result<(), StoreError> {
        for (_, table) in self.catalog.all() {
            self.sweep(&table).await?;
        }
        Ok(())
    }

    async fn sweep(&self, table: &Arc<Table>) -> Result<(), StoreError> {
        let Some(expiry) = &table.expiry else { return Ok(()) };
        let now_seconds = self.stamps.now_ms() / 1000;
        let mut after = Bound::Included(seconds(now_seconds.saturating_sub(AGE_SECONDS_MAX)));
        loop {
            let entries = self.due(expiry, after, now_seconds).await?;
            let Some(last) = entries.last() else { return Ok(()) };
            after = Bound::Excluded(last.borrowed().sort().to_vec());
            let mut tickets = Vec::with_capacity(entries.len());
            for entry in &entries {
                let Some(table) = table.enter() else { return Ok(()) };
                if table.expiry.as_ref() != Some(expiry) {
                    return Ok(());
                }
                tickets.push(self.expire(&table, expiry, entry).await?);
            }
            for ticket in tickets {
                // Whatever became of it: an item that is still there is due the next time.
                ticket.wait().await?;
            }
            tokio::task::yield_now().await;
        }
    }

    /// The next entries whose time lies before `now_seconds`.
    async fn due(
        &self,
        expiry: &Expiry,
        after: Bound<Vec<u8>>,
        now_seconds: u64,
    ) -> Result<Vec<RowKey>, StoreError> {
        let mut entries = Vec::new();
        let visit = |row: store::Row<'_>| {
            entries.push(row.key.to_key());
            match entries.len() < PAGE_ITEMS_MAX {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        };
        let range = RowRange::Sorts {
            space: expiry.place().space,
            kind: expiry.place().kind,
            hash: 0,
            partition: Vec::new(),
            lower: after,
            upper: Bound::Excluded(seconds(now_seconds)),
        };
        self.store.range(&range, Direction::Forward, visit).await?;
        Ok(entries)
    }

    /// Queues the removal of an item, if it is still as its entry says.
    async fn expire(
        &self,
        table: &Entered,
        expiry: &Expiry,
        entry: &RowKey,
    ) -> Result<Ticket, StoreError> {
        let row = expiry.row(entry.borrowed())?;
        let mut guard = self.store.lock(std::slice::from_ref(&row)).await;
        if self.transactions.has(&row) {
            return Ok(guard.submit(Vec::new()));
        }
        let current = Current::read(&mut guard, table, &row).await?;
        let named = current.item().and_then(|item| expiry.entry(&row, item));
        if named.as_ref() != Some(entry) {
            return Ok(guard.submit(vec![Write::Delete { key: entry.clone() }]));
        }
        let mut commit = Commit::by(ChangeOrigin::Expiry);
        commit.add((&row, table), current, None, &self.stamps);
        Ok(commit.submit(guard, &self.catalog.streams))
    }
}

fn seconds(seconds: u64) -> Vec<u8> {
    seconds.to_be_bytes().to_vec()
}
