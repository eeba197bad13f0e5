//! PutItem.

use model::api::{PutItemInput, PutItemOutput};
use model::{ApiError, ReturnConsumedCapacity};

use super::write_terms::{condition, write_operation, write_terms};

write_operation!(PutItem, put_item, PutItemInput => PutItemOutput, resolve,
    |request| request.item, None);

fn resolve(input: PutItemInput) -> Result<(db::PutItem, ReturnConsumedCapacity), ApiError> {
    let (table, item) = (input.table_name.into(), input.item);
    let terms = write_terms!(input, &[condition(&input.condition_expression)]).resolve()?;
    let request = db::PutItem {
        table,
        item,
        condition: terms.condition,
        return_values: terms.return_values,
        on_failure: terms.on_failure,
        report: terms.report,
    };
    Ok((request, terms.form))
}
