//! The bytes of a change record (docs/format/streams.md).
//!
//! ```text
//! record = format head created_at_ms item{1,3}    the key, then the images that are there
//! format = 02; in format 01 bit 5 of the head says nothing
//! head   = bits 0–1: 0 insert, 1 modify, 2 remove | bit 2: expired | bit 3: old image | bit 4: new
//!          | bit 5: the last of its atom in its log
//! created_at_ms = u64
//! item   = length u32, item bytes                 docs/format/item.md
//! ```
//! Integers are big-endian.

use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use model::api::{Identity, Record, StreamRecord};
use model::{ChangeKind, ChangeOrigin, EventId, Item, SequenceNumber, StreamView};
use store::StoreError;

use crate::schema::key_names;
use crate::schema::stream::Stream;
use crate::session::Change;

/// The format this code writes.
const FORMAT: u8 = 2;
/// The format before it, in which no record says whether its atom goes on.
const UNMARKED_FORMAT: u8 = 1;

const EXPIRED: u8 = 1 << 2;
const OLD_IMAGE: u8 = 1 << 3;
const NEW_IMAGE: u8 = 1 << 4;
const LAST_OF_ATOM: u8 = 1 << 5;

/// Builds the record that a stream of this view keeps. Nothing says yet that it is the last of its
/// atom.
pub(super) fn encode(view: StreamView, change: &Change<'_>) -> BytesMut {
    let (wants_old, wants_new) = match view {
        StreamView::KeysOnly => (false, false),
        StreamView::NewImage => (false, true),
        StreamView::OldImage => (true, false),
        StreamView::NewAndOldImages => (true, true),
    };
    let old = change.before.filter(|_| wants_old);
    let new = change.after.filter(|_| wants_new);
    let whole = change.after.or(change.before).expect("a change has a side");
    let keys = whole.retain(|name| key_names(change.table.key()).any(|key| key == name));

    let items = [Some(&keys), old, new];
    let items = items.into_iter().flatten().map(Item::as_bytes);
    let size = items.clone().map(|item| 4 + item.len()).sum::<usize>();
    let mut bytes = BytesMut::with_capacity(2 + 8 + size);
    bytes.put_u8(FORMAT);
    bytes.put_u8(head(change, old.is_some(), new.is_some()));
    bytes.put_u64(change.stamp.ms());
    for item in items {
        bytes.put_u32(u32::try_from(item.len()).expect("an item is far smaller"));
        bytes.put_slice(item);
    }
    bytes
}

/// Marks a record as the last of its atom in its log.
pub(super) fn mark_last(record: &mut BytesMut) {
    record[1] |= LAST_OF_ATOM;
}

fn head(change: &Change<'_>, has_old: bool, has_new: bool) -> u8 {
    let kind = match (change.before, change.after) {
        (None, _) => 0,
        (Some(_), Some(_)) => 1,
        (Some(_), None) => 2,
    };
    let flag = |is_set: bool, bit: u8| if is_set { bit } else { 0 };
    kind | flag(change.origin == ChangeOrigin::Expiry, EXPIRED)
        | flag(has_old, OLD_IMAGE)
        | flag(has_new, NEW_IMAGE)
}

/// Whether a record is the last of its atom in its log; `None` when it does not say.
pub(crate) fn ends_atom(record: &[u8]) -> Option<bool> {
    match record {
        [FORMAT, head, ..] => Some(head & LAST_OF_ATOM != 0),
        _ => None,
    }
}

/// Reads a record and shows it as GetRecords does. Its items share its bytes.
pub(crate) fn decode(
    mut bytes: Bytes,
    sequence: SequenceNumber,
    event_id: EventId,
    stream: &Stream,
) -> Result<Record, StoreError> {
    if bytes.len() < 10 || !matches!(bytes[0], UNMARKED_FORMAT | FORMAT) {
        return Err(damaged());
    }
    let head = bytes[1];
    bytes.advance(2);
    let created_at_ms = bytes.get_u64();
    let kind = match head & 0b11 {
        0 => ChangeKind::Insert,
        1 => ChangeKind::Modify,
        2 => ChangeKind::Remove,
        _ => return Err(damaged()),
    };
    let keys = item(&mut bytes)?;
    let old_image = (head & OLD_IMAGE != 0).then(|| item(&mut bytes)).transpose()?;
    let new_image = (head & NEW_IMAGE != 0).then(|| item(&mut bytes)).transpose()?;
    // As DynamoDB counts: the key and the images.
    let images = old_image.iter().chain(&new_image);
    let size_bytes = keys.item_bytes() + images.map(Item::item_bytes).sum::<usize>();
    let change = StreamRecord {
        approximate_creation_date_time_ms: Some(created_at_ms),
        keys: Some(keys),
        new_image,
        old_image,
        sequence_number: Some(sequence),
        size_bytes: Some(size_bytes as u64),
        stream_view_type: Some(stream.view),
    };
    Ok(Record {
        aws_region: Some(Arc::clone(&stream.region)),
        dynamodb: Some(change),
        event_id: Some(event_id),
        event_name: Some(kind),
        event_source: Some("aws:dynamodb"),
        event_version: Some("1.1"),
        user_identity: (head & EXPIRED != 0).then(expiry),
    })
}

/// Who removes what has expired, in this API's own casing; function events have another (developer
/// guide, "Working with DynamoDB Streams and Time to Live", 2026-11).
fn expiry() -> Identity {
    Identity { principal_id: Some("dynamodb.amazonaws.com"), kind: Some("Service") }
}

fn item(bytes: &mut Bytes) -> Result<Item, StoreError> {
    if bytes.len() < 4 {
        return Err(damaged());
    }
    let length = bytes.get_u32() as usize;
    if bytes.len() < length {
        return Err(damaged());
    }
    Ok(Item::from_stored(bytes.split_to(length)))
}

fn damaged() -> StoreError {
    StoreError::damaged("a change record")
}

#[cfg(test)]
mod tests {
    use model::{AttributeMap, AttributeValue, KeyElement, KeySchema, Scope, StreamArn};
    use store::Space;

    use super::*;
    use crate::schema::stream::{Founding, Shards};

    /// `{"p": "a"}` in its stored form, with its length in front.
    fn key() -> Vec<u8> {
        let item = item_of(&[("p", "a")]);
        let length = u32::try_from(item.as_bytes().len()).unwrap().to_be_bytes();
        [&length[..], item.as_bytes()].concat()
    }

    fn item_of(attributes: &[(&str, &str)]) -> Item {
        let value = |text: &str| AttributeValue::S(text.to_owned());
        let attributes = attributes.iter().map(|(name, text)| ((*name).to_owned(), value(text)));
        Item::encode(&attributes.collect::<AttributeMap>())
    }

    fn stream() -> Stream {
        let scope = Scope { account: "000000000000".into(), region: "eu-west-3".into() };
        let founding = Founding {
            arn: StreamArn { scope, table: "t".into(), label: "l".into() },
            view: StreamView::KeysOnly,
            key: KeySchema { hash: Vec::<KeyElement>::new(), range: Vec::new() },
            created_at_ms: 1,
        };
        let shards = Shards { width: 1, list: Vec::new(), disabled_at_ms: None };
        Stream::new(founding, Space(17), shards, std::sync::Arc::default())
    }

    /// A record of an item that was inserted, with nothing but its key.
    fn record(format: u8, head: u8) -> Bytes {
        [&[format, head][..], &7_u64.to_be_bytes(), &key()].concat().into()
    }

    fn read(record: Bytes) -> Result<Record, StoreError> {
        decode(record, SequenceNumber(1), EventId([0; 16]), &stream())
    }

    #[test]
    fn records_of_every_format_are_read() {
        for record in [record(1, 0), record(2, 0), record(2, 0x20)] {
            let read = read(record).unwrap();
            assert_eq!((read.event_name, read.user_identity), (Some(ChangeKind::Insert), None));
            let change = read.dynamodb.unwrap();
            assert_eq!(change.approximate_creation_date_time_ms, Some(7));
            assert_eq!((change.size_bytes, change.keys), (Some(2), Some(item_of(&[("p", "a")]))));
        }
        for other in [record(0, 0), record(3, 0), record(2, 3), Bytes::from_static(&[2, 0])] {
            assert!(matches!(read(other), Err(StoreError::Damaged { .. })));
        }
    }

    #[test]
    fn what_expired_was_removed_by_the_service() {
        let identity = read(record(2, EXPIRED | 2)).unwrap().user_identity.unwrap();
        assert_eq!(identity.principal_id, Some("dynamodb.amazonaws.com"));
        assert_eq!(identity.kind, Some("Service"));
    }

    #[test]
    fn a_mark_says_that_the_record_is_the_last_of_its_atom() {
        let mut marked = BytesMut::from(&record(2, 0)[..]);
        assert_eq!(ends_atom(&marked), Some(false));
        mark_last(&mut marked);
        assert_eq!(marked, record(2, 0x20));
        assert_eq!(ends_atom(&marked), Some(true));
        assert_eq!(ends_atom(&record(1, 0)), None);
    }
}
