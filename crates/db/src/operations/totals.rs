//! What batches and transactions report of each of their tables: the capacity consumed, and the
//! item collections written to.
//!
//! A table is known here by the name that the request gives it, and stands where the request first
//! names it.

use model::{
    Consistency, ConsumedCapacity, Item, ItemCollectionMetrics, ReturnConsumedCapacity, TableRef,
};

use super::Report;
use crate::maintained::Effect;
use crate::metering::{self, Rate};
use crate::schema::Table;

/// Item collection metrics per table.
pub type ItemMetrics = Vec<(TableRef, Vec<ItemCollectionMetrics>)>;

/// The sums of one request, per table.
#[derive(Debug)]
pub(super) struct Totals {
    report: Report,
    rate: Rate,
    consumed: Vec<ConsumedCapacity>,
    metrics: ItemMetrics,
}

impl Totals {
    /// Nothing yet, of a request that is charged at that rate.
    pub(super) fn new(report: Report, rate: Rate) -> Self {
        Self { report, rate, consumed: Vec::new(), metrics: Vec::new() }
    }

    /// The share of a table, which may come to consume nothing.
    pub(super) fn share(&mut self, table: &TableRef) -> &mut ConsumedCapacity {
        let known = self.consumed.iter().position(|share| share.table == *table);
        let position = known.unwrap_or_else(|| {
            self.consumed.push(metering::nothing(table.clone()));
            self.consumed.len() - 1
        });
        &mut self.consumed[position]
    }

    /// Adds the reading of an item, or of its absence.
    pub(super) fn add_read(
        &mut self,
        table: &TableRef,
        item: Option<&Item>,
        consistency: Consistency,
    ) {
        let units = metering::item_read(item, consistency, self.rate);
        metering::add_table_read(self.share(table), units);
    }

    /// Adds the write of an item.
    pub(super) fn add_write(&mut self, named: &TableRef, table: &Table, effect: &Effect) {
        let rate = self.rate;
        metering::add_write(self.share(named), effect, rate);
        let Some(collection) = collection_metrics(table, effect, self.report) else { return };
        match self.metrics.iter_mut().find(|(table, _)| table == named) {
            Some((_, collections)) => collections.push(collection),
            None => self.metrics.push((named.clone(), vec![collection])),
        }
    }

    /// What was asked for: one entry per table, and of the collections those of tables with local
    /// indexes.
    pub(super) fn reported(self) -> (Option<Vec<ConsumedCapacity>>, Option<ItemMetrics>) {
        let wants_capacity = self.report.capacity != ReturnConsumedCapacity::None;
        let wants_metrics = self.report.wants_metrics();
        (wants_capacity.then_some(self.consumed), wants_metrics.then_some(self.metrics))
    }
}

/// The size estimate of the collection a write was in: where asked for and there are collections.
///
/// The estimate is a range a gigabyte wide, as AWS's are; collections are not measured more finely.
pub(super) fn collection_metrics(
    table: &Table,
    effect: &Effect,
    report: Report,
) -> Option<ItemCollectionMetrics> {
    if !report.wants_metrics() || !table.has_item_collections() {
        return None;
    }
    let item = effect.after.as_ref().or(effect.before.as_ref())?;
    let hash = &table.key().hash;
    let key = item.retain(|name| hash.iter().any(|element| element.name == name));
    Some(ItemCollectionMetrics { key, size_estimate_gb: (0.0, 1.0) })
}
