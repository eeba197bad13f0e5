//! UpdateItem.

use expr::{Parameter, legacy};
use model::api::{UpdateItemInput, UpdateItemOutput};
use model::{ApiError, ReturnConsumedCapacity};

use super::write_terms::{condition, write_operation, write_terms};

write_operation!(UpdateItem, update_item, UpdateItemInput => UpdateItemOutput, resolve,
    |request| request.key, request.update.as_ref());

fn resolve(input: UpdateItemInput) -> Result<(db::UpdateItem, ReturnConsumedCapacity), ApiError> {
    let (table, key) = (input.table_name.into(), input.key);
    let expression = input.update_expression;
    let parameters =
        [(Parameter::Update, expression.is_some()), condition(&input.condition_expression)];
    let mut terms = write_terms!(input, &parameters);
    let update = terms.expressions.update(expression.as_ref())?;
    let update = update.or(legacy::update(input.attribute_updates.unwrap_or_default())?);
    let terms = terms.resolve()?;
    let request = db::UpdateItem {
        table,
        key,
        update,
        condition: terms.condition,
        return_values: terms.return_values,
        on_failure: terms.on_failure,
        report: terms.report,
    };
    Ok((request, terms.form))
}
