//! Changing what a table's definition says beside its key and indexes.

use std::sync::Arc;

use model::{ApiError, Scope, TableDefinition, TableRef};
use store::{Guard as _, Store, StoreError};

use super::Catalog;
use super::change::{applied, put};
use super::record::Record;
use crate::error::{named_table_missing, store_failed};
use crate::keys;

/// Changes a table's definition, durably. Key, indexes and name stay as they are.
///
/// # Errors
/// [`ApiError::ResourceNotFound`], and what `change` refuses with.
pub(crate) async fn amend<S: Store>(
    store: Arc<S>,
    catalog: Arc<Catalog>,
    scope: Scope,
    reference: TableRef,
    change: impl FnOnce(&mut TableDefinition) -> Result<(), ApiError> + Send,
) -> Result<(), ApiError> {
    let _changing = catalog.changing.lock().await;
    let table = catalog.find(&scope, &reference);
    let table = table.ok_or_else(|| named_table_missing(reference.name()))?;
    let mut definition = (*table.definition).clone();
    change(&mut definition)?;
    replace_record(&*store, &scope, &definition).await.map_err(store_failed)?;
    catalog.insert(scope, Arc::new(table.amended(definition)));
    Ok(())
}

/// Writes the definition into the table's row.
async fn replace_record<S: Store>(
    store: &S,
    scope: &Scope,
    definition: &TableDefinition,
) -> Result<(), StoreError> {
    let row = keys::table_row(scope, &definition.name);
    loop {
        let mut guard = store.lock(std::slice::from_ref(&row)).await;
        let value = guard.read(&row).await?;
        let value = value.ok_or_else(|| StoreError::damaged("a table without catalog record"))?;
        let record = Record::decode(&value)?.with_definition(definition.clone());
        let ticket = guard.submit(vec![put(row.clone(), record.encode())]);
        if applied(ticket.wait().await?)? {
            return Ok(());
        }
    }
}
