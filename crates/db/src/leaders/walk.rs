//! The walk that brings the items of a table into an index, or among those that expire.
//!
//! It goes through the durable rows of the table in the order of their hashes, a page at a time,
//! and writes the entries of a page's items in one commit. It leaves room for requests: one page is
//! under way at a time, its latches are held while it is evaluated and no longer, and when it is
//! durable the walk rests for several times as long as the page took.
//!
//! Every so many pages, when they are durable, the walk notes in its job's row how far it is. A walk
//! that was cut short goes on from there: the pages since then are walked twice, which changes
//! nothing, and writers have kept in step whatever came behind the walk. A walk whose job has ended
//! gives up, whatever has taken its goal's name since.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use model::{ChangeOrigin, Item};
use store::{Consistency, Direction, RowKey, Store, StoreError};
use tokio::time::Instant;

use super::goal::Goal;
use crate::background::Background;
use crate::catalog::{Catalog, Job};
use crate::layout::stored;
use crate::maintained::All;
use crate::schema::Table;
use crate::session::{Session, Submitted};

/// Most items of one page.
const PAGE_ITEMS_MAX: usize = 128;
/// A page that holds this many bytes of items is full.
const PAGE_BYTES: usize = 256 << 10;

/// How long a walk rests after a page, as a multiple of what the page took. A page takes longer
/// where requests wait for the same disk, and pages that follow each other closely leave the engine
/// so much to merge that requests keep a third of their rate instead of the half they should.
const REST_PER_WORK: u32 = 3;

/// How many pages are walked between two notes of how far the walk is. A note is a commit, as a
/// page is.
const PAGES_PER_NOTE: usize = 32;

/// A walk through a table, before it begins.
#[derive(Debug)]
pub(super) struct BackfillWalk<'a, S, G> {
    pub(super) session: &'a Session<S>,
    pub(super) catalog: &'a Catalog<S>,
    pub(super) background: &'a Background,
    pub(super) table: Arc<Table>,
    pub(super) goal: &'a G,
    pub(super) job: Job,
}

/// How a walk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walked {
    /// Every item is there that belongs there.
    Through,
    /// It was to end, or what it brings about is not being built any more.
    GivenUp,
}

/// Items to write, and where to go on.
#[derive(Debug, Default)]
struct WalkPage {
    rows: Vec<RowKey>,
    bytes: usize,
    last: Option<RowKey>,
}

impl<S: Store, G: Goal> BackfillWalk<'_, S, G> {
    /// Walks through the table, or the version that has taken over from it, unless work is to end.
    pub(super) async fn run(self) -> Result<Walked, StoreError> {
        let Self { session, catalog, background, table, goal, job } = self;
        let mut after = job.after;
        let mut pages = 0;
        while !background.is_stopping()
            && catalog.has_job(job.id)
            && let Some(wanted) = kept(&table, goal).await
        {
            let begun = Instant::now();
            let page = read_page::<_, G>(&*session.store, &table, &wanted, after).await?;
            if !page.rows.is_empty()
                && write_page(session, &table, goal, &page.rows).await? == Walked::GivenUp
            {
                break;
            }
            let Some(last) = page.last else { return Ok(Walked::Through) };
            pages += 1;
            if pages % PAGES_PER_NOTE == 0 {
                catalog.note_walked(job.id, &last).await?;
            }
            after = Some(last);
            background.pause(begun.elapsed() * REST_PER_WORK).await;
        }
        Ok(Walked::GivenUp)
    }
}

/// What writers of today maintain for it.
async fn kept<G: Goal>(table: &Arc<Table>, goal: &G) -> Option<G::Kept> {
    goal.kept_by(&*table.enter().await?)
}

/// Names the rows that follow `after` and belong there. A row that is written to meanwhile is
/// brought there by whoever writes to it.
async fn read_page<S: Store, G: Goal>(
    store: &S,
    table: &Table,
    wanted: &G::Kept,
    after: Option<RowKey>,
) -> Result<WalkPage, StoreError> {
    let mut page = WalkPage::default();
    let mut seen = 0;
    let visit = |row: store::Row<'_>| {
        seen += 1;
        page.bytes += row.value.len();
        let item = Item::from_stored(Bytes::copy_from_slice(stored::item_bytes(row.value)));
        let key = row.key.to_key();
        if G::takes(wanted, table, &key, &item) {
            page.rows.push(key.clone());
        }
        if seen == PAGE_ITEMS_MAX || page.bytes >= PAGE_BYTES {
            page.last = Some(key);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    };
    let rows = table.place.hashes(0, u64::MAX, after);
    store.range(&rows, Direction::Forward, Consistency::Strong, visit).await?;
    Ok(page)
}

/// Writes the entries that are still missing, durably.
async fn write_page<S: Store, G: Goal>(
    session: &Session<S>,
    table: &Arc<Table>,
    goal: &G,
    rows: &[RowKey],
) -> Result<Walked, StoreError> {
    loop {
        let Some(submitted) = submit_page(session, table, goal, rows).await? else {
            return Ok(Walked::GivenUp);
        };
        if session.applied(submitted, "a page was added to an index").await? {
            return Ok(Walked::Through);
        }
    }
}

/// Latches, reads, evaluates and queues; `None` when it is not wanted any more. Being inside the
/// table keeps whoever removes it waiting until the page is queued.
async fn submit_page<S: Store, G: Goal>(
    session: &Session<S>,
    table: &Arc<Table>,
    goal: &G,
    rows: &[RowKey],
) -> Result<Option<Submitted>, StoreError> {
    // Whether a transaction has one of the rows does not matter: the items stay as they are.
    let atom = session.single::<All>(table, rows, ChangeOrigin::Caller).await;
    let Some(mut atom) = atom else { return Ok(None) };
    let table = atom.table();
    let Some(wanted) = goal.kept_by(&table) else { return Ok(None) };
    for row in rows {
        G::add(&wanted, (&table, row), &mut atom).await?;
    }
    Ok(Some(atom.submit()))
}
