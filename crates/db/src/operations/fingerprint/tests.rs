//! Fingerprints that later builds have to find again, and transactions that must differ.

use expr::{ConditionKind, Resolver};
use model::{AttributeValue, TableRef};

use super::*;

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn attributes<const N: usize>(entries: [(&str, &str); N]) -> Item {
    item(entries.map(|(name, value)| (name, text(value))))
}

fn item<const N: usize>(entries: [(&str, AttributeValue); N]) -> Item {
    Item::encode(&entries.map(|(name, value)| (name.to_owned(), value)).into())
}

fn resolver() -> Resolver {
    let values = [(":x".to_owned(), text("x").into())].into();
    Resolver::new(None, Some(values)).unwrap()
}

fn action(operation: TransactOperation) -> TransactAction {
    TransactAction {
        table: TableRef::new("films").into(),
        operation,
        condition: None,
        on_failure: Shown::None,
    }
}

fn put() -> TransactAction {
    action(TransactOperation::Put(attributes([("a", "1"), ("id", "7")])))
}

fn delete() -> TransactAction {
    action(TransactOperation::Delete(attributes([("id", "7")])))
}

fn update(expression: &str) -> TransactAction {
    let update = resolver().update(expression).unwrap();
    action(TransactOperation::Update(attributes([("id", "7")]), update))
}

fn check(expression: &str) -> TransactAction {
    let condition = resolver().condition(ConditionKind::Condition, expression).unwrap();
    let operation = TransactOperation::ConditionCheck(attributes([("id", "7")]));
    TransactAction { condition: Some(condition), ..action(operation) }
}

#[test]
fn fingerprints_are_the_same_in_every_build() {
    let showing = TransactAction { on_failure: Shown::AllOld, ..check("a = :x") };
    let all = [put(), delete(), update("SET a = :x REMOVE b[1].c"), showing];
    let found = [fingerprint(&all[..1]), fingerprint(&all[1..2]), fingerprint(&all)];
    let golden = [0x38c3_f942_e84b_d08a, 0x3cd4_cde7_10ec_eff6, 0x6bcc_bdb3_eb3d_8995];
    assert_eq!(found, golden);
}

#[test]
fn transactions_that_differ_have_different_fingerprints() {
    let conditional = TransactAction { condition: check("a = :x").condition, ..put() };
    let showing = TransactAction { on_failure: Shown::AllOld, ..put() };
    let elsewhere = TransactAction { table: TableRef::new("film").into(), ..put() };
    let mut other_value = put();
    other_value.operation = TransactOperation::Put(attributes([("a", "2"), ("id", "7")]));
    // The same letters, cut elsewhere.
    let (first, second) = (attributes([("a", "bc")]), attributes([("ab", "c")]));
    let number = item([("a", AttributeValue::B(b"bc".to_vec()))]);
    let [first, second, number] =
        [first, second, number].map(|map| action(TransactOperation::Put(map)));
    // Longer than what stands in a form itself.
    let long = |end: &str| {
        let text = "x".repeat(100) + end;
        action(TransactOperation::Put(attributes([("a", &text)])))
    };
    let key = attributes([("id", "7")]);
    let transactions = [
        vec![long("1")],
        vec![long("2")],
        vec![long("12")],
        vec![put()],
        vec![put(), delete()],
        vec![delete(), put()],
        vec![conditional],
        vec![showing],
        vec![elsewhere],
        vec![other_value],
        vec![first],
        vec![second],
        vec![number],
        vec![delete()],
        vec![action(TransactOperation::Put(key.clone()))],
        vec![action(TransactOperation::ConditionCheck(key))],
        vec![update("SET a = :x")],
        vec![update("SET b = :x")],
        vec![update("REMOVE a")],
        vec![check("a = :x")],
        vec![check("a <> :x")],
        vec![],
    ];
    let mut fingerprints: Vec<u64> =
        transactions.iter().map(|actions| fingerprint(actions)).collect();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), transactions.len());
}
