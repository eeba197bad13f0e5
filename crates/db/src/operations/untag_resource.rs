//! UntagResource.
//!
//! Checks: the keys are well formed → as `tagged` lists them.

use model::api::UntagResourceInput;
use model::{ApiError, Scope};
use store::Store;

use super::list_tags_of_resource::tagged;
use crate::database::Db;
use crate::tags;

impl<S: Store> Db<S> {
    /// Removes tags from a table.
    pub async fn untag_resource(
        &self,
        scope: &Scope,
        input: UntagResourceInput,
    ) -> Result<(), ApiError> {
        // Check.
        let keys = tags::checked_keys(input.tag_keys)?;

        // Find.
        tagged(self.catalog(), scope, &input.resource_arn)?;

        // Act.
        self.amend(scope, input.resource_arn, move |_, definition| {
            definition.tags.retain(|(key, _)| !keys.contains(key));
            Ok(())
        })
        .await?;
        Ok(())
    }
}
