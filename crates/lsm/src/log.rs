//! The log: every commit, sealed and durable before anybody sees it, until its rows are in a table.
//!
//! ```text
//! segment = magic, salt u8{32}, record…, 0…      one segment for each memtable
//! record  = length u32, sum u32, sealed          sum: CRC-32 of length and sealed bytes
//! sealed  = commit u64, change…                  sealed as the piece at the record's beginning
//! change  = 1 (put), key length u16, key, value length u32, value
//!         | 2 (remove), key length u16, key
//!         | 3 (remove a range), start length u16, start, end length u16, end
//! ```
//! Integers are big-endian. The sum tells what a crash left from what was changed afterwards, see
//! [`replay`], and the watermark what was cut off. The zeros are room that was reserved ahead: a record that makes the file no longer costs
//! half the time to sync, for the file's own length need not be written.

use std::path::{Path, PathBuf};

use bytes::{Buf, BufMut, Bytes};

use crate::block::Commit;
use crate::directory::sync_directory;
use crate::error::TreeError;
use crate::files::{Access, OpenFile};
use crate::options::TreeOptions;
use crate::seal::{FileKey, FileKind, FileSalt, SALT_BYTES, TAG_BYTES, new_salt};
use crate::watermark::{Mark, SegmentMark};

mod torn;

const MAGIC: [u8; 8] = *b"STATORL1";
const SEGMENT_HEAD_BYTES: usize = MAGIC.len() + SALT_BYTES;
const RECORD_HEAD_BYTES: usize = 8;

const PUT: u8 = 1;
const REMOVE: u8 = 2;
const REMOVE_RANGE: u8 = 3;

/// A key and its value from now on; `None` removes the row.
pub(crate) type Change<'c> = (&'c [u8], Option<&'c Bytes>);

pub(crate) fn log_path(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:010}.wal"))
}

/// The segment that takes commits.
pub(crate) struct LogWriter {
    number: u64,
    file: Box<dyn OpenFile>,
    path: PathBuf,
    key: FileKey,
    /// Where the next record begins.
    end: u64,
    room: Room,
    buffer: Vec<u8>,
}

/// Zeros ahead of the records.
#[derive(Debug, Clone, Copy)]
enum Room {
    /// The file is so long.
    Until(u64),
    /// It is, and the file system reserves no more: it grows by each record.
    NoMore(u64),
}

impl LogWriter {
    /// Begins a segment, durably.
    pub(crate) fn create(
        dir: &Path,
        options: &TreeOptions,
        number: u64,
    ) -> Result<Self, TreeError> {
        let files = &*options.files;
        let path = log_path(dir, number);
        let salt = new_salt(files).map_err(TreeError::io(&path))?;
        let file = files.create(&path).map_err(TreeError::io(&path))?;
        let head = [&MAGIC[..], &salt].concat();
        file.write_at(&head, 0).and_then(|()| file.sync_all()).map_err(TreeError::io(&path))?;
        sync_directory(files, dir)?;
        let key = FileKey::new(&options.key, FileKind::Log, &salt);
        let end = SEGMENT_HEAD_BYTES as u64;
        Ok(Self { number, file, path, key, end, room: Room::Until(end), buffer: Vec::new() })
    }

    /// The segment's size.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// How far the segment is.
    pub(crate) fn mark(&self) -> SegmentMark {
        let (Room::Until(room) | Room::NoMore(room)) = self.room;
        SegmentMark { number: self.number, end: self.end, bytes: room.max(self.end) }
    }

    /// Makes a commit durable. When it cannot, it may be there in part or whole, until it is retracted.
    pub(crate) fn append<'c>(
        &mut self,
        commit: Commit,
        changes: impl Iterator<Item = Change<'c>>,
        removed: Option<(&[u8], &[u8])>,
    ) -> Result<(), TreeError> {
        let out = &mut self.buffer;
        out.clear();
        out.put_bytes(0, RECORD_HEAD_BYTES);
        out.put_u64(commit);
        for (key, value) in changes {
            out.put_u8(if value.is_some() { PUT } else { REMOVE });
            put_key(out, key);
            if let Some(value) = value {
                out.put_u32(u32::try_from(value.len()).expect("a value is far smaller"));
                out.extend_from_slice(value);
            }
        }
        if let Some((start, end)) = removed {
            out.put_u8(REMOVE_RANGE);
            put_key(out, start);
            put_key(out, end);
        }
        self.key.seal(self.end, out, RECORD_HEAD_BYTES);
        let length = u32::try_from(out.len() - RECORD_HEAD_BYTES).expect("a commit is smaller");
        out[..4].copy_from_slice(&length.to_be_bytes());
        let sum = sum(length, &out[RECORD_HEAD_BYTES..]);
        out[4..RECORD_HEAD_BYTES].copy_from_slice(&sum.to_be_bytes());
        self.reserve();
        let written = self.file.write_at(&self.buffer, self.end);
        let written = written.and_then(|()| self.file.sync_data());
        // What the disk has of it is known to nobody then.
        written.map_err(TreeError::io(&self.path))?;
        self.end += self.buffer.len() as u64;
        if self.buffer.capacity() > BUFFER_BYTES_KEPT {
            self.buffer = Vec::new();
        }
        Ok(())
    }
}

impl LogWriter {
    /// Has room for what is about to be written, and more, if the file system can.
    fn reserve(&mut self) {
        let Room::Until(room) = self.room else { return };
        let bytes = self.buffer.len() as u64;
        if self.end + bytes > room {
            let bytes = bytes.max(ROOM_BYTES);
            self.room = match self.file.reserve(self.end, bytes) {
                Ok(()) => Room::Until(self.end + bytes),
                // Not even a full disk is an error yet: the record may find its place.
                Err(_) => Room::NoMore(room),
            };
        }
    }

    /// Leaves the commits that were made durable, and behind them zeros alone. The watermark knows the
    /// file's size, so that is kept.
    pub(crate) fn retract(&self) -> Result<(), TreeError> {
        let bytes = self.mark().bytes;
        let written = (self.buffer.len() as u64).min(bytes - self.end);
        let wiped = || {
            self.file.set_bytes(bytes)?;
            self.file.write_at(&vec![0; usize::try_from(written).unwrap_or(0)], self.end)?;
            self.file.sync_all()
        };
        wiped().map_err(TreeError::io(&self.path))
    }
}

/// What is reserved at once.
const ROOM_BYTES: u64 = 256 << 10;
/// What is kept for the next commit.
const BUFFER_BYTES_KEPT: usize = 1 << 20;

fn put_key(out: &mut Vec<u8>, key: &[u8]) {
    out.put_u16(u16::try_from(key.len()).expect("keys are shorter"));
    out.extend_from_slice(key);
}

fn sum(length: u32, sealed: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length.to_be_bytes());
    hasher.update(sealed);
    hasher.finalize()
}

/// A commit as the log has it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct LoggedCommit {
    pub(crate) commit: Commit,
    pub(crate) changes: Vec<(Bytes, Option<Bytes>)>,
    pub(crate) removed: Option<(Bytes, Bytes)>,
}

/// Which segment is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentAge {
    /// The one that took commits last: a crash may have cut its last record short.
    Last,
    /// One before: all of it was durable when the next one began.
    Former,
}

/// What there is of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replayed {
    /// How far it is, without what is to be cut off.
    pub(crate) mark: SegmentMark,
    /// What lies behind that is not needed: room, what a crash left, or a commit that was refused.
    pub(crate) has_tail: bool,
}

/// Shows the commits of a segment, in their order. `mark` is what the watermark knows.
///
/// # Errors
/// [`TreeError::Damaged`] for anything that a crash does not explain.
pub(crate) fn replay(
    dir: &Path,
    options: &TreeOptions,
    (number, age): (u64, SegmentAge),
    mark: &Mark,
    mut show: impl FnMut(LoggedCommit),
) -> Result<Replayed, TreeError> {
    let path = log_path(dir, number);
    let bytes = options.files.read(&path).map_err(TreeError::io(&path))?;
    let (known, found) = (mark.of(number).unwrap_or_default(), bytes.len() as u64);
    if found < known.bytes {
        let what = format_args!("was cut: it had {} bytes and has {found}", known.bytes);
        return Err(TreeError::damaged(&path, what));
    }
    let refused = mark.refused_in(number).and_then(|from| usize::try_from(from).ok());
    let intact = show_intact(&path, &bytes, refused, &options.key, &mut show)?;
    let end = intact as u64;
    if end < known.end {
        return Err(damaged(&path, intact));
    }
    let has_tail = match refused == Some(intact) {
        true => intact < bytes.len(),
        false => has_tail(&path, &bytes, intact, age)?,
    };
    Ok(Replayed { mark: SegmentMark { number, end, bytes: end }, has_tail })
}

/// Whether something is to be cut off behind the commits that read: where another segment follows, it
/// would be damage.
fn has_tail(path: &Path, bytes: &[u8], intact: usize, age: SegmentAge) -> Result<bool, TreeError> {
    let is_whole = bytes[intact..].iter().all(|byte| *byte == 0);
    if is_whole && intact > 0 {
        // What was read may not have reached the disk: a crash came before the sync.
        return Ok(age == SegmentAge::Last);
    }
    let is_torn = match intact {
        // The head is durable before the segment takes a commit.
        0 => torn::is_head(bytes),
        _ => torn::is_torn(bytes, intact),
    };
    match age == SegmentAge::Last && is_torn {
        true => Ok(true),
        false => Err(damaged(path, intact)),
    }
}

/// Shows the commits that read, up to one that was refused; answers where the first piece begins that
/// does not.
fn show_intact(
    path: &Path,
    bytes: &[u8],
    refused: Option<usize>,
    tree_key: &[u8; 32],
    show: &mut impl FnMut(LoggedCommit),
) -> Result<usize, TreeError> {
    let head = bytes.get(..SEGMENT_HEAD_BYTES);
    let salt = head.and_then(|head| FileSalt::try_from(head.strip_prefix(&MAGIC)?).ok());
    let Some(salt) = salt else { return Ok(0) };
    let key = FileKey::new(tree_key, FileKind::Log, &salt);
    let mut at = SEGMENT_HEAD_BYTES;
    while let Some(sealed) = torn::record(bytes, at).filter(|_| refused != Some(at)) {
        let mut piece = bytes[sealed.clone()].to_vec();
        let opened = key.open(at as u64, &mut piece).map(|opened| opened.len());
        piece.truncate(opened.ok_or_else(|| damaged(path, at))?);
        show(parse(piece.into()).ok_or_else(|| damaged(path, at))?);
        at = sealed.end;
    }
    Ok(at)
}

fn damaged(path: &Path, at: usize) -> TreeError {
    TreeError::damaged(path, format_args!("is damaged at byte {at}"))
}

/// Makes a segment durable as it was read.
pub(crate) fn sync(dir: &Path, options: &TreeOptions, number: u64) -> Result<(), TreeError> {
    let path = log_path(dir, number);
    let synced = options.files.open(&path, Access::Write).and_then(|file| file.sync_data());
    synced.map_err(TreeError::io(&path))
}

/// Cuts off what lies behind the commits of a segment, durably; one without its head goes.
pub(crate) fn cut_off(
    dir: &Path,
    options: &TreeOptions,
    mark: SegmentMark,
) -> Result<(), TreeError> {
    let (files, path) = (&*options.files, log_path(dir, mark.number));
    if mark.end == 0 {
        files.remove(&path).map_err(TreeError::io(&path))?;
        return sync_directory(files, dir);
    }
    let cut = files.open(&path, Access::Write).and_then(|file| {
        file.set_bytes(mark.end)?;
        file.sync_all()
    });
    cut.map_err(TreeError::io(&path))
}

/// Whether a segment that ends there has commits.
pub(crate) fn has_commits(mark: &SegmentMark) -> bool {
    mark.end > SEGMENT_HEAD_BYTES as u64
}

fn parse(mut record: Bytes) -> Option<LoggedCommit> {
    let mut logged = LoggedCommit { commit: record.try_get_u64().ok()?, ..Default::default() };
    while record.has_remaining() {
        match record.get_u8() {
            PUT => {
                let key = take_key(&mut record)?;
                let length = usize::try_from(record.try_get_u32().ok()?).ok()?;
                let value = (record.len() >= length).then(|| record.split_to(length))?;
                logged.changes.push((key, Some(value)));
            }
            REMOVE => logged.changes.push((take_key(&mut record)?, None)),
            REMOVE_RANGE => {
                logged.removed = Some((take_key(&mut record)?, take_key(&mut record)?));
            }
            _ => return None,
        }
    }
    Some(logged)
}

fn take_key(record: &mut Bytes) -> Option<Bytes> {
    let length = usize::from(record.try_get_u16().ok()?);
    (record.len() >= length).then(|| record.split_to(length))
}

#[cfg(test)]
mod tests;
