//! What requests consume, per table and index.
//!
//! Rules: the developer guide's "Capacity unit consumption" page and test_returnconsumedcapacity.py,
//! 2026-11. A write costs the larger of the item before and after; an index row costs nothing when
//! it stays as it is, the larger of both when it changes in place, and both when its key changes.
//! In a transaction the table's share doubles, the indexes' shares do not.

use model::{Capacity, Consistency, ConsumedCapacity, IndexKind, Item, TableRef, Units};

use crate::maintained::{Effect, Entry, IndexChange};
use crate::schema::Index;

/// At which rate a request is charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rate {
    /// A request of its own, or within a batch.
    Standard,
    /// Within a transaction: twice.
    Transactional,
}

/// Nothing consumed yet.
pub(crate) fn nothing(table: TableRef) -> ConsumedCapacity {
    ConsumedCapacity {
        table,
        base: Capacity::default(),
        local_indexes: Vec::new(),
        global_indexes: Vec::new(),
    }
}

/// Read units of one item, or of its absence.
pub(crate) fn item_read(item: Option<&Item>, consistency: Consistency, rate: Rate) -> Units {
    let units = Units::read(item.map_or(0, Item::item_bytes), consistency);
    rate.apply(units)
}

/// Adds read units of the table itself.
pub(crate) fn add_table_read(consumed: &mut ConsumedCapacity, units: Units) {
    consumed.base.read += units;
}

/// Adds read units of an index.
pub(crate) fn add_index_read(consumed: &mut ConsumedCapacity, index: &Index, units: Units) {
    index_share(consumed, index).read += units;
}

/// Adds what one item's write consumes; without changes of indexes, what a refused one does.
pub(crate) fn add_write(consumed: &mut ConsumedCapacity, effect: &Effect, rate: Rate) {
    let size = |item: Option<&Item>| item.map_or(0, Item::item_bytes);
    let larger = size(effect.before.as_ref()).max(size(effect.after.as_ref()));
    consumed.base.write += rate.apply(Units::write(larger));
    for change in &effect.maintained {
        let units = index_write(change);
        index_share(consumed, &change.index).write += units;
    }
}

impl Rate {
    fn apply(self, units: Units) -> Units {
        match self {
            Self::Standard => units,
            Self::Transactional => units.doubled(),
        }
    }
}

fn index_write(change: &IndexChange) -> Units {
    let price = |entry: &Entry| Units::write(entry.item_bytes);
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.row == after.row => {
            Units::write(before.item_bytes.max(after.item_bytes))
        }
        (before, after) => before.iter().chain(after).map(price).sum(),
    }
}

fn index_share<'a>(consumed: &'a mut ConsumedCapacity, index: &Index) -> &'a mut Capacity {
    let shares = match index.definition.kind {
        IndexKind::Local => &mut consumed.local_indexes,
        IndexKind::Global => &mut consumed.global_indexes,
    };
    let name = &index.definition.name;
    let position = shares.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        shares.push((name.clone(), Capacity::default()));
        shares.len() - 1
    });
    &mut shares[position].1
}
