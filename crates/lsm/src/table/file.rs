//! A table's file: opening it, and reading its sealed pieces.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::{Buf, Bytes};

use super::{Table, TableCommits};
use crate::block::Block;
use crate::directory;
use crate::disk::DiskFile;
use crate::error::TreeError;
use crate::extent::{Extent, Place, is_index};
use crate::files::Files;
use crate::options::TreeOptions;
use crate::seal::{FileKey, FileKind, FileSalt, SALT_BYTES};

pub(super) const MAGIC: [u8; 8] = *b"STATORT2";
const FIRST_MAGIC: [u8; 8] = *b"STATORT1";
pub(super) const HEAD_BYTES: usize = MAGIC.len() + SALT_BYTES;
/// No piece is larger: rows are far smaller, and a block ends with the row that fills it.
const PIECE_BYTES_MAX: u32 = 128 << 20;

/// What the manifest says of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableEntry {
    pub(crate) number: u64,
    /// The file's size.
    pub(crate) bytes: u64,
    /// Where its top begins, which ends the file.
    pub(crate) top_at: u64,
}

pub(crate) fn table_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:010}.table"))
}

/// The file of an open table.
pub(super) struct TableFile {
    files: Arc<dyn Files>,
    file: DiskFile,
    path: PathBuf,
    key: FileKey,
}

impl Table {
    /// Opens the table of an entry, and reads its top.
    pub(crate) fn open(
        dir: &Path,
        options: &TreeOptions,
        entry: TableEntry,
    ) -> Result<Self, TreeError> {
        let path = table_path(dir, entry.number);
        let damaged = |what: &str| TreeError::damaged(&path, what);
        let file = DiskFile::open(&*options.files, &path, options.wait);
        let file = file.map_err(TreeError::io(&path))?;
        let bytes = file.bytes().map_err(TreeError::io(&path))?;
        if bytes != entry.bytes {
            return Err(damaged("has another size than when it was written"));
        }
        let mut head = [0; HEAD_BYTES];
        file.read_exact_at(&mut head, 0, &(0..HEAD_BYTES as u64)).map_err(TreeError::io(&path))?;
        let parts = head.split_first_chunk().and_then(|(magic, salt)| {
            Some((TableFormat::of(magic)?, FileSalt::try_from(salt).ok()?))
        });
        let (format, salt) = parts.ok_or_else(|| damaged("is damaged at byte 0"))?;
        let key = FileKey::new(&options.key, FileKind::Table, &salt);
        let files = Arc::clone(&options.files);
        let file = TableFile { files, file, path, key };
        let length = entry.bytes.checked_sub(entry.top_at).and_then(|top| u32::try_from(top).ok());
        let place = length.map(|length| Place { at: entry.top_at, length });
        let place = place.ok_or_else(|| file.damaged(entry.top_at))?;
        let top = file.piece(place, &place.bytes())?;
        let top = Top::parse(top, format).ok_or_else(|| file.damaged(entry.top_at))?;
        if let Some(number) = top.number.filter(|number| *number != entry.number) {
            let what = format_args!("is table {number} under another name");
            return Err(TreeError::damaged(&file.path, what));
        }
        let Top { commits, rows, removals, first, last, extents, .. } = top;
        let is_obsolete = AtomicBool::new(false);
        Ok(Self { file, entry, first, last, commits, rows, removals, top: extents, is_obsolete })
    }
}

/// Which form a table's top has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TableFormat {
    /// Without its number and counts. Such tables are read, and merged into others in time.
    First,
    Second,
}

impl TableFormat {
    fn of(magic: &[u8; 8]) -> Option<Self> {
        match *magic {
            MAGIC => Some(Self::Second),
            FIRST_MAGIC => Some(Self::First),
            _ => None,
        }
    }
}

/// What ends a table: `number u64, commit u64{3}, rows u64, removals u64, first key length u16, first
/// key, block of extents`.
struct Top {
    /// `None` where the format has none.
    number: Option<u64>,
    commits: TableCommits,
    rows: u64,
    removals: u64,
    first: Bytes,
    last: Bytes,
    extents: Block,
}

impl Top {
    fn parse(mut top: Bytes, format: TableFormat) -> Option<Self> {
        let is_second = format == TableFormat::Second;
        let number = if is_second { Some(top.try_get_u64().ok()?) } else { None };
        let mut next = || top.try_get_u64().ok();
        let commits = TableCommits { min: next()?, max: next()?, removed_until: next()? };
        let (rows, removals) = if is_second { (next()?, next()?) } else { (0, 0) };
        let length = usize::from(top.try_get_u16().ok()?);
        if top.len() < length {
            return None;
        }
        let first = top.split_to(length);
        let extents = Block::parse(top).filter(is_index)?;
        let last = [extents.prefix(), extents.suffix(extents.count() - 1)].concat().into();
        Some(Self { number, commits, rows, removals, first, last, extents })
    }
}

impl TableFile {
    pub(super) fn extent(&self, place: Place) -> Result<Extent, TreeError> {
        Extent::parse(self.piece(place, &place.bytes())?).ok_or_else(|| self.damaged(place.at))
    }

    pub(super) fn rows(&self, place: Place, reach: &Range<u64>) -> Result<Block, TreeError> {
        Block::parse(self.piece(place, reach)?).ok_or_else(|| self.damaged(place.at))
    }

    /// Reads and opens a piece, of all that its reader will probably want.
    fn piece(&self, place: Place, reach: &Range<u64>) -> Result<Bytes, TreeError> {
        if place.length > PIECE_BYTES_MAX {
            return Err(self.damaged(place.at));
        }
        let mut piece = vec![0; place.length as usize];
        let read = self.file.read_exact_at(&mut piece, place.at, reach);
        read.map_err(TreeError::io(&self.path))?;
        let opened = self.key.open(place.at, &mut piece).map(|opened| opened.len());
        piece.truncate(opened.ok_or_else(|| self.damaged(place.at))?);
        Ok(piece.into())
    }

    fn damaged(&self, at: u64) -> TreeError {
        TreeError::damaged(&self.path, format_args!("is damaged at byte {at}"))
    }

    /// Removes the file. One that stays is removed when the tree is opened again.
    pub(super) fn remove(&self) {
        directory::remove(&*self.files, &self.path);
    }
}
