//! May the caller do what the request asks?

use auth::Caller;
use model::ApiError;
use wire::Permission;

use super::Facts;

/// Says yes. IAM policies will be evaluated here: `permissions` are the actions and resources,
/// `facts` what conditions on leading keys and attributes look at.
pub(super) fn authorize(
    caller: &Caller<'_>,
    permissions: &[Permission],
    facts: &Facts<'_>,
) -> Result<(), ApiError> {
    tracing::trace!(
        access_key_id = &*caller.access_key_id,
        ?permissions,
        attributes = ?facts.attributes(),
        "allowed"
    );
    Ok(())
}
