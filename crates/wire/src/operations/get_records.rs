//! GetRecords: the changes in a shard behind a place.

use model::{ApiError, ChangeOrigin, Scope, StreamRecord, StreamView, limits};

use crate::encode::{ObjectWriter, write_array};
use crate::generated::shapes;
use crate::json::Members;
use crate::names::WireName;
use crate::shape::Shape;
use crate::{Class, Operation, Permission};

/// The operation.
#[derive(Debug, Clone, Copy)]
pub struct GetRecords;

/// Which changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The place, from GetShardIterator or an answer before.
    pub iterator: String,
    /// Most records to answer with.
    pub limit: Option<u64>,
}

/// Some changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// In the order of their numbers.
    pub records: Vec<StreamRecord>,
    /// Which images the stream shows.
    pub view: StreamView,
    /// Where the stream is: records repeat it.
    pub region: String,
    /// Where to go on; absent when the shard is closed and has been read.
    pub next_iterator: Option<String>,
}

impl Operation for GetRecords {
    const NAME: &'static str = "GetRecords";
    const CLASS: Class = Class::Stream;
    const SHAPE: &'static Shape = &shapes::GET_RECORDS_INPUT;
    type Input = Input;
    type Output = Output;

    fn decode(body: Members<'_, '_>) -> Result<Input, ApiError> {
        Ok(Input {
            iterator: body.string("ShardIterator").unwrap_or_default(),
            limit: body.limit(limits::STREAM_RECORDS_MAX)?,
        })
    }

    fn encode(output: &Output, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        if let Some(iterator) = &output.next_iterator {
            object.string("NextShardIterator", iterator);
        }
        write_array(object.key("Records"), &output.records, |out, record| {
            write_record(out, record, output);
        });
        object.close();
    }

    fn permissions(_: &Input, _: &Scope) -> Vec<Permission> {
        // The stream is inside the iterator: who may read it is decided where that is read.
        vec![Permission { action: "dynamodb:GetRecords", resource: "*".into() }]
    }
}

fn write_record(out: &mut Vec<u8>, record: &StreamRecord, context: &Output) {
    let mut object = ObjectWriter::open(out);
    object.string("awsRegion", &context.region);
    write_change(object.key("dynamodb"), record, context.view);
    object.string("eventID", &record.event_id);
    object.string("eventName", record.kind.wire_name());
    object.string("eventSource", "aws:dynamodb");
    object.string("eventVersion", "1.1");
    if record.origin == ChangeOrigin::Expiry {
        // In this API's own casing; function events have another (developer guide, "Working with
        // DynamoDB Streams and Time to Live", 2026-11).
        let mut identity = object.object("userIdentity");
        identity.string("PrincipalId", "dynamodb.amazonaws.com");
        identity.string("Type", "Service");
        identity.close();
    }
    object.close();
}

fn write_change(out: &mut Vec<u8>, record: &StreamRecord, view: StreamView) {
    let mut object = ObjectWriter::open(out);
    // Whole seconds, as the service has them (API reference, StreamRecord: "UNIX epoch time format
    // and rounded down to the closest second", 2026-11).
    object.integer("ApproximateCreationDateTime", record.created_at_ms / 1000);
    object.item("Keys", &record.keys);
    object.optional_item("NewImage", record.new_image.as_ref());
    object.optional_item("OldImage", record.old_image.as_ref());
    object.string("SequenceNumber", &record.sequence.to_string());
    object.integer("SizeBytes", record.size_bytes());
    object.string("StreamViewType", view.wire_name());
    object.close();
}
