//! Why a file was not read or written. Each message is one line; the caller names the file.

use std::io;

/// A file of tables or items that was refused.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(io::Error),
    /// Neither magic nor first line are those of an export.
    #[error("it is not a Stator export")]
    NotAnExport,
    /// A later version wrote it.
    #[error(
        "it has the export format {found}, and this version reads {known}; import it with the version that wrote it, or a later one"
    )]
    UnknownVersion {
        /// The version that the file has.
        found: u32,
        /// What this version reads.
        known: u32,
    },
    /// The key does not open it.
    #[error("the key does not open it; it was sealed with the key file {key_file}")]
    WrongKey {
        /// The key file's name when it was written.
        key_file: String,
    },
    /// Bytes changed, are missing or stand elsewhere.
    #[error("it is damaged or cut short {place}; take another copy")]
    Damaged {
        /// Where, as far as is known.
        place: String,
    },
    /// A line that means nothing.
    #[error("line {line}: {reason}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of another kind than can be imported.
    #[error("{0}")]
    Unsupported(String),
}

impl DumpError {
    pub(crate) fn damaged(place: impl Into<String>) -> Self {
        Self::Damaged { place: place.into() }
    }

    /// What a parser of JSON says.
    pub(crate) fn json(error: serde_json::Error) -> Self {
        if error.is_io() {
            return Self::from(io::Error::from(error));
        }
        Self::line(error.line() as u64, without_place(&error))
    }

    pub(crate) fn line(line: u64, reason: impl ToString) -> Self {
        Self::Line { line, reason: reason.to_string() }
    }
}

/// The parser's words, without the place at their end.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    words.strip_suffix(&place).map(str::to_owned).unwrap_or(words)
}

/// Errors of ours that travelled through a [`io::Read`] come out as they went in; those that a
/// decompressor makes of bad bytes are damage.
impl From<io::Error> for DumpError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            _ if error.get_ref().is_some_and(|inner| inner.is::<Self>()) => {
                let inner = error.into_inner().and_then(|inner| inner.downcast().ok());
                inner.map_or_else(|| Self::damaged("somewhere"), |inner| *inner)
            }
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::UnexpectedEof => Self::damaged(format!("({error})")),
            _ => Self::Io(error),
        }
    }
}

impl From<DumpError> for io::Error {
    fn from(error: DumpError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}
