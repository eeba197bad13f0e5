//! What the clients were told, and which observations keep those promises.
//!
//! A write that got no answer, or an internal error for one, is in doubt: both what was before and
//! what was asked for are right.
//! After a check the doubts are settled by what was seen.

use std::collections::BTreeMap;

use serde_json::Value;

use super::observed::Observed;
use super::tables::{BALANCE, COUNTERS, Slot, account, counter};
use super::transfer::{Fate, Transfer};

/// What may be in a slot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlotContent {
    /// What was acknowledged last; `None` is no row.
    pub sure: Option<Value>,
    /// What the writes in doubt since then would have left.
    pub doubtful: Vec<Option<Value>>,
}

impl SlotContent {
    /// Whether this may be there.
    pub fn admits(&self, seen: Option<&Value>) -> bool {
        let took = self.doubtful.iter().any(|doubtful| seen == doubtful.as_ref());
        took || seen == self.sure.as_ref()
    }
}

/// How often 1 was added to one counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Additions {
    /// Additions that were acknowledged.
    pub acknowledged: u64,
    /// Additions that got no answer.
    pub doubtful: u64,
}

/// Everything the clients know, or one client's part of it.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// Rows of `items`.
    pub items: BTreeMap<Slot, SlotContent>,
    /// Additions, by counter.
    pub counters: BTreeMap<String, Additions>,
    /// Transfers, by the key of their ledger row.
    pub transfers: BTreeMap<String, Transfer>,
}

impl History {
    /// The rows that client `number` owns; counters and transfers start empty.
    pub fn of_client(&self, number: usize) -> Self {
        let own = self.items.range((number, 0)..=(number, u64::MAX));
        Self {
            items: own.map(|(slot, content)| (*slot, content.clone())).collect(),
            ..Self::default()
        }
    }

    /// Takes over what a client learnt.
    pub fn merge(&mut self, client: Self) {
        self.items.extend(client.items);
        for (id, transfer) in client.transfers {
            let known = self.transfers.insert(id, transfer);
            assert_eq!(known, None, "every transfer has an id of its own");
        }
        for (counter, tally) in client.counters {
            let sum = self.counters.entry(counter).or_default();
            sum.acknowledged += tally.acknowledged;
            sum.doubtful += tally.doubtful;
        }
    }

    /// Takes every write in doubt for one that was not made.
    pub fn deny_doubts(&mut self) {
        self.items.values_mut().for_each(|content| content.doubtful.clear());
        self.counters.values_mut().for_each(|tally| tally.doubtful = 0);
        for transfer in self.transfers.values_mut().filter(|known| known.fate == Fate::Doubtful) {
            transfer.fate = Fate::Refused;
        }
    }

    /// Every promise that `observed` breaks, as sentences.
    pub fn violations(&self, observed: &Observed) -> Vec<String> {
        let mut violations = self.wrong_items(observed);
        violations.extend(self.wrong_counters(observed));
        violations.extend(self.wrong_transfers(observed));
        violations.extend(wrong_balances(observed));
        violations.extend(observed.wrong_indexes());
        violations.extend(observed.wrong_streams());
        violations
    }

    /// Takes what was seen for what is.
    pub fn settle(&mut self, observed: Observed) {
        self.items = observed
            .items
            .into_iter()
            .map(|(slot, row)| (slot, SlotContent { sure: Some(row), doubtful: Vec::new() }))
            .collect();
        self.counters = observed
            .counters
            .into_iter()
            .map(|(counter, seen)| (counter, Additions { acknowledged: seen, doubtful: 0 }))
            .collect();
        self.transfers = observed
            .ledger
            .into_iter()
            .map(|(id, transfer)| (id, Transfer { fate: Fate::Done, ..transfer }))
            .collect();
    }

    fn wrong_items(&self, observed: &Observed) -> Vec<String> {
        let none = SlotContent::default();
        let mut slots: Vec<&Slot> = self.items.keys().chain(observed.items.keys()).collect();
        slots.sort_unstable();
        slots.dedup();
        let judge = |slot: &Slot| {
            let known = self.items.get(slot).unwrap_or(&none);
            let seen = observed.items.get(slot);
            (!known.admits(seen)).then(|| format!("item {slot:?} is {seen:?}, known is {known:?}"))
        };
        slots.into_iter().filter_map(judge).collect()
    }

    fn wrong_counters(&self, observed: &Observed) -> Vec<String> {
        let judge = |number| {
            let name = counter(number);
            let tally = self.counters.get(&name).copied().unwrap_or_default();
            let seen = observed.counters.get(&name).copied().unwrap_or_default();
            let most = tally.acknowledged + tally.doubtful;
            let wrong = !(tally.acknowledged..=most).contains(&seen);
            wrong.then(|| format!("{name} is {seen}, known is {tally:?}"))
        };
        (0..COUNTERS).filter_map(judge).collect()
    }

    fn wrong_transfers(&self, observed: &Observed) -> Vec<String> {
        let mut violations = Vec::new();
        for (id, known) in &self.transfers {
            let wrong = match (known.fate, observed.ledger.get(id)) {
                (Fate::Done, None) => Some("is lost"),
                (Fate::Refused, Some(_)) => Some("is there although it was refused"),
                (_, Some(seen)) if seen.amount != known.amount => Some("has another amount"),
                _ => None,
            };
            violations.extend(wrong.map(|wrong| format!("transfer {id} {wrong}: {known:?}")));
        }
        let unknown = observed.ledger.keys().filter(|id| !self.transfers.contains_key(*id));
        violations.extend(unknown.map(|id| format!("transfer {id} was never asked for")));
        violations
    }
}

/// The balances that the ledger explains: a transfer is there whole or not at all.
fn wrong_balances(observed: &Observed) -> Vec<String> {
    let mut expected: BTreeMap<String, i64> =
        (0..super::tables::ACCOUNTS).map(|number| (account(number), BALANCE)).collect();
    for transfer in observed.ledger.values() {
        *expected.entry(transfer.from.clone()).or_default() -= transfer.amount;
        *expected.entry(transfer.to.clone()).or_default() += transfer.amount;
    }
    if expected == observed.balances {
        return Vec::new();
    }
    let (sum, right): (i64, i64) = (observed.balances.values().sum(), expected.values().sum());
    let seen = |name: &String| observed.balances.get(name);
    let wrong = expected.iter().filter(|(name, balance)| seen(name) != Some(balance));
    let wrong: Vec<String> =
        wrong.map(|(name, right)| format!("{name} has {:?}, not {right}", seen(name))).collect();
    vec![format!("balances do not match the ledger (sum {sum}, not {right}): {}", wrong.join(", "))]
}

#[cfg(test)]
mod tests;
