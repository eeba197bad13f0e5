//! DeleteItem.

use model::api::{DeleteItemInput, DeleteItemOutput};
use model::{ApiError, ReturnConsumedCapacity};

use super::write_terms::{condition, write_operation, write_terms};

write_operation!(DeleteItem, delete_item, DeleteItemInput => DeleteItemOutput, resolve,
    |request| request.key, None);

fn resolve(input: DeleteItemInput) -> Result<(db::DeleteItem, ReturnConsumedCapacity), ApiError> {
    let (table, key) = (input.table_name.into(), input.key);
    let terms = write_terms!(input, &[condition(&input.condition_expression)]).resolve()?;
    let request = db::DeleteItem {
        table,
        key,
        condition: terms.condition,
        return_values: terms.return_values,
        on_failure: terms.on_failure,
        report: terms.report,
    };
    Ok((request, terms.form))
}
