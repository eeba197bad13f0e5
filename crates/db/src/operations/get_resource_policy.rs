//! GetResourcePolicy.
//!
//! Checks: there is such a table or stream → it has a policy.

use model::api::{GetResourcePolicyInput, GetResourcePolicyOutput};
use model::{ApiError, Scope};
use store::Store;

use super::resource_policies::{check_policy_holder, policy_missing, revision};
use crate::database::Db;

impl<S: Store> Db<S> {
    /// Shows the policy of a table or stream, to the letter as it was attached.
    pub async fn get_resource_policy(
        &self,
        scope: &Scope,
        input: GetResourcePolicyInput,
    ) -> Result<GetResourcePolicyOutput, ApiError> {
        // Find.
        check_policy_holder(self.catalog(), scope, &input.resource_arn)?;
        let policy = self.catalog().policy(input.resource_arn.as_str());
        let policy = policy.ok_or_else(|| policy_missing(&input.resource_arn))?;

        // Answer.
        let revision_id = revision(Some(&policy));
        Ok(GetResourcePolicyOutput { policy: Some(policy.document), revision_id })
    }
}
