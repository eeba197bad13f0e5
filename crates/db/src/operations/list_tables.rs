//! ListTables.

use model::api::{ListTablesInput, ListTablesOutput};
use model::{ApiError, Scope};
use store::Store;

use crate::database::Db;

/// Most names of one answer, and how many when the request does not say.
const NAMES_MAX: u64 = 100;

impl<S: Store> Db<S> {
    /// Lists the scope's tables by name.
    pub async fn list_tables(
        &self,
        scope: &Scope,
        input: ListTablesInput,
    ) -> Result<ListTablesOutput, ApiError> {
        // Act.
        let limit = input.limit.unwrap_or(NAMES_MAX).min(NAMES_MAX);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let after = input.exclusive_start_table_name.as_deref();
        let (names, more) = self.catalog().names(scope, after, limit);

        // Answer.
        let last_evaluated_table_name = names.last().filter(|_| more).cloned();
        Ok(ListTablesOutput { table_names: Some(names), last_evaluated_table_name })
    }
}
