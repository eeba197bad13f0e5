//! Tables and items in files.
//!
//! What it is: Stator's own export, written and read ([`ExportWriter`], [`ExportReader`]), sealed or
//! plain; and the files in which DynamoDB and the AWS CLI hand out items ([`foreign`]).
//!
//! What it is not: it knows no database and no engine, opens no key file and asks nobody for
//! randomness: keys, nonces, readers and writers are given to it.
//!
//! # Invariants
//! - Everything is streamed: no more than a frame and a line are held, asserted where they grow.
//! - No byte of a sealed export is interpreted before it is authenticated, and an export that lacks
//!   its end, plain or sealed, is refused, so that nobody takes a part for the whole.
//! - What is read has an item's form; whether it fits its table is `db`'s to say.
//! - What is written reads back: asserted line by line, and for the header of a sealed file.
//!
//! What a file holds reaches no assertion: it is refused with a [`DumpError`].
//!
//! # Flow
//! ```text
//! parts → lines of JSON → gzip → frames, sealed → file      docs/format/export.md
//! ```

mod error;
mod export;
mod file;
pub mod foreign;
mod seal;

pub use error::DumpError;
pub use export::{ExportPart, ExportReader, ExportWriter, Head, TableHead};
pub use file::{Content, Form, Text, Wrapper, open};
pub use seal::{FileKey, RootKey, Sealed, SealedReader, SealedWriter, Sealing};
