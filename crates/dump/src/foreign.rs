//! Files of items that others wrote.
//!
//! What is read, each plain or gzip:
//! - S3 exports in DynamoDB JSON: a line `{"Item":{…}}` per item, whole folders with their
//!   manifests included; incremental exports, whose lines have `Keys`, `NewImage` and `OldImage`
//!   (developer guide, "DynamoDB table export output format", 2026-11);
//! - what `aws dynamodb scan` and `query` print: `{"Items":[…],"Count":…}`, or the array alone;
//! - requests of `aws dynamodb batch-write-item`: `{"Table":[{"PutRequest":{"Item":…}},…]}`.
//!
//! Which of them a file is shows in the names of its members, so nobody has to say.

mod document;
mod folder;
mod table;

pub use document::{FileTotals, LocatedRequest, read_requests};
pub use folder::{DataFile, data_files};
pub use table::read_declaration;

#[cfg(test)]
mod tests;
