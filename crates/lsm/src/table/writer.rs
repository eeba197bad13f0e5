//! Writing a table, row by row in the order of their keys.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::BufMut;

use super::file::{HEAD_BYTES, MAGIC};
use super::{TableCommits, TableEntry, table_path};
use crate::block::{BlockWriter, Commit};
use crate::directory;
use crate::error::TreeError;
use crate::extent::{Extent, Place};
use crate::files::{Files, OpenFile};
use crate::filter;
use crate::options::TreeOptions;
use crate::seal::{FileKey, FileKind, new_salt};

/// A block takes no more rows when it has this much: what a get reads that finds it in no cache.
const BLOCK_BYTES: usize = 4000;
/// The same of the blocks of an extent.
const EXTENT_BYTES: usize = 256 << 10;
/// What is written to the file at once.
const BUFFER_BYTES: usize = 1 << 20;
/// What is made durable at once: a log that is synced meanwhile waits for little.
const SYNC_BYTES: u64 = 4 << 20;

/// A table that is being written.
pub(crate) struct TableWriter {
    files: Arc<dyn Files>,
    file: Box<dyn OpenFile>,
    path: PathBuf,
    number: u64,
    key: FileKey,
    /// Sealed pieces on their way into the file.
    buffer: Vec<u8>,
    /// How much of the file is written, and how much of that is durable.
    written: u64,
    synced: u64,
    rows: BlockWriter,
    /// The blocks of the extent, and what its filter has.
    blocks: BlockWriter,
    block_bytes: usize,
    fingerprints: Vec<u64>,
    group: fn(&[u8]) -> usize,
    last_group: u64,
    extents: BlockWriter,
    first: Vec<u8>,
    commits: TableCommits,
    rows_added: u64,
    removals: u64,
    is_finished: bool,
}

impl TableWriter {
    pub(crate) fn create(
        dir: &Path,
        options: &TreeOptions,
        number: u64,
        removed_until: Commit,
    ) -> Result<Self, TreeError> {
        let path = table_path(dir, number);
        let salt = new_salt(&*options.files).map_err(TreeError::io(&path))?;
        let file = options.files.create(&path).map_err(TreeError::io(&path))?;
        let mut buffer = Vec::with_capacity(BUFFER_BYTES + (BUFFER_BYTES >> 2));
        buffer.extend_from_slice(&MAGIC);
        buffer.extend_from_slice(&salt);
        debug_assert_eq!(buffer.len(), HEAD_BYTES, "a table begins with its head");
        Ok(Self {
            files: Arc::clone(&options.files),
            file,
            path,
            number,
            key: FileKey::new(&options.key, FileKind::Table, &salt),
            buffer,
            written: 0,
            synced: 0,
            rows: BlockWriter::default(),
            blocks: BlockWriter::default(),
            block_bytes: 0,
            fingerprints: Vec::new(),
            group: options.group,
            last_group: 0,
            extents: BlockWriter::default(),
            first: Vec::new(),
            commits: TableCommits { min: Commit::MAX, max: 0, removed_until },
            rows_added: 0,
            removals: 0,
            is_finished: false,
        })
    }

    /// Adds a row; its key is greater than those before.
    pub(crate) fn add(
        &mut self,
        key: &[u8],
        commit: Commit,
        value: Option<&[u8]>,
    ) -> Result<(), TreeError> {
        if self.commits.min == Commit::MAX {
            self.first = key.to_vec();
        }
        self.commits.min = self.commits.min.min(commit);
        self.commits.max = self.commits.max.max(commit);
        self.fingerprints.push(filter::fingerprint(key));
        let group = filter::fingerprint(&key[..(self.group)(key)]);
        if group != self.last_group {
            self.fingerprints.push(group);
            self.last_group = group;
        }
        self.rows_added += 1;
        self.removals += u64::from(value.is_none());
        self.rows.add(key, commit, value);
        if self.rows.bytes() >= BLOCK_BYTES || self.rows.is_full() {
            self.finish_block();
            if self.block_bytes >= EXTENT_BYTES {
                self.finish_extent();
            }
            if self.buffer.len() >= BUFFER_BYTES {
                self.write_out()?;
            }
        }
        Ok(())
    }

    /// The file's size so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.written + (self.buffer.len() + self.rows.bytes()) as u64
    }

    /// Completes the table and makes it durable, but for its name in the directory.
    pub(crate) fn finish(mut self) -> Result<TableEntry, TreeError> {
        assert!(self.commits.min != Commit::MAX, "a table has a row");
        if !self.rows.is_empty() {
            self.finish_block();
        }
        if !self.blocks.is_empty() {
            self.finish_extent();
        }
        let top = |writer: &mut Self, out: &mut Vec<u8>| {
            let TableCommits { min, max, removed_until } = writer.commits;
            let numbers = [writer.number, min, max, removed_until];
            let counts = [writer.rows_added, writer.removals];
            numbers.into_iter().chain(counts).for_each(|number| out.put_u64(number));
            out.put_u16(u16::try_from(writer.first.len()).expect("keys are shorter"));
            out.extend_from_slice(&writer.first);
            writer.extents.finish(out);
        };
        let Place { at: top_at, .. } = self.seal(top);
        self.write_out()?;
        self.sync()?;
        self.is_finished = true;
        Ok(TableEntry { number: self.number, bytes: self.written, top_at })
    }

    fn finish_block(&mut self) {
        let last = self.rows.last_key().expect("a block has a row").to_vec();
        let place = self.seal(|writer, out| writer.rows.finish(out));
        self.block_bytes += place.length as usize;
        self.blocks.add(&last, 0, Some(&place.encode()));
    }

    fn finish_extent(&mut self) {
        let last = self.blocks.last_key().expect("an extent has a block").to_vec();
        let place = self.seal(|writer, out| {
            Extent::write(out, &writer.fingerprints, &mut writer.blocks);
        });
        self.block_bytes = 0;
        self.fingerprints.clear();
        // The next extent's filter has the group, too.
        self.last_group = 0;
        self.extents.add(&last, 0, Some(&place.encode()));
    }

    /// Seals what `put` appends, at the end of the file.
    fn seal(&mut self, put: impl FnOnce(&mut Self, &mut Vec<u8>)) -> Place {
        let mut buffer = std::mem::take(&mut self.buffer);
        let start = buffer.len();
        put(self, &mut buffer);
        let at = self.written + start as u64;
        self.key.seal(at, &mut buffer, start);
        let length = u32::try_from(buffer.len() - start).expect("a piece is far smaller");
        self.buffer = buffer;
        Place { at, length }
    }

    fn write_out(&mut self) -> Result<(), TreeError> {
        self.file.write_at(&self.buffer, self.written).map_err(TreeError::io(&self.path))?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        match self.written - self.synced >= SYNC_BYTES {
            true => self.sync(),
            false => Ok(()),
        }
    }

    fn sync(&mut self) -> Result<(), TreeError> {
        self.file.sync_data().map_err(TreeError::io(&self.path))?;
        self.synced = self.written;
        Ok(())
    }
}

impl Drop for TableWriter {
    /// What was not finished is of no use.
    fn drop(&mut self) {
        if !self.is_finished {
            directory::remove(&*self.files, &self.path);
        }
    }
}
