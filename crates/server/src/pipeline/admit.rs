//! Is there capacity for what the request touches?

use model::ApiError;

use super::Facts;

/// Says yes. Throttling by table, index and partition will be decided here, before anything is
/// written.
pub(super) fn admit(facts: &Facts<'_>) -> Result<(), ApiError> {
    for access in &facts.accesses {
        tracing::trace!(table = access.table.name(), index = access.index, "admitted");
    }
    Ok(())
}
