//! What a database holds in memory of what is durable, to be compared.
//!
//! The catalog and the streams are rows, and maps in memory that follow the rows. That they never
//! part is easily said and easily broken, by a commit that fails, or by whoever goes away between a
//! commit and its entry in the map. So both can be looked at: what a database holds is what another
//! one holds that was just opened over the same rows.

use std::fmt::Write as _;

use store::Store;

use crate::database::Db;

impl<S: Store> Db<S> {
    /// Every table with its definition and its spaces, and every stream with its shards,
    /// every job with how far it is, and every policy, sorted: for tests, and for whoever looks for a fault. It is the same
    /// for every database that was opened over the same rows, once nothing is on its way.
    pub fn held(&self) -> String {
        let mut held = String::new();
        for (scope, table) in self.catalog().all() {
            let written = write!(held, "table {scope:?} {:#?}", table.held());
            written.expect("a text takes everything");
        }
        for stream in self.catalog().streams.all() {
            let written = writeln!(held, "stream {:#?}", stream.held());
            written.expect("a text takes everything");
        }
        let written = writeln!(held, "jobs {:#?}", self.catalog().jobs());
        written.expect("a text takes everything");
        let written = writeln!(held, "policies {:#?}", self.catalog().policies());
        written.expect("a text takes everything");
        held
    }
}
