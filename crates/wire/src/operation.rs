//! What an operation is to the wire, and the one table of all operations.

use model::{ApiError, Scope, TableRef};

use crate::json::Members;
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

/// One thing a request must be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// IAM action, for example `dynamodb:GetItem`.
    pub action: &'static str,
    /// ARN of what it is done to, or `*`.
    pub resource: String,
}

impl Permission {
    /// To do `action` to a table, named in the request by name or ARN.
    pub(crate) fn on_table(action: &'static str, table: &TableRef, scope: &Scope) -> Self {
        Self::on_table_or_index(action, table, None, scope)
    }

    /// To do `action` to a table, or to one of its indexes.
    pub(crate) fn on_table_or_index(
        action: &'static str,
        table: &TableRef,
        index: Option<&str>,
        scope: &Scope,
    ) -> Self {
        let mut resource = match table.as_str() {
            arn if arn.starts_with("arn:") => arn.to_owned(),
            name => scope.table_arn(name),
        };
        if let Some(index) = index {
            resource.push_str("/index/");
            resource.push_str(index);
        }
        Self { action, resource }
    }
}

/// One DynamoDB operation: its name, its types, and both directions between them and bytes.
pub trait Operation {
    /// The name in `X-Amz-Target`, after the service prefix.
    const NAME: &'static str;
    /// How it touches tables.
    const CLASS: Class;
    /// What its input may look like.
    const SHAPE: &'static Shape;
    /// A request after decoding: well formed and within the model's constraints.
    type Input;
    /// An answer before encoding.
    type Output;

    /// Builds the input from a body that has passed the shape's checks.
    ///
    /// # Errors
    /// `Validation` for what the service refuses while reading values, in its words.
    fn decode(body: Members<'_, '_>) -> Result<Self::Input, ApiError>;

    /// Appends the answer's body.
    fn encode(output: &Self::Output, out: &mut Vec<u8>);

    /// What the caller must be allowed to do, table by table.
    fn permissions(input: &Self::Input, scope: &Scope) -> Vec<Permission>;
}

/// Hands the table of operations to a macro: `(Name, module, Class)` for each, in name order.
///
/// Everything that depends on which operations there are is generated from this list: the names,
/// dispatch, metrics. The type of an operation is `wire::operations::module::Name`.
#[macro_export]
macro_rules! for_each_operation {
    ($callback:path) => {
        $callback! {
            (BatchGetItem, batch_get_item, Read),
            (BatchWriteItem, batch_write_item, Write),
            (CreateTable, create_table, Control),
            (DeleteItem, delete_item, Write),
            (DeleteTable, delete_table, Control),
            (DescribeContinuousBackups, describe_continuous_backups, Control),
            (DescribeEndpoints, describe_endpoints, Control),
            (DescribeLimits, describe_limits, Control),
            (DescribeStream, describe_stream, Stream),
            (DescribeTable, describe_table, Control),
            (DescribeTimeToLive, describe_time_to_live, Control),
            (GetItem, get_item, Read),
            (GetRecords, get_records, Stream),
            (GetShardIterator, get_shard_iterator, Stream),
            (ListStreams, list_streams, Stream),
            (ListTables, list_tables, Control),
            (ListTagsOfResource, list_tags_of_resource, Control),
            (PutItem, put_item, Write),
            (Query, query, Read),
            (Scan, scan, Read),
            (TagResource, tag_resource, Control),
            (TransactGetItems, transact_get_items, Read),
            (TransactWriteItems, transact_write_items, Write),
            (UntagResource, untag_resource, Control),
            (UpdateItem, update_item, Write),
            (UpdateTable, update_table, Control),
            (UpdateTimeToLive, update_time_to_live, Control),
        }
    };
}

macro_rules! declare_operation_name {
    ($(($name:ident, $module:ident, $class:ident),)*) => {
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
