//! Parts of answers that several operations share.

use model::{
    Capacity, ConsumedCapacity, Item, ItemCollectionMetrics, ReturnConsumedCapacity, TableRef,
    Units,
};

use crate::encode::{ObjectWriter, write_array, write_fraction, write_item};

/// What PutItem, UpdateItem and DeleteItem answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteAnswer {
    /// The attributes `ReturnValues` asked for; absent when there are none to show.
    pub attributes: Option<Item>,
    /// What it cost, when asked for.
    pub consumed_capacity: Option<CapacityReport>,
    /// The item collection, when asked for and the table has local indexes.
    pub item_collection_metrics: Option<ItemCollectionMetrics>,
}

/// What Query and Scan answer: one page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageAnswer {
    /// The items, projected; `None` when only their number was asked for.
    pub items: Option<Vec<Item>>,
    /// How many items passed the filter.
    pub count: u64,
    /// How many items were read.
    pub scanned_count: u64,
    /// Where the next page begins; absent on the last.
    pub last_evaluated_key: Option<Item>,
    /// What it cost, when asked for.
    pub consumed_capacity: Option<CapacityReport>,
}

/// Consumed capacity in the detail a request asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityReport {
    consumed: ConsumedCapacity,
    detail: Detail,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Detail {
    Total,
    Indexes,
}

/// Whether read and write units stand apart, as they do for transactions only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Transaction,
}

impl CapacityReport {
    /// The report, if the request asked for one.
    pub fn new(asked: ReturnConsumedCapacity, consumed: ConsumedCapacity) -> Option<Self> {
        let detail = match asked {
            ReturnConsumedCapacity::None => return None,
            ReturnConsumedCapacity::Total => Detail::Total,
            ReturnConsumedCapacity::Indexes => Detail::Indexes,
        };
        Some(Self { consumed, detail })
    }

    fn write(&self, form: Form, out: &mut Vec<u8>) {
        let consumed = &self.consumed;
        let indexes = || consumed.local_indexes.iter().chain(&consumed.global_indexes);
        let total = indexes().fold(consumed.base, |mut total, (_, share)| {
            total.read += share.read;
            total.write += share.write;
            total
        });
        let mut object = ObjectWriter::open(out);
        object.units(form, total);
        object.string("TableName", consumed.table.as_str());
        if self.detail == Detail::Indexes {
            object.capacity("Table", form, consumed.base);
            object.index_capacities("LocalSecondaryIndexes", form, &consumed.local_indexes);
            object.index_capacities("GlobalSecondaryIndexes", form, &consumed.global_indexes);
        }
        object.close();
    }
}

impl WriteAnswer {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.optional_item("Attributes", self.attributes.as_ref());
        object.optional_capacity(self.consumed_capacity.as_ref());
        if let Some(metrics) = &self.item_collection_metrics {
            write_metrics(object.key("ItemCollectionMetrics"), metrics);
        }
        object.close();
    }
}

impl PageAnswer {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.optional_capacity(self.consumed_capacity.as_ref());
        object.integer("Count", self.count);
        if let Some(items) = &self.items {
            object.items("Items", items);
        }
        object.optional_item("LastEvaluatedKey", self.last_evaluated_key.as_ref());
        object.integer("ScannedCount", self.scanned_count);
        object.close();
    }
}

/// Capacity and item collections as members of an answer.
impl ObjectWriter<'_> {
    pub(crate) fn optional_capacity(&mut self, report: Option<&CapacityReport>) {
        if let Some(report) = report {
            report.write(Form::Plain, self.key("ConsumedCapacity"));
        }
    }

    pub(crate) fn capacities(&mut self, reports: &[CapacityReport]) {
        self.capacity_list(Form::Plain, reports);
    }

    pub(crate) fn transaction_capacities(&mut self, reports: &[CapacityReport]) {
        self.capacity_list(Form::Transaction, reports);
    }

    pub(crate) fn item_collections(&mut self, tables: &[(TableRef, Vec<ItemCollectionMetrics>)]) {
        if tables.is_empty() {
            return;
        }
        let mut object = self.object("ItemCollectionMetrics");
        for (table, metrics) in tables {
            write_array(object.key(table.as_str()), metrics, write_metrics);
        }
        object.close();
    }

    fn capacity_list(&mut self, form: Form, reports: &[CapacityReport]) {
        if !reports.is_empty() {
            let out = self.key("ConsumedCapacity");
            write_array(out, reports, |out, report| report.write(form, out));
        }
    }

    fn index_capacities(&mut self, name: &str, form: Form, indexes: &[(String, Capacity)]) {
        if indexes.is_empty() {
            return;
        }
        let mut object = self.object(name);
        for (index, share) in indexes {
            object.capacity(index, form, *share);
        }
        object.close();
    }

    fn capacity(&mut self, name: &str, form: Form, capacity: Capacity) {
        let mut object = self.object(name);
        object.units(form, capacity);
        object.close();
    }

    fn units(&mut self, form: Form, capacity: Capacity) {
        let mut total = capacity.read;
        total += capacity.write;
        write_fraction(self.key("CapacityUnits"), total.as_f64());
        if form == Form::Transaction {
            let parts =
                [("ReadCapacityUnits", capacity.read), ("WriteCapacityUnits", capacity.write)];
            for (name, units) in parts {
                if units != Units::default() {
                    write_fraction(self.key(name), units.as_f64());
                }
            }
        }
    }
}

fn write_metrics(out: &mut Vec<u8>, metrics: &ItemCollectionMetrics) {
    let mut object = ObjectWriter::open(out);
    write_item(object.key("ItemCollectionKey"), metrics.key.attributes());
    let (low, high) = metrics.size_estimate_gb;
    write_array(object.key("SizeEstimateRangeGB"), [low, high], write_fraction);
    object.close();
}
