//! Is there capacity for what the request touches?

use model::ApiError;

use super::Access;

/// Says yes. Throttling by table, index and partition will be decided here, before anything is
/// written.
pub(super) fn admit(accesses: &[Access<'_>]) -> Result<(), ApiError> {
    for (table, index) in accesses.iter().filter_map(Access::table) {
        tracing::trace!(table = table.name(), index, "admitted");
    }
    Ok(())
}
