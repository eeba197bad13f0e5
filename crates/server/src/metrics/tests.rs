use model::{Capacity, Consistency, TableRef, Units};
use store::{FigureValue, Histogram, SpreadUnit};

use super::*;

fn request<'a>(target: Option<&'a Target>, error: Option<&'static str>) -> Answered<'a> {
    let took = Duration::from_micros(700);
    Answered { operation: Some(OperationName::GetItem), target, error, took }
}

fn table(text: &str) -> Target {
    Target { table: TableRef::new(text), index: None }
}

fn text(metrics: &Metrics) -> String {
    metrics.text(&now())
}

fn now() -> Readings {
    let health = Health::Serving;
    Readings { body_bytes: 7, health, expiry: Vec::new(), streams: Vec::new(), figures: Vec::new() }
}

#[track_caller]
fn has(text: &str, line: &str) {
    assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
}

#[test]
fn requests_are_counted_by_operation_table_and_error() {
    let metrics = Metrics::default();
    let notes = table("notes");
    let arn = table("arn:aws:dynamodb:us-east-1:000000000000:table/notes");
    metrics.answered(request(Some(&notes), None));
    metrics.answered(request(Some(&arn), None));
    metrics.answered(request(Some(&notes), Some("ValidationException")));
    metrics.answered(request(None, Some("SerializationException")));
    metrics.answered(Answered { operation: None, ..request(None, Some("Unknown")) });
    let text = text(&metrics);
    let line = |operation, table, error, count| {
        format!(
            "stator_requests_total{{operation=\"{operation}\",table=\"{table}\",\
             index=\"\",error=\"{error}\"}} {count}"
        )
    };
    has(&text, &line("GetItem", "notes", "", 2));
    has(&text, &line("GetItem", "notes", "ValidationException", 1));
    has(&text, &line("GetItem", "", "SerializationException", 1));
    has(&text, &line("unknown", "", "Unknown", 1));
    let durations = "stator_request_duration_seconds";
    let labels = "operation=\"GetItem\",table=\"notes\",index=\"\"";
    has(&text, &format!("{durations}_bucket{{{labels},le=\"0.0005\"}} 0"));
    has(&text, &format!("{durations}_bucket{{{labels},le=\"0.001\"}} 3"));
    has(&text, &format!("{durations}_bucket{{{labels},le=\"+Inf\"}} 3"));
    has(&text, &format!("{durations}_sum{{{labels}}} 0.0021"));
    has(&text, &format!("{durations}_count{{{labels}}} 3"));
}

#[test]
fn a_table_that_only_a_request_names_makes_no_series() {
    let metrics = Metrics::default();
    for name in 0..10 {
        let table = table(&format!("guess\"-{name}"));
        metrics.answered(request(Some(&table), Some("ResourceNotFoundException")));
    }
    let text = text(&metrics);
    assert!(!text.contains("guess"), "{text}");
    assert!(
        text.contains("table=\"\",index=\"\",error=\"ResourceNotFoundException\"} 10\n"),
        "{text}"
    );
}

#[test]
fn requests_through_an_index_are_its_own() {
    let metrics = Metrics::default();
    for (index, error) in [
        ("time", None),
        ("time", Some("ValidationException")),
        ("guess", Some("ValidationException")),
    ] {
        let target = Target { index: Some(index.to_owned()), ..table("notes") };
        let operation = Some(OperationName::Query);
        metrics.answered(Answered { operation, ..request(Some(&target), error) });
    }
    let text = text(&metrics);
    let line = |index, error| {
        format!(
            "stator_requests_total{{operation=\"Query\",table=\"notes\",index=\"{index}\",\
             error=\"{error}\"}} 1"
        )
    };
    has(&text, &line("time", ""));
    has(&text, &line("time", "ValidationException"));
    has(&text, &line("", "ValidationException"));
}

#[test]
fn a_deleted_table_leaves_the_list() {
    let metrics = Metrics::default();
    let notes = table("notes");
    metrics.answered(request(Some(&notes), None));
    let operation = Some(OperationName::DeleteTable);
    metrics.answered(Answered { operation, ..request(Some(&notes), None) });
    let text = text(&metrics);
    assert!(!text.contains("notes"), "{text}");
    has(
        &text,
        "stator_requests_total{operation=\"DeleteTable\",table=\"\",index=\"\",error=\"\"} 1",
    );
}

#[test]
fn there_are_only_so_many_tables() {
    let metrics = Metrics::default();
    for name in 0..tables::TABLES_MAX + 5 {
        metrics.answered(request(Some(&table(&format!("t{name}"))), None));
    }
    has(
        &text(&metrics),
        "stator_requests_total{operation=\"GetItem\",table=\"\",index=\"\",error=\"\"} 5",
    );
}

#[test]
fn units_are_counted_by_table_and_index() {
    let metrics = Metrics::default();
    let capacity = Capacity { read: Units::read(1, Consistency::Eventual), ..Capacity::default() };
    let written = Capacity { write: Units::write(2000), ..Capacity::default() };
    let consumed = ConsumedCapacity {
        table: TableRef::new("notes"),
        base: capacity,
        local_indexes: vec![("local".to_owned(), capacity)],
        global_indexes: vec![("global".to_owned(), written)],
    };
    metrics.consumed(&[consumed.clone(), consumed.clone()]);
    metrics.consumed(&[consumed]);
    let text = text(&metrics);
    has(&text, "stator_consumed_read_units_total{table=\"notes\",index=\"\"} 1.5");
    has(&text, "stator_consumed_read_units_total{table=\"notes\",index=\"local\"} 1.5");
    has(&text, "stator_consumed_write_units_total{table=\"notes\",index=\"global\"} 6");
}

#[test]
fn connections_come_and_go() {
    let metrics = Metrics::default();
    let one = metrics.connected();
    drop(metrics.connected());
    has(&text(&metrics), "stator_connections 1");
    drop(one);
    let text = text(&metrics);
    has(&text, "stator_connections 0");
    has(&text, "stator_connections_total 2");
    has(&text, "stator_request_body_bytes 7");
    has(&text, "stator_serving 1");
}

#[test]
fn an_engine_has_its_say() {
    let rows = Histogram::new(SpreadUnit::Things, &[1, 4]);
    rows.observe(3);
    let figures = vec![
        Figure { name: "log_bytes", help: "Bytes.", value: FigureValue::Level(5) },
        Figure { name: "flushes", help: "Flushes.", value: FigureValue::Count(6) },
        Figure { name: "rows", help: "Rows.", value: FigureValue::Spread(rows.spread()) },
    ];
    let health = Health::Stopped { reason: "over".into() };
    let text = Metrics::default().text(&Readings { health, figures, ..now() });
    has(&text, "stator_serving 0");
    has(&text, "stator_engine_log_bytes 5");
    has(&text, "stator_engine_flushes_total 6");
    has(&text, "# TYPE stator_engine_rows histogram");
    has(&text, "stator_engine_rows_bucket{le=\"4\"} 1");
}

#[test]
fn expiry_is_told_by_table_and_tables_of_one_name_share_a_series() {
    let figures = |table: &str, removed, lag_seconds| {
        let table = table.to_owned();
        ExpiryFigures { table, removed, lag_seconds }
    };
    let expiry = vec![figures("notes", 3, 0), figures("sessions", 4, 7), figures("notes", 5, 2)];
    let text = Metrics::default().text(&Readings { expiry, ..now() });
    has(&text, "# TYPE stator_expired_items_total counter");
    has(&text, "stator_expired_items_total{table=\"notes\"} 8");
    has(&text, "stator_expired_items_total{table=\"sessions\"} 4");
    has(&text, "# TYPE stator_expiry_lag_seconds gauge");
    has(&text, "stator_expiry_lag_seconds{table=\"notes\"} 2");
    has(&text, "stator_expiry_lag_seconds{table=\"sessions\"} 7");
}

#[test]
fn streams_are_told_by_table_with_the_age_of_the_reader_farthest_behind() {
    let figures = |table: &str, written, iterator_age_ms| {
        let table = table.to_owned();
        StreamFigures { table, written, read: 2 * written, iterator_age_ms }
    };
    let streams = vec![figures("notes", 3, 2500), figures("notes", 4, 0), figures("films", 1, 0)];
    let text = Metrics::default().text(&Readings { streams, ..now() });
    has(&text, "# TYPE stator_stream_records_written_total counter");
    has(&text, "stator_stream_records_written_total{table=\"notes\"} 7");
    has(&text, "stator_stream_records_read_total{table=\"notes\"} 14");
    has(&text, "# TYPE stator_stream_iterator_age_seconds gauge");
    has(&text, "stator_stream_iterator_age_seconds{table=\"notes\"} 2.5");
    has(&text, "stator_stream_iterator_age_seconds{table=\"films\"} 0");
}
