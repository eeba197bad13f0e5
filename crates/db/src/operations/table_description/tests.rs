use model::{
    KeyElement, KeyRole, KeySchema, OnDemandThroughput, ProjectionType, ScalarType,
    SseSpecification, StreamSpecification, StreamView, TableClass,
};

use super::*;

const ARN: &str = "arn:aws:dynamodb:us-east-1:000000000000:table/abc";
const NOW_MS: u64 = 1_700_000_000_042;

fn units(read: u64, write: u64) -> ProvisionedThroughput {
    ProvisionedThroughput { read, write }
}

fn key(hash: &str, range: Option<&str>) -> KeySchema {
    let element = |name: &str| KeyElement { name: name.into(), scalar_type: ScalarType::S };
    KeySchema { hash: vec![element(hash)], range: range.map(element).into_iter().collect() }
}

fn index(name: &str, kind: IndexKind, phase: GoalPhase) -> IndexDefinition {
    IndexDefinition {
        name: name.into(),
        kind,
        key: key("pk", Some("x")),
        projection: IndexProjection::Include(vec!["z".into(), "y".into()]),
        throughput: (kind == IndexKind::Global).then_some(units(3, 4)),
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        phase,
    }
}

/// A provisioned table of which nothing else was declared.
fn plain() -> TableDefinition {
    let attribute =
        |name: &str| AttributeDefinition { name: name.into(), scalar_type: ScalarType::S };
    TableDefinition {
        name: "abc".into(),
        table_id: "id".into(),
        attributes: vec![attribute("x"), attribute("pk")],
        key: key("pk", None),
        indexes: Vec::new(),
        billing_mode: BillingMode::Provisioned,
        throughput: units(1, 2),
        created_at_ms: NOW_MS,
        deletion_protection: false,
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        on_demand_since_ms: None,
        table_class: None,
        latest_stream_label: None,
        stream: None,
        sse: None,
        tags: Vec::new(),
        expiry_attribute: None,
        expiry_phase: GoalPhase::Active,
        expiry_changed_at_ms: None,
    }
}

/// The table as it is shown, with five items and ever more entries per index.
fn shown(definition: &TableDefinition) -> TableDescription {
    let indexes = (7..).map(|count| (count, 10 * count)).take(definition.indexes.len()).collect();
    described(definition, ARN, &Sizes { table: (5, 60), indexes }, NOW_MS)
}

#[test]
fn what_was_not_declared_is_not_shown() {
    let table = shown(&plain());
    let name = |attribute: &AttributeDefinition| attribute.name.clone();
    let names: Vec<String> = table.attribute_definitions.iter().flatten().map(name).collect();
    assert_eq!(names, ["pk", "x"], "by name");
    assert_eq!((table.item_count, table.table_size_bytes), (Some(5), Some(60)));
    assert_eq!((table.local_secondary_indexes, table.global_secondary_indexes), (None, None));
    assert_eq!((table.billing_mode_summary, table.on_demand_throughput), (None, None));
    assert_eq!((table.latest_stream_arn, table.latest_stream_label), (None, None));
    assert_eq!((table.stream_specification, table.sse_description), (None, None));
    assert_eq!(table.table_class_summary, None);
}

#[test]
fn what_was_declared_is_shown() {
    let view = StreamView::NewAndOldImages;
    let ceilings = OnDemandThroughput { read: Some(9), write: None };
    let table = shown(&TableDefinition {
        deletion_protection: true,
        on_demand: Some(ceilings),
        table_class: Some(TableClass::StandardInfrequentAccess),
        latest_stream_label: Some("2026".into()),
        stream: Some(StreamSpecification { view }),
        sse: Some(SseSpecification { enabled: true, kms_key: None }),
        ..plain()
    });
    assert_eq!(table.deletion_protection_enabled, Some(true));
    assert_eq!(table.on_demand_throughput, Some(ceilings));
    let class = table.table_class_summary.unwrap().table_class;
    assert_eq!(class, Some(TableClass::StandardInfrequentAccess));
    assert_eq!(table.latest_stream_arn.unwrap().to_string(), format!("{ARN}/stream/2026"));
    assert_eq!(table.latest_stream_label.as_deref(), Some("2026"));
    let stream = StreamDeclaration { enabled: true, view: Some(view) };
    assert_eq!(table.stream_specification, Some(stream));
    let sse = table.sse_description.unwrap();
    assert_eq!((sse.status, sse.sse_type), (Some(SSEStatus::Enabled), Some(SseKind::Kms)));
    let own_key = "arn:aws:kms:us-east-1:000000000000:alias/aws/dynamodb";
    assert_eq!(sse.kms_master_key_arn.as_deref(), Some(own_key));
}

#[test]
fn a_key_is_shown_by_its_arn() {
    for (key, arn) in [
        ("arn:aws:kms:x", "arn:aws:kms:x"),
        ("alias/mine", "arn:aws:kms:us-east-1:000000000000:alias/mine"),
        ("1234", "arn:aws:kms:us-east-1:000000000000:key/1234"),
    ] {
        assert_eq!(kms_key_arn(ARN, Some(key)), arn);
    }
}

#[test]
fn a_table_that_was_once_paid_per_request_says_since_when() {
    let switched = TableDefinition { on_demand_since_ms: Some(7), ..plain() };
    let summary = shown(&switched).billing_mode_summary.unwrap();
    assert_eq!(summary.billing_mode, Some(BillingMode::Provisioned));
    assert_eq!(summary.last_update_to_pay_per_request_date_time_ms, Some(7));
    let on_demand = TableDefinition { billing_mode: BillingMode::PayPerRequest, ..switched };
    let summary = shown(&on_demand).billing_mode_summary.unwrap();
    assert_eq!(summary.billing_mode, Some(BillingMode::PayPerRequest));
}

#[test]
fn throughput_shows_how_it_changed_and_what_the_table_is_warm_for() {
    let mut definition = TableDefinition { warm: Some(units(50, 1)), ..plain() };
    definition.throughput_changes.note(units(9, 9), units(1, 2), NOW_MS - 2);
    definition.throughput_changes.note(units(0, 9), units(1, 2), NOW_MS - 1);
    let table = shown(&definition);
    let expected = ProvisionedThroughputDescription {
        last_decrease_date_time_ms: Some(NOW_MS - 1),
        last_increase_date_time_ms: Some(NOW_MS - 1),
        number_of_decreases_today: Some(2),
        read_capacity_units: Some(1),
        write_capacity_units: Some(2),
    };
    assert_eq!(table.provisioned_throughput, Some(expected));
    let warm = table.warm_throughput.unwrap();
    assert_eq!((warm.read_units_per_second, warm.write_units_per_second), (Some(50), Some(2)));
}

#[test]
fn indexes_are_shown_by_kind_with_what_they_hold() {
    let table = shown(&TableDefinition {
        indexes: vec![
            index("local", IndexKind::Local, GoalPhase::Active),
            index("global", IndexKind::Global, GoalPhase::Active),
        ],
        ..plain()
    });
    let [local] = <[_; 1]>::try_from(table.local_secondary_indexes.unwrap()).unwrap();
    assert_eq!(local.index_arn.unwrap(), format!("{ARN}/index/local"));
    assert_eq!((local.item_count, local.index_size_bytes), (Some(7), Some(70)));
    let roles = local.key_schema.unwrap().into_iter().map(|element| element.role);
    assert_eq!(roles.collect::<Vec<_>>(), [KeyRole::Hash, KeyRole::Range]);
    let projection = local.projection.unwrap();
    assert_eq!(projection.projection_type, Some(ProjectionType::Include));
    assert_eq!(projection.non_key_attributes.unwrap(), ["y", "z"], "by name");

    let [global] = <[_; 1]>::try_from(table.global_secondary_indexes.unwrap()).unwrap();
    assert_eq!(global.index_arn.unwrap(), format!("{ARN}/index/global"));
    assert_eq!((global.item_count, global.index_size_bytes), (Some(8), Some(80)));
    assert_eq!(global.provisioned_throughput.unwrap().read_capacity_units, Some(3));
    assert_eq!(global.warm_throughput.unwrap().write_units_per_second, Some(4));
}

#[test]
fn an_index_that_comes_is_creating_and_says_whether_it_is_being_backfilled() {
    for (phase, table, status, backfilling) in [
        (GoalPhase::Allocating, TableStatus::Updating, IndexStatus::Creating, Some(false)),
        (GoalPhase::Backfilling, TableStatus::Active, IndexStatus::Creating, Some(true)),
        (GoalPhase::Active, TableStatus::Active, IndexStatus::Active, None),
        (GoalPhase::Deleting, TableStatus::Updating, IndexStatus::Deleting, None),
    ] {
        let indexes = vec![index("i", IndexKind::Global, phase)];
        let definition = TableDefinition { indexes, ..plain() };
        assert_eq!(table_status(StoredStatus::Active, &definition), table, "{phase:?}");
        let index = &shown(&definition).global_secondary_indexes.unwrap()[0];
        assert_eq!((index.index_status, index.backfilling), (Some(status), backfilling));
    }
}
