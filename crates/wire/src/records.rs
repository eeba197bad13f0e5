//! Streams and their records in answers.

use model::{ChangeOrigin, Shard, StreamDescription, StreamRecord};

use crate::description::write_key_schema;
use crate::encode::{Encode, ObjectWriter, write_array, write_seconds};

impl Encode for StreamDescription {
    fn encode(&self, out: &mut Vec<u8>) {
        let mut description = ObjectWriter::open(out);
        write_seconds(description.key("CreationRequestDateTime"), self.created_at_ms);
        write_key_schema(&mut description, &self.key);
        if let Some(shard) = &self.last_evaluated_shard {
            description.member("LastEvaluatedShardId", shard);
        }
        write_array(description.key("Shards"), &self.shards, write_shard);
        description.member("StreamArn", &self.arn);
        description.member("StreamLabel", &self.arn.label);
        description.member("StreamStatus", &self.status);
        description.member("StreamViewType", &self.view);
        description.member("TableName", &self.arn.table);
        description.close();
    }
}

fn write_shard(out: &mut Vec<u8>, shard: &Shard) {
    let mut object = ObjectWriter::open(out);
    if let Some(parent) = &shard.parent {
        object.string("ParentShardId", parent);
    }
    let mut range = object.object("SequenceNumberRange");
    if let Some(last) = shard.last {
        range.string("EndingSequenceNumber", &last.to_string());
    }
    range.string("StartingSequenceNumber", &shard.first.to_string());
    range.close();
    object.string("ShardId", &shard.id);
    object.close();
}

impl Encode for StreamRecord {
    fn encode(&self, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.string("awsRegion", &self.region);
        write_change(object.key("dynamodb"), self);
        object.string("eventID", &self.event_id);
        object.member("eventName", &self.kind);
        object.string("eventSource", "aws:dynamodb");
        object.string("eventVersion", "1.1");
        if self.origin == ChangeOrigin::Expiry {
            // In this API's own casing; function events have another (developer guide, "Working
            // with DynamoDB Streams and Time to Live", 2026-11).
            let mut identity = object.object("userIdentity");
            identity.string("PrincipalId", "dynamodb.amazonaws.com");
            identity.string("Type", "Service");
            identity.close();
        }
        object.close();
    }
}

fn write_change(out: &mut Vec<u8>, record: &StreamRecord) {
    let mut object = ObjectWriter::open(out);
    // Whole seconds, as the service has them (API reference, StreamRecord: "UNIX epoch time format
    // and rounded down to the closest second", 2026-11).
    object.integer("ApproximateCreationDateTime", record.created_at_ms / 1000);
    object.item("Keys", &record.keys);
    object.optional_item("NewImage", record.new_image.as_ref());
    object.optional_item("OldImage", record.old_image.as_ref());
    object.string("SequenceNumber", &record.sequence.to_string());
    object.integer("SizeBytes", record.size_bytes());
    object.member("StreamViewType", &record.view);
    object.close();
}
