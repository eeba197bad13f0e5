//! Each promise, broken on purpose: a check that accepts these observations is blind.

use serde_json::{Value, json};

use super::super::observed::{Observed, ScannedIndex};
use super::super::streams::replay::Replayed;
use super::super::tables::ACCOUNTS;
use super::*;

#[test]
fn what_was_acknowledged_is_accepted() {
    assert_eq!(history().violations(&observed()), Vec::<String>::new());
}

#[test]
fn a_lost_write_is_noticed() {
    let mut observed = observed();
    observed.items.remove(&(0, 1));
    noticed(&observed, "item (0, 1) is None");
}

#[test]
fn an_old_value_is_noticed() {
    let mut observed = observed();
    observed.items.insert((0, 1), row("older"));
    noticed(&observed, "item (0, 1) is Some");
}

#[test]
fn a_deleted_row_that_came_back_is_noticed() {
    let mut observed = observed();
    observed.items.insert((0, 2), row("back"));
    noticed(&observed, "item (0, 2) is Some");
}

#[test]
fn a_row_that_nobody_wrote_is_noticed() {
    let mut observed = observed();
    observed.items.insert((7, 7), row("stray"));
    noticed(&observed, "item (7, 7) is Some");
}

#[test]
fn a_write_in_doubt_may_be_there_or_not_but_nothing_else() {
    let mut history = history();
    let slot = history.items.get_mut(&(0, 1)).unwrap();
    slot.doubtful = vec![Some(row("in doubt"))];
    let mut observed = observed();
    assert!(history.violations(&observed).is_empty());
    observed.items.insert((0, 1), row("in doubt"));
    assert!(history.violations(&observed).is_empty());
    observed.items.remove(&(0, 1));
    assert_eq!(history.violations(&observed).len(), 1);
}

#[test]
fn a_write_in_doubt_that_is_denied_may_not_be_there() {
    let mut history = history();
    history.items.get_mut(&(0, 1)).unwrap().doubtful = vec![Some(row("in doubt"))];
    history.deny_doubts();
    let mut observed = observed();
    observed.items.insert((0, 1), row("in doubt"));
    assert_eq!(history.violations(&observed).len(), 1);
}

#[test]
fn a_counter_below_or_above_what_was_asked_is_noticed() {
    for wrong in [4, 7] {
        let mut observed = observed();
        observed.counters.insert(counter(0), wrong);
        noticed(&observed, &format!("counter-0 is {wrong}"));
    }
    let mut observed = observed();
    observed.counters.insert(counter(0), 6);
    assert!(history().violations(&observed).is_empty());
}

#[test]
fn a_lost_transfer_is_noticed() {
    let mut observed = observed();
    observed.ledger.remove("done");
    observed.balances.insert(account(0), BALANCE);
    observed.balances.insert(account(1), BALANCE);
    noticed(&observed, "transfer done is lost");
}

#[test]
fn a_refused_transfer_that_is_there_is_noticed() {
    let mut history = history();
    history.transfers.get_mut("done").unwrap().fate = Fate::Refused;
    let violations = history.violations(&observed());
    assert!(violations[0].starts_with("transfer done is there although it was refused"));
}

#[test]
fn half_a_transfer_is_noticed() {
    let mut observed = observed();
    observed.balances.insert(account(1), BALANCE);
    noticed(&observed, "balances do not match the ledger (sum 23990, not 24000)");
}

#[test]
fn a_stale_index_row_is_noticed() {
    let mut observed = observed();
    observed.indexes[0].rows.push(row("stale"));
    noticed(&observed, "index by-group has 2 rows, its table gives 1");
}

#[test]
fn a_missing_index_row_is_noticed() {
    let mut observed = observed();
    observed.indexes[0].rows.clear();
    noticed(&observed, "index by-group has 0 rows, its table gives 1");
}

#[test]
fn what_a_stream_does_wrong_is_told() {
    let mut observed = observed();
    let violations = vec!["record 7 of the stream of items".to_owned()];
    observed.streams = vec![Replayed { violations, ..Replayed::default() }];
    noticed(&observed, "record 7 of the stream of items");
}

#[test]
fn a_settled_history_expects_what_was_seen() {
    let mut history = history();
    let mut seen = observed();
    seen.counters.insert(counter(0), 6);
    history.settle(seen.clone());
    assert!(history.violations(&seen).is_empty());
    seen.counters.insert(counter(0), 5);
    assert_eq!(history.violations(&seen).len(), 1);
}

fn row(body: &str) -> Value {
    json!({"group": {"S": "group-1"}, "stamp": {"N": "1"}, "body": {"S": body}})
}

/// One row, one deleted row, five or six additions, one transfer.
fn history() -> History {
    let mut history = History::default();
    history.items.insert((0, 1), SlotContent { sure: Some(row("kept")), doubtful: Vec::new() });
    history.items.insert((0, 2), SlotContent::default());
    history.counters.insert(counter(0), Additions { acknowledged: 5, doubtful: 1 });
    history.transfers.insert("done".to_owned(), transfer());
    history
}

fn transfer() -> Transfer {
    Transfer { from: account(0), to: account(1), amount: 10, fate: Fate::Done }
}

/// What keeps every promise of [`history`].
fn observed() -> Observed {
    let mut observed = Observed::default();
    observed.items.insert((0, 1), row("kept"));
    observed.counters.insert(counter(0), 5);
    observed.ledger.insert("done".to_owned(), transfer());
    observed.balances = (0..ACCOUNTS).map(|number| (account(number), BALANCE)).collect();
    observed.balances.insert(account(0), BALANCE - 10);
    observed.balances.insert(account(1), BALANCE + 10);
    let table = [row("kept"), json!({"body": {"S": "not in the index"}})];
    observed.indexes =
        vec![ScannedIndex::new("by-group", vec![row("kept")], &table, &["group", "stamp"])];
    observed
}

fn noticed(observed: &Observed, expected: &str) {
    let violations = history().violations(observed);
    assert_eq!(violations.len(), 1, "{violations:#?}");
    assert!(violations[0].starts_with(expected), "{violations:#?}");
}
