//! What the operations on resource-based policies share: what a policy is attached to, and what is
//! demanded of its document.

use std::collections::BTreeSet;
use std::sync::Arc;

use model::{ApiError, Scope, StreamArn, TableRef};
use serde_json::Value;
use store::Store;

use super::list_tags_of_resource::tagged;
use crate::catalog::{Catalog, Policy};
use crate::database::{Db, in_its_own_task};
use crate::error::{invalid, resource_missing};

/// Most bytes of a document (developer guide, "Resource-based policy considerations", 2026-11).
const DOCUMENT_BYTES_MAX: usize = 20_480;
/// What a request expects that wants to attach a table's first policy.
const NO_POLICY: &str = "NO_POLICY";

/// Checks that there is a table or stream to have a policy.
///
/// Checks: as `tagged` lists them; of a stream: of this account → stream exists in this region.
pub(super) fn check_policy_holder<S: Store>(
    catalog: &Catalog<S>,
    scope: &Scope,
    resource: &TableRef,
) -> Result<(), ApiError> {
    match StreamArn::parse(resource.as_str()) {
        Some(stream) if stream.scope.account != scope.account => {
            Err(ApiError::AccessDenied("Access is denied".into()))
        }
        Some(stream) => {
            let found = catalog.streams.find(&stream).filter(|_| stream.scope == *scope);
            found.map(drop).ok_or_else(|| resource_missing(resource.as_str()))
        }
        None => tagged(catalog, scope, resource).map(drop),
    }
}

impl<S: Store> Db<S> {
    /// Changes a policy in a task of its own, if there is something to have it and its revision is
    /// what the request expects; answers with the policies before and after.
    pub(super) async fn change_policy(
        &self,
        scope: &Scope,
        resource: TableRef,
        expected: Option<String>,
        change: impl FnOnce(Option<&Policy>) -> Option<Policy> + Send + 'static,
    ) -> Result<[Option<Policy>; 2], ApiError> {
        let (catalog, scope) = (Arc::clone(self.catalog()), scope.clone());
        in_its_own_task(async move {
            let exists = |catalog: &Catalog<S>| {
                check_policy_holder(catalog, &scope, &resource)?;
                let table = catalog.find(&scope, &resource);
                table.map_or(Ok(()), |table| table.check_changeable())
            };
            let change = |current: Option<&Policy>| {
                check_expected(current, expected.as_deref(), &resource)?;
                Ok(change(current))
            };
            catalog.change_policy(resource.as_str(), exists, change).await
        })
        .await
    }
}

/// The revision as it is shown: milliseconds since the epoch, in text.
pub(super) fn revision(policy: Option<&Policy>) -> Option<String> {
    policy.map(|policy| policy.revision.to_string())
}

/// The policy that a document becomes, unless it says what the current one says: then nothing
/// changes, the revision included (API reference, PutResourcePolicy: "an idempotent operation";
/// moto, test_dynamodb_resource_policy against AWS; 2026-11).
pub(super) fn revised(current: Option<&Policy>, document: String, now_ms: u64) -> Policy {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    match current {
        Some(current) if parsed(&current.document) == parsed(&document) => current.clone(),
        _ => {
            let later = current.map_or(0, |current| current.revision + 1);
            Policy { document, revision: now_ms.max(later) }
        }
    }
}

/// No policy, or not the one that was expected.
pub(super) fn policy_missing(resource: &TableRef) -> ApiError {
    let arn = resource.as_str();
    ApiError::PolicyNotFound(format!(
        "Resource-based policy not found for the provided ResourceArn: {arn}"
    ))
}

/// Checks a document for what would make it no policy. What its statements allow is not looked at.
///
/// Words: ack-api-quirks for DynamoDB, table-policy-kinesis-autoscaling; 2026-11.
pub(super) fn check_document(document: &str) -> Result<(), ApiError> {
    if document.len() > DOCUMENT_BYTES_MAX {
        return Err(invalid(format!("Maximum policy size of {DOCUMENT_BYTES_MAX} bytes exceeded")));
    }
    let no_json = || invalid("Invalid policy document: This policy contains invalid Json");
    let policy: Value = serde_json::from_str(document).map_err(|_| no_json())?;
    let statements = match policy.as_object().ok_or_else(no_json)?.get("Statement") {
        Some(Value::Array(statements)) => statements.as_slice(),
        Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
        _ => &[],
    };
    if statements.is_empty() {
        return Err(invalid("Could not parse the policy: Statement is empty!"));
    }
    let mut ids = BTreeSet::new();
    for statement in statements {
        if statement.get("Resource").is_none() && statement.get("NotResource").is_none() {
            return Err(invalid("Invalid policy document: Missing required field Resource"));
        }
        if let Some(id) = statement.get("Sid").and_then(Value::as_str)
            && !ids.insert(id)
        {
            return Err(invalid(
                "Invalid policy document: The Statement Ids in the policy are not unique",
            ));
        }
    }
    Ok(())
}

fn check_expected(
    current: Option<&Policy>,
    expected: Option<&str>,
    resource: &TableRef,
) -> Result<(), ApiError> {
    let is_met = match (expected, current) {
        (None, _) | (Some(NO_POLICY), None) => true,
        (Some(expected), Some(current)) => expected == current.revision.to_string(),
        (Some(_), None) => false,
    };
    if is_met { Ok(()) } else { Err(policy_missing(resource)) }
}
