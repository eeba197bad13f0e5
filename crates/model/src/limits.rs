//! DynamoDB's limits, each with its unit in the name.
//!
//! Source: the developer guide, "Service, account, and table quotas" and "Constraints", 2026-11.

/// Largest item, names and values together.
pub const ITEM_BYTES_MAX: usize = 409_600;
/// Deepest nesting of a document.
pub const DOCUMENT_DEPTH_MAX: usize = 32;
/// Largest partition key value.
pub const PARTITION_KEY_BYTES_MAX: usize = 2048;
/// Largest sort key value.
pub const SORT_KEY_BYTES_MAX: usize = 1024;
/// Largest page of Query and Scan, before filtering.
pub const PAGE_BYTES_MAX: usize = 1 << 20;
/// Largest answer of BatchGetItem and largest request of BatchWriteItem.
pub const BATCH_BYTES_MAX: usize = 16 << 20;
/// Largest sum of items in one transaction.
pub const TRANSACTION_BYTES_MAX: usize = 4 << 20;
/// Largest request body.
pub const REQUEST_BYTES_MAX: usize = 16 << 20;
/// Largest expression text.
pub const EXPRESSION_BYTES_MAX: usize = 4096;
/// Most operators and functions in one expression.
pub const EXPRESSION_OPERATORS_MAX: usize = 300;
/// Most operands of `IN`.
pub const IN_OPERANDS_MAX: usize = 100;
/// Most local secondary indexes of a table.
pub const LOCAL_INDEXES_MAX: usize = 5;
/// Most global secondary indexes of a table.
pub const GLOBAL_INDEXES_MAX: usize = 20;
/// Most non-key attributes projected by all indexes of a table.
pub const TABLE_NON_KEY_ATTRIBUTES_MAX: usize = 100;
/// Most hash, and most range, attributes of a global index key.
pub const GLOBAL_INDEX_KEY_ATTRIBUTES_MAX: usize = 4;
/// Most tags of a table.
pub const TAGS_MAX: usize = 50;
/// Longest attribute name.
pub const ATTRIBUTE_NAME_BYTES_MAX: usize = 65_535;
/// How long a transaction's client token is remembered.
pub const CLIENT_TOKEN_SECONDS: u64 = 600;
/// Most streams that ListStreams answers with.
pub const LISTED_STREAMS_MAX: u64 = 100;
/// Most shards that DescribeStream answers with.
pub const DESCRIBED_SHARDS_MAX: u64 = 100;
/// Most records that GetRecords answers with.
pub const STREAM_RECORDS_MAX: u64 = 1000;
/// Largest answer of GetRecords.
pub const STREAM_RECORDS_BYTES_MAX: usize = 1 << 20;
