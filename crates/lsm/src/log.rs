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
//! [`replay`]. The zeros are room that was reserved ahead: a record that makes the file no longer costs
//! half the time to sync, for the file's own length need not be written.

use std::path::{Path, PathBuf};

use bytes::{Buf, BufMut, Bytes};

use crate::block::Commit;
use crate::directory::sync_directory;
use crate::error::TreeError;
use crate::files::{Access, Files, OpenFile};
use crate::options::TreeOptions;
use crate::seal::{FileKey, FileKind, FileSalt, SALT_BYTES, TAG_BYTES, new_salt};

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
    /// The file system reserves nothing: the file grows by each record.
    Never,
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
        Ok(Self { file, path, key, end, room: Room::Until(end), buffer: Vec::new() })
    }

    /// The segment's size.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// Makes a commit durable.
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
        if let Err(error) = written {
            // What the disk has of it is known to nobody. When this fails too, it is tried again.
            let _retracted = self.retract();
            return Err(TreeError::io(&self.path)(error));
        }
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
                Err(_) => Room::Never,
            };
        }
    }

    /// Leaves the commits that were made durable, and nothing behind them.
    pub(crate) fn retract(&self) -> Result<(), TreeError> {
        let cut = self.file.set_bytes(self.end).and_then(|()| self.file.sync_all());
        cut.map_err(TreeError::io(&self.path))
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

/// Shows the commits of a segment, in their order, and cuts off what a crash left of the last one:
/// behind the next segment it would be damage.
///
/// # Errors
/// [`TreeError::Damaged`] for anything that a crash does not explain.
pub(crate) fn replay(
    dir: &Path,
    options: &TreeOptions,
    number: u64,
    age: SegmentAge,
    mut show: impl FnMut(LoggedCommit),
) -> Result<(), TreeError> {
    let path = log_path(dir, number);
    let bytes = options.files.read(&path).map_err(TreeError::io(&path))?;
    let intact = show_intact(&path, &bytes, &options.key, &mut show)?;
    let is_whole = bytes[intact..].iter().all(|byte| *byte == 0);
    if is_whole && intact > 0 {
        // What was read may not have reached the disk: a crash came before the sync.
        return match age {
            SegmentAge::Former => Ok(()),
            SegmentAge::Last => cut_off(&*options.files, dir, &path, intact),
        };
    }
    let is_torn = match intact {
        // The head is durable before the segment takes a commit.
        0 => torn::is_head(&bytes),
        _ => torn::is_torn(&bytes, intact),
    };
    if age == SegmentAge::Former || !is_torn {
        return Err(damaged(&path, intact));
    }
    cut_off(&*options.files, dir, &path, intact)
}

/// Shows the commits that read; answers where the first piece begins that does not.
fn show_intact(
    path: &Path,
    bytes: &[u8],
    tree_key: &[u8; 32],
    show: &mut impl FnMut(LoggedCommit),
) -> Result<usize, TreeError> {
    let head = bytes.get(..SEGMENT_HEAD_BYTES);
    let salt = head.and_then(|head| FileSalt::try_from(head.strip_prefix(&MAGIC)?).ok());
    let Some(salt) = salt else { return Ok(0) };
    let key = FileKey::new(tree_key, FileKind::Log, &salt);
    let mut at = SEGMENT_HEAD_BYTES;
    while let Some(sealed) = torn::record(bytes, at) {
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

/// Leaves the first bytes of a segment, durably; without its head it goes.
fn cut_off(files: &dyn Files, dir: &Path, path: &Path, bytes: usize) -> Result<(), TreeError> {
    if bytes == 0 {
        files.remove(path).map_err(TreeError::io(path))?;
        return sync_directory(files, dir);
    }
    let cut = files.open(path, Access::Write).and_then(|file| {
        file.set_bytes(bytes as u64)?;
        file.sync_all()
    });
    cut.map_err(TreeError::io(path))
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
