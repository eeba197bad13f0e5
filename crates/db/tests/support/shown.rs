//! Short ways to look at what is shown of tables and streams: at members that are always there.

use model::api::{
    GlobalSecondaryIndexDescription, IndexStatus, Record, SequenceNumberRange, Shard, StreamRecord,
    TableDescription,
};
use model::{ChangeOrigin, SequenceNumber};

/// How far an index is: its status, and `Backfilling`.
pub(crate) type Way = (IndexStatus, Option<bool>);

pub(crate) const ALLOCATING: Way = (IndexStatus::Creating, Some(false));
pub(crate) const BACKFILLING: Way = (IndexStatus::Creating, Some(true));
pub(crate) const ACTIVE: Way = (IndexStatus::Active, None);
pub(crate) const DELETING: Way = (IndexStatus::Deleting, None);

pub(crate) trait TableShown {
    fn globals(&self) -> &[GlobalSecondaryIndexDescription];
    /// Items, and their bytes.
    fn sizes(&self) -> (u64, u64);
    fn attribute_names(&self) -> Vec<&str>;
}

impl TableShown for TableDescription {
    fn globals(&self) -> &[GlobalSecondaryIndexDescription] {
        self.global_secondary_indexes.as_deref().unwrap_or_default()
    }

    fn sizes(&self) -> (u64, u64) {
        (self.item_count.unwrap(), self.table_size_bytes.unwrap())
    }

    fn attribute_names(&self) -> Vec<&str> {
        let attributes = self.attribute_definitions.iter().flatten();
        attributes.map(|attribute| attribute.name.as_str()).collect()
    }
}

pub(crate) trait IndexShown {
    fn way(&self) -> Way;
    /// Entries, and their bytes.
    fn sizes(&self) -> (u64, u64);
}

impl IndexShown for GlobalSecondaryIndexDescription {
    fn way(&self) -> Way {
        (self.index_status.unwrap(), self.backfilling)
    }

    fn sizes(&self) -> (u64, u64) {
        (self.item_count.unwrap(), self.index_size_bytes.unwrap())
    }
}

pub(crate) trait ShardShown {
    fn id(&self) -> &str;
    fn range(&self) -> &SequenceNumberRange;
    fn first(&self) -> SequenceNumber;
    /// Absent while it takes changes.
    fn last(&self) -> Option<SequenceNumber>;
}

impl ShardShown for Shard {
    fn id(&self) -> &str {
        self.shard_id.as_deref().unwrap()
    }

    fn range(&self) -> &SequenceNumberRange {
        self.sequence_number_range.as_ref().unwrap()
    }

    fn first(&self) -> SequenceNumber {
        self.range().starting_sequence_number.unwrap()
    }

    fn last(&self) -> Option<SequenceNumber> {
        self.range().ending_sequence_number
    }
}

pub(crate) trait RecordShown {
    fn change(&self) -> &StreamRecord;
    fn sequence(&self) -> SequenceNumber;
    fn origin(&self) -> ChangeOrigin;
}

impl RecordShown for Record {
    fn change(&self) -> &StreamRecord {
        self.dynamodb.as_ref().unwrap()
    }

    fn sequence(&self) -> SequenceNumber {
        self.change().sequence_number.unwrap()
    }

    fn origin(&self) -> ChangeOrigin {
        match self.user_identity {
            Some(_) => ChangeOrigin::Expiry,
            None => ChangeOrigin::Caller,
        }
    }
}
