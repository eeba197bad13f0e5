//! TagResource.
//!
//! Checks: the tags are well formed → one at least → as `tagged` lists them → not too many tags.

use model::api::TagResourceInput;
use model::{ApiError, Scope, limits};
use store::Store;

use super::list_tags_of_resource::tagged;
use crate::database::Db;
use crate::error::validation;
use crate::tags;

impl<S: Store> Db<S> {
    /// Adds tags to a table; a key that it has gets the new value.
    pub async fn tag_resource(
        &self,
        scope: &Scope,
        input: TagResourceInput,
    ) -> Result<(), ApiError> {
        // Check.
        let tags = tags::checked(input.tags)?;
        if tags.is_empty() {
            return Err(validation("Atleast one Tag needs to be provided as Input."));
        }

        // Find.
        tagged(self.catalog(), scope, &input.resource_arn)?;

        // Check and act.
        self.amend(scope, input.resource_arn, move |_, definition| {
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
