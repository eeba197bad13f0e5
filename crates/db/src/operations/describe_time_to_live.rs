//! DescribeTimeToLive.
//!
//! Checks: table exists.

use model::{ApiError, Scope, TableRef};
use store::Store;

use crate::Db;
use crate::error::named_table_missing;

impl<S: Store> Db<S> {
    /// The attribute that says when an item expires; `None` while time to live is disabled.
    pub fn describe_time_to_live(
        &self,
        scope: &Scope,
        table: &TableRef,
    ) -> Result<Option<String>, ApiError> {
        let found = self.catalog.find(scope, table);
        let found = found.ok_or_else(|| named_table_missing(table.name()))?;
        Ok(found.definition.expiry_attribute.clone())
    }
}
