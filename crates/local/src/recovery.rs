//! Going on after a failed commit, without a restart.
//!
//! The disk is full, or it failed. What it holds of the commit then is known to nobody until it is
//! read again, so nothing more is written through the engine that failed; it is kept for reading,
//! which shows what was durable before. Once the disk takes writes again, proven by as many bytes
//! as opening may have to write, and lets the engine's files be opened, the engine is closed and opened
//! from what is on disk, as a restart would. Its log may hold the failed commit whole. Everybody was told that it failed, and the rooms
//! above have acted on that, so its rows are put back to what they were; readers wait meanwhile and
//! see neither. Only then are writes taken again.
//!
//! A removed range is not put back: whoever removes one repeats it until it is said to be done.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use lsm::{Access, Files};
use store::{RowKey, StoreError};
use tokio::time::sleep;

use crate::batch::{BatchContent, Resolved};
use crate::directory::DirectoryClaim;
use crate::engine::Engine;
use crate::life_cycle::{Event, closed};
use crate::shared::Shared;
use crate::{LocalError, LocalOptions};

/// Between attempts; doubled from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LAST_PAUSE: Duration = Duration::from_secs(5);
/// Up to so many memtables are alive, and opening may have to write each to a table.
const MEMTABLES: usize = 3;
const PROBE: &str = "probe";

/// What opening the engine anew takes.
pub(crate) struct EngineSource {
    pub(crate) claim: DirectoryClaim,
    pub(crate) options: LocalOptions,
}

/// Rows as they were before a commit.
type FormerRows = Vec<(RowKey, Option<Bytes>)>;

/// How the committer's work ends.
pub(crate) struct Ending {
    /// The engine in use, if there is one.
    pub(crate) engine: Option<Arc<Engine>>,
    pub(crate) reason: StoreError,
}

/// The commit that failed. It may be on disk or not; its waiters know that it failed.
#[derive(Clone, Copy)]
pub(crate) struct FailedCommit<'a> {
    pub(crate) batch: &'a BatchContent,
    pub(crate) resolved: &'a Resolved,
}

/// Answers with another engine once writes are taken again; or how the store ends, closed meanwhile
/// or stopped.
pub(crate) async fn recover(
    shared: &Shared,
    source: &EngineSource,
    engine: Arc<Engine>,
    failed: FailedCommit<'_>,
) -> Result<Arc<Engine>, Ending> {
    let before = match failed.before(&engine) {
        Ok(before) => before,
        Err(reason) => return Err(Ending { engine: Some(engine), reason }),
    };
    let mut engine = Some(engine);
    let mut pause = FIRST_PAUSE;
    while shared.pause(sleep(pause)).await {
        pause = (pause * 2).min(LAST_PAUSE);
        match attempt(shared, source, &mut engine, &before) {
            Ok(opened) => {
                shared.recovering(Event::Reopened(Arc::clone(&opened)));
                tracing::info!("the disk takes writes again, and so does the store");
                return Ok(opened);
            }
            Err(LocalError::Damaged { file, what }) => {
                let reason = StoreError::damaged(format!("{} {what}", file.display()));
                return Err(Ending { engine, reason });
            }
            Err(error) => tracing::debug!(%error, "the store cannot write yet"),
        }
    }
    Err(Ending { engine, reason: closed() })
}

impl FailedCommit<'_> {
    /// What its rows were. Failed commits are never visible.
    fn before(self, engine: &Engine) -> Result<FormerRows, StoreError> {
        let rows = self.batch.rows(self.resolved);
        rows.map(|(key, _)| Ok((key.clone(), engine.get(key)?))).collect()
    }
}

/// An engine that was opened anew and has put the rows back. The one that failed is gone once no
/// more can be expected of it.
fn attempt(
    shared: &Shared,
    source: &EngineSource,
    failed: &mut Option<Arc<Engine>>,
    before: &FormerRows,
) -> Result<Arc<Engine>, LocalError> {
    #[cfg(test)]
    shared.barrier.attempted();
    probe(&source.options, source.options.memtable_bytes * MEMTABLES)?;
    reach(&source.options, &source.claim.engine_dir())?;
    if let Some(engine) = failed {
        engine.retract().map_err(|error| engine_error(source, &error))?;
    }
    shared.recovering(Event::ReopenBegun);
    if let Some(engine) = failed.take()
        && let Err(error) = engine.close()
    {
        tracing::debug!(%error, "an engine that had failed did not close cleanly");
    }
    let opened = open(source, before);
    if opened.is_err() {
        shared.recovering(Event::ReopenFailed);
    }
    opened.map(Arc::new)
}

fn open(source: &EngineSource, before: &FormerRows) -> Result<Engine, LocalError> {
    let EngineSource { claim, options } = source;
    let engine = Engine::open(&claim.engine_dir(), claim.data_key(), options)?;
    put_back(&engine, before).map_err(|error| engine_error(source, &error))?;
    Ok(engine)
}

fn put_back(engine: &Engine, before: &FormerRows) -> Result<(), StoreError> {
    let mut changed = Vec::new();
    for (key, value) in before {
        if engine.get(key)? != *value {
            changed.push((key, value.as_ref()));
        }
    }
    match changed.is_empty() {
        true => Ok(()),
        false => engine.commit(changed.into_iter(), None),
    }
}

/// Writes that many bytes to a file without a name, and syncs them.
fn probe(options: &LocalOptions, bytes: usize) -> Result<(), LocalError> {
    let LocalOptions { dir, files, .. } = options;
    let path = dir.join(PROBE);
    let written = write_out(&**files, &path, bytes);
    let removed = files.remove(&path);
    written.and(removed).map_err(LocalError::unwritable(dir))
}

/// Opens every file of the engine, and makes one. Where that is not possible, nothing could be opened
/// anew either, and the engine that failed can still be read.
fn reach(options: &LocalOptions, engine_dir: &Path) -> Result<(), LocalError> {
    let files = &*options.files;
    let reached = files.list(engine_dir).and_then(|all| {
        all.iter().try_for_each(|path| files.open(path, Access::Read).map(drop))?;
        let path = engine_dir.join(PROBE);
        files.create(&path)?;
        files.remove(&path)
    });
    reached.map_err(LocalError::unwritable(engine_dir))
}

fn write_out(files: &dyn Files, path: &Path, bytes: usize) -> io::Result<()> {
    const CHUNK: &[u8] = &[0x5A; 64 << 10];
    let file = files.create(path)?;
    for at in (0..bytes as u64).step_by(CHUNK.len()) {
        file.write_at(CHUNK, at)?;
    }
    file.sync_all()
}

fn engine_error(source: &EngineSource, error: &StoreError) -> LocalError {
    LocalError::Engine { dir: source.options.dir.clone(), reason: error.to_string() }
}
