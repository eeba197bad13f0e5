//! Change records: what the stream of a table is told of each change of its items.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use store::{Guard, StoreError};

use super::record;
use crate::schema::Table;
use crate::schema::stream::Stream;
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
    body: Bytes,
}

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
        for Pending { stream, hash, at_least, body } in self.pending {
            let open = stream.look(|shards| shards.open_of_hash(hash));
            // The stream was switched off, and the table has not handed over to the version
            // without it yet: nobody may read the record any more.
            let Some(shard) = open else { continue };
            stream.tally.written.fetch_add(1, Ordering::Relaxed);
            writes.append(stream.log(shard.number), at_least.max(shard.first), body);
        }
    }
}
