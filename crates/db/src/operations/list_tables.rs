//! ListTables.

use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;

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

/// Most names of one answer, and how many when the request does not say.
const NAMES_MAX: usize = 100;

impl<S: Store> Db<S> {
    /// Lists the scope's tables by name.
    pub async fn list_tables(
        &self,
        scope: &Scope,
        request: ListTables,
    ) -> Result<ListTablesAnswer, ApiError> {
        // Act.
        let limit = request.limit.unwrap_or(NAMES_MAX).min(NAMES_MAX);
        let after = request.exclusive_start.as_deref();
        let (names, more) = self.catalog().names(scope, after, limit);

        // Answer.
        let last_evaluated = names.last().filter(|_| more).cloned();
        Ok(ListTablesAnswer { names, last_evaluated })
    }
}
