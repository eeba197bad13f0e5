//! Is what does not read a torn tail, or damage?
//!
//! A crash may cut the last record short, and opening drops it: its commit was never acknowledged.
//! Anything else that does not read was changed afterwards, and dropping it would lose commits that
//! were acknowledged. So the place is held against what a crash can leave. One commit is written at
//! a time and the next begins after its sync; hence
//! - only the last record can be torn: where another reads behind the place, that place is damage;
//! - a torn record lacks bytes: the file ends within it, or a sector of it is zero because it never
//!   reached the disk. One that is all there and does not read was changed. Where it ends is said by
//!   its length; should that have been changed, it reads with another one.

use std::ops::Range;

use super::{MAGIC, RECORD_HEAD_BYTES, SEGMENT_HEAD_BYTES, TAG_BYTES, sum};

/// What a disk writes at once.
const SECTOR_BYTES: usize = 512;
/// Fewer zeros than this at the end of a sector may be sealed bytes that happen to be zero.
const ZEROS_MIN: usize = 16;
/// Less cannot be sealed: a commit's number.
const SEALED_BYTES_MIN: usize = size_of::<u64>() + TAG_BYTES;

/// The sealed bytes of the record that begins at `at`, if one reads there.
pub(super) fn record(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let head: &[u8; RECORD_HEAD_BYTES] = bytes.get(at..)?.first_chunk()?;
    let [length @ .., a, b, c, d] = *head;
    let length = u32::from_be_bytes(length);
    let start = at + RECORD_HEAD_BYTES;
    let end = start.checked_add(usize::try_from(length).ok()?)?;
    let sealed = bytes.get(start..end).filter(|sealed| sealed.len() >= SEALED_BYTES_MIN)?;
    (sum(length, sealed) == u32::from_be_bytes([a, b, c, d])).then_some(start..end)
}

/// Whether a crash may have left this of a segment's head.
pub(super) fn is_head(bytes: &[u8]) -> bool {
    bytes.len() < SEGMENT_HEAD_BYTES && MAGIC.starts_with(&bytes[..bytes.len().min(MAGIC.len())])
        || bytes.iter().all(|byte| *byte == 0)
}

/// Whether a crash may have left the record at `at` as it is, which does not read.
pub(super) fn is_torn(bytes: &[u8], at: usize) -> bool {
    let Some(head) = bytes[at..].first_chunk::<RECORD_HEAD_BYTES>() else { return true };
    let [length @ .., _, _, _, _] = *head;
    let end = (at + RECORD_HEAD_BYTES).saturating_add(u32::from_be_bytes(length) as usize);
    let lacks_bytes = end > bytes.len() || has_lost_sector(bytes, at..end);
    let is_changed = || other_length(&bytes[at..]).is_some();
    (has_lost_beginning(bytes, at) || lacks_bytes && !is_changed())
        && !another_begins_behind(bytes, at)
}

/// Whether the sector never reached the disk that has the record's first bytes, while those behind it
/// did. What the record has of it is zero then, be it ever so little: all of its length, which never is
/// zero; or the first bytes of that, and with others it would read.
fn has_lost_beginning(bytes: &[u8], at: usize) -> bool {
    let sector_end = (at / SECTOR_BYTES + 1) * SECTOR_BYTES;
    let first = &bytes[at..sector_end.min(bytes.len())];
    if first.iter().any(|byte| *byte != 0) {
        return false;
    }
    let kept = |length: u32| length.to_be_bytes().get(first.len()..).map(<[u8]>::to_vec);
    let found = || bytes.get(sector_end..at + size_of::<u32>()).map(<[u8]>::to_vec);
    first.len() >= size_of::<u32>()
        || other_length(&bytes[at..]).is_some_and(|length| kept(length) == found())
}

/// The length with which the rest of the file is a whole record, and behind it perhaps zeros.
fn other_length(rest: &[u8]) -> Option<u32> {
    let (head, sealed) = rest.split_at(RECORD_HEAD_BYTES);
    let used = used(sealed);
    // A tag may end in zeros.
    (used..=sealed.len().min(used + TAG_BYTES)).find_map(|bytes| {
        let length = u32::try_from(bytes).ok()?;
        (sum(length, &sealed[..bytes]).to_be_bytes() == head[4..]).then_some(length)
    })
}

/// Whether bytes of the record that lies there never reached the disk. What is zero up to the end of
/// a sector may be room behind the record, too: of its last sector nothing came then.
fn has_lost_sector(bytes: &[u8], record: Range<usize>) -> bool {
    let mut start = record.start;
    while start < record.end.min(bytes.len()) {
        let end = ((start / SECTOR_BYTES + 1) * SECTOR_BYTES).min(bytes.len());
        debug_assert!(start < end, "every sector takes the search forward");
        if end - start >= ZEROS_MIN && bytes[start..end].iter().all(|byte| *byte == 0) {
            return true;
        }
        start = end;
    }
    false
}

/// Whether a record begins anywhere behind `at`: the length there may lie, so every byte is tried.
fn another_begins_behind(bytes: &[u8], at: usize) -> bool {
    (at + 1..used(bytes)).any(|start| record(bytes, start).is_some())
}

/// Where the zeros at the end begin.
fn used(bytes: &[u8]) -> usize {
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
}
