//! Jobs: work behind the requests that outlives the process, and how far it has come.
//!
//! What it is: a row of the catalog's space per job (docs/format/catalog.md), and the same in
//! memory. A job begins in the commit that begins what it is for, and ends in the commit that ends
//! that; in between whoever does the work notes every so often how far it is. Opening finds the
//! rows, and `leaders` go on from there.
//!
//! There is one kind of job so far: the backfill of an index or of time to live. Which of these a
//! table needs follows from the phases in its row, so every change of a table changes its jobs:
//! those that are missing begin, and those that nothing is being built for any more end.
//!
//! ```text
//! UpdateTable     table: by-x is Allocating   job 7: backfill of by-x, nothing walked yet
//! the walk                                    job 7: … walked up to this row
//! its end         table: by-x is Active       (no job)
//! ```
//!
//! # Invariants
//! - A job's id is its own: an index that goes and comes again has another one. So whoever still
//!   works for the old one finds its job gone, and moves nothing of the new one.
//! - What a job has noted is durable in the rows that it writes.

mod record;

use std::collections::BTreeMap;

use bytes::Bytes;
use model::{GoalPhase, Scope, TableDefinition};
use parking_lot::RwLock;
use store::{RowKey, Store, StoreError, Write};

use super::Catalog;
use super::spaces::{CHANGED, put};
use crate::layout::keys;
use crate::layout::stamp::StampSource;

pub(super) use record::decode;

/// What is being backfilled in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Backfill {
    /// The global index of this name.
    Index(String),
    /// Time to live.
    Expiry,
}

/// A job, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) id: u64,
    scope: Scope,
    table: String,
    backfill: Backfill,
    /// The items of all rows up to this one are where they belong.
    pub(crate) after: Option<RowKey>,
}

/// The jobs of every scope, by their ids.
#[derive(Debug, Default)]
pub(super) struct Jobs(RwLock<BTreeMap<u64, Job>>);

/// What a change of a table means for its jobs.
#[derive(Debug)]
pub(super) struct JobChanges {
    begun: Vec<Job>,
    ended: Vec<u64>,
}

impl Jobs {
    pub(super) fn of(jobs: impl IntoIterator<Item = Job>) -> Self {
        Self(RwLock::new(jobs.into_iter().map(|job| (job.id, job)).collect()))
    }

    /// What becomes of the jobs of a table that will have this definition, or none when it is
    /// dropped.
    pub(super) fn changes_of(
        &self,
        (scope, table): (&Scope, &str),
        definition: Option<&TableDefinition>,
        stamps: &StampSource,
    ) -> JobChanges {
        let jobs = self.0.read();
        let known: Vec<&Job> = jobs.values().filter(|job| job.is_of(scope, table)).collect();
        let mut wanted = definition.map(being_built).unwrap_or_default();
        let gone = known.iter().filter(|job| !wanted.contains(&job.backfill));
        let ended = gone.map(|job| job.id).collect();
        wanted.retain(|backfill| known.iter().all(|job| job.backfill != *backfill));
        let begin = |backfill| {
            // A clock that was set back may repeat itself after a restart.
            let mut ids = std::iter::repeat_with(|| stamps.next(None).reading());
            let id = ids.find(|id| !jobs.contains_key(id)).expect("there are more ids than jobs");
            Job { id, scope: scope.clone(), table: table.to_owned(), backfill, after: None }
        };
        let begun = wanted.into_iter().map(begin).collect();
        JobChanges { begun, ended }
    }

    /// Shows what is durable.
    pub(super) fn show(&self, changes: JobChanges) {
        let mut jobs = self.0.write();
        jobs.retain(|id, _| !changes.ended.contains(id));
        jobs.extend(changes.begun.into_iter().map(|job| (job.id, job)));
    }
}

impl JobChanges {
    fn is_nothing(&self) -> bool {
        self.begun.is_empty() && self.ended.is_empty()
    }

    /// The rows to latch.
    pub(super) fn rows(&self) -> impl Iterator<Item = RowKey> {
        let begun = self.begun.iter().map(|job| job.id);
        begun.chain(self.ended.iter().copied()).map(keys::job_row)
    }

    pub(super) fn writes(&self) -> impl Iterator<Item = Write> {
        let end = self.ended.iter().map(|id| Write::Delete { key: keys::job_row(*id) });
        self.begun.iter().map(Job::write).chain(end)
    }
}

impl Job {
    fn is_of(&self, scope: &Scope, table: &str) -> bool {
        self.scope == *scope && self.table == table
    }

    fn write(&self) -> Write {
        put(keys::job_row(self.id), record::encode(self))
    }
}

impl<S: Store> Catalog<S> {
    /// Every job there is.
    pub(crate) fn jobs(&self) -> Vec<Job> {
        self.jobs.0.read().values().cloned().collect()
    }

    /// The job of a backfill, unless it has ended.
    pub(crate) fn job_of(&self, scope: &Scope, table: &str, backfill: &Backfill) -> Option<Job> {
        let jobs = self.jobs.0.read();
        let mut jobs = jobs.values();
        jobs.find(|job| job.is_of(scope, table) && job.backfill == *backfill).cloned()
    }

    /// Whether a job has not ended.
    pub(crate) fn has_job(&self, id: u64) -> bool {
        self.jobs.0.read().contains_key(&id)
    }

    /// Begins the jobs of tables that come from before there were any.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn begin_jobs(&self) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        for (scope, table) in self.in_use() {
            let (definition, stamps) = (&table.definition, &self.session.stamps);
            let changes =
                self.jobs.changes_of((&scope, &definition.name), Some(definition), stamps);
            if changes.is_nothing() {
                continue;
            }
            let rows: Vec<RowKey> = changes.rows().collect();
            let write = |_: &[Option<Bytes>]| Ok((changes.writes().collect(), ()));
            self.session.change_rows(&rows, CHANGED, write).await?;
            self.jobs.show(changes);
        }
        Ok(())
    }

    /// Notes that the items of all rows up to `after` are where they belong, durably; nothing is
    /// noted of a job that has ended.
    ///
    /// # Errors
    /// What the store fails with.
    pub(crate) async fn note_walked(&self, id: u64, after: &RowKey) -> Result<(), StoreError> {
        let _changing = self.changing.lock().await;
        let Some(mut job) = self.jobs.0.read().get(&id).cloned() else { return Ok(()) };
        job.after = Some(after.clone());
        let note = |current: &[Option<Bytes>]| {
            let is_there = current[0].is_some();
            Ok((is_there.then(|| job.write()).into_iter().collect(), ()))
        };
        self.session.change_rows(&[keys::job_row(id)], CHANGED, note).await?;
        self.jobs.0.write().insert(id, job);
        Ok(())
    }
}

/// What a table of this definition needs a backfill for.
fn being_built(definition: &TableDefinition) -> Vec<Backfill> {
    let is_built = |phase| matches!(phase, GoalPhase::Allocating | GoalPhase::Backfilling);
    let indexes = definition.indexes.iter().filter(|index| is_built(index.phase));
    let indexes = indexes.map(|index| Backfill::Index(index.name.clone()));
    let expires = definition.expiry_attribute.is_some() && is_built(definition.expiry_phase);
    indexes.chain(expires.then_some(Backfill::Expiry)).collect()
}
