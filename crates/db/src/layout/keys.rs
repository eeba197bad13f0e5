//! Row names: the one place keys are built (docs/format/rows.md).
//!
//! ```text
//! item row          space = table's          kind 01     partition = hash    sort = range?
//! local index row   space = table's          kind 10+n   partition = hash    sort = index range, range
//! global index row  space = index's          kind 20     partition = hashes  sort = ranges, hash, range?
//! counters          space = table's, index's kind 02     partition = ∅       sort = kind counted
//! ```
//!
//! Scalars are in the order-preserving form of `model::key`, which is self-delimiting: composites
//! order part by part. The hash in front of a partition is xxh3-64 of the partition's bytes.

use model::KeyRole::{Hash, Range};
use model::{KeyElement, KeyRole, KeySchema, MapRef, ValueRef};
use store::{Kind, RowKey, RowRange, Space};
use xxhash_rust::xxh3::xxh3_64;

use crate::layout::key_values;

/// Rows of the catalog itself.
pub(crate) const CATALOG: Space = Space(0);
/// Client tokens of transactions.
pub(crate) const TOKENS: Space = Space(1);
/// First space that the catalog hands out; those below are reserved.
pub(crate) const FIRST_TABLE_SPACE: u32 = 16;

/// Kinds of rows. 31 to 3F are reserved for the change log, 40 to 4F for TTL entries and 50 to 5F
/// for attribute-name lists.
pub(crate) mod kind {
    use store::Kind;

    /// Items of a table.
    pub(crate) const ITEM: Kind = Kind(0x01);
    /// Counters of items and bytes.
    pub(crate) const COUNTERS: Kind = Kind(0x02);
    /// Rows of a table's first local index; its others follow.
    pub(crate) const LOCAL_INDEX: u8 = 0x10;
    /// Change records, in a stream's own space.
    pub(crate) const CHANGE: Kind = Kind(0x30);
    /// Entries of items that expire, by time.
    pub(crate) const EXPIRY: Kind = Kind(0x40);
    /// Rows of a global index.
    pub(crate) const GLOBAL_INDEX: Kind = Kind(0x20);
    /// Client tokens, in their own space.
    pub(crate) const TOKEN: Kind = Kind(0x60);
    /// The time that client tokens live by, in their space.
    pub(crate) const TOKEN_TIME: Kind = Kind(0x61);
    /// Declared tables, in the catalog's space.
    pub(crate) const TABLE: Kind = Kind(0x70);
    /// The next space to hand out, in the catalog's space.
    pub(crate) const NEXT_SPACE: Kind = Kind(0x71);
    /// Streams, in the catalog's space.
    pub(crate) const STREAM: Kind = Kind(0x73);
    /// Spaces of dropped tables that may still hold rows, in the catalog's space.
    pub(crate) const DROPPED: Kind = Kind(0x72);
    /// Resource-based policies, in the catalog's space.
    pub(crate) const POLICY: Kind = Kind(0x74);
    /// Jobs, in the catalog's space.
    pub(crate) const JOB: Kind = Kind(0x75);
}

/// Where the rows of a table or index lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) space: Space,
    pub(crate) kind: Kind,
}

impl Place {
    /// Names the row of an item in its table. `None` when a key attribute is missing or does not fit.
    pub(crate) fn item(self, key: &KeySchema, attributes: MapRef<'_>) -> Option<RowKey> {
        self.row(&key.hash, &[(Range, &key.range)], attributes)
    }

    /// Names the row of an item in an index. `None` when the item lacks an attribute of the
    /// index's key, or has one that does not fit: the index is sparse. Writes of unfit attributes
    /// are refused, but an item may be older than the index.
    ///
    /// A local index shares the table's partitions, so the table's range alone tells its rows
    /// apart; a global one needs the table's whole key.
    pub(crate) fn index(
        self,
        index: &KeySchema,
        table: &KeySchema,
        attributes: MapRef<'_>,
    ) -> Option<RowKey> {
        if self.kind == kind::GLOBAL_INDEX {
            let table = [(Hash, &table.hash[..]), (Range, &table.range)];
            self.row(&index.hash, &[(Range, &index.range), table[0], table[1]], attributes)
        } else {
            self.row(&index.hash, &[(Range, &index.range), (Range, &table.range)], attributes)
        }
    }

    /// Names a row of a partition whose bytes are known.
    pub(crate) fn in_partition(self, partition: &[u8], sort: &[u8]) -> RowKey {
        RowKey::new(self.space, self.kind, xxh3_64(partition), partition, sort)
    }

    /// Names a row of the one order that this place has.
    pub(crate) fn ordered(self, sort: &[u8]) -> RowKey {
        RowKey::new(self.space, self.kind, 0, &[], sort)
    }

    /// Names one of the logs at this place.
    pub(crate) fn log(self, number: u64) -> RowKey {
        RowKey::new(self.space, self.kind, number, &[], &[])
    }

    /// Names the row that counts this place's rows and their bytes.
    pub(crate) fn counters(self) -> RowKey {
        RowKey::new(self.space, kind::COUNTERS, 0, &[], &[self.kind.0])
    }

    /// Every row of whole partitions by hash, both ends included.
    pub(crate) fn hashes(self, first: u64, last: u64, after: Option<RowKey>) -> RowRange {
        RowRange::Hashes { space: self.space, kind: self.kind, first, last, after }
    }

    fn row(
        self,
        hash: &[KeyElement],
        sorts: &[(KeyRole, &[KeyElement])],
        attributes: MapRef<'_>,
    ) -> Option<RowKey> {
        let mut bytes = Vec::with_capacity(96);
        encode(Hash, hash, attributes, &mut bytes)?;
        let split = bytes.len();
        for (role, elements) in sorts {
            encode(*role, elements, attributes, &mut bytes)?;
        }
        Some(self.in_partition(&bytes[..split], &bytes[split..]))
    }
}

/// Appends the scalars of a part of a key; `None` when one is missing or does not fit.
fn encode(
    role: KeyRole,
    elements: &[KeyElement],
    attributes: MapRef<'_>,
    out: &mut Vec<u8>,
) -> Option<()> {
    for element in elements {
        let value = attributes.get(&element.name)?;
        if !key_values::fits(role, element, &value) {
            return None;
        }
        model::key::encode_scalar(&value, out);
    }
    Some(())
}

/// Names the row of a declared table.
pub(crate) fn table_row(scope: &model::Scope, name: &str) -> RowKey {
    let mut partition = Vec::new();
    model::key::encode_scalar(&ValueRef::S(scope.account.as_str().into()), &mut partition);
    model::key::encode_scalar(&ValueRef::S(scope.region.as_str().into()), &mut partition);
    catalog_place(kind::TABLE).in_partition(&partition, name.as_bytes())
}

/// Names the row of a stream.
pub(crate) fn stream_row(stream: &model::StreamArn) -> RowKey {
    let table = table_row(&stream.scope, &stream.table);
    let mut sort = Vec::new();
    model::key::encode_scalar(&ValueRef::S(stream.table.as_str().into()), &mut sort);
    model::key::encode_scalar(&ValueRef::S(stream.label.as_str().into()), &mut sort);
    catalog_place(kind::STREAM).in_partition(table.borrowed().partition(), &sort)
}

/// Names the row of the policy of a table or stream.
pub(crate) fn policy_row(arn: &str) -> RowKey {
    catalog_place(kind::POLICY).in_partition(arn.as_bytes(), &[])
}

/// Names the row that holds the next space to hand out.
pub(crate) fn next_space_row() -> RowKey {
    RowKey::new(CATALOG, kind::NEXT_SPACE, 0, &[], &[])
}

/// Names the row that remembers a space of a dropped table.
pub(crate) fn dropped_row(space: Space) -> RowKey {
    RowKey::new(CATALOG, kind::DROPPED, 0, &[], &space.0.to_be_bytes())
}

/// Names the row of a job.
pub(crate) fn job_row(id: u64) -> RowKey {
    RowKey::new(CATALOG, kind::JOB, 0, &[], &id.to_be_bytes())
}

/// The catalog's rows of one kind.
pub(crate) fn catalog_place(kind: Kind) -> Place {
    Place { space: CATALOG, kind }
}

/// Names the row of a client token. The generation, which is when the token will be forgotten,
/// stands in the hash's place: tokens are forgotten a generation, that is, a range at a time.
pub(crate) fn token_row(generation: u64, scope: &model::Scope, token: &str) -> RowKey {
    let mut partition = Vec::with_capacity(64);
    model::key::encode_scalar(&ValueRef::S(scope.account.as_str().into()), &mut partition);
    model::key::encode_scalar(&ValueRef::S(scope.region.as_str().into()), &mut partition);
    RowKey::new(TOKENS, kind::TOKEN, generation, &partition, token.as_bytes())
}

/// Names the row with the time that client tokens live by.
pub(crate) fn token_time_row() -> RowKey {
    RowKey::new(TOKENS, kind::TOKEN_TIME, 0, &[], &[])
}

/// All client tokens.
pub(crate) fn all_tokens() -> RowRange {
    Place { space: TOKENS, kind: kind::TOKEN }.hashes(0, u64::MAX, None)
}

/// All client tokens of the generations before `generation`, which is not 0.
pub(crate) fn tokens_before(generation: u64) -> RowRange {
    Place { space: TOKENS, kind: kind::TOKEN }.hashes(0, generation - 1, None)
}

#[cfg(test)]
mod tests {
    use model::{AttributeMap, AttributeValue, Item, KeyElement, ScalarType, Scope};

    use super::*;

    fn key(hash: &[&str], range: &[&str]) -> KeySchema {
        let elements = |names: &[&str]| {
            let element =
                |name: &&str| KeyElement { name: (*name).to_owned(), scalar_type: ScalarType::S };
            names.iter().map(element).collect()
        };
        KeySchema { hash: elements(hash), range: elements(range) }
    }

    fn attributes() -> AttributeMap {
        let text = |name: &str| (name.to_owned(), AttributeValue::S(name.to_uppercase()));
        ["p", "c", "x", "y"].iter().map(|name| text(name)).collect()
    }

    /// Space, kind, partition and sort of a row, its hash being the partition's.
    fn parts(row: &RowKey) -> (u32, u8, &[u8], &[u8]) {
        let row = row.borrowed();
        assert_eq!(row.hash(), xxh3_64(row.partition()));
        (row.space().0, row.kind().0, row.partition(), row.sort())
    }

    #[test]
    fn rows_have_the_documented_names() {
        let table = key(&["p"], &["c"]);
        let item = Item::encode(&attributes());
        let attributes = item.attributes();
        let place = |kind| Place { space: Space(16), kind };

        let row = place(kind::ITEM).item(&table, attributes).unwrap();
        assert_eq!(parts(&row), (16, 0x01, &b"P\x00\x01"[..], &b"C\x00\x01"[..]));
        let local = place(Kind(kind::LOCAL_INDEX + 2));
        let row = local.index(&key(&["p"], &["x"]), &table, attributes).unwrap();
        assert_eq!(parts(&row), (16, 0x12, &b"P\x00\x01"[..], &b"X\x00\x01C\x00\x01"[..]));
        let global = place(kind::GLOBAL_INDEX);
        let row = global.index(&key(&["x", "y"], &[]), &table, attributes).unwrap();
        let (partition, sort) = (&b"X\x00\x01Y\x00\x01"[..], &b"P\x00\x01C\x00\x01"[..]);
        assert_eq!(parts(&row), (16, 0x20, partition, sort));
        assert_eq!(global.index(&key(&["z"], &[]), &table, attributes), None);
        let counters = global.counters();
        assert_eq!(counters.as_bytes(), b"\0\0\0\x10\x02\0\0\0\0\0\0\0\0\0\0\x20");
    }

    #[test]
    fn rows_of_the_catalog_and_of_tokens_have_the_documented_names() {
        let scope = Scope { account: "1".into(), region: "r".into() };
        let scoped = &b"1\x00\x01r\x00\x01"[..];
        assert_eq!(parts(&table_row(&scope, "t")), (0, 0x70, scoped, &b"t"[..]));
        assert_eq!(parts(&policy_row("arn")), (0, 0x74, &b"arn"[..], &b""[..]));
        assert_eq!(next_space_row().as_bytes(), b"\0\0\0\0\x71\0\0\0\0\0\0\0\0\0\0");
        let dropped = dropped_row(Space(16));
        assert_eq!(dropped.as_bytes(), b"\0\0\0\0\x72\0\0\0\0\0\0\0\0\0\0\0\0\0\x10");
        assert_eq!(job_row(7).as_bytes(), b"\0\0\0\0\x75\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07");
        let token = token_row(9, &scope, "token");
        let token = token.borrowed();
        assert_eq!((token.space(), token.kind(), token.hash()), (TOKENS, kind::TOKEN, 9));
        assert_eq!((token.partition(), token.sort()), (scoped, &b"token"[..]));
    }

    #[test]
    fn numbers_and_binaries_stand_in_rows_in_the_order_of_keys() {
        let number = AttributeValue::N(model::Number::parse("-12.5").unwrap());
        let mut map = attributes();
        map.insert("c".into(), number);
        map.insert("p".into(), AttributeValue::B(vec![0, 0xFF]));
        let item = Item::encode(&map);
        let place = Place { space: Space(16), kind: kind::ITEM };
        let mut schema = key(&["p"], &["c"]);
        schema.hash[0].scalar_type = ScalarType::B;
        schema.range[0].scalar_type = ScalarType::N;
        let row = place.item(&schema, item.attributes()).unwrap();
        let (partition, sort) = (&b"\0\xFF\xFF\0\x01"[..], &b"\x7F\x7C\xF2\xCC\xFF"[..]);
        assert_eq!(parts(&row), (16, 0x01, partition, sort));
    }

    #[test]
    fn a_stored_attribute_that_does_not_fit_names_no_index_row() {
        let table = key(&["p"], &["c"]);
        let place = Place { space: Space(17), kind: kind::GLOBAL_INDEX };
        let has_row = |index: &KeySchema, name: &str, value: AttributeValue| {
            let mut map = attributes();
            map.insert(name.into(), value);
            let item = Item::encode(&map);
            place.index(index, &table, item.attributes()).is_some()
        };
        let text = |bytes| AttributeValue::S("a".repeat(bytes));
        let (hash, range) = (key(&["x"], &[]), key(&["y"], &["x"]));
        for (bytes, in_hash, in_range) in
            [(0, false, false), (1024, true, true), (1025, true, false), (2049, false, false)]
        {
            assert_eq!(has_row(&hash, "x", text(bytes)), in_hash, "{bytes}");
            assert_eq!(has_row(&range, "x", text(bytes)), in_range, "{bytes}");
        }
        assert!(!has_row(&hash, "x", AttributeValue::Bool(true)));
        assert!(!has_row(&hash, "x", AttributeValue::B(vec![1])));
        // The table's own key keeps its limits.
        assert!(has_row(&hash, "p", text(2048)));
    }
}
