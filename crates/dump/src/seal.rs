//! The sealed form of an export (docs/format/export.md): a header that wraps the file's own key,
//! then frames under it.
//!
//! The frames are STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, 2015) over AES-256-GCM: each is
//! authenticated with its number, with whether it is the last, and with the header; so one that was
//! changed, moved, repeated or left out, and an end that is missing, all fail to open.

mod header;
mod reader;
mod writer;

use zeroize::Zeroizing;

pub(crate) use header::MAGIC;
pub use header::Sealing;
pub use reader::{Sealed, SealedReader};
pub use writer::SealedWriter;

/// What a key file holds. It wraps the keys of files and is in none of them.
pub type RootKey = Zeroizing<[u8; 32]>;
/// The key of one export, wiped from memory when dropped.
pub type FileKey = Zeroizing<[u8; 32]>;

/// Bytes of content in every frame but the last.
const FRAME_BYTES: usize = 64 << 10;
/// What sealing adds to a frame.
const TAG_BYTES: usize = 16;
const SEALED_FRAME_BYTES: usize = FRAME_BYTES + TAG_BYTES;

#[cfg(test)]
mod tests;
