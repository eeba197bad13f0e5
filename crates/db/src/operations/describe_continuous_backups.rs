//! DescribeContinuousBackups.
//!
//! Checks: table exists.

use model::{ApiError, Scope, TableRef};
use store::Store;

use crate::database::Db;

impl<S: Store> Db<S> {
    /// Checks that there is a table to describe; every table is in the same state.
    ///
    /// # Errors
    /// [`ApiError::TableNotFound`], which operations on backups say in place of
    /// `ResourceNotFound` (ScyllaDB test_backup.py; words: ack-api-quirks, DDB-TABLE-098; 2026-11).
    pub fn describe_continuous_backups(
        &self,
        scope: &Scope,
        table: &TableRef,
    ) -> Result<(), ApiError> {
        let found = self.catalog().find(scope, table).map(drop);
        found.ok_or_else(|| ApiError::TableNotFound(format!("Table not found: {}", table.name())))
    }
}
