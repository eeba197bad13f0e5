//! Entries of items that expire, kept in step with the items.

use bytes::Bytes;
use model::Item;
use store::{Guard, StoreError};

use crate::schema::Table;
use crate::session::{Change, Maintained, Writes};

/// Keeps the entries; they follow from the item alone.
#[derive(Debug, Default)]
pub(super) struct Expiries;

impl Maintained for Expiries {
    type Known = ();
    type Effect = ();

    async fn read<G: Guard>(_: &mut G, _: &Table, _: Option<&Item>) -> Result<(), StoreError> {
        Ok(())
    }

    fn change(&mut self, change: &Change<'_>, (): (), writes: &mut Writes) {
        let Some(expiry) = &change.table.expiry else { return };
        let [old, new] = [change.before, change.after].map(|item| expiry.entry(change.row, item?));
        if old == new {
            return;
        }
        if let Some(old) = old {
            writes.delete(old);
        }
        if let Some(new) = new {
            // The entry's name says all.
            writes.put(new, Bytes::new());
        }
    }

    fn finish(self, _: &mut Writes) {}
}
