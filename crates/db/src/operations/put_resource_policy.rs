//! PutResourcePolicy.
//!
//! Checks: the document → there is such a table or stream → the expected revision. Whether the
//! caller locks itself out is not asked: policies are not enforced yet.

use model::api::{PutResourcePolicyInput, PutResourcePolicyOutput};
use model::{ApiError, Scope};
use store::Store;

use super::resource_policies::{check_document, revised, revision};
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Attaches a policy to a table or stream, in place of the one it has.
    pub async fn put_resource_policy(
        &self,
        scope: &Scope,
        input: PutResourcePolicyInput,
    ) -> Result<PutResourcePolicyOutput, ApiError> {
        // Check.
        check_document(&input.policy)?;

        // Find, check, act and answer.
        let now_ms = self.now_ms();
        let change = move |current: Option<&_>| Some(revised(current, input.policy, now_ms));
        let expected = input.expected_revision_id;
        let changed = self.change_policy(scope, input.resource_arn, expected, change).await;
        let [_, after] = changed?;
        Ok(PutResourcePolicyOutput { revision_id: revision(after.as_ref()) })
    }
}
