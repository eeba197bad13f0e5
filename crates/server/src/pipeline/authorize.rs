//! May the caller do what the request asks?

use auth::Caller;
use model::ApiError;

use super::Access;

/// Says yes. IAM policies will be evaluated here, access by access: its action and resource, and
/// what conditions on leading keys and attributes look at.
pub(super) fn authorize(caller: &Caller<'_>, accesses: &[Access<'_>]) -> Result<(), ApiError> {
    for access in accesses {
        tracing::trace!(
            access_key_id = &*caller.access_key_id,
            action = access.action,
            resource = ?access.resource,
            index = access.index,
            attributes = ?access.attributes(),
            "allowed"
        );
    }
    Ok(())
}
