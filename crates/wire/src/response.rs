//! Consumed capacity and item collections in answers.

use model::{Capacity, CapacityDetail, CapacityReport, ItemCollectionMetrics, Units};

use crate::encode::{Encode, ObjectWriter, write_array, write_fraction};
use crate::text::Text;

impl Encode for CapacityReport {
    fn encode(&self, out: &mut Text) {
        let Self { consumed, detail, is_split } = self;
        let form = if *is_split { Form::Transaction } else { Form::Plain };
        let indexes = || consumed.local_indexes.iter().chain(&consumed.global_indexes);
        let total = indexes().fold(consumed.base, |mut total, (_, share)| {
            total.read += share.read;
            total.write += share.write;
            total
        });
        let mut object = ObjectWriter::open(out);
        object.units(form, total);
        object.member("TableName", &consumed.table);
        if *detail == CapacityDetail::Indexes {
            object.capacity("Table", form, consumed.base);
            object.index_capacities("LocalSecondaryIndexes", form, &consumed.local_indexes);
            object.index_capacities("GlobalSecondaryIndexes", form, &consumed.global_indexes);
        }
        object.close();
    }
}

impl Encode for ItemCollectionMetrics {
    fn encode(&self, out: &mut Text) {
        let mut object = ObjectWriter::open(out);
        object.member("ItemCollectionKey", &self.key);
        let (low, high) = self.size_estimate_gb;
        write_array(object.key("SizeEstimateRangeGB"), [low, high], |out, size| {
            write_fraction(out, size)
        });
        object.close();
    }
}

/// Whether read and write units stand apart, as they do for transactions only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Transaction,
}

/// Capacity as members of an object.
impl ObjectWriter<'_> {
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
