//! DeleteResourcePolicy.
//!
//! Checks: there is such a table or stream → the expected revision.

use model::api::{DeleteResourcePolicyInput, DeleteResourcePolicyOutput};
use model::{ApiError, Scope};
use store::Store;

use super::resource_policies::revision;
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Removes the policy of a table or stream, and answers with its revision; with nothing where
    /// there is none.
    pub async fn delete_resource_policy(
        &self,
        scope: &Scope,
        input: DeleteResourcePolicyInput,
    ) -> Result<DeleteResourcePolicyOutput, ApiError> {
        // Find, check, act and answer.
        let expected = input.expected_revision_id;
        let changed = self.change_policy(scope, input.resource_arn, expected, |_| None).await;
        let [before, _] = changed?;
        Ok(DeleteResourcePolicyOutput { revision_id: revision(before.as_ref()) })
    }
}
