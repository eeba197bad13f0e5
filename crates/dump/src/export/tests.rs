use model::{
    AttributeDefinition, AttributeMap, AttributeValue, BillingMode, GoalPhase, Item, KeyElement,
    KeySchema, Number, ProvisionedThroughput, ScalarType, ThroughputChanges,
};

use super::*;
use crate::DumpError;

/// An export of one table with two items, as docs/format/export.md shows it.
const GOLDEN: &str = include_str!("golden.jsonl");

fn scope() -> Scope {
    Scope { account: "000000000000".into(), region: "eu-west-3".into() }
}

fn definition() -> TableDefinition {
    let hash = KeyElement { name: "id".into(), scalar_type: ScalarType::S };
    TableDefinition {
        name: "notes".into(),
        table_id: "0f0e0d0c-0b0a-4009-8807-060504030201".into(),
        attributes: vec![AttributeDefinition { name: "id".into(), scalar_type: ScalarType::S }],
        key: KeySchema { hash: vec![hash], range: Vec::new() },
        indexes: Vec::new(),
        billing_mode: BillingMode::PayPerRequest,
        throughput: ProvisionedThroughput { read: 0, write: 0 },
        created_at_ms: 1_700_000_000_123,
        deletion_protection: true,
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        on_demand_since_ms: None,
        table_class: None,
        stream: None,
        latest_stream_label: None,
        sse: None,
        tags: vec![("team".into(), "blue".into())],
        expiry_attribute: Some("until".into()),
        expiry_phase: GoalPhase::Active,
        expiry_changed_at_ms: None,
    }
}

fn head() -> Head {
    let written_by = "stator 0.1.0".into();
    Head { written_by, written_at_ms: 1_700_000_001_000, tables: 1, items: 2 }
}

fn items() -> [Item; 2] {
    let id = |id: &str| ("id".to_owned(), AttributeValue::S(id.into()));
    let number = Number::parse("-12345678901234567890123456789012345678e-60").unwrap();
    let odd = AttributeValue::L(vec![
        AttributeValue::N(number),
        AttributeValue::B(vec![0, 255]),
        AttributeValue::S(String::new()),
        AttributeValue::Null,
    ]);
    let attributes =
        [AttributeMap::from([id("1")]), AttributeMap::from([id("é\n"), ("odd".to_owned(), odd)])];
    attributes.map(|attributes| Item::encode(&attributes))
}

fn written() -> String {
    let mut writer = ExportWriter::new(Vec::new(), head()).unwrap();
    writer.table(&scope(), &definition()).unwrap();
    for item in items() {
        writer.item(item.attributes(), item.item_bytes()).unwrap();
    }
    writer.end_table().unwrap();
    String::from_utf8(writer.finish().unwrap()).unwrap()
}

fn read(text: &str) -> Result<Vec<ExportPart>, DumpError> {
    let mut reader = ExportReader::new(text.as_bytes())?;
    let mut records = Vec::new();
    while let Some(record) = reader.next_part()? {
        records.push(record);
    }
    Ok(records)
}

fn refusal(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

#[test]
fn lines_are_the_documented_ones() {
    assert_eq!(written(), GOLDEN);
}

#[test]
fn what_was_documented_reads_back() {
    let [first, second] = items().map(ExportPart::Item);
    let table = TableHead { scope: scope(), definition: definition() };
    let expected = [ExportPart::Table(Box::new(table)), first, second, ExportPart::TableEnd];
    assert_eq!(read(GOLDEN).unwrap(), expected);
    assert_eq!(ExportReader::new(GOLDEN.as_bytes()).unwrap().head(), &head());
}

#[test]
fn an_export_that_stops_early_is_refused_wherever_it_stops() {
    for length in 0..GOLDEN.len() {
        if GOLDEN.is_char_boundary(length) {
            let error = read(&GOLDEN[..length]).expect_err("it is cut short");
            assert!(matches!(error, DumpError::Damaged { .. } | DumpError::NotAnExport), "{error}");
        }
    }
}

#[test]
fn every_missing_repeated_or_misplaced_line_is_refused() {
    let lines: Vec<&str> = GOLDEN.split_inclusive('\n').collect();
    for at in 0..lines.len() {
        let without = [&lines[..at], &lines[at + 1..]].concat().concat();
        assert!(read(&without).is_err(), "without line {}", at + 1);
        let twice = [&lines[..=at], &lines[at..]].concat().concat();
        assert!(read(&twice).is_err(), "line {} twice", at + 1);
    }
}

#[test]
fn other_files_are_no_exports() {
    for text in ["", "{}\n", "[1]\n", "{\"Item\":{}}\n", "\u{0}\n", "{\"Items\":[]}"] {
        assert!(read(text).is_err(), "{text}");
    }
    assert_eq!(refusal("{}\n"), "it is not a Stator export");
}

#[test]
fn a_later_version_is_refused_by_number() {
    let later = GOLDEN.replace("\"Version\":1", "\"Version\":2");
    assert_eq!(
        refusal(&later),
        "it has the export format 2, and this version reads 1; import it with the version that \
         wrote it, or a later one"
    );
}

#[test]
fn a_bad_item_is_named_by_its_line() {
    let bad = GOLDEN.replace("{\"S\":\"1\"}", "{\"N\":\"one\"}");
    assert_eq!(refusal(&bad), "line 3: The parameter cannot be converted to a numeric value: one");
    let bad = GOLDEN.replace("{\"Item\":{\"id\":{\"S\":\"1\"}}}", "{\"Itme\":1}");
    assert!(refusal(&bad).starts_with("line 3: unknown variant `Itme`"), "{}", refusal(&bad));
}

#[test]
fn settings_that_this_version_does_not_know_are_passed_over() {
    let later = GOLDEN.replace("\"tags\":", "\"colour\":\"red\",\"tags\":");
    assert_eq!(read(&later).unwrap(), read(GOLDEN).unwrap());
}
