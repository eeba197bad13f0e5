//! What goes wrong in a tree, with the file it goes wrong in.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a tree does not do what it is asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TreeError {
    /// A file is not what was written, or gone.
    #[error("{} {what}", file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, continuing the sentence: "is missing".
        what: Arc<str>,
    },
    /// The operating system refuses.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What it said.
        source: Arc<io::Error>,
    },
    /// Nothing is written any more, and the tree is to be opened anew.
    #[error("{0}")]
    Stopped(Arc<str>),
}

impl TreeError {
    /// A file that is not what was written.
    pub(crate) fn damaged(file: &Path, what: impl fmt::Display) -> Self {
        Self::Damaged { file: file.to_path_buf(), what: what.to_string().into() }
    }

    /// For `map_err` on whatever touches `file`. A file that ends too early is damaged.
    pub(crate) fn io(file: &Path) -> impl Fn(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::UnexpectedEof => Self::damaged(file, "ends too early"),
            io::ErrorKind::NotFound => Self::damaged(file, "is missing"),
            _ => Self::Io { file: file.to_path_buf(), source: Arc::new(source) },
        }
    }
}
