//! Counters of each table and index.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use ahash::HashMap;
use model::{Capacity, ConsumedCapacity};
use parking_lot::{Mutex, RwLock};
use store::{Histogram, SpreadUnit};
use wire::OperationName;

use super::Answered;
use super::text::{FamilyType, Text};

/// Most tables with counters of their own; those that come later count as no table.
pub(super) const TABLES_MAX: usize = 1000;

/// Counters by table, and those of requests without a table that is known.
#[derive(Debug, Default)]
pub(super) struct Tables {
    named: RwLock<HashMap<String, TableCounters>>,
    nameless: Arc<Counters>,
}

/// Counters of one table and of its indexes.
#[derive(Debug, Default)]
struct TableCounters {
    own: Arc<Counters>,
    indexes: BTreeMap<String, Arc<Counters>>,
}

/// Counters of a table itself, or of one index.
#[derive(Debug)]
struct Counters {
    operations: [OnceLock<Box<Operation>>; OperationName::COUNT],
    unknown: OnceLock<Box<Operation>>,
    /// In half units, as `model` counts them.
    read_halves: AtomicU64,
    write_halves: AtomicU64,
}

/// Counters of one operation on one table or index.
#[derive(Debug)]
struct Operation {
    answered: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    durations: Histogram,
}

/// Counters, and what they are of; empty for no table, and for a table itself.
struct Named {
    table: String,
    index: String,
    counters: Arc<Counters>,
}

impl Tables {
    pub(super) fn answered(&self, request: Answered<'_>) {
        let count = |counters: &Counters| counters.answered(request);
        let Some(target) = request.target else { return count(&self.nameless) };
        let (table, index) = (target.table.name(), target.index.as_deref());
        match request.error {
            None if request.operation == Some(OperationName::DeleteTable) => {
                self.named.write().remove(table);
                count(&self.nameless);
            }
            // What something was done with exists.
            None => self.with_existing(table, index, count),
            Some(_) => self.with_known(table, index, count),
        }
    }

    pub(super) fn consumed(&self, consumed: &ConsumedCapacity) {
        let indexes = consumed.local_indexes.iter().chain(&consumed.global_indexes);
        let indexes = indexes.map(|(index, capacity)| (Some(&index[..]), *capacity));
        for (index, capacity) in [(None, consumed.base)].into_iter().chain(indexes) {
            let count = |counters: &Counters| counters.consumed(capacity);
            self.with_existing(consumed.table.name(), index, count);
        }
    }

    pub(super) fn write(&self, text: &mut Text) {
        let counted = self.counted();
        write_requests(&counted, text);
        write_durations(&counted, text);
        write_units(&counted, text);
    }

    /// Adds to the counters of a table or index; to those of no table if nothing was done with the
    /// table before. An index that is not known counts as its table.
    fn with_known(&self, table: &str, index: Option<&str>, count: impl FnOnce(&Counters)) {
        let named = self.named.read();
        let counters = named.get(table).map(|table| {
            let index = index.and_then(|index| table.indexes.get(index));
            index.unwrap_or(&table.own)
        });
        count(counters.unwrap_or(&self.nameless));
    }

    /// Adds to the counters of a table or index that exists; to those of no table if there are too
    /// many.
    fn with_existing(&self, table: &str, index: Option<&str>, count: impl FnOnce(&Counters)) {
        let named = self.named.read();
        if let Some(counters) = named.get(table).and_then(|table| table.counters(index)) {
            return count(counters);
        }
        drop(named);
        count(self.own_counters(table, index).as_ref().unwrap_or(&self.nameless));
    }

    /// The counters of a table or index, new ones where there are none; `None` if there are too
    /// many tables.
    fn own_counters(&self, table: &str, index: Option<&str>) -> Option<Arc<Counters>> {
        let mut named = self.named.write();
        if named.len() >= TABLES_MAX && !named.contains_key(table) {
            return None;
        }
        let table = named.entry(table.to_owned()).or_default();
        let counters = match index {
            None => Arc::clone(&table.own),
            Some(index) => Arc::clone(table.indexes.entry(index.to_owned()).or_default()),
        };
        assert!(named.len() <= TABLES_MAX, "memory is bounded whatever tables come and go");
        Some(counters)
    }

    /// All counters, in the order of what they are of.
    fn counted(&self) -> Vec<Named> {
        let named = |table: &str, index: &str, counters: &Arc<Counters>| Named {
            table: table.to_owned(),
            index: index.to_owned(),
            counters: Arc::clone(counters),
        };
        let mut counted = vec![named("", "", &self.nameless)];
        for (name, table) in &*self.named.read() {
            counted.push(named(name, "", &table.own));
            counted
                .extend(table.indexes.iter().map(|(index, counters)| named(name, index, counters)));
        }
        counted.sort_by(|one, other| (&one.table, &one.index).cmp(&(&other.table, &other.index)));
        counted
    }
}

impl TableCounters {
    fn counters(&self, index: Option<&str>) -> Option<&Arc<Counters>> {
        match index {
            None => Some(&self.own),
            Some(index) => self.indexes.get(index),
        }
    }
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            operations: std::array::from_fn(|_| OnceLock::new()),
            unknown: OnceLock::new(),
            read_halves: AtomicU64::new(0),
            write_halves: AtomicU64::new(0),
        }
    }
}

impl Counters {
    fn answered(&self, request: Answered<'_>) {
        let operation = match request.operation {
            Some(operation) => &self.operations[operation as usize],
            None => &self.unknown,
        };
        operation.get_or_init(Box::default).answered(request);
    }

    fn consumed(&self, capacity: Capacity) {
        for (counter, units) in
            [(&self.read_halves, capacity.read), (&self.write_halves, capacity.write)]
        {
            if units.halves() > 0 {
                counter.fetch_add(units.halves(), Ordering::Relaxed);
            }
        }
    }

    /// Operations that were called, by name.
    fn operations(&self) -> impl Iterator<Item = (&'static str, &Operation)> {
        let known = OperationName::ALL.iter().map(|name| name.as_str()).zip(&self.operations);
        let all = known.chain([("unknown", &self.unknown)]);
        all.filter_map(|(name, operation)| Some((name, &**operation.get()?)))
    }
}

impl Default for Operation {
    fn default() -> Self {
        Self {
            answered: AtomicU64::default(),
            refused: Mutex::default(),
            durations: Histogram::new(SpreadUnit::Microseconds, Histogram::DURATIONS_US),
        }
    }
}

impl Operation {
    fn answered(&self, request: Answered<'_>) {
        self.durations.observe(u64::try_from(request.took.as_micros()).unwrap_or(u64::MAX));
        match request.error {
            None => drop(self.answered.fetch_add(1, Ordering::Relaxed)),
            Some(error) => *self.refused.lock().entry(error).or_default() += 1,
        }
    }

    /// How often it ended how; no error is the empty one.
    fn ends(&self) -> Vec<(&'static str, u64)> {
        let answered = [("", self.answered.load(Ordering::Relaxed))];
        let refused = self.refused.lock().clone();
        answered.into_iter().chain(refused).filter(|(_, count)| *count > 0).collect()
    }
}

impl Named {
    fn labels(&self) -> [(&str, &str); 2] {
        [("table", &self.table), ("index", &self.index)]
    }
}

fn write_requests(counted: &[Named], text: &mut Text) {
    let name = "stator_requests_total";
    let help = "Requests answered, by the first table and index they name and the error.";
    text.family(name, FamilyType::Counter, help);
    for named in counted {
        for (operation, served) in named.counters.operations() {
            for (error, count) in served.ends() {
                let [table, index] = named.labels();
                let labels = [("operation", operation), table, index, ("error", error)];
                text.sample(name, &labels, count);
            }
        }
    }
}

fn write_durations(counted: &[Named], text: &mut Text) {
    let name = "stator_request_duration_seconds";
    let help = "Time from a request's last byte to its answer.";
    text.family(name, FamilyType::Histogram, help);
    for named in counted {
        for (operation, served) in named.counters.operations() {
            let [table, index] = named.labels();
            text.spread(
                name,
                &[("operation", operation), table, index],
                &served.durations.spread(),
            );
        }
    }
}

fn write_units(counted: &[Named], text: &mut Text) {
    let read: fn(&Counters) -> &AtomicU64 = |counters| &counters.read_halves;
    let write: fn(&Counters) -> &AtomicU64 = |counters| &counters.write_halves;
    for (name, help, halves) in [
        ("stator_consumed_read_units_total", "Read units that requests consumed.", read),
        ("stator_consumed_write_units_total", "Write units that requests consumed.", write),
    ] {
        text.family(name, FamilyType::Counter, help);
        for named in counted {
            let halves = halves(&named.counters).load(Ordering::Relaxed);
            if halves > 0 {
                text.sample(name, &named.labels(), halves as f64 / 2.0);
            }
        }
    }
}
