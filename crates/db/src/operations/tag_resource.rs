//! TagResource.
//!
//! Checks: as `tagged` lists them → not too many tags.

use model::{ApiError, Scope, TableRef, limits};
use store::Store;

use crate::database::Db;

/// Tags to add to a table.
#[derive(Debug, Clone)]
pub struct TagResource {
    /// The table's ARN.
    pub resource: TableRef,
    /// Keys and values, each key once.
    pub tags: Vec<(String, String)>,
}

impl<S: Store> Db<S> {
    /// Adds tags to a table; a key that it has gets the new value.
    pub async fn tag_resource(&self, scope: &Scope, request: TagResource) -> Result<(), ApiError> {
        // Find.
        self.tagged(scope, &request.resource)?;

        // Check and act.
        let tags = request.tags;
        self.amend(scope, request.resource, move |_, definition| {
            let mut all = definition.tags.clone();
            for (key, value) in tags {
                match all.iter_mut().find(|(present, _)| *present == key) {
                    Some((_, present)) => *present = value,
                    None => all.push((key, value)),
                }
            }
            if all.len() > limits::TAGS_MAX {
                return Err(ApiError::too_many_tags());
            }
            definition.tags = all;
            Ok(())
        })
        .await?;
        Ok(())
    }
}
