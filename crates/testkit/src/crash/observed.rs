//! What a restarted server holds, read by scans of its tables and indexes.

use std::collections::BTreeMap;

use anyhow::Context;
use serde_json::{Value, json};

use super::streams;
use super::streams::replay::{Replayed, Scanned};
use super::tables::{ACCOUNTS, Slot, account};
use super::transfer::{Fate, Transfer};
use crate::http::Connection;

/// Everything in the crash tables.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Rows of `items`.
    pub items: BTreeMap<Slot, Value>,
    /// Values of `counters`.
    pub counters: BTreeMap<String, u64>,
    /// Rows of `ledger`.
    pub ledger: BTreeMap<String, Transfer>,
    /// Balances of `accounts`.
    pub balances: BTreeMap<String, i64>,
    /// Each index beside the rows of its table that belong in it.
    pub indexes: Vec<ScannedIndex>,
    /// Each table's stream, replayed beside it.
    pub streams: Vec<Replayed>,
}

/// An index and what it should hold.
#[derive(Debug, Clone)]
pub struct ScannedIndex {
    /// The index's name.
    pub name: &'static str,
    /// The index's rows.
    pub rows: Vec<Value>,
    /// The table's rows that have the index's keys.
    pub recomputed: Vec<Value>,
}

impl Observed {
    /// Reads everything but the archive.
    ///
    /// # Errors
    /// An answer that is not success, a row that no client writes.
    pub async fn read(connection: &mut Connection) -> anyhow::Result<Self> {
        let items = scan(connection, "items", None).await?;
        let by_group = scan(connection, "items", Some("by-group")).await?;
        let accounts = scan(connection, "accounts", None).await?;
        let by_region = scan(connection, "accounts", Some("by-region")).await?;
        let ledger = scan(connection, "ledger", None).await?;
        let counters = scan(connection, "counters", None).await?;
        let indexes = vec![
            ScannedIndex::new("by-group", by_group, &items, &["group", "stamp"]),
            ScannedIndex::new("by-region", by_region, &accounts, &["region", "balance"]),
        ];
        let mut observed = Self {
            items: keyed(&items, |row| Ok((slot(row)?, row.clone())))?,
            counters: keyed(&counters, |row| Ok((text(row, "id")?, number(row, "count")?)))?,
            ledger: keyed(&ledger, |row| Ok((text(row, "id")?, transfer(row)?)))?,
            balances: keyed(&accounts, |row| Ok((text(row, "id")?, number(row, "balance")?)))?,
            indexes,
            streams: Vec::new(),
        };
        // A counter counts its changes; the ledger tells how often a balance moved.
        let counted = Some(observed.counters.clone());
        let moved = Some(observed.balance_changes());
        for table in [
            Scanned { name: "items", keys: &["client", "slot"], rows: &items, changes: None },
            Scanned { name: "accounts", keys: &["id"], rows: &accounts, changes: moved },
            Scanned { name: "ledger", keys: &["id"], rows: &ledger, changes: None },
            Scanned { name: "counters", keys: &["id"], rows: &counters, changes: counted },
        ] {
            observed.streams.push(streams::read(connection, &table).await.context(table.name)?);
        }
        Ok(observed)
    }

    /// How often each account was written: once when it was opened, and in each transfer.
    fn balance_changes(&self) -> BTreeMap<String, u64> {
        let mut changes: BTreeMap<String, u64> =
            (0..ACCOUNTS).map(|number| (account(number), 1)).collect();
        for transfer in self.ledger.values() {
            *changes.entry(transfer.from.clone()).or_default() += 1;
            *changes.entry(transfer.to.clone()).or_default() += 1;
        }
        changes
    }

    /// Everything that is wrong with the streams.
    pub fn wrong_streams(&self) -> Vec<String> {
        self.streams.iter().flat_map(|stream| stream.violations.clone()).collect()
    }

    /// Every index that differs from the one recomputed from its table.
    pub fn wrong_indexes(&self) -> Vec<String> {
        self.indexes.iter().filter_map(ScannedIndex::difference).collect()
    }
}

impl ScannedIndex {
    /// The index `name`, read as `rows`, of a table with these keys.
    pub fn new(name: &'static str, rows: Vec<Value>, table: &[Value], keys: &[&str]) -> Self {
        let belongs = |row: &&Value| keys.iter().all(|key| row.get(key).is_some());
        Self { name, rows, recomputed: table.iter().filter(belongs).cloned().collect() }
    }

    fn difference(&self) -> Option<String> {
        let (rows, recomputed) = (sorted(&self.rows), sorted(&self.recomputed));
        if rows == recomputed {
            return None;
        }
        let only = |these: &[String], those: &[String]| {
            these.iter().find(|row| those.binary_search(row).is_err()).cloned()
        };
        Some(format!(
            "index {} has {} rows, its table gives {}; only in the index: {:?}; missing: {:?}",
            self.name,
            rows.len(),
            recomputed.len(),
            only(&rows, &recomputed),
            only(&recomputed, &rows),
        ))
    }
}

fn sorted(rows: &[Value]) -> Vec<String> {
    let mut rows: Vec<String> = rows.iter().map(Value::to_string).collect();
    rows.sort_unstable();
    rows
}

/// Every row of a table or index.
pub(super) async fn scan(
    connection: &mut Connection,
    table: &str,
    index: Option<&str>,
) -> anyhow::Result<Vec<Value>> {
    let mut input = json!({"TableName": table, "ConsistentRead": index.is_none()});
    if let Some(index) = index {
        input["IndexName"] = index.into();
    }
    let mut rows = Vec::new();
    loop {
        let mut page = connection.expect("Scan", &input).await?;
        rows.append(page["Items"].as_array_mut().context("Items")?);
        match page.get("LastEvaluatedKey") {
            Some(key) => input["ExclusiveStartKey"] = key.clone(),
            None => return Ok(rows),
        }
    }
}

fn keyed<K: Ord, V>(
    rows: &[Value],
    entry: impl Fn(&Value) -> anyhow::Result<(K, V)>,
) -> anyhow::Result<BTreeMap<K, V>> {
    rows.iter().map(|row| entry(row).with_context(|| row.to_string())).collect()
}

fn slot(row: &Value) -> anyhow::Result<Slot> {
    let client = text(row, "client")?;
    let client = client.strip_prefix("client-").context("client")?;
    Ok((client.parse()?, number(row, "slot")?))
}

fn transfer(row: &Value) -> anyhow::Result<Transfer> {
    Ok(Transfer {
        from: text(row, "from")?,
        to: text(row, "to")?,
        amount: number(row, "amount")?,
        fate: Fate::Done,
    })
}

fn text(row: &Value, name: &str) -> anyhow::Result<String> {
    Ok(row[name]["S"].as_str().with_context(|| name.to_owned())?.to_owned())
}

fn number<N>(row: &Value, name: &str) -> anyhow::Result<N>
where
    N: std::str::FromStr<Err: std::error::Error + Send + Sync + 'static>,
{
    Ok(row[name]["N"].as_str().with_context(|| name.to_owned())?.parse()?)
}
