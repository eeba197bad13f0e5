//! Counters of each table.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use model::{Capacity, ConsumedCapacity, TableRef};
use parking_lot::{Mutex, RwLock};
use store::{Histogram, Spread, SpreadUnit};
use wire::OperationName;

use super::Request;
use super::text::{Kind, Text};

/// Most tables with counters of their own; those that come later count as no table.
pub(super) const TABLES_MAX: usize = 1000;

/// Counters by table, and those of requests without a table that is known.
#[derive(Debug, Default)]
pub(super) struct Tables {
    named: RwLock<HashMap<String, Arc<Table>>>,
    nameless: Table,
}

/// Counters of one table.
#[derive(Debug)]
struct Table {
    operations: [OnceLock<Box<Operation>>; OperationName::COUNT],
    unknown: OnceLock<Box<Operation>>,
    base: Consumption,
    indexes: RwLock<BTreeMap<String, Consumption>>,
}

/// Counters of one operation on one table.
#[derive(Debug)]
struct Operation {
    answered: AtomicU64,
    refused: Mutex<BTreeMap<&'static str, u64>>,
    durations: Histogram,
}

/// Units in halves, as `model` counts them.
#[derive(Debug, Default)]
struct Consumption {
    read: AtomicU64,
    write: AtomicU64,
}

impl Tables {
    pub(super) fn answered(&self, request: Request<'_>) {
        let Some(table) = request.table.map(TableRef::name) else {
            return self.nameless.answered(request);
        };
        match request.error {
            None if request.operation == Some(OperationName::DeleteTable) => {
                self.named.write().remove(table);
                self.nameless.answered(request);
            }
            // A table that something was done with exists.
            None => self.with(table, |table| table.answered(request)),
            Some(_) => {
                let known = self.named.read().get(table).cloned();
                known.as_deref().unwrap_or(&self.nameless).answered(request);
            }
        }
    }

    pub(super) fn consumed(&self, consumed: &ConsumedCapacity) {
        self.with(consumed.table.name(), |table| table.consumed(consumed));
    }

    /// Shows `count` the counters of an existing table.
    fn with(&self, name: &str, count: impl Fn(&Table)) {
        {
            let named = self.named.read();
            if let Some(table) = named.get(name) {
                return count(table);
            }
        }
        let mut named = self.named.write();
        if named.len() >= TABLES_MAX {
            return count(&self.nameless);
        }
        count(named.entry(name.to_owned()).or_default());
    }

    pub(super) fn write(&self, text: &mut Text) {
        let mut tables: Vec<(String, Arc<Table>)> = self
            .named
            .read()
            .iter()
            .map(|(name, table)| (name.clone(), Arc::clone(table)))
            .collect();
        tables.sort_by(|(one, _), (other, _)| one.cmp(other));
        let nameless = [("", &self.nameless)];
        let named = tables.iter().map(|(name, table)| (&name[..], &**table));
        let tables: Vec<(&str, &Table)> = nameless.into_iter().chain(named).collect();
        write_requests(&tables, text);
        write_durations(&tables, text);
        write_units(&tables, text);
    }
}

impl Default for Table {
    fn default() -> Self {
        Self {
            operations: std::array::from_fn(|_| OnceLock::new()),
            unknown: OnceLock::new(),
            base: Consumption::default(),
            indexes: RwLock::default(),
        }
    }
}

impl Table {
    fn answered(&self, request: Request<'_>) {
        let place = match request.operation {
            Some(operation) => &self.operations[operation as usize],
            None => &self.unknown,
        };
        place.get_or_init(Box::default).answered(request);
    }

    fn consumed(&self, consumed: &ConsumedCapacity) {
        self.base.add(consumed.base);
        for (name, capacity) in consumed.local_indexes.iter().chain(&consumed.global_indexes) {
            {
                let indexes = self.indexes.read();
                if let Some(index) = indexes.get(name) {
                    index.add(*capacity);
                    continue;
                }
            }
            self.indexes.write().entry(name.clone()).or_default().add(*capacity);
        }
    }

    /// Operations that were called, by name.
    fn operations(&self) -> impl Iterator<Item = (&'static str, &Operation)> {
        let known = OperationName::ALL.iter().zip(&self.operations);
        let known = known.map(|(name, place)| (name.as_str(), place));
        let all = known.chain([("unknown", &self.unknown)]);
        all.filter_map(|(name, place)| Some((name, &**place.get()?)))
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
    fn answered(&self, request: Request<'_>) {
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

impl Consumption {
    fn add(&self, capacity: Capacity) {
        for (counter, units) in [(&self.read, capacity.read), (&self.write, capacity.write)] {
            if units.halves() > 0 {
                counter.fetch_add(units.halves(), Ordering::Relaxed);
            }
        }
    }
}

fn write_requests(tables: &[(&str, &Table)], text: &mut Text) {
    let help = "Requests answered, by the first table they name and the error they ended with.";
    text.family("stator_requests_total", Kind::Counter, help);
    for (table, counters) in tables {
        for (operation, counters) in counters.operations() {
            for (error, count) in counters.ends() {
                let labels = [("operation", operation), ("table", *table), ("error", error)];
                text.sample("stator_requests_total", &labels, count);
            }
        }
    }
}

fn write_durations(tables: &[(&str, &Table)], text: &mut Text) {
    let name = "stator_request_duration_seconds";
    let help = "Time from a request's last byte to its answer.";
    text.family(name, Kind::Histogram, help);
    for (table, counters) in tables {
        for (operation, counters) in counters.operations() {
            let spread: Spread = counters.durations.spread();
            text.spread(name, &[("operation", operation), ("table", table)], &spread);
        }
    }
}

fn write_units(tables: &[(&str, &Table)], text: &mut Text) {
    let read: fn(&Consumption) -> &AtomicU64 = |consumption| &consumption.read;
    let write: fn(&Consumption) -> &AtomicU64 = |consumption| &consumption.write;
    for (name, help, units) in [
        ("stator_consumed_read_units_total", "Read units that requests consumed.", read),
        ("stator_consumed_write_units_total", "Write units that requests consumed.", write),
    ] {
        text.family(name, Kind::Counter, help);
        for (table, counters) in tables {
            let indexes = counters.indexes.read();
            let indexes = indexes.iter().map(|(index, consumption)| (&index[..], consumption));
            for (index, consumption) in [("", &counters.base)].into_iter().chain(indexes) {
                let halves = units(consumption).load(Ordering::Relaxed);
                if halves > 0 {
                    let labels = [("table", *table), ("index", index)];
                    text.sample(name, &labels, halves as f64 / 2.0);
                }
            }
        }
    }
}
