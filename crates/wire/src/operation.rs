//! What an operation is to the wire, and the one table of all operations.

use crate::decode::Decode;
use crate::encode::Encode;
use crate::generated::operations::UNBUILT;
use crate::shape::Shape;

/// How an operation touches tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Reads items.
    Read,
    /// Writes items.
    Write,
    /// Reads or changes declarations.
    Control,
    /// Reads a table's changes.
    Stream,
}

impl Class {
    /// The service, and its version, that these operations are of.
    fn service(self) -> &'static str {
        match self {
            Self::Read | Self::Write | Self::Control => "DynamoDB_20120810",
            Self::Stream => "DynamoDBStreams_20120810",
        }
    }
}

/// One DynamoDB operation: its name, and its types on either side.
pub trait Operation {
    /// The name in `X-Amz-Target`, after the service prefix.
    const NAME: &'static str;
    /// How it touches tables.
    const CLASS: Class;
    /// What its input may look like.
    const SHAPE: &'static Shape;
    /// A request after decoding: well formed and within the model's constraints.
    type Input: Decode;
    /// An answer before encoding.
    type Output: Encode;
}

macro_rules! declare_operation {
    ($name:ident, $class:ident, $shape:ident, $input:ty, $output:ty) => {
        #[doc = concat!("The operation `", stringify!($name), "`.")]
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl $crate::Operation for $name {
            const NAME: &'static str = stringify!($name);
            const CLASS: $crate::Class = $crate::Class::$class;
            const SHAPE: &'static $crate::Shape = &$crate::generated::shapes::$shape;
            type Input = $input;
            type Output = $output;
        }
    };
}

pub(crate) use declare_operation;

/// Hands the table of operations to a macro, in name order. A row names the operation, its class,
/// and how it is handled:
///
/// - `direct function(member)`: by that function of `db`, which takes the input and gives the
///   output. It touches the table or stream that the member names; behind `holder` the member may
///   name either; without a member it touches none or all.
///   `holder` says that the member may name either.
/// - `by_hand`: by a file of `server`, because there are expressions to resolve or an iterator to
///   take apart, or no `db` behind.
///
/// Everything that depends on which operations there are is generated from this list: the names,
/// the types of `wire::operations`, dispatch, metrics.
#[macro_export]
macro_rules! for_each_operation {
    ($callback:path) => {
        $callback! {
            (BatchGetItem, Read, by_hand),
            (BatchWriteItem, Write, by_hand),
            (CreateTable, Control, direct create_table(by create_table)),
            (DeleteItem, Write, by_hand),
            (DeleteResourcePolicy, Control, direct delete_resource_policy(holder resource_arn)),
            (DeleteTable, Control, direct delete_table(table_name)),
            (DescribeContinuousBackups, Control, direct describe_continuous_backups(table_name)),
            (DescribeEndpoints, Control, by_hand),
            (DescribeLimits, Control, direct describe_limits()),
            (DescribeStream, Stream, direct describe_stream(stream_arn)),
            (DescribeTable, Control, direct describe_table(table_name)),
            (DescribeTimeToLive, Control, direct describe_time_to_live(table_name)),
            (GetItem, Read, by_hand),
            (GetRecords, Stream, by_hand),
            (GetResourcePolicy, Control, direct get_resource_policy(holder resource_arn)),
            (GetShardIterator, Stream, direct get_shard_iterator(stream_arn)),
            (ListStreams, Stream, direct list_streams()),
            (ListTables, Control, direct list_tables()),
            (ListTagsOfResource, Control, direct list_tags_of_resource(resource_arn)),
            (PutItem, Write, by_hand),
            (PutResourcePolicy, Control, direct put_resource_policy(holder resource_arn)),
            (Query, Read, by_hand),
            (Scan, Read, by_hand),
            (TagResource, Control, direct tag_resource(resource_arn)),
            (TransactGetItems, Read, by_hand),
            (TransactWriteItems, Write, by_hand),
            (UntagResource, Control, direct untag_resource(resource_arn)),
            (UpdateItem, Write, by_hand),
            (UpdateTable, Control, direct update_table(table_name)),
            (UpdateTimeToLive, Control, direct update_time_to_live(table_name)),
        }
    };
}

macro_rules! declare_operation_name {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// A known operation. The discriminants count up from zero, so that counters per
        /// operation can sit in an array of [`OperationName::COUNT`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum OperationName {
            $(
                #[doc = stringify!($name)]
                $name,
            )*
        }

        impl OperationName {
            /// Every known operation, in name order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The operation of that name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $(stringify!($name) => Some(Self::$name),)*
                    _ => None,
                }
            }

            /// The operation that `X-Amz-Target` names: a service, a dot, and a name of its.
            pub fn of_target(target: &str) -> Option<Self> {
                let (service, name) = target.split_once('.')?;
                Self::parse(name).filter(|operation| operation.class().service() == service)
            }

            /// The name that `X-Amz-Target` has for an operation of the service that Stator has not.
            pub fn unbuilt(target: &str) -> Option<&'static str> {
                let (_, name) = target.split_once('.')?;
                UNBUILT.iter().find(|unbuilt| **unbuilt == name).copied()
            }

            /// What `X-Amz-Target` has for it.
            pub fn target(self) -> String {
                format!("{}.{self}", self.class().service())
            }

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// How it touches tables.
            pub fn class(self) -> Class {
                match self {
                    $(Self::$name => Class::$class,)*
                }
            }
        }
    };
}

for_each_operation!(declare_operation_name);

impl std::fmt::Display for OperationName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
