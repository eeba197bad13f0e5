//! The engine's log, looked at before the engine opens it: is what does not read a torn tail, or
//! damage?
//!
//! A crash leaves a half-written record at the end of the log, and opening drops it. The engine
//! takes more for such a tail than a crash can leave: a changed byte in the last commit, which was
//! acknowledged, or a changed length in the midst, behind which it does not look for more. Both
//! would lose commits without a word. So the log is held against what a crash can leave. One commit
//! is written at a time and the next begins after its fsync; hence
//! - only the last commit can be torn: where another begins behind the place, that place is damage;
//! - a torn commit lacks bytes: the file ends within it, or a sector of it is zero because it never
//!   reached the disk. One that is all there and does not read was changed, and that is damage.
//!
//! What lies on disk, by the engine's `wal/mod.rs` (1.2.0): blocks of 32 KiB; in them records of a
//! head (CRC-32 of kind and body, length of the body, kind; big-endian) and a body; a record does
//! not cross blocks, and what is too short for a head at a block's end is zero. A commit is one
//! record, or a first, some middle ones and a last. All that is in the clear; the bodies are sealed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crc32fast::Hasher;

use crate::LocalError;

const BLOCK_BYTES: usize = 32 << 10;
const HEAD_BYTES: usize = 7;
/// What a disk writes at once.
const SECTOR_BYTES: usize = 512;
/// Fewer zeros than this at the end of a sector may be sealed bytes that happen to be zero.
const ZEROS_MIN: usize = 16;

const WHOLE: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;
/// The first record of a segment.
const SEGMENT_HEADER: u8 = 10;

/// Looks at every segment of the log of the engine in `engine_dir`.
///
/// # Errors
/// [`LocalError::Damaged`] with segment and offset; [`LocalError::Unwritable`] when one cannot be
/// read.
pub(crate) fn examine(engine_dir: &Path) -> Result<(), LocalError> {
    for file in segments(engine_dir).map_err(LocalError::unwritable(engine_dir))? {
        let bytes = fs::read(&file).map_err(LocalError::unwritable(engine_dir))?;
        if let Some(offset) = damage(&bytes) {
            return Err(LocalError::damaged(file, format!("is damaged at byte {offset}")));
        }
    }
    Ok(())
}

fn segments(engine_dir: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(engine_dir.join("wal")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.path());
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wal"));
    files.sort();
    Ok(files)
}

/// Where a segment is damaged.
fn damage(bytes: &[u8]) -> Option<usize> {
    let at = first_unreadable(bytes)?;
    let torn = is_cut_short(bytes, at) || has_lost_sector(bytes, at);
    (!torn || another_commit_begins_behind(bytes, at)).then_some(at)
}

/// The first place where a record should be and none reads.
fn first_unreadable(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while at < bytes.len() {
        let room = room_at(at);
        at += match LogRecord::at(bytes, at) {
            _ if room < HEAD_BYTES => room,
            Some(record) if record.reads() && record.may_be_at(at) => {
                debug_assert!(record.bytes() <= room, "a record that reads lies in one block");
                record.bytes()
            }
            _ => return Some(at),
        };
    }
    None
}

/// Whether the file ends within the record at `at`.
fn is_cut_short(bytes: &[u8], at: usize) -> bool {
    match LogRecord::at(bytes, at) {
        None => true,
        Some(record) => {
            let end_is_plausible = record.bytes() <= room_at(at) && record.may_be_at(at);
            end_is_plausible
                && at + record.bytes() > bytes.len()
                // All there, behind a head that lies about the length?
                && !record.reads_with_another_length()
        }
    }
}

/// Whether bytes from `at` on never reached the disk.
fn has_lost_sector(bytes: &[u8], at: usize) -> bool {
    let mut start = at;
    while start < bytes.len() {
        let end = ((start / SECTOR_BYTES + 1) * SECTOR_BYTES).min(bytes.len());
        debug_assert!(start < end, "every sector takes the search forward");
        if end - start >= ZEROS_MIN && bytes[start..end].iter().all(|byte| *byte == 0) {
            return true;
        }
        start = end;
    }
    false
}

/// Whether a commit begins anywhere behind `at`: the length there may lie, so every byte is tried.
fn another_commit_begins_behind(bytes: &[u8], at: usize) -> bool {
    (at + 1..bytes.len()).any(|start| {
        LogRecord::at(bytes, start)
            .is_some_and(|record| matches!(record.kind, WHOLE | FIRST) && record.reads())
    })
}

fn room_at(at: usize) -> usize {
    BLOCK_BYTES - at % BLOCK_BYTES
}

/// What a head says, and the bytes behind it as far as the block and the file go.
struct LogRecord<'a> {
    sum: u32,
    length: usize,
    kind: u8,
    behind: &'a [u8],
}

impl<'a> LogRecord<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let block = &bytes[at..bytes.len().min(at + room_at(at))];
        let ([a, b, c, d, high, low, kind], behind) = block.split_first_chunk::<HEAD_BYTES>()?;
        Some(Self {
            sum: u32::from_be_bytes([*a, *b, *c, *d]),
            length: usize::from(u16::from_be_bytes([*high, *low])),
            kind: *kind,
            behind,
        })
    }

    fn bytes(&self) -> usize {
        HEAD_BYTES + self.length
    }

    fn may_be_at(&self, at: usize) -> bool {
        if at == 0 { self.kind == SEGMENT_HEADER } else { (WHOLE..=LAST).contains(&self.kind) }
    }

    fn reads(&self) -> bool {
        self.behind.get(..self.length).is_some_and(|body| {
            let mut sum = self.sum_of_nothing();
            sum.update(body);
            sum.finalize() == self.sum
        })
    }

    fn reads_with_another_length(&self) -> bool {
        let mut sum = self.sum_of_nothing();
        self.behind.iter().any(|byte| {
            sum.update(&[*byte]);
            sum.clone().finalize() == self.sum
        })
    }

    fn sum_of_nothing(&self) -> Hasher {
        let mut sum = Hasher::new();
        sum.update(&[self.kind]);
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A segment of commits with these body sizes, and where each begins.
    fn segment(sizes: &[usize]) -> (Vec<u8>, Vec<usize>) {
        let mut bytes = Vec::new();
        append(&mut bytes, SEGMENT_HEADER, 94);
        let starts = sizes.iter().map(|size| commit(&mut bytes, *size)).collect();
        (bytes, starts)
    }

    fn commit(bytes: &mut Vec<u8>, mut size: usize) -> usize {
        let mut start = None;
        loop {
            if room_at(bytes.len()) < HEAD_BYTES {
                bytes.resize(bytes.len() + room_at(bytes.len()), 0);
            }
            let length = size.min(room_at(bytes.len()) - HEAD_BYTES);
            size -= length;
            let kind = match (start.is_none(), size == 0) {
                (true, true) => WHOLE,
                (true, false) => FIRST,
                (false, false) => 3,
                (false, true) => LAST,
            };
            start.get_or_insert(bytes.len());
            append(bytes, kind, length);
            if size == 0 {
                return start.unwrap();
            }
        }
    }

    fn append(bytes: &mut Vec<u8>, kind: u8, length: usize) {
        let seed = bytes.len();
        let mixed = |at: usize| (seed + at).wrapping_mul(2_654_435_761).to_be_bytes()[5];
        let body: Vec<u8> = (0..length).map(mixed).collect();
        let mut sum = Hasher::new();
        sum.update(&[kind]);
        sum.update(&body);
        bytes.extend_from_slice(&sum.finalize().to_be_bytes());
        bytes.extend_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
        bytes.push(kind);
        bytes.extend_from_slice(&body);
    }

    #[test]
    fn every_changed_byte_is_damage() {
        let (intact, starts) = segment(&[50, 700, 81]);
        assert_eq!(damage(&intact), None);
        for at in 0..intact.len() {
            for change in [1, 0x80, 0xFF] {
                let mut changed = intact.clone();
                changed[at] ^= change;
                let record = starts.iter().rev().find(|start| **start <= at).unwrap_or(&0);
                assert_eq!(damage(&changed), Some(*record), "byte {at} by {change}");
            }
        }
    }

    #[test]
    fn changed_bytes_of_a_commit_over_several_blocks_are_damage() {
        let (intact, starts) = segment(&[100, 3 * BLOCK_BYTES]);
        let heads = (1..4).map(|block| block * BLOCK_BYTES);
        for head in heads.chain([starts[1]]) {
            for at in head..head + HEAD_BYTES + 3 {
                let mut changed = intact.clone();
                changed[at] ^= 0x10;
                assert_eq!(damage(&changed), Some(head), "byte {at}");
            }
        }
    }

    #[test]
    fn a_file_that_ends_within_its_last_commit_is_torn() {
        for sizes in [&[50, 700][..], &[50, 2 * BLOCK_BYTES], &[50], &[]] {
            let (intact, starts) = segment(sizes);
            let last = starts.last().copied().unwrap_or(0);
            for end in (last..intact.len()).step_by(if intact.len() > 1000 { 97 } else { 1 }) {
                assert_eq!(damage(&intact[..end]), None, "{sizes:?} until {end}");
            }
        }
    }

    #[test]
    fn a_sector_that_was_never_written_is_torn_in_the_last_commit_only() {
        let (intact, starts) = segment(&[4000, 2 * BLOCK_BYTES]);
        for sector in (starts[1].div_ceil(SECTOR_BYTES)..intact.len() / SECTOR_BYTES).step_by(7) {
            let mut lost = intact.clone();
            lost[sector * SECTOR_BYTES..][..SECTOR_BYTES].fill(0);
            assert_eq!(damage(&lost), None, "sector {sector}");
        }
        let mut lost = intact;
        lost[2 * SECTOR_BYTES..3 * SECTOR_BYTES].fill(0);
        assert_eq!(damage(&lost), Some(starts[0]));
    }
}
