//! Time to live, led: the items that were there before it, and those whose time has come.

mod arrival;
mod page;
mod sweep;

use store::Store;

pub(super) use arrival::ExpiryGoal;

use crate::database::Db;
use crate::schema::Table;

/// What time to live has done in one table, for whoever watches it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpiryFigures {
    /// The table's name; tables of other accounts and regions may have the same.
    pub table: String,
    /// Items removed since the process started.
    pub removed: u64,
    /// For how long the item that is due and expired first has been expired, in seconds; 0 when
    /// nothing is due.
    pub lag_seconds: u64,
}

impl<S: Store> Db<S> {
    /// What time to live has done, in every table that has it or had it since the process started.
    pub fn expiry_figures(&self) -> Vec<ExpiryFigures> {
        let now_seconds = self.now_ms() / 1000;
        let told = |table: &Table| {
            table.is_in_use() && (table.expiry.is_some() || table.expired.removed() > 0)
        };
        let figures = self.catalog().those(told).into_iter().map(|table| ExpiryFigures {
            table: table.definition.name.clone(),
            removed: table.expired.removed(),
            lag_seconds: table.expired.lag_seconds(now_seconds),
        });
        figures.collect()
    }
}
