//! Going on after a failed commit, without a restart.
//!
//! The disk is full, or it failed. What it holds of the commit then is known to nobody until it is
//! read again, so nothing more is written through the engine that failed; it is kept for reading,
//! which shows what was durable before. Once the disk takes writes again, proven by as many bytes
//! as opening may have to write, the engine is closed and opened from what is on disk, as a restart
//! would. Its log may hold the failed commit whole. Everybody was told that it failed, and the rooms
//! above have acted on that, so its rows are put back to what they were; readers wait meanwhile and
//! see neither. Only then are writes taken again.
//!
//! A removed range is not put back: whoever removes one repeats it until it is said to be done.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use store::{RowKey, StoreError};
use tokio::time::sleep;

use crate::directory::DirectoryClaim;
use crate::engine::Engine;
use crate::queue::BatchContent;
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

/// How a recovery ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Recovered {
    /// Writes are taken again.
    Yes,
    /// The store was closed meanwhile, or has stopped.
    No,
}

/// Answers once writes are taken again, or never will be. `failed` may have been committed or not;
/// its waiters know that it failed.
pub(crate) async fn recover(
    shared: &Shared,
    source: &EngineSource,
    failed: &BatchContent,
) -> Recovered {
    let before = match before(shared, failed) {
        Ok(before) => before,
        Err(error) => {
            shared.give_up(error);
            return Recovered::No;
        }
    };
    let mut pause = FIRST_PAUSE;
    while shared.pause(sleep(pause)).await {
        pause = (pause * 2).min(LAST_PAUSE);
        match attempt(shared, source, &before) {
            Ok(engine) => {
                shared.accept(engine);
                tracing::info!("the disk takes writes again, and so does the store");
                return Recovered::Yes;
            }
            Err(LocalError::Damaged { file, what }) => {
                shared.give_up(StoreError::damaged(format!("{} {what}", file.display())));
                return Recovered::No;
            }
            Err(error) => tracing::debug!(%error, "the store cannot write yet"),
        }
    }
    Recovered::No
}

/// What the failed batch's rows were. Failed commits are never visible.
fn before(shared: &Shared, failed: &BatchContent) -> Result<FormerRows, StoreError> {
    let gone = || StoreError::stopped("the engine is gone");
    let engine = shared.engine_slot.engine_now().ok_or_else(gone)?;
    let rows = failed.changes.keys();
    rows.map(|key| Ok((key.clone(), engine.get(key)?))).collect()
}

/// An engine that was opened anew and has put the rows back.
fn attempt(
    shared: &Shared,
    source: &EngineSource,
    before: &FormerRows,
) -> Result<Engine, LocalError> {
    probe(&source.options.dir, source.options.memtable_bytes * MEMTABLES)?;
    if let Some(failed) = shared.engine_slot.engine_now() {
        failed.retract().map_err(|error| engine_error(source, &error))?;
    }
    if let Some(engine) = shared.engine_slot.begin_exchange()
        && let Err(error) = engine.close()
    {
        tracing::debug!(%error, "an engine that had failed did not close cleanly");
    }
    let opened = open(source, before);
    if let Err(error) = &opened {
        shared.engine_slot.leave_empty(error.to_string().into());
    }
    opened
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
fn probe(dir: &Path, bytes: usize) -> Result<(), LocalError> {
    const CHUNK: &[u8] = &[0x5A; 64 << 10];
    let path = dir.join(PROBE);
    let written = fs::File::create(&path).and_then(|mut file| {
        let written = (0..bytes.div_ceil(CHUNK.len())).try_for_each(|_| file.write_all(CHUNK));
        written.and_then(|()| file.sync_all())
    });
    let removed = fs::remove_file(&path);
    written.and(removed).map_err(LocalError::unwritable(dir))
}

fn engine_error(source: &EngineSource, error: &StoreError) -> LocalError {
    LocalError::Engine { dir: source.options.dir.clone(), reason: error.to_string() }
}
