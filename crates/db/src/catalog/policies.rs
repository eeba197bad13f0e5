//! Resource-based policies of tables and streams: kept and shown, and not enforced yet.
//!
//! A policy is a row of the catalog's space under the ARN of what it is attached to
//! (docs/format/catalog.md), and goes in the atom in which that goes.

use std::collections::BTreeMap;

use bytes::Bytes;
use model::ApiError;
use serde::{Deserialize, Serialize};
use store::{Store, StoreError, Write};

use super::Catalog;
use super::spaces::{CHANGED, put};
use crate::error::store_failed;
use crate::layout::keys;

/// The format this code writes, and the only one it reads.
const FORMAT: u32 = 1;

/// A policy as it was attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Policy {
    /// JSON, to the letter as the request had it.
    pub(crate) document: String,
    /// Rises with each change.
    pub(crate) revision: u64,
}

/// By the ARN of what they are attached to.
pub(crate) type Policies = BTreeMap<String, Policy>;

/// The row's value.
#[derive(Debug, Serialize, Deserialize)]
struct Format1 {
    format: u32,
    arn: String,
    document: String,
    revision: u64,
}

/// Reads a row's value.
pub(super) fn decode(value: &[u8]) -> Result<(String, Policy), StoreError> {
    let record: Format1 = serde_json::from_slice(value)
        .map_err(|error| StoreError::damaged(format!("a policy's catalog record: {error}")))?;
    if record.format != FORMAT {
        let format = record.format;
        return Err(StoreError::failed(format!(
            "a policy's catalog record has format {format}; this version reads {FORMAT}"
        )));
    }
    Ok((record.arn, Policy { document: record.document, revision: record.revision }))
}

fn encode(arn: &str, policy: &Policy) -> Vec<u8> {
    let Policy { document, revision } = policy.clone();
    let record = Format1 { format: FORMAT, arn: arn.to_owned(), document, revision };
    serde_json::to_vec(&record).expect("the record has string keys only")
}

/// Writes a policy's row.
pub(super) fn put_row(arn: &str, policy: &Policy) -> Write {
    put(keys::policy_row(arn), encode(arn, policy))
}

/// Removes the policy's row, present or not.
pub(super) fn remove_row(arn: &str) -> Write {
    Write::Delete { key: keys::policy_row(arn) }
}

impl<S: Store> Catalog<S> {
    /// The policy of a table or stream.
    pub(crate) fn policy(&self, arn: &str) -> Option<Policy> {
        self.policies.read().get(arn).cloned()
    }

    /// Every policy there is.
    pub(crate) fn policies(&self) -> Policies {
        self.policies.read().clone()
    }

    /// Changes the policy of a table or stream that `exists`, durably: `change` makes the next from
    /// the one there is. Answers with both. To be called in a task of its own.
    ///
    /// # Errors
    /// What `exists` and `change` refuse with.
    pub(crate) async fn change_policy(
        &self,
        arn: &str,
        exists: impl FnOnce(&Self) -> Result<(), ApiError> + Send,
        change: impl FnOnce(Option<&Policy>) -> Result<Option<Policy>, ApiError> + Send,
    ) -> Result<[Option<Policy>; 2], ApiError> {
        let _changing = self.changing.lock().await;
        exists(self)?;
        let before = self.policy(arn);
        let after = change(before.as_ref())?;
        if before != after {
            let write = |_: &[Option<Bytes>]| {
                let write = after.as_ref().map_or_else(|| remove_row(arn), |it| put_row(arn, it));
                Ok((vec![write], ()))
            };
            let row = [keys::policy_row(arn)];
            self.session.change_rows(&row, CHANGED, write).await.map_err(store_failed)?;
            self.show_policy(arn, after.clone());
        }
        Ok([before, after])
    }

    /// Shows a policy that is durable, or that it is gone.
    pub(super) fn show_policy(&self, arn: &str, policy: Option<Policy>) {
        let mut policies = self.policies.write();
        match policy {
            Some(policy) => policies.insert(arn.to_owned(), policy),
            None => policies.remove(arn),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_the_documented_ones_and_read_back() {
        let policy = Policy { document: "{}".to_owned(), revision: 7 };
        let bytes = encode("arn:x", &policy);
        let golden = br#"{"format":1,"arn":"arn:x","document":"{}","revision":7}"#;
        assert_eq!(bytes, golden);
        assert_eq!(decode(&bytes).unwrap(), ("arn:x".to_owned(), policy));
        let other = br#"{"format":2,"arn":"arn:x","document":"{}","revision":7}"#;
        assert!(matches!(decode(other), Err(StoreError::Failed { .. })));
        assert!(matches!(decode(b"{}"), Err(StoreError::Damaged { .. })));
    }
}
