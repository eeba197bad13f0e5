//! The engine's own threads.
//!
//! Flushes and compactions block the worker they run on, so they get a runtime apart from the
//! requests'. One plain thread opens the engine and holds the runtime until the committer ends: the
//! engine blocks while it opens, and a runtime is not dropped by a task, its own or another's.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::directory::DirectoryClaim;
use crate::engine::Engine;
use crate::recovery::EngineSource;
use crate::shared::Shared;
use crate::{LocalError, LocalOptions, committer};

/// Commits, a flush and a compaction run side by side, and the latter two block.
const WORKERS: usize = 3;

/// Opens the engine and starts its committer.
pub(crate) fn start(
    claim: DirectoryClaim,
    options: &LocalOptions,
) -> Result<Arc<Shared>, LocalError> {
    let (opened, opening) = mpsc::sync_channel(1);
    let kept = options.clone();
    let live = move || match open(&claim, &kept) {
        Ok((runtime, shared)) => {
            let source = EngineSource { claim: Arc::new(claim), options: kept };
            let committer = runtime.spawn(committer::run(Arc::clone(&shared), source));
            // Whoever opens the store waits for the answer.
            let _waiting = opened.send(Ok(shared));
            // A committer that panics has given its store up, and said so.
            let _ended = runtime.block_on(committer);
        }
        Err(error) => {
            let _waiting = opened.send(Err(error));
        }
    };
    thread::Builder::new()
        .name("engine-home".to_owned())
        .spawn(live)
        .map_err(LocalError::unwritable(&options.dir))?;
    opening.recv().unwrap_or_else(|_| {
        let reason = "it panicked while opening".to_owned();
        Err(LocalError::Engine { dir: options.dir.clone(), reason })
    })
}

fn open(
    claim: &DirectoryClaim,
    options: &LocalOptions,
) -> Result<(Runtime, Arc<Shared>), LocalError> {
    let runtime = build(&options.dir)?;
    let entered = runtime.enter();
    let engine = Engine::open(&claim.engine_dir(), claim.data_key(), options)?;
    drop(entered);
    Ok((runtime, Arc::new(Shared::new(engine, options))))
}

/// A runtime for the engine in `dir`.
pub(crate) fn build(dir: &Path) -> Result<Runtime, LocalError> {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .thread_name("engine")
        .enable_time()
        .build()
        .map_err(LocalError::unwritable(dir))
}
