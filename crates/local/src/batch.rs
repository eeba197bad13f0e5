//! A batch: the changes of many atoms, made durable together.
//!
//! Most changes say what they leave in their row. A sum and the end of a log depend on what is there
//! before, which may have to be read from a file; the committer does that when the batch is taken,
//! and [`Resolved`] has what came of it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use bytes::Bytes;
use store::{Counters, KeyBounds, RowKey, StoreError, Write};

/// What a change takes besides its name and value.
const CHANGE_BYTES: usize = 256;

/// What a batch does to the engine's rows.
#[derive(Debug, Default)]
pub(crate) struct BatchContent {
    /// What happens to each row that is changed by name.
    pub(crate) changes: HashMap<RowKey, Change>,
    /// Rows for the ends of logs, in the order of their atoms.
    pub(crate) appends: Vec<Append>,
    /// Rows removed wholesale; such a batch changes nothing else.
    pub(crate) removed: Option<KeyBounds>,
}

/// What a batch does to one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// The row's value from now on; `None` removes the row.
    Value(Option<Bytes>),
    /// What is added to the counters it holds.
    Sum([i64; 2]),
}

/// One more row for the end of a log.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) log: RowKey,
    /// The least number it may have.
    pub(crate) at_least: u64,
    pub(crate) value: Bytes,
}

/// What the sums and appends of a batch have come to.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) sums: HashMap<RowKey, Bytes>,
    pub(crate) appended: Vec<(RowKey, Bytes)>,
}

/// The changes of one atom, on their way into a batch.
#[derive(Debug, Default)]
pub(crate) struct AtomChanges {
    /// In the order of the atom's writes. A sum comes before or behind all else of its row.
    changes: Vec<(RowKey, Change)>,
    appends: Vec<Append>,
}

impl Change {
    /// What it leaves, `amounts` later.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when that does not count.
    pub(crate) fn plus(&self, amounts: [i64; 2]) -> Result<Self, StoreError> {
        Ok(match self {
            Self::Value(value) => {
                let sums = Counters::decode(value.as_deref())?.plus(amounts);
                Self::Value(Some(sums.encode()))
            }
            Self::Sum(before) => Self::Sum(Counters(*before).plus(amounts).0),
        })
    }
}

impl Append {
    /// Roughly the memory it takes.
    fn bytes(&self) -> usize {
        CHANGE_BYTES + self.log.as_bytes().len() + self.value.len()
    }
}

impl AtomChanges {
    /// Reduces an atom's writes.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when one adds to a row that another left without counters.
    pub(crate) fn new(writes: Vec<Write>) -> Result<Self, StoreError> {
        let mut atom = Self { changes: Vec::with_capacity(writes.len()), appends: Vec::new() };
        for write in writes {
            match write {
                Write::Put { key, value } => atom.changes.push((key, Change::Value(Some(value)))),
                Write::Delete { key } => atom.changes.push((key, Change::Value(None))),
                Write::Add { key, amounts } => atom.add(key, amounts)?,
                Write::Append { log, at_least, value } => {
                    atom.appends.push(Append { log, at_least, value });
                }
            }
        }
        Ok(atom)
    }

    fn add(&mut self, key: RowKey, amounts: [i64; 2]) -> Result<(), StoreError> {
        match self.changes.iter_mut().rev().find(|(changed, _)| *changed == key) {
            Some((_, change)) => *change = change.plus(amounts)?,
            None => self.changes.push((key, Change::Sum(amounts))),
        }
        Ok(())
    }

    /// The rows whose former values decide what the atom leaves.
    pub(crate) fn sums(&self) -> impl Iterator<Item = &RowKey> {
        let is_sum = |change: &Change| matches!(change, Change::Sum(_));
        self.changes.iter().filter(move |(_, change)| is_sum(change)).map(|(key, _)| key)
    }

    /// The logs that the atom's rows go to.
    pub(crate) fn logs(&self) -> impl Iterator<Item = &RowKey> {
        self.appends.iter().map(|append| &append.log)
    }

    /// Roughly the memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let changes = self.changes.iter().map(|(key, change)| change_bytes(key, change));
        changes.sum::<usize>() + self.appends.iter().map(Append::bytes).sum::<usize>()
    }
}

impl BatchContent {
    /// Roughly the memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let changes = self.changes.iter().map(|(key, change)| change_bytes(key, change));
        changes.sum::<usize>() + self.appends.iter().map(Append::bytes).sum::<usize>()
    }

    /// Takes an atom's changes, which come behind all that it has.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a sum finds a row without counters; nothing was taken then.
    pub(crate) fn take_in(&mut self, atom: AtomChanges) -> Result<(), StoreError> {
        debug_assert!(self.removed.is_none(), "nothing joins a removal");
        for (key, change) in &atom.changes {
            if let (Change::Sum(amounts), Some(before)) = (change, self.changes.get(key)) {
                before.plus(*amounts)?;
            }
        }
        for (key, change) in atom.changes {
            match (self.changes.entry(key), change) {
                (Entry::Occupied(mut before), Change::Sum(amounts)) => {
                    let sum = before.get().plus(amounts).expect("it was looked at before");
                    before.insert(sum);
                }
                (Entry::Occupied(mut before), value) => drop(before.insert(value)),
                (Entry::Vacant(row), change) => drop(row.insert(change)),
            }
        }
        self.appends.extend(atom.appends);
        Ok(())
    }

    /// The value that each row has behind the batch, whose sums and appends came to `resolved`.
    pub(crate) fn rows<'b>(
        &'b self,
        resolved: &'b Resolved,
    ) -> impl Iterator<Item = (&'b RowKey, Option<&'b Bytes>)> + Clone {
        let values = self.changes.iter().filter_map(|(key, change)| match change {
            Change::Value(value) => Some((key, value.as_ref())),
            Change::Sum(_) => None,
        });
        let sums = resolved.sums.iter().map(|(key, value)| (key, Some(value)));
        let appended = resolved.appended.iter().map(|(key, value)| (key, Some(value)));
        values.chain(sums).chain(appended)
    }
}

fn change_bytes(key: &RowKey, change: &Change) -> usize {
    let value = match change {
        Change::Value(value) => value.as_ref().map_or(0, Bytes::len),
        Change::Sum(amounts) => size_of_val(amounts),
    };
    CHANGE_BYTES + key.as_bytes().len() + value
}

#[cfg(test)]
mod tests {
    use store::{Kind, Space};

    use super::*;

    fn key(sort: u8) -> RowKey {
        RowKey::new(Space(1), Kind(1), 9, b"p", &[sort])
    }

    fn put(sort: u8, value: Bytes) -> Write {
        Write::Put { key: key(sort), value }
    }

    fn add(sort: u8, amounts: [i64; 2]) -> Write {
        Write::Add { key: key(sort), amounts }
    }

    fn take_in(batch: &mut BatchContent, writes: Vec<Write>) -> Result<(), StoreError> {
        batch.take_in(AtomChanges::new(writes)?)
    }

    fn sums(amounts: [i64; 2]) -> Change {
        Change::Value(Some(Counters(amounts).encode()))
    }

    #[test]
    fn sums_merge_with_what_comes_before_them_and_values_replace_them() {
        let mut batch = BatchContent::default();
        take_in(&mut batch, vec![add(1, [1, 2]), add(1, [1, 0])]).unwrap();
        take_in(&mut batch, vec![add(1, [0, -5])]).unwrap();
        assert_eq!(batch.changes[&key(1)], Change::Sum([2, -3]));
        let counted = put(2, Counters([7, 7]).encode());
        take_in(&mut batch, vec![counted, add(2, [1, 1])]).unwrap();
        take_in(&mut batch, vec![add(2, [1, 1])]).unwrap();
        assert_eq!(batch.changes[&key(2)], sums([9, 9]));
        take_in(&mut batch, vec![add(1, [1, 1]), Write::Delete { key: key(1) }]).unwrap();
        assert_eq!(batch.changes[&key(1)], Change::Value(None));
        take_in(&mut batch, vec![add(1, [4, 4])]).unwrap();
        assert_eq!(batch.changes[&key(1)], sums([4, 4]));
    }

    #[test]
    fn an_atom_that_adds_to_no_counter_changes_nothing() {
        let mut batch = BatchContent::default();
        take_in(&mut batch, vec![put(1, "no counter".into())]).unwrap();
        let failed = take_in(&mut batch, vec![put(2, "x".into()), add(1, [1, 1])]);
        assert!(matches!(failed, Err(StoreError::Damaged { .. })));
        assert!(!batch.changes.contains_key(&key(2)));
        let failed = take_in(&mut batch, vec![put(3, "no counter".into()), add(3, [1, 1])]);
        assert!(matches!(failed, Err(StoreError::Damaged { .. })));
        assert!(!batch.changes.contains_key(&key(3)));
    }
}
