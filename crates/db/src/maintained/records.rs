//! Change records: what the stream of a table is told of each change of its items.
//!
//! An atom of several changes leaves records in several logs: those of the shards that its items
//! belong to, in the streams of its tables. In each log the atom's records lie side by side, for an
//! atom is applied as one, and the last of them is marked. So whoever reads a log and stops behind
//! a marked record has whole atoms, as far as that log has them.
//!
//! ```text
//! transaction puts a, b, c and d; a and c belong to shard 0, b and d to shard 1
//! log of shard 0   … | a | c, last | …        log of shard 1   … | b | d, last | …
//! ```

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::BytesMut;
use smallvec::SmallVec;
use store::{Guard, Space, StoreError};

use super::record;
use crate::schema::Table;
use crate::schema::stream::{StoredShard, Stream};
use crate::session::{Change, Maintained, Writes};

/// The records of one atom, whose shards are chosen when it is queued.
#[derive(Debug, Default)]
pub(super) struct Records {
    pending: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    stream: Arc<Stream>,
    /// Of the item's partition.
    hash: u64,
    at_least: u64,
    body: BytesMut,
}

/// The log of a shard, by the stream's space and the shard's number.
type LogName = (Space, u32);

impl Maintained for Records {
    type Known = ();
    type Effect = ();

    async fn read<G: Guard>(
        _: &mut G,
        _: &Table,
        _: Option<&model::Item>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    /// Notes a record, if the table has a stream.
    fn change(&mut self, change: &Change<'_>, (): (), _: &mut Writes) {
        let Some(stream) = &change.table.stream else { return };
        self.pending.push(Pending {
            stream: Arc::clone(stream),
            hash: change.row.borrowed().hash(),
            at_least: change.stamp.reading(),
            body: record::encode(stream.view, change),
        });
    }

    /// Appends each record to the shard that is open now, and stays so until the atom is queued:
    /// the atom is inside the record's table.
    fn finish(self, writes: &mut Writes) {
        let mut pending = self.pending;
        let logs = mark_last_of_each_log(&mut pending);
        for (Pending { stream, at_least, body, .. }, shard) in pending.into_iter().zip(logs) {
            // A stream is switched off when nobody is inside its table any more.
            debug_assert!(shard.is_some(), "a table in use writes to a stream that is on");
            let Some(shard) = shard else { continue };
            stream.tally.written.fetch_add(1, Ordering::Relaxed);
            writes.append(stream, shard, at_least, body.freeze());
        }
    }
}

/// Finds the shard of each record, and marks the last record of each.
fn mark_last_of_each_log(pending: &mut [Pending]) -> SmallVec<[Option<StoredShard>; 1]> {
    let shard_of = |record: &Pending| record.stream.look(|shards| shards.open_of_hash(record.hash));
    let shards: SmallVec<[Option<StoredShard>; 1]> = pending.iter().map(shard_of).collect();
    let mut marked: SmallVec<[LogName; 4]> = SmallVec::new();
    for (record, shard) in pending.iter_mut().zip(&shards).rev() {
        let Some(shard) = shard else { continue };
        let log = (record.stream.space, shard.number);
        if !marked.contains(&log) {
            record::mark_last(&mut record.body);
            marked.push(log);
        }
    }
    shards
}
