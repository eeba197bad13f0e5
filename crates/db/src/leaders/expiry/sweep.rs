//! Removing what is due: tables take turns.
//!
//! A turn is a page of a table's entries, oldest first. A table with more behind its page goes to
//! the end of the queue, so that none waits for another's million items, and tables in which
//! something has become due meanwhile join every so often. Between turns the sweep rests, in
//! proportion to what the turn took, so that requests find room; but it keeps up a pace that
//! removes a million items in less than a minute.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use store::{Space, Store, StoreError};
use tokio::time::Instant;

use super::page::{Left, PAGE_ITEMS_MAX, Sweep};
use crate::database::Db;
use crate::schema::Table;

/// How often tables that have no turn are looked at again while others have.
const JOIN_INTERVAL: Duration = Duration::from_secs(1);

/// How long the sweep rests after a turn, as a multiple of what the turn took.
const REST_PER_WORK: u32 = 3;

/// A turn and the rest after it last no longer than this, unless the turn alone does: a million
/// items in fifty seconds.
const TURN_MAX: Duration = Duration::from_micros(48 * PAGE_ITEMS_MAX as u64);

/// The shortest time that a timer measures.
const TIMER_STEP: Duration = Duration::from_millis(1);

/// The tables that have turns, in the order in which they come.
#[derive(Debug, Default)]
struct Turns {
    queue: VecDeque<Sweep>,
    joined_at: Option<Instant>,
}

/// When the turns begin.
#[derive(Debug)]
struct Pace {
    /// When the present one was to begin: a timer is late, and what it is late by comes off the next
    /// rest.
    begun: Instant,
}

impl<S: Store> Db<S> {
    /// Removes the items of all tables whose time has come.
    ///
    /// # Errors
    /// What the store failed with last. The other tables' items were removed all the same, and
    /// those that were not are due the next time.
    pub(crate) async fn remove_expired(&self) -> Result<(), StoreError> {
        let (mut turns, mut result) = (Turns::default(), Ok(()));
        let mut pace = Pace::new();
        loop {
            if turns.are_to_be_joined() {
                let tables =
                    self.catalog().those(|table| table.is_in_use() && table.expiry.is_some());
                turns.join(tables, self.now_ms() / 1000);
            }
            let Some(mut sweep) = turns.queue.pop_front() else { return result };
            match self.remove_page(&mut sweep).await {
                Ok(Left::More) => turns.queue.push_back(sweep),
                Ok(Left::Nothing) => {}
                Err(error) => result = Err(error),
            }
            pace.rest().await;
        }
    }
}

impl Turns {
    fn are_to_be_joined(&self) -> bool {
        self.joined_at.is_none_or(|joined| joined.elapsed() >= JOIN_INTERVAL)
    }

    /// Gives a turn to each of `tables` that has none and whose items may expire.
    fn join(&mut self, tables: Vec<Arc<Table>>, now_seconds: u64) {
        let known: HashSet<Space> =
            self.queue.iter().map(|sweep| sweep.table.place.space).collect();
        let others = tables.into_iter().filter(|table| !known.contains(&table.place.space));
        self.queue.extend(others.filter_map(|table| Sweep::of(table, now_seconds)));
        self.joined_at = Some(Instant::now());
    }
}

impl Pace {
    fn new() -> Self {
        Self { begun: Instant::now() }
    }

    /// Ends a turn, and rests until the next.
    async fn rest(&mut self) {
        let turn = self.begun.elapsed();
        let rest = rest_after(turn);
        self.begun += turn + rest;
        if rest < TIMER_STEP {
            // Nothing was due, or little. A timer would take longer.
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep_until(self.begun).await;
        }
        // A long turn is not made up for by a row of turns without rests.
        self.begun = self.begun.max(Instant::now() - TURN_MAX);
    }
}

fn rest_after(turn: Duration) -> Duration {
    (turn * REST_PER_WORK).min(TURN_MAX.saturating_sub(turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_is_proportional_to_the_turn_and_keeps_the_pace() {
        assert_eq!(rest_after(Duration::from_millis(1)), Duration::from_millis(3));
        assert_eq!(rest_after(TURN_MAX / 2), TURN_MAX / 2);
        assert_eq!(rest_after(TURN_MAX * 2), Duration::ZERO);
        let pages = u32::try_from(1_000_000 / PAGE_ITEMS_MAX).unwrap();
        assert!(TURN_MAX * pages < Duration::from_secs(50), "a million items fit in a minute");
    }
}
