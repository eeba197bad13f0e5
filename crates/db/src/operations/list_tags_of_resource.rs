//! ListTagsOfResource.
//!
//! Checks: as `tagged` lists them.

use std::sync::Arc;

use model::api::{ListTagsOfResourceInput, ListTagsOfResourceOutput, Tag};
use model::{ApiError, Scope, TableRef};
use store::Store;

use crate::catalog::Catalog;
use crate::database::Db;
use crate::error::{invalid, resource_missing};
use crate::schema::Table;

impl<S: Store> Db<S> {
    /// The tags of a table, in the order in which their keys were first given.
    pub async fn list_tags_of_resource(
        &self,
        scope: &Scope,
        input: ListTagsOfResourceInput,
    ) -> Result<ListTagsOfResourceOutput, ApiError> {
        let table = tagged(self.catalog(), scope, &input.resource_arn)?;
        let tags = table.definition.tags.iter();
        let tags =
            tags.map(|(key, value)| Tag { key: key.clone().into(), value: value.clone().into() });
        Ok(ListTagsOfResourceOutput { tags: Some(tags.collect()), next_token: None })
    }
}

/// The table whose tags a request means.
///
/// Checks: an ARN → of a table → of this account → table exists. Words: ack-api-quirks for
/// DynamoDB, DDB-TABLE-070 and DDB-TABLE-071; ScyllaDB test_tag.py, test_tag_lsi_gsi; 2026-11.
pub(super) fn tagged<S: Store>(
    catalog: &Catalog<S>,
    scope: &Scope,
    resource: &TableRef,
) -> Result<Arc<Table>, ApiError> {
    let arn = resource.as_str();
    if !arn.starts_with("arn:") {
        return Err(invalid(format!("ARNs must start with 'arn:': {arn}")));
    }
    let Some(named) = resource.scope() else {
        return Err(invalid(format!(
            "Invalid resource arn provided, only table or stream is accepted. Provided resource \
             arn: {arn}"
        )));
    };
    if named.account != scope.account {
        return Err(ApiError::AccessDenied("Access is denied".into()));
    }
    catalog.find(scope, resource).ok_or_else(|| resource_missing(arn))
}
