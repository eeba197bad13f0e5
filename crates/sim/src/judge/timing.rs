//! Is there a moment for every version at which all reads agree?

use serde_json::Value;

use super::{Window, Writes};
use crate::history::{Fate, History, Moment, Sighting};
use crate::observed::Observed;
use crate::operation::{Operation, SLOTS, id_of};

/// The versions of a slot, the first of which is that there is none.
struct Versions<'o> {
    items: Vec<Option<&'o Value>>,
    /// When each begins.
    begins: Vec<Window>,
}

pub(super) fn check(
    history: &History,
    observed: &Observed,
    writes: &Writes<'_>,
    wrong: &mut Vec<String>,
) {
    let mut slots: Vec<Versions<'_>> =
        (0..SLOTS).map(|slot| Versions::of(slot, observed, writes)).collect();
    for sighting in &history.sightings {
        for (slot, seen) in &sighting.slots {
            slots[*slot].narrow(sighting, seen.as_ref());
        }
    }
    for (slot, versions) in slots.iter_mut().enumerate() {
        versions.order(slot, wrong);
    }
    for sighting in &history.sightings {
        for (slot, seen) in &sighting.slots {
            if slots[*slot].may_show(sighting, seen.as_ref()).is_empty() {
                let Sighting { from, to, .. } = sighting;
                wrong.push(format!("slot {slot}: at {from} to {to} a read saw {seen:?}"));
            }
        }
    }
    check_transactions(history, observed, wrong);
}

impl<'o> Versions<'o> {
    fn of(slot: usize, observed: &'o Observed, writes: &Writes<'_>) -> Self {
        let mut items = vec![None];
        let mut begins = vec![Window { from: 0, to: 0 }];
        for record in &observed.records[slot] {
            items.push(record.new.as_ref());
            let write = record.new.as_ref().and_then(id_of).and_then(|id| writes.get(&id));
            begins.push(match write {
                Some((_, entry, _)) => {
                    Window { from: entry.from, to: entry.to.unwrap_or(Moment::MAX) }
                }
                None => Window { from: 0, to: Moment::MAX },
            });
        }
        Self { items, begins }
    }

    /// A version that was seen, and can be told from others, was there by then and not yet gone.
    fn narrow(&mut self, Sighting { from, to, .. }: &Sighting, seen: Option<&Value>) {
        if seen.is_none() {
            return;
        }
        let Some(at) = self.items.iter().position(|item| *item == seen) else { return };
        self.begins[at].to = self.begins[at].to.min(*to);
        if let Some(next) = self.begins.get_mut(at + 1) {
            next.from = next.from.max(*from);
        }
    }

    /// Versions begin one after the other.
    fn order(&mut self, slot: usize, wrong: &mut Vec<String>) {
        for at in 1..self.begins.len() {
            self.begins[at].from = self.begins[at].from.max(self.begins[at - 1].from);
        }
        for at in (1..self.begins.len()).rev() {
            self.begins[at - 1].to = self.begins[at - 1].to.min(self.begins[at].to);
        }
        for (window, item) in self.begins.iter().zip(&self.items) {
            if window.from > window.to {
                let Window { from, to } = window;
                wrong.push(format!("slot {slot}: {item:?} began behind {from} and before {to}"));
            }
        }
    }

    /// The versions that a read may have shown.
    fn may_show(&self, Sighting { from, to, .. }: &Sighting, seen: Option<&Value>) -> Vec<usize> {
        let fits = |at: &usize| {
            let ends = self.begins.get(at + 1).map_or(Moment::MAX, |next| next.to);
            self.items[*at] == seen && self.begins[*at].from <= *to && ends >= *from
        };
        (0..self.items.len()).filter(fits).collect()
    }
}

/// What is read at one moment has all of a transaction, or nothing.
fn check_transactions(history: &History, observed: &Observed, wrong: &mut Vec<String>) {
    let at = |slot: usize, id: u64| {
        let made = |record: &crate::observed::Record| record.new.as_ref().and_then(id_of);
        observed.records[slot].iter().position(|record| made(record) == Some(id))
    };
    let done = history.entries.iter().filter(|entry| entry.fate != Fate::Refused);
    let transactions = done.filter(|entry| matches!(entry.operation, Operation::Transact { .. }));
    for entry in transactions {
        for sighting in history.sightings.iter().filter(|sighting| sighting.is_atomic) {
            let has_it = entry.operation.writes().iter().filter_map(|write| {
                let (_, seen) = sighting.slots.iter().find(|(slot, _)| *slot == write.slot)?;
                let seen = at(write.slot, id_of(seen.as_ref()?)?)?;
                Some(seen >= at(write.slot, write.id)?)
            });
            let has_it: Vec<bool> = has_it.collect();
            if has_it.contains(&true) && has_it.contains(&false) {
                wrong.push(format!("half of {:?} was read: {sighting:?}", entry.operation));
            }
        }
    }
}
