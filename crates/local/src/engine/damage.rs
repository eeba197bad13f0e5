//! Finding the file in which the engine met damage: its own errors say what and where in a file,
//! and not in which.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use store::StoreError;
use surrealkv::Error;
use surrealkv::inspect::dump_sst_with_options;

use crate::LocalError;

/// The only manifest there is.
const MANIFEST: &str = "manifest/00000000000000000000.manifest";

/// Whether `error` says that bytes are not what was written.
pub(super) fn is_damage(error: &Error) -> bool {
    matches!(
        error,
        Error::CorruptedBlock(_)
            | Error::CorruptedTableMetadata(_)
            | Error::Corruption(_)
            | Error::ManifestCorruption(_)
            | Error::ManifestMissing(_)
            | Error::SSTable(_)
            | Error::Decompression(_)
            | Error::InvalidTableFormat
            | Error::TableMetadataNotFound
            | Error::TableNotFound(_)
            | Error::BlockNotFound
            | Error::Encryption(_)
            | Error::Wal(_)
            | Error::WalCorruption { .. }
    )
}

/// Why the engine in `engine_dir` does not open, with the file if one can be found.
pub(super) fn of_opening(
    engine_dir: &Path,
    options: &surrealkv::Options,
    error: &Error,
) -> LocalError {
    let of_manifest = matches!(error, Error::LoadManifestFail(_));
    if (is_damage(error) || of_manifest)
        && let Some(damaged) = damaged_table(engine_dir, options, Depth::Heads)
    {
        return LocalError::damaged(damaged.file, format!("is damaged: {}", damaged.reason));
    }
    if is_damage(error) && !matches!(error, Error::Wal(_) | Error::WalCorruption { .. }) {
        return LocalError::damaged(engine_dir.join(MANIFEST), format!("is damaged: {error}"));
    }
    LocalError::Engine { dir: engine_dir.to_path_buf(), reason: error.to_string() }
}

/// Names the files of damage that reads meet, each once: finding one reads every table.
pub(super) struct Namer {
    engine_dir: PathBuf,
    options: surrealkv::Options,
    /// By what the engine said, which holds the place within the file.
    named: tokio::sync::Mutex<HashMap<Arc<str>, Arc<str>>>,
}

impl Namer {
    pub(super) fn new(engine_dir: &Path, options: surrealkv::Options) -> Self {
        Self { engine_dir: engine_dir.to_path_buf(), options, named: tokio::sync::Mutex::default() }
    }

    /// `error` as it is, unless it is damage: then with the file, and in the log the first time.
    pub(super) async fn name(&self, error: StoreError) -> StoreError {
        let StoreError::Damaged { reason } = error else { return error };
        let mut named = self.named.lock().await;
        if let Some(known) = named.get(&reason) {
            return StoreError::damaged(Arc::clone(known));
        }
        let (engine_dir, options) = (self.engine_dir.clone(), self.options.clone());
        let search = move || damaged_table(&engine_dir, &options, Depth::Everything);
        let text: Arc<str> = match tokio::task::spawn_blocking(search).await.ok().flatten() {
            Some(damaged) => damaged.to_string().into(),
            None => format!("{}: {reason}", self.engine_dir.display()).into(),
        };
        tracing::error!(damage = &*text, "restore the data directory from a backup");
        named.insert(reason, Arc::clone(&text));
        StoreError::damaged(text)
    }
}

/// A table and what is wrong with it.
#[derive(Debug, thiserror::Error)]
#[error("{} is damaged: {reason}", file.display())]
struct Damaged {
    file: PathBuf,
    reason: String,
}

/// How much of a table is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// What opening it reads.
    Heads,
    /// Every block.
    Everything,
}

/// The first damaged table. Blocks for as long as reading them takes.
fn damaged_table(engine_dir: &Path, options: &surrealkv::Options, depth: Depth) -> Option<Damaged> {
    let tables = std::fs::read_dir(engine_dir.join("sstables")).ok()?;
    let mut tables: Vec<PathBuf> = tables.flatten().map(|table| table.path()).collect();
    tables.retain(|table| table.extension().is_some_and(|extension| extension == "sst"));
    tables.sort();
    tables.into_iter().find_map(|file| {
        let whole = depth == Depth::Everything;
        match dump_sst_with_options(&file, false, whole, options) {
            // It was compacted away meanwhile, or the disk fails, which is another matter.
            Ok(_) | Err(Error::Io(_)) => None,
            Err(error) => Some(Damaged { file, reason: error.to_string() }),
        }
    })
}
