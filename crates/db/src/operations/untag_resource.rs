//! UntagResource.
//!
//! Checks: as `tagged` lists them.

use model::{ApiError, Scope, TableRef};
use store::Store;

use crate::database::Db;

/// Tags to remove from a table.
#[derive(Debug, Clone)]
pub struct UntagResource {
    /// The table's ARN.
    pub resource: TableRef,
    /// Their keys, present or not.
    pub keys: Vec<String>,
}

impl<S: Store> Db<S> {
    /// Removes tags from a table.
    pub async fn untag_resource(
        &self,
        scope: &Scope,
        request: UntagResource,
    ) -> Result<(), ApiError> {
        // Find.
        self.tagged(scope, &request.resource)?;

        // Check and act.
        let keys = request.keys;
        self.amend(scope, request.resource, move |_, definition| {
            definition.tags.retain(|(key, _)| !keys.contains(key));
            Ok(())
        })
        .await?;
        Ok(())
    }
}
