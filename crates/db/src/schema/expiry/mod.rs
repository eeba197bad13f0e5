//! Time to live: items go once the time that they name has come.
//!
//! What it is: while it is enabled, every item whose attribute says when it expires has an entry in
//! a kind of the table's space that is ordered by time (docs/format/rows.md). Writers keep the
//! entries in the atoms that change the items (`maintained`); a leader brings the items that were
//! there before among them, and removes what is due (`leaders`).
//!
//! What it is not: an expired item is an item like any other until it is removed. Reads show it,
//! as DynamoDB's do.

mod sweep_start;
mod tally;

use model::{GoalPhase, Item, TableDefinition, ValueRef};
use store::{RowKey, RowKeyRef, Space, StoreError};

use crate::layout::keys::{Place, kind};

pub(crate) use sweep_start::SweepStart;
pub(crate) use tally::Tally;

/// What lets a table's items expire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expiry {
    attribute: String,
    items: Place,
}

impl Expiry {
    /// That of a table for which it is enabled.
    pub(crate) fn of(definition: &TableDefinition, space: Space) -> Option<Self> {
        let attribute = definition.expiry_attribute.clone()?;
        let is_maintained = definition.expiry_phase != GoalPhase::Deleting;
        let items = Place { space, kind: kind::ITEM };
        is_maintained.then_some(Self { attribute, items })
    }

    /// Where the entries of a table lie.
    pub(crate) fn place_in(space: Space) -> Place {
        Place { space, kind: kind::EXPIRY }
    }

    /// Where its entries lie.
    pub(crate) fn place(&self) -> Place {
        Place { kind: kind::EXPIRY, ..self.items }
    }

    /// Whether this attribute says when.
    pub(crate) fn is_by(&self, attribute: &str) -> bool {
        self.attribute == attribute
    }

    /// The entry of an item; `None` when it does not say when it expires.
    pub(crate) fn entry(&self, row: &RowKey, item: &Item) -> Option<RowKey> {
        let seconds = self.seconds(item)?;
        let row = row.borrowed();
        let partition = row.partition();
        let length = u16::try_from(partition.len()).expect("a row's partition has a u16 length");
        let mut sort = Vec::with_capacity(10 + partition.len() + row.sort().len());
        sort.extend_from_slice(&seconds.to_be_bytes());
        sort.extend_from_slice(&length.to_be_bytes());
        sort.extend_from_slice(partition);
        sort.extend_from_slice(row.sort());
        Some(self.place().ordered(&sort))
    }

    /// The row of the item that an entry is of.
    pub(crate) fn row(&self, entry: RowKeyRef<'_>) -> Result<RowKey, StoreError> {
        let (_seconds, rest) = split_seconds(entry)?;
        let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(damaged)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (partition, sort) = rest.split_at_checked(length).ok_or_else(damaged)?;
        Ok(self.items.in_partition(partition, sort))
    }

    /// The time that an entry says, in seconds since the epoch.
    pub(crate) fn seconds_of(entry: &RowKey) -> Result<u64, StoreError> {
        split_seconds(entry.borrowed()).map(|(seconds, _rest)| seconds)
    }

    /// Only numbers say when (developer guide, "Time to Live": "Number data type … in Unix epoch
    /// time format, at the granularity of seconds", 2026-11).
    fn seconds(&self, item: &Item) -> Option<u64> {
        match item.attributes().get(&self.attribute)? {
            ValueRef::N(number) => number.to_number().whole(),
            _ => None,
        }
    }
}

/// An entry's time, and what names its row.
fn split_seconds(entry: RowKeyRef<'_>) -> Result<(u64, &[u8]), StoreError> {
    let (seconds, rest) = entry.sort().split_first_chunk().ok_or_else(damaged)?;
    Ok((u64::from_be_bytes(*seconds), rest))
}

fn damaged() -> StoreError {
    StoreError::damaged("an entry of time to live")
}

#[cfg(test)]
mod tests {
    use model::{AttributeMap, AttributeValue, Number};

    use super::*;

    fn expiry() -> Expiry {
        let items = Place { space: Space(16), kind: kind::ITEM };
        Expiry { attribute: "until".to_owned(), items }
    }

    fn item(until: AttributeValue) -> Item {
        Item::encode(&AttributeMap::from([("until".to_owned(), until)]))
    }

    fn number(text: &str) -> AttributeValue {
        AttributeValue::N(Number::parse(text).unwrap())
    }

    #[test]
    fn an_entry_tells_time_and_row() {
        let row = expiry().items.in_partition(b"partition", b"sort");
        let entry = expiry().entry(&row, &item(number("1700000000.9"))).unwrap();
        assert_eq!(entry.borrowed().sort()[..8], 1_700_000_000_u64.to_be_bytes());
        assert_eq!(expiry().row(entry.borrowed()).unwrap(), row);
    }

    #[test]
    fn entries_are_ordered_by_time() {
        let row = |name: &[u8]| expiry().items.in_partition(name, b"");
        let early = expiry().entry(&row(b"z"), &item(number("255"))).unwrap();
        let late = expiry().entry(&row(b"a"), &item(number("256"))).unwrap();
        assert!(early < late);
    }

    #[test]
    fn other_values_say_nothing() {
        let row = expiry().items.in_partition(b"p", b"");
        for until in [AttributeValue::S("1700000000".to_owned()), number("-1"), number("1E30")] {
            assert_eq!(expiry().entry(&row, &item(until)), None);
        }
    }
}
