//! The tables of the crash rounds, and what an empty bank looks like.
//!
//! - `items`: each client's own rows, put and deleted again and again; index `by-group` is sparse.
//! - `accounts`: balances that transfers move; index `by-region` has the balance as its range key,
//!   so that every transfer moves index rows.
//! - `ledger`: one row for each transfer, written in its transaction.
//! - `counters`: a few hot rows that everybody adds to.
//!
//! Each has a stream with both images.

use anyhow::Context;
use serde_json::{Value, json};

use super::streams;
use crate::http::Connection;

/// A client and its slot: the key of a row of `items`.
pub type Slot = (usize, u64);

/// Accounts in the bank.
pub const ACCOUNTS: u64 = 24;
/// What each account holds at first.
pub const BALANCE: i64 = 1000;
/// Hot counters.
pub const COUNTERS: u64 = 3;

/// The name of account `number`.
pub fn account(number: u64) -> String {
    format!("account-{number:02}")
}

/// The name of counter `number`.
pub fn counter(number: u64) -> String {
    format!("counter-{number}")
}

/// Creates what is not there yet: all of it in the first round, nothing later.
///
/// # Errors
/// Any answer but success.
pub async fn create_missing(connection: &mut Connection) -> anyhow::Result<()> {
    let there = connection.expect("ListTables", &json!({})).await?;
    let there = there["TableNames"].as_array().context("TableNames")?;
    for table in tables() {
        if !there.contains(&table["TableName"]) {
            connection.expect("CreateTable", &table).await?;
        }
    }
    for number in 0..ACCOUNTS {
        open_account(connection, number).await?;
    }
    Ok(())
}

/// Gives an account its first balance, unless it has one.
async fn open_account(connection: &mut Connection, number: u64) -> anyhow::Result<()> {
    let account = json!({
        "TableName": "accounts",
        "Item": {
            "id": {"S": account(number)},
            "region": {"S": format!("region-{}", number % 3)},
            "balance": {"N": BALANCE.to_string()},
        },
        "ConditionExpression": "attribute_not_exists(id)",
    });
    let (status, body) = connection.call("PutItem", &account).await?;
    let exists = body["__type"].as_str().is_some_and(|kind| kind.ends_with("CheckFailedException"));
    anyhow::ensure!(status == 200 || exists, "PutItem answered {status}: {body}");
    Ok(())
}

fn tables() -> [Value; 4] {
    [
        table("items", &[("client", "S", "HASH"), ("slot", "N", "RANGE")], &BY_GROUP),
        table("accounts", &[("id", "S", "HASH")], &BY_REGION),
        table("ledger", &[("id", "S", "HASH")], &[]),
        table("counters", &[("id", "S", "HASH")], &[]),
    ]
}

/// Name, type and role of a key attribute.
type Key = (&'static str, &'static str, &'static str);

const BY_GROUP: [Key; 2] = [("group", "S", "HASH"), ("stamp", "N", "RANGE")];
const BY_REGION: [Key; 2] = [("region", "S", "HASH"), ("balance", "N", "RANGE")];

fn table(name: &str, keys: &[Key], index: &[Key]) -> Value {
    let attributes = keys
        .iter()
        .chain(index)
        .map(|(name, kind, _)| json!({"AttributeName": name, "AttributeType": kind}));
    let schema = |keys: &[Key]| {
        let element = |(name, _, role): &Key| json!({"AttributeName": name, "KeyType": role});
        keys.iter().map(element).collect::<Value>()
    };
    let mut input = json!({
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes.collect::<Value>(),
        "KeySchema": schema(keys),
        "StreamSpecification": streams::specification(),
    });
    if let Some((hash, _, _)) = index.first() {
        input["GlobalSecondaryIndexes"] = json!([{
            "IndexName": format!("by-{hash}"),
            "KeySchema": schema(index),
            "Projection": {"ProjectionType": "ALL"},
        }]);
    }
    input
}
