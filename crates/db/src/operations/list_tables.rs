//! ListTables.

use model::{ApiError, Scope};
use store::Store;

use crate::Db;

/// A page of table names.
#[derive(Debug, Clone, Default)]
pub struct ListTables {
    /// Names behind this one, which need not exist.
    pub exclusive_start: Option<String>,
    /// Most names, 1 to 100; 100 when absent.
    pub limit: Option<usize>,
}

/// Answer of ListTables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListTablesAnswer {
    /// Sorted by UTF-8 bytes.
    pub names: Vec<String>,
    /// The last name, when more follow.
    pub last_evaluated: Option<String>,
}

impl<S: Store> Db<S> {
    /// Lists the scope's tables by name.
    pub async fn list_tables(
        &self,
        scope: &Scope,
        request: ListTables,
    ) -> Result<ListTablesAnswer, ApiError> {
        todo!()
    }
}
