//! How long it takes to read requests and to write answers.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use model::api::{GetItemOutput, QueryOutput};
use stator_wire::operations::{BatchWriteItem, GetItem, PutItem, Query, UpdateItem};
use stator_wire::{Encode, Operation, Text, decode};

/// An item as `cargo xtask bench` writes it.
const ITEM: &str = r#"{"owner":{"S":"owner#00000042"},"at":{"N":"17"},
"title":{"S":"A bench item of ordinary size"},"text":{"S":"The quick brown fox jumps over the lazy dog. 
The quick brown fox jumps over the lazy dog. The quick brown fox jumps over the lazy dog."},
"likes":{"N":"1000"},"score":{"N":"98.6"},"public":{"BOOL":true},"tags":{"SS":["amber","blue","cyan"]},
"place":{"M":{"city":{"S":"Lisbon"},"floor":{"N":"3"}}}}"#;
/// Items of one Query's answer.
const ITEMS: usize = 20;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    requests(&mut criterion);
    answers(&mut criterion);
    criterion.final_summary();
}

fn requests(criterion: &mut Criterion) {
    let key = r#"{"owner":{"S":"owner#00000042"},"at":{"N":"17"}}"#;
    let item = ITEM.replace('\n', "");
    read::<GetItem>(criterion, &format!(r#"{{"TableName":"bench","Key":{key}}}"#));
    read::<PutItem>(criterion, &format!(r#"{{"TableName":"bench","Item":{item}}}"#));
    read::<Query>(
        criterion,
        r##"{"TableName":"bench","KeyConditionExpression":"#owner = :owner",
            "ExpressionAttributeNames":{"#owner":"owner"},
            "ExpressionAttributeValues":{":owner":{"S":"owner#00000042"}}}"##,
    );
    read::<UpdateItem>(
        criterion,
        &format!(
            r#"{{"TableName":"bench","Key":{key},"UpdateExpression":"SET likes = likes + :one",
                "ExpressionAttributeValues":{{":one":{{"N":"1"}}}}}}"#
        ),
    );
    let put = format!(r#"{{"PutRequest":{{"Item":{item}}}}}"#);
    let puts = vec![put; 25].join(",");
    read::<BatchWriteItem>(criterion, &format!(r#"{{"RequestItems":{{"bench":[{puts}]}}}}"#));
}

fn answers(criterion: &mut Criterion) {
    let body = format!(r#"{{"TableName":"bench","Item":{}}}"#, ITEM.replace('\n', ""));
    let put = decode::<PutItem>(body.as_bytes()).expect(WELL_FORMED);
    let got = GetItemOutput { item: Some(put.item.clone()), consumed_capacity: None };
    let queried = QueryOutput {
        consumed_capacity: None,
        count: Some(ITEMS as u64),
        items: Some(vec![put.item; ITEMS]),
        last_evaluated_key: None,
        scanned_count: Some(ITEMS as u64),
    };
    write(criterion, "GetItem", &got);
    write(criterion, "Query of 20", &queried);
}

const WELL_FORMED: &str = "the bench writes well-formed requests";

fn read<O: Operation>(criterion: &mut Criterion, body: &str) {
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function(O::NAME, |b| {
        b.iter(|| decode::<O>(black_box(body.as_bytes())).expect(WELL_FORMED));
    });
}

fn write(criterion: &mut Criterion, name: &str, answer: &impl Encode) {
    let mut body = Text::default();
    answer.encode(&mut body);
    let mut group = criterion.benchmark_group("write");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function(name, |b| {
        b.iter_batched_ref(
            || Text::expecting(body.len()),
            |out| black_box(answer).encode(out),
            BatchSize::SmallInput,
        );
    });
}
