//! Records of every format, as the code of their time wrote them.

use model::{
    AttributeDefinition, BillingMode, GoalPhase, IndexDefinition, IndexKind, IndexProjection,
    KeyElement, KeySchema, OnDemandThroughput, ProvisionedThroughput, ScalarType, SseSpecification,
    StreamSpecification, StreamView, TableClass, ThroughputChanges,
};

use super::*;

const FORMAT_1: &str = include_str!("format-1.json");
const FORMAT_2: &str = include_str!("format-2.json");
const FORMAT_3: &str = include_str!("format-3.json");
const FORMAT_4: &str = include_str!("format-4.json");

fn key(hash: (&str, ScalarType), range: &[(&str, ScalarType)]) -> KeySchema {
    let element = |(name, scalar_type): &(&str, ScalarType)| KeyElement {
        name: (*name).into(),
        scalar_type: *scalar_type,
    };
    KeySchema { hash: vec![element(&hash)], range: range.iter().map(element).collect() }
}

fn index(name: &str, kind: IndexKind, key: KeySchema, shown: IndexProjection) -> IndexDefinition {
    IndexDefinition {
        name: name.into(),
        kind,
        key,
        projection: shown,
        throughput: None,
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        phase: GoalPhase::Active,
    }
}

/// What the records of every format have alike.
fn films() -> TableDefinition {
    let (id, year, title) =
        (("id", ScalarType::B), ("year", ScalarType::N), ("title", ScalarType::S));
    let attribute = |(name, scalar_type): (&str, ScalarType)| AttributeDefinition {
        name: name.into(),
        scalar_type,
    };
    let odd = IndexProjection::Include(vec!["odd".into()]);
    TableDefinition {
        name: "films".into(),
        table_id: "0f0e0d0c-0b0a-4009-8807-060504030201".into(),
        attributes: [id, year, title].map(attribute).into(),
        key: key(id, &[year]),
        indexes: vec![
            index("by-title", IndexKind::Local, key(id, &[title]), IndexProjection::All),
            index("by-year", IndexKind::Global, key(year, &[]), odd),
        ],
        billing_mode: BillingMode::PayPerRequest,
        throughput: ProvisionedThroughput::ZERO,
        created_at_ms: 1_700_000_000_123,
        deletion_protection: false,
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        on_demand_since_ms: None,
        table_class: None,
        stream: None,
        latest_stream_label: None,
        sse: None,
        tags: Vec::new(),
        expiry_attribute: None,
        expiry_phase: GoalPhase::Active,
        expiry_changed_at_ms: None,
    }
}

/// What `format-1.json` means.
fn first() -> TableDefinition {
    let mut films = films();
    films.indexes[0].projection = IndexProjection::KeysOnly;
    films.indexes[1].on_demand = Some(OnDemandThroughput { read: Some(30), write: None });
    TableDefinition {
        deletion_protection: true,
        on_demand: Some(OnDemandThroughput { read: Some(500), write: Some(-1) }),
        on_demand_since_ms: Some(films.created_at_ms),
        table_class: Some(TableClass::StandardInfrequentAccess),
        stream: Some(StreamSpecification { view: StreamView::NewAndOldImages }),
        sse: Some(SseSpecification { enabled: true, kms_key: Some("alias/mine".into()) }),
        tags: vec![("team".into(), "blue".into())],
        expiry_phase: GoalPhase::Allocating,
        ..films
    }
}

/// What `format-2.json` means.
fn second() -> TableDefinition {
    let changed_at_ms = Some(1_700_000_100_000);
    let changes = ThroughputChanges {
        increased_at_ms: changed_at_ms,
        decreased_at_ms: changed_at_ms,
        decreases: 1,
    };
    let mut films = films();
    let by_year = &mut films.indexes[1];
    by_year.throughput = Some(ProvisionedThroughput { read: 3, write: 4 });
    by_year.warm = Some(ProvisionedThroughput { read: 30, write: 40 });
    by_year.throughput_changes = changes;
    by_year.phase = GoalPhase::Backfilling;
    TableDefinition {
        billing_mode: BillingMode::Provisioned,
        throughput: ProvisionedThroughput { read: 9, write: 4 },
        warm: Some(ProvisionedThroughput { read: 100, write: 50 }),
        throughput_changes: changes,
        on_demand_since_ms: Some(1_700_000_050_000),
        stream: Some(StreamSpecification { view: StreamView::OldImage }),
        expiry_attribute: Some("until".into()),
        expiry_phase: GoalPhase::Allocating,
        ..films
    }
}

/// What `format-3.json` and `format-4.json` mean: a definition in which nothing is left out.
fn third() -> TableDefinition {
    TableDefinition {
        on_demand: Some(OnDemandThroughput { read: None, write: Some(7) }),
        table_class: Some(TableClass::Standard),
        latest_stream_label: Some("2026-11-23T18:00:00.123".into()),
        sse: Some(SseSpecification { enabled: true, kms_key: None }),
        tags: vec![("team".into(), String::new()), ("é".into(), "\"".into())],
        expiry_phase: GoalPhase::Deleting,
        expiry_changed_at_ms: Some(1_700_000_200_000),
        ..second()
    }
}

fn record(status: StoredStatus, definition: TableDefinition) -> TableRecord {
    let scope = Scope { account: "000000000000".into(), region: "eu-west-3".into() };
    let spaces = Spaces { table: Space(16), global_indexes: vec![Space(17)] };
    TableRecord { scope, spaces, status, definition }
}

#[track_caller]
fn assert_read(text: &str, definition: TableDefinition) {
    assert_read_as(text, record(StoredStatus::Active, definition));
}

#[track_caller]
fn assert_read_as(text: &str, expected: TableRecord) {
    let read = TableRecord::decode(text.trim_end().as_bytes()).unwrap();
    assert_eq!((read.definition, read.status), (expected.definition, expected.status));
    assert_eq!((read.scope, read.spaces), (expected.scope, expected.spaces));
}

#[test]
fn the_format_that_is_written_is_the_documented_one() {
    let creating = record(StoredStatus::Creating, third());
    let written = String::from_utf8(creating.encode()).unwrap();
    assert_eq!(written, FORMAT_4.trim_end());
    let active = record(StoredStatus::Active, films());
    let plain = String::from_utf8(active.encode()).unwrap();
    let members = ["warm", "changes", "since", "label", "phase", "changed_at"];
    assert!(members.iter().all(|name| !plain.contains(name)), "what says nothing is left out");
}

#[test]
fn records_of_every_format_are_read() {
    assert_read_as(FORMAT_4, record(StoredStatus::Creating, third()));
    assert_read(FORMAT_3, third());
    assert_read(FORMAT_2, second());
    assert_read(FORMAT_1, first());
    let written = record(StoredStatus::Active, films()).encode();
    assert_read(&String::from_utf8(written).unwrap(), films());
}

#[test]
fn a_setting_that_later_records_of_the_first_format_have_is_read() {
    let with_expiry = FORMAT_1.replace("\"tags\":", "\"expiry_attribute\":\"until\",\"tags\":");
    assert_read(
        &with_expiry,
        TableDefinition { expiry_attribute: Some("until".into()), ..first() },
    );
}

#[test]
fn a_record_of_another_format_is_refused() {
    assert!(matches!(TableRecord::decode(b"{}"), Err(StoreError::Damaged { .. })));
    let error = TableRecord::decode(FORMAT_4.replace("\"format\":4", "\"format\":5").as_bytes());
    let error = error.unwrap_err().to_string();
    assert!(error.contains("has format 5; this version reads up to 4"), "{error}");
}

#[test]
fn spaces_read_back() {
    assert_eq!(encode_space(Space(0x0102_0304)), [1, 2, 3, 4]);
    assert_eq!(decode_space(&[1, 2, 3, 4]).unwrap(), Space(0x0102_0304));
    assert!(decode_space(&[1, 2, 3]).is_err());
}
