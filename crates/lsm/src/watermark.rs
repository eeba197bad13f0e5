//! The watermark: how far the log is, at least.
//!
//! A segment that ends early looks like one that was just begun, and one that is gone like one that never
//! was. So files beside the log say what it certainly has. They are written behind the commits, which
//! do not wait for it: what came since, a second at most, can be cut off without anybody noticing.
//! And they say where a commit stands that was refused, in case the disk keeps it all the same.
//!
//! ```text
//! watermark = magic, salt u8{32}, sealed         sealed as the piece at its beginning; 512 bytes
//! sealed    = turn u64, commit u64, refused segment u64, refused from u64, segments u32,
//!             (number u64, end u64, bytes u64)…, 0…
//! ```
//! Integers are big-endian. There are two such files, written in turn, each time with another salt, and
//! synced. A crash tears one at most, and the other counts then.
//!
//! # Invariants
//! - What a watermark says is durable before it is written: commits, and the size of segments.
//! - No segment becomes shorter than the latest watermark says, but by one that says otherwise first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Buf, BufMut};
use parking_lot::{Condvar, Mutex};

use crate::block::Commit;
use crate::directory::sync_directory;
use crate::error::TreeError;
use crate::files::{Access, Files, OpenFile};
use crate::options::TreeOptions;
use crate::seal::{FileKey, FileKind, FileSalt, SALT_BYTES, TAG_BYTES, new_salt};
use crate::secret::SecretKey;

const MAGIC: [u8; 8] = *b"STATORW1";
const HEAD_BYTES: usize = MAGIC.len() + SALT_BYTES;
/// A sector, which a disk writes as a whole.
const FILE_BYTES: usize = 512;
const SEALED_BYTES: usize = FILE_BYTES - HEAD_BYTES - TAG_BYTES;
const NAMES: [&str; 2] = ["watermark-1", "watermark-2"];
/// The latest segments; those before them are watched by the number of the last commit.
const SEGMENTS_MAX: usize = (SEALED_BYTES - 36) / 24;

/// How far the log is, at least.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The log has this commit and all before it, or tables have.
    pub(crate) commit: Commit,
    /// The segments that have commits, rising.
    pub(crate) segments: Vec<SegmentMark>,
    /// Where a commit was refused.
    pub(crate) refused: Option<Refused>,
}

/// How far a segment is, at least.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct SegmentMark {
    pub(crate) number: u64,
    /// Where its records end.
    pub(crate) end: u64,
    /// Its size, room included.
    pub(crate) bytes: u64,
}

/// What lies in a segment from there on is to be dropped: everybody was told that it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) segment: u64,
    pub(crate) from: u64,
}

/// The watermark of an open tree.
pub(crate) struct Watermark {
    dir: PathBuf,
    files: Arc<dyn Files>,
    key: SecretKey,
    noted: Mutex<Noted>,
    /// Something was noted.
    moved: Condvar,
    /// Nothing will be.
    closed: Condvar,
    written: Mutex<Written>,
}

/// What the next one says.
#[derive(Default)]
struct Noted {
    mark: Mark,
    is_behind: bool,
    is_closed: bool,
}

/// What was written last.
#[derive(Default)]
struct Written {
    /// How often one was written.
    turn: u64,
    /// Those of [`NAMES`], once they are needed.
    open: [Option<Box<dyn OpenFile>>; 2],
}

/// Where a watermark is missing.
pub(crate) fn watermark_path(dir: &Path) -> PathBuf {
    dir.join(NAMES[0])
}

impl Mark {
    fn encode(&self, turn: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(FILE_BYTES);
        let Refused { segment, from } = self.refused.unwrap_or(Refused { segment: 0, from: 0 });
        [turn, self.commit, segment, from].into_iter().for_each(|value| out.put_u64(value));
        let latest = &self.segments[self.segments.len().saturating_sub(SEGMENTS_MAX)..];
        out.put_u32(u32::try_from(latest.len()).expect("a few"));
        for SegmentMark { number, end, bytes } in latest {
            [number, end, bytes].into_iter().for_each(|value| out.put_u64(*value));
        }
        out.resize(SEALED_BYTES, 0);
        out
    }

    fn decode(mut bytes: &[u8]) -> Option<(u64, Self)> {
        let mut value = || bytes.try_get_u64().ok();
        let [turn, commit, segment, from] = [value()?, value()?, value()?, value()?];
        let refused = (segment > 0).then_some(Refused { segment, from });
        let mut segments = Vec::new();
        for _ in 0..bytes.try_get_u32().ok()? {
            let mut value = || bytes.try_get_u64().ok();
            segments.push(SegmentMark { number: value()?, end: value()?, bytes: value()? });
        }
        Some((turn, Self { commit, segments, refused }))
    }

    /// What is known of a segment.
    pub(crate) fn of(&self, number: u64) -> Option<SegmentMark> {
        self.segments.iter().copied().find(|segment| segment.number == number)
    }

    /// From where on a segment is to be dropped.
    pub(crate) fn refused_in(&self, number: u64) -> Option<u64> {
        self.refused.filter(|refused| refused.segment == number).map(|refused| refused.from)
    }
}

impl Watermark {
    /// The latest watermark of a tree that is not open, and its turn; `None` when there is none.
    pub(crate) fn read(
        dir: &Path,
        options: &TreeOptions,
    ) -> Result<Option<(u64, Mark)>, TreeError> {
        let (mut latest, mut unreadable) = (None::<(u64, Mark)>, None);
        for name in NAMES {
            let path = dir.join(name);
            let bytes = match options.files.read(&path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                read => read.map_err(TreeError::io(&path))?,
            };
            match open(&bytes, &options.key) {
                Some(read) if latest.as_ref().is_none_or(|(turn, _)| *turn < read.0) => {
                    latest = Some(read);
                }
                Some(_) => {}
                None => unreadable = Some(path),
            }
        }
        match (latest, unreadable) {
            (None, Some(path)) => Err(TreeError::damaged(&path, "is damaged")),
            (latest, _) => Ok(latest),
        }
    }

    /// Goes on behind that turn with a mark, which is durable when this returns.
    pub(crate) fn begin(
        dir: &Path,
        options: &TreeOptions,
        turn: u64,
        mark: Mark,
    ) -> Result<Self, TreeError> {
        let watermark = Self {
            dir: dir.to_path_buf(),
            files: Arc::clone(&options.files),
            key: options.key.clone(),
            noted: Mutex::new(Noted { mark, is_behind: true, is_closed: false }),
            moved: Condvar::new(),
            closed: Condvar::new(),
            written: Mutex::new(Written { turn, ..Written::default() }),
        };
        watermark.write_if_behind()?;
        Ok(watermark)
    }

    /// Takes note of a commit that is durable, and of how far its segment is.
    pub(crate) fn reached(&self, commit: Commit, segment: SegmentMark) {
        let mut noted = self.noted.lock();
        noted.mark.commit = commit;
        match noted.mark.segments.last_mut() {
            Some(last) if last.number == segment.number => *last = segment,
            _ => noted.mark.segments.push(segment),
        }
        noted.is_behind = true;
        drop(noted);
        self.moved.notify_one();
    }

    /// Takes note that the segments before that one are needed no more. To know of them does no harm, so
    /// that alone is not written: the next commit would have to wait for its turn.
    pub(crate) fn forget_before(&self, number: u64) {
        self.noted.lock().mark.segments.retain(|segment| segment.number >= number);
    }

    /// Takes note that what was refused is gone. That is not written by itself either.
    pub(crate) fn refused_is_gone(&self) {
        self.noted.lock().mark.refused = None;
    }

    /// Has whoever opens the tree next drop what lies in a segment from there on, durably.
    pub(crate) fn refuse(&self, refused: Refused) -> Result<(), TreeError> {
        let mut noted = self.noted.lock();
        (noted.mark.refused, noted.is_behind) = (Some(refused), true);
        drop(noted);
        self.write_if_behind().map(drop)
    }

    /// Waits until something was noted that is not written; `false` when it is closed.
    pub(crate) fn wait_until_behind(&self) -> bool {
        let mut noted = self.noted.lock();
        while !noted.is_behind && !noted.is_closed {
            self.moved.wait(&mut noted);
        }
        !noted.is_closed
    }

    /// Waits for so long, unless it is closed before.
    pub(crate) fn rest(&self, pause: Duration) {
        let mut noted = self.noted.lock();
        if !noted.is_closed {
            let _woken = self.closed.wait_for(&mut noted, pause);
        }
    }

    /// Writes what is noted, and never again: somebody else may have the tree open from now on.
    pub(crate) fn close(&self) {
        if let Err(error) = self.write_if_behind() {
            tracing::debug!(%error, "the last watermark is missing");
        }
        self.noted.lock().is_closed = true;
        self.moved.notify_all();
        self.closed.notify_all();
        // Whoever writes just now is waited for.
        drop(self.written.lock());
    }

    /// Writes what is noted, durably, unless it is written; answers whether it did.
    pub(crate) fn write_if_behind(&self) -> Result<bool, TreeError> {
        let mut written = self.written.lock();
        let mark = {
            let mut noted = self.noted.lock();
            if noted.is_closed || !std::mem::take(&mut noted.is_behind) {
                return Ok(false);
            }
            noted.mark.clone()
        };
        let done = self.write(&mut written, &mark);
        if done.is_err() {
            self.noted.lock().is_behind = true;
        }
        done.map(|()| true)
    }

    fn write(&self, written: &mut Written, mark: &Mark) -> Result<(), TreeError> {
        let turn = written.turn + 1;
        let which = usize::from(turn.is_multiple_of(2));
        let path = self.dir.join(NAMES[which]);
        let bytes = self.seal(&mark.encode(turn)).map_err(TreeError::io(&path))?;
        let file = match &mut written.open[which] {
            Some(file) => file,
            none => none.insert(self.open(&path)?),
        };
        let done = file.write_at(&bytes, 0).and_then(|()| file.sync_data());
        done.map_err(TreeError::io(&path))?;
        written.turn = turn;
        Ok(())
    }

    fn seal(&self, plain: &[u8]) -> std::io::Result<Vec<u8>> {
        let salt = new_salt(&*self.files)?;
        let mut bytes = [&MAGIC[..], &salt, plain].concat();
        let key = FileKey::new(&self.key, FileKind::Watermark, &salt);
        key.seal(HEAD_BYTES as u64, &mut bytes, HEAD_BYTES);
        Ok(bytes)
    }

    /// A file that is there, with its name durable.
    fn open(&self, path: &Path) -> Result<Box<dyn OpenFile>, TreeError> {
        match self.files.open(path, Access::Write) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let file = self.files.create(path).map_err(TreeError::io(path))?;
                sync_directory(&*self.files, &self.dir)?;
                Ok(file)
            }
            opened => opened.map_err(TreeError::io(path)),
        }
    }
}

fn open(bytes: &[u8], tree_key: &[u8; 32]) -> Option<(u64, Mark)> {
    let (head, sealed) = bytes.split_at_checked(HEAD_BYTES)?;
    let salt = FileSalt::try_from(head.strip_prefix(&MAGIC)?).ok()?;
    let key = FileKey::new(tree_key, FileKind::Watermark, &salt);
    let mut sealed = sealed.to_vec();
    Mark::decode(key.open(HEAD_BYTES as u64, &mut sealed)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn mark(commit: Commit, segments: u64) -> Mark {
        let segment = |number| SegmentMark { number, end: 50 + number, bytes: 1 << 18 };
        let refused = Some(Refused { segment: 3, from: 40 });
        Mark { commit, segments: (1..=segments).map(segment).collect(), refused }
    }

    #[test]
    fn the_latest_watermark_that_reads_counts() {
        let dir = tempfile::tempdir().unwrap();
        let options = TreeOptions::new(SecretKey::new([9; 32]), 0, 0);
        let read = || Watermark::read(dir.path(), &options).unwrap();
        assert_eq!(read(), None);
        let watermark = Watermark::begin(dir.path(), &options, 4, mark(7, 2)).unwrap();
        assert_eq!(read(), Some((5, mark(7, 2))));
        watermark.reached(8, SegmentMark { number: 3, end: 53, bytes: 1 << 18 });
        assert!(watermark.write_if_behind().unwrap());
        assert_eq!(read(), Some((6, mark(8, 3))));
        assert!(!watermark.write_if_behind().unwrap(), "nothing is written twice");

        for (name, latest) in [(NAMES[0], 6), (NAMES[1], 5)] {
            let path = dir.path().join(name);
            let whole = fs::read(&path).unwrap();
            assert_eq!(whole.len(), FILE_BYTES);
            for at in 0..whole.len() {
                let mut changed = whole.clone();
                changed[at] ^= 1;
                fs::write(&path, &changed).unwrap();
                assert_eq!(read().unwrap().0, latest, "a change at {at}");
            }
            fs::write(&path, &whole).unwrap();
        }
        for name in NAMES {
            fs::write(dir.path().join(name), "").unwrap();
        }
        let error = Watermark::read(dir.path(), &options).unwrap_err().to_string();
        assert!(error.ends_with("watermark-2 is damaged"), "{error}");
    }

    #[test]
    fn of_more_segments_than_it_has_room_for_it_keeps_the_latest() {
        let dir = tempfile::tempdir().unwrap();
        let options = TreeOptions::new(SecretKey::new([9; 32]), 0, 0);
        let segments = SEGMENTS_MAX as u64 + 5;
        let watermark = Watermark::begin(dir.path(), &options, 0, mark(7, segments)).unwrap();
        let (_, read) = Watermark::read(dir.path(), &options).unwrap().unwrap();
        assert_eq!(read.segments[..], mark(7, segments).segments[5..]);
        watermark.forget_before(segments);
        watermark.refused_is_gone();
        assert!(!watermark.write_if_behind().unwrap(), "no commit came");
        watermark.reached(9, SegmentMark { number: segments, ..SegmentMark::default() });
        watermark.close();
        watermark.reached(8, SegmentMark::default());
        assert!(!watermark.write_if_behind().unwrap(), "it is closed");
        let (_, read) = Watermark::read(dir.path(), &options).unwrap().unwrap();
        assert_eq!((read.segments.len(), read.refused), (1, None));
    }
}
