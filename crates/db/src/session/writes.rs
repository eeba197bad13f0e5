//! The row writes of one atom.

use bytes::Bytes;
use store::{RowKey, Write};

use crate::layout::keys::Place;

/// Rows to put, to delete and to append, and what counters grow by.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    writes: Vec<Write>,
    /// However many items there are, each counter changes once.
    sums: Vec<(RowKey, [i64; 2])>,
}

impl Writes {
    pub(crate) fn put(&mut self, key: RowKey, value: Bytes) {
        self.writes.push(Write::Put { key, value });
    }

    pub(crate) fn delete(&mut self, key: RowKey) {
        self.writes.push(Write::Delete { key });
    }

    /// Adds a row behind all others of its log.
    pub(crate) fn append(&mut self, log: RowKey, at_least: u64, value: Bytes) {
        self.writes.push(Write::Append { log, at_least, value });
    }

    /// Counts a row's coming, going or changing size, in bytes.
    pub(crate) fn count(&mut self, place: Place, [before, after]: [Option<usize>; 2]) {
        let rows = i64::from(after.is_some()) - i64::from(before.is_some());
        let bytes = signed(after.unwrap_or(0)) - signed(before.unwrap_or(0));
        if rows == 0 && bytes == 0 {
            return;
        }
        let key = place.counters();
        match self.sums.iter_mut().find(|(counted, _)| *counted == key) {
            Some((_, sum)) => *sum = [sum[0] + rows, sum[1] + bytes],
            None => self.sums.push((key, [rows, bytes])),
        }
    }

    pub(super) fn into_writes(mut self) -> Vec<Write> {
        let sums = self.sums.into_iter().filter(|(_, amounts)| *amounts != [0, 0]);
        self.writes.extend(sums.map(|(key, amounts)| Write::Add { key, amounts }));
        self.writes
    }
}

fn signed(item_bytes: usize) -> i64 {
    i64::try_from(item_bytes).expect("an item is far smaller")
}
