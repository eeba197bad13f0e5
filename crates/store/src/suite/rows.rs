//! Rows, atoms and the small reads that the checks are made of.

use std::ops::{Bound, ControlFlow};

use bytes::Bytes;

use super::Violation;
use crate::Consistency::Strong;
use crate::{
    AtomIds, Direction, Guard, Kind, Outcome, RowKey, RowRange, Space, Store, StoreError, Ticket,
    Write,
};

/// Names the atoms of all checks.
pub(super) static ATOMS: AtomIds = AtomIds::new(0);

pub(super) const KIND: Kind = Kind(1);

/// A row and its value, as a range showed it.
pub(super) type ShownRow = (RowKey, Bytes);

/// One of several rows of one partition.
pub(super) fn row(space: u32, sort: u8) -> RowKey {
    wide_row(space, u16::from(sort))
}

/// One of many rows of one partition.
pub(super) fn wide_row(space: u32, sort: u16) -> RowKey {
    RowKey::new(Space(space), KIND, 7, b"partition", &sort.to_be_bytes())
}

/// One of several partitions' only rows.
pub(super) fn lone_row(space: u32, partition: u8) -> RowKey {
    RowKey::new(Space(space), KIND, u64::from(partition) << 56, &[partition], b"")
}

pub(super) fn put(key: RowKey, value: u64) -> Write {
    Write::Put { key, value: Bytes::copy_from_slice(&value.to_le_bytes()) }
}

/// The number that [`put`] left; 0 for no row.
pub(super) fn number(value: Option<&Bytes>) -> u64 {
    value.and_then(|value| value[..].try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// The rows an atom reads or writes, latches taken, and the atom submitted.
pub(super) async fn submit(store: &impl Store, writes: Vec<Write>) -> Ticket {
    let keys: Vec<RowKey> = writes.iter().map(|write| write.key().clone()).collect();
    store.lock(&keys).await.submit(ATOMS.next(), writes)
}

/// Submits and waits until it is applied.
pub(super) async fn apply(store: &impl Store, writes: Vec<Write>) -> Result<(), Violation> {
    loop {
        match submit(store, writes.clone()).await.wait().await? {
            Outcome::Applied => return Ok(()),
            Outcome::Conflict => {}
            Outcome::Unknown => return Err(Violation("a healthy engine does not know".to_owned())),
        }
    }
}

/// What a guard reads.
pub(super) async fn guarded(store: &impl Store, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
    store.lock(std::slice::from_ref(key)).await.read(key).await
}

/// Every row of a partition made by [`row`].
pub(super) fn whole_partition(space: u32) -> RowRange {
    RowRange::Sorts {
        space: Space(space),
        kind: KIND,
        hash: 7,
        partition: b"partition".to_vec(),
        lower: Bound::Unbounded,
        upper: Bound::Unbounded,
    }
}

/// What a range shows until it has shown `limit` rows, and how often it showed a row after that.
pub(super) async fn shown(
    store: &impl Store,
    range: &RowRange,
    direction: Direction,
    limit: usize,
) -> Result<(Vec<ShownRow>, usize), StoreError> {
    let (mut rows, mut late) = (Vec::new(), 0);
    store
        .range(range, direction, Strong, |row| {
            if rows.len() == limit {
                late += 1;
                return ControlFlow::Break(());
            }
            rows.push((row.key.to_key(), Bytes::copy_from_slice(row.value)));
            if rows.len() == limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await?;
    Ok((rows, late))
}

/// Every row a range shows, in key order.
pub(super) async fn all(store: &impl Store, range: &RowRange) -> Result<Vec<ShownRow>, StoreError> {
    Ok(shown(store, range, Direction::Forward, usize::MAX).await?.0)
}
