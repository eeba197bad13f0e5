//! The manifest: which tables the tree has, and where its log begins.
//!
//! ```text
//! manifest = magic, salt u8{32}, sealed
//! sealed   = number u64, commit u64, in tables u64, log u64,
//!            tables u32, (level u8, number u64, bytes u64, top u64)…,
//!            ranges u32, (commit u64, start length u16, start, end length u16, end)…,
//!            1                                   there is a watermark
//! ```
//! Integers are big-endian. What has no 1 at its end is from before there were watermarks. It is written anew for every change, beside the old one, and takes its
//! place when it is durable: a crash leaves one or the other. Files that it does not name are left
//! from a change that did not come about.

use std::io;
use std::path::{Path, PathBuf};

use bytes::{Buf, BufMut, Bytes};

use crate::block::Commit;
use crate::directory::sync_directory;
use crate::error::TreeError;
use crate::options::TreeOptions;
use crate::removed::RemovedRange;
use crate::seal::{FileKey, FileKind, FileSalt, SALT_BYTES, new_salt};
use crate::table::TableEntry;

const MAGIC: [u8; 8] = *b"STATORM1";
const HEAD_BYTES: usize = MAGIC.len() + SALT_BYTES;
const NAME: &str = "manifest";
const NEXT: &str = "manifest.next";

/// What the manifest says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// No file has this number yet, nor a greater one.
    pub(crate) number: u64,
    /// The last commit at that time: tables and log have it.
    pub(crate) commit: Commit,
    /// The last commit whose rows, and those of all before it, are in tables: the log has the next.
    pub(crate) in_tables: Commit,
    /// The first segment of the log whose rows are not in a table.
    pub(crate) log: u64,
    /// The tables by level, those of level 0 with the newest first.
    pub(crate) tables: Vec<(u8, TableEntry)>,
    pub(crate) removed: Vec<RemovedRange>,
    /// Whether there is a watermark: there was none in earlier versions.
    pub(crate) has_watermark: bool,
}

/// Says that there is a watermark.
const WATERMARK: u8 = 1;

pub(crate) fn manifest_path(dir: &Path) -> PathBuf {
    dir.join(NAME)
}

impl Manifest {
    /// Reads the manifest; `None` when there is none.
    pub(crate) fn read(dir: &Path, options: &TreeOptions) -> Result<Option<Self>, TreeError> {
        let path = manifest_path(dir);
        let mut bytes = match options.files.read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(TreeError::io(&path))?,
        };
        let mut open = || {
            let (head, sealed) = bytes.split_at_mut_checked(HEAD_BYTES)?;
            let salt = FileSalt::try_from(head.strip_prefix(&MAGIC)?).ok()?;
            let key = FileKey::new(&options.key, FileKind::Manifest, &salt);
            let opened = key.open(HEAD_BYTES as u64, sealed)?;
            Self::decode(Bytes::copy_from_slice(opened))
        };
        open()
            .map(Some)
            .ok_or_else(|| TreeError::damaged(&path, "is damaged, or sealed under another key"))
    }

    /// Writes this manifest beside the one that is there.
    pub(crate) fn prepare(&self, dir: &Path, options: &TreeOptions) -> Result<(), TreeError> {
        let next = dir.join(NEXT);
        let salt = new_salt(&*options.files).map_err(TreeError::io(&next))?;
        let mut bytes = [&MAGIC[..], &salt].concat();
        self.encode(&mut bytes);
        let key = FileKey::new(&options.key, FileKind::Manifest, &salt);
        key.seal(HEAD_BYTES as u64, &mut bytes, HEAD_BYTES);
        let written = options
            .files
            .create(&next)
            .and_then(|file| file.write_at(&bytes, 0).and_then(|()| file.sync_all()));
        written.map_err(TreeError::io(&next))
    }

    /// Puts the manifest that was prepared in the place of the one that is there. When this fails,
    /// either may be found by whoever opens the tree next.
    pub(crate) fn exchange(dir: &Path, options: &TreeOptions) -> Result<(), TreeError> {
        let path = manifest_path(dir);
        options.files.rename(&dir.join(NEXT), &path).map_err(TreeError::io(&path))?;
        sync_directory(&*options.files, dir)
    }

    fn encode(&self, out: &mut Vec<u8>) {
        let Self { number, commit, in_tables, log, tables, removed, has_watermark } = self;
        [number, commit, in_tables, log].into_iter().for_each(|value| out.put_u64(*value));
        out.put_u32(u32::try_from(tables.len()).expect("far fewer tables"));
        for (level, TableEntry { number, bytes, top_at }) in tables {
            out.put_u8(*level);
            [number, bytes, top_at].into_iter().for_each(|value| out.put_u64(*value));
        }
        out.put_u32(u32::try_from(removed.len()).expect("far fewer ranges"));
        for range in removed {
            out.put_u64(range.commit);
            for key in [&range.start, &range.end] {
                out.put_u16(u16::try_from(key.len()).expect("keys are shorter"));
                out.extend_from_slice(key);
            }
        }
        if *has_watermark {
            out.put_u8(WATERMARK);
        }
    }

    fn decode(mut bytes: Bytes) -> Option<Self> {
        let mut number = || bytes.try_get_u64().ok();
        let [number, commit, in_tables, log] = [number()?, number()?, number()?, number()?];
        let mut manifest = Self { number, commit, in_tables, log, ..Self::default() };
        for _ in 0..bytes.try_get_u32().ok()? {
            let level = bytes.try_get_u8().ok()?;
            let mut value = || bytes.try_get_u64().ok();
            let entry = TableEntry { number: value()?, bytes: value()?, top_at: value()? };
            manifest.tables.push((level, entry));
        }
        for _ in 0..bytes.try_get_u32().ok()? {
            let commit = bytes.try_get_u64().ok()?;
            let mut key = || {
                let length = usize::from(bytes.try_get_u16().ok()?);
                (bytes.len() >= length).then(|| bytes.split_to(length).to_vec())
            };
            manifest.removed.push(RemovedRange { start: key()?, end: key()?, commit });
        }
        manifest.has_watermark = *bytes == [WATERMARK];
        (bytes.is_empty() || manifest.has_watermark).then_some(manifest)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::secret::SecretKey;

    #[test]
    fn a_manifest_reads_back_and_a_changed_one_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let options = TreeOptions::new(SecretKey::new([9; 32]), 0, 0);
        assert_eq!(Manifest::read(dir.path(), &options).unwrap(), None);
        let manifest = Manifest {
            number: 12,
            commit: 345,
            in_tables: 340,
            log: 11,
            tables: vec![(0, TableEntry { number: 7, bytes: 900, top_at: 800 })],
            removed: vec![RemovedRange { start: b"a".to_vec(), end: b"b".to_vec(), commit: 5 }],
            has_watermark: true,
        };
        manifest.prepare(dir.path(), &options).unwrap();
        assert_eq!(Manifest::read(dir.path(), &options).unwrap(), None);
        Manifest::exchange(dir.path(), &options).unwrap();
        assert_eq!(Manifest::read(dir.path(), &options).unwrap(), Some(manifest));
        let whole = fs::read(manifest_path(dir.path())).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(manifest_path(dir.path()), &changed).unwrap();
            assert!(Manifest::read(dir.path(), &options).is_err(), "a change at {at}");
            fs::write(manifest_path(dir.path()), &whole[..at]).unwrap();
            assert!(Manifest::read(dir.path(), &options).is_err(), "{at} bytes");
        }
    }
}
