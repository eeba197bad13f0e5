//! May the caller do what the request asks?

use auth::Caller;
use db::SchemaView;
use model::ApiError;

use super::Access;

/// Says yes. IAM policies will be evaluated here, access by access: its action and resource, and
/// what conditions look at. Nothing of it is computed unless it is logged.
pub(super) fn authorize(
    caller: &Caller<'_>,
    schema: SchemaView<'_>,
    accesses: &[Access<'_>],
) -> Result<(), ApiError> {
    for access in accesses {
        let place = || access.resource.account_and_region(schema.scope());
        // How many keys lead is said, and not their values: no value of an item enters a log.
        let leading = || access.leading_keys(schema).iter().flatten().flatten().count();
        tracing::trace!(
            access_key_id = &*caller.access_key_id,
            action = access.action,
            resource = ?access.resource,
            account_and_region = ?place(),
            enclosing_operation = access.enclosing_operation.map(|operation| operation.as_str()),
            leading_keys = leading(),
            reads_everything = access.reads_everything(),
            attributes = ?access.attributes(),
            select = ?access.select,
            return_values = ?access.return_values,
            return_consumed_capacity = ?access.return_consumed_capacity,
            "allowed"
        );
    }
    Ok(())
}
