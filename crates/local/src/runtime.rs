//! Where the committer runs: mostly in a thread of its own.
//!
//! Commits wait for the disk and block, so they are made apart from the requests' runtime. One plain
//! thread opens the engine, which blocks, too, and runs the committer until it ends. In a simulator
//! the committer is a task beside the requests.

use std::sync::{Arc, mpsc};
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::directory::DirectoryClaim;
use crate::engine::Engine;
use crate::recovery::EngineSource;
use crate::shared::Shared;
use crate::{LocalError, LocalOptions, Workers, committer};

/// Opens the engine and starts its committer.
pub(crate) fn start(
    claim: DirectoryClaim,
    options: &LocalOptions,
) -> Result<Arc<Shared>, LocalError> {
    match options.workers {
        Workers::Threads => start_thread(claim, options),
        Workers::Caller { .. } => start_task(claim, options),
    }
}

fn start_task(claim: DirectoryClaim, options: &LocalOptions) -> Result<Arc<Shared>, LocalError> {
    let engine = open(&claim, options)?;
    let shared = Arc::new(Shared::new(Arc::clone(&engine), options));
    let source = EngineSource { claim, options: options.clone() };
    tokio::spawn(committer::run(Arc::clone(&shared), source, engine));
    Ok(shared)
}

fn start_thread(claim: DirectoryClaim, options: &LocalOptions) -> Result<Arc<Shared>, LocalError> {
    let (opened, opening) = mpsc::sync_channel(1);
    let kept = options.clone();
    let live = move || match open_with_runtime(&claim, &kept) {
        Ok((runtime, engine)) => {
            let shared = Arc::new(Shared::new(Arc::clone(&engine), &kept));
            let source = EngineSource { claim, options: kept };
            let committer = committer::run(Arc::clone(&shared), source, engine);
            // Whoever opens the store waits for the answer.
            let _waiting = opened.send(Ok(shared));
            runtime.block_on(committer);
        }
        Err(error) => {
            let _waiting = opened.send(Err(error));
        }
    };
    thread::Builder::new()
        .name("committer".to_owned())
        .spawn(live)
        .map_err(LocalError::unwritable(&options.dir))?;
    opening.recv().unwrap_or_else(|_| {
        let reason = "it panicked while opening".to_owned();
        Err(LocalError::Engine { dir: options.dir.clone(), reason })
    })
}

fn open_with_runtime(
    claim: &DirectoryClaim,
    options: &LocalOptions,
) -> Result<(Runtime, Arc<Engine>), LocalError> {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(LocalError::unwritable(&options.dir))?;
    Ok((runtime, open(claim, options)?))
}

fn open(claim: &DirectoryClaim, options: &LocalOptions) -> Result<Arc<Engine>, LocalError> {
    let engine = Engine::open(&claim.engine_dir(), claim.data_key(), options)?;
    Ok(Arc::new(engine))
}
