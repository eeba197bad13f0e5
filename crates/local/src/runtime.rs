//! The committer's own thread.
//!
//! Commits wait for the disk and block, so they are made apart from the requests' runtime. One plain
//! thread opens the engine, which blocks, too, and runs the committer until it ends.

use std::sync::{Arc, mpsc};
use std::thread;

use tokio::runtime::{Builder, Runtime};

use crate::directory::DirectoryClaim;
use crate::engine::Engine;
use crate::recovery::EngineSource;
use crate::shared::Shared;
use crate::{LocalError, LocalOptions, committer};

/// Opens the engine and starts its committer.
pub(crate) fn start(
    claim: DirectoryClaim,
    options: &LocalOptions,
) -> Result<Arc<Shared>, LocalError> {
    let (opened, opening) = mpsc::sync_channel(1);
    let kept = options.clone();
    let live = move || match open(&claim, &kept) {
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

fn open(
    claim: &DirectoryClaim,
    options: &LocalOptions,
) -> Result<(Runtime, Arc<Engine>), LocalError> {
    let runtime = Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(LocalError::unwritable(&options.dir))?;
    let engine = Engine::open(&claim.engine_dir(), claim.data_key(), options)?;
    Ok((runtime, Arc::new(engine)))
}
