//! The row writes of one atom.

use std::sync::Arc;

use bytes::Bytes;
use smallvec::SmallVec;
use store::{RowKey, Write};

use crate::layout::keys::Place;
use crate::schema::stream::{StoredShard, Stream};

/// The streams that an atom leaves records in, each once.
pub(super) type Streams = SmallVec<[Arc<Stream>; 1]>;

/// Rows to put, to delete and to append, and what counters grow by.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    writes: Vec<Write>,
    /// However many items there are, each counter changes once.
    sums: Vec<(RowKey, [i64; 2])>,
    streams: Streams,
}

impl Writes {
    pub(crate) fn put(&mut self, key: RowKey, value: Bytes) {
        self.writes.push(Write::Put { key, value });
    }

    pub(crate) fn delete(&mut self, key: RowKey) {
        self.writes.push(Write::Delete { key });
    }

    /// Adds a record behind all others of an open shard, with a number that is `at_least` that.
    pub(crate) fn append(
        &mut self,
        stream: Arc<Stream>,
        shard: StoredShard,
        at_least: u64,
        value: Bytes,
    ) {
        let (log, at_least) = (stream.log(shard.number), at_least.max(shard.first));
        self.writes.push(Write::Append { log, at_least, value });
        if self.streams.iter().all(|known| !Arc::ptr_eq(known, &stream)) {
            self.streams.push(stream);
        }
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

    pub(super) fn into_parts(mut self) -> (Vec<Write>, Streams) {
        let sums = self.sums.into_iter().filter(|(_, amounts)| *amounts != [0, 0]);
        self.writes.extend(sums.map(|(key, amounts)| Write::Add { key, amounts }));
        (self.writes, self.streams)
    }
}

fn signed(item_bytes: usize) -> i64 {
    i64::try_from(item_bytes).expect("an item is far smaller")
}
