//! The value of an item row, and of an index row: `stamp | item` (docs/format/rows.md).
//!
//! An index row that projects everything has the very bytes of its base row.

use bytes::{BufMut, Bytes, BytesMut};
use model::Item;
use store::StoreError;

use crate::layout::stamp::Stamp;

/// A row's value.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) stamp: Stamp,
    pub(crate) item: Item,
}

impl Stored {
    /// Reads a row's value without copying.
    pub(crate) fn decode(value: Bytes) -> Result<Self, StoreError> {
        let Some(stamp) = value.first_chunk::<{ Stamp::BYTES }>() else {
            return Err(StoreError::damaged("an item row shorter than its stamp"));
        };
        let stamp = Stamp::from_bytes(*stamp);
        Ok(Self { stamp, item: Item::from_stored(value.slice(Stamp::BYTES..)) })
    }
}

/// Builds a row's value.
pub(crate) fn encode(stamp: Stamp, item: &Item) -> Bytes {
    let mut value = BytesMut::with_capacity(Stamp::BYTES + item.as_bytes().len());
    value.put_slice(&stamp.to_bytes());
    value.put_slice(item.as_bytes());
    value.freeze()
}

/// The item's bytes within a row's value, as a range shows it.
///
/// # Panics
/// On a value that [`encode`] did not make; the engine verifies what it reads.
pub(crate) fn item_bytes(value: &[u8]) -> &[u8] {
    &value[Stamp::BYTES..]
}

#[cfg(test)]
mod tests {
    use model::{AttributeMap, AttributeValue};

    use super::*;

    #[test]
    fn a_value_is_its_stamp_then_its_item() {
        let attributes = AttributeMap::from([("p".to_owned(), AttributeValue::Bool(true))]);
        let item = Item::encode(&attributes);
        let stamp = Stamp::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let value = encode(stamp, &item);
        assert_eq!(value[..12], stamp.to_bytes());
        assert_eq!(value[12..], item.as_bytes()[..]);
        assert_eq!(item_bytes(&value), &item.as_bytes()[..]);
        let stored = Stored::decode(value).unwrap();
        assert_eq!((stored.stamp, stored.item), (stamp, item));
    }

    #[test]
    fn a_value_too_short_for_a_stamp_is_damaged() {
        let result = Stored::decode(Bytes::from_static(&[0; 11]));
        assert!(matches!(result, Err(StoreError::Damaged { .. })));
    }
}
