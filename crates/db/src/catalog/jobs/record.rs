//! The value of a job's row (docs/format/catalog.md).

use model::Scope;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use store::{RowKeyRef, StoreError};

use super::{Backfill, Job};

/// The format this code writes, and the only one it reads.
const FORMAT: u32 = 1;
/// The kind of a job that brings the items of a table into an index, or among those that expire.
const BACKFILL: &str = "Backfill";

/// What is read before the rest: the format, and what the job does.
#[derive(Debug, Deserialize)]
struct Head {
    format: u32,
    kind: String,
}

/// A backfill in format 1.
#[derive(Debug, Serialize, Deserialize)]
struct Format1 {
    format: u32,
    kind: String,
    id: u64,
    account: String,
    region: String,
    table: String,
    /// Absent for time to live.
    index: Option<String>,
    after: Option<Vec<u8>>,
}

pub(super) fn encode(job: &Job) -> Vec<u8> {
    let record = Format1 {
        format: FORMAT,
        kind: BACKFILL.to_owned(),
        id: job.id,
        account: job.scope.account.clone(),
        region: job.scope.region.clone(),
        table: job.table.clone(),
        index: match &job.backfill {
            Backfill::Index(name) => Some(name.clone()),
            Backfill::Expiry => None,
        },
        after: job.after.as_ref().map(|row| row.as_bytes().to_vec()),
    };
    serde_json::to_vec(&record).expect("the record has string keys only")
}

/// Reads a row's value.
pub(in crate::catalog) fn decode(value: &[u8]) -> Result<Job, StoreError> {
    let Head { format, kind } = parse(value)?;
    if format != FORMAT || kind != BACKFILL {
        return Err(StoreError::failed(format!(
            "a job of the kind \"{}\" has format {format}, which this version cannot go on with",
            kind.escape_debug()
        )));
    }
    let record: Format1 = parse(value)?;
    let after = record.after.map(|bytes| RowKeyRef::parse(&bytes).map(RowKeyRef::to_key));
    let after = match after {
        Some(None) => return Err(StoreError::damaged("where a job is")),
        Some(after) => after,
        None => None,
    };
    Ok(Job {
        id: record.id,
        scope: Scope { account: record.account, region: record.region },
        table: record.table,
        backfill: record.index.map_or(Backfill::Expiry, Backfill::Index),
        after,
    })
}

fn parse<T: DeserializeOwned>(value: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(value)
        .map_err(|error| StoreError::damaged(format!("a job's catalog record: {error}")))
}

#[cfg(test)]
mod tests {
    use store::{Kind, RowKey, Space};

    use super::*;

    /// The documented bytes.
    const GOLDEN: &str = concat!(
        r#"{"format":1,"kind":"Backfill","id":7,"account":"000000000000","region":"eu-west-3","#,
        r#""table":"films","index":"by-year","#,
        r#""after":[0,0,0,16,1,0,0,0,0,0,0,0,9,0,1,112,115]}"#,
    );

    fn job() -> Job {
        Job {
            id: 7,
            scope: Scope { account: "000000000000".into(), region: "eu-west-3".into() },
            table: "films".into(),
            backfill: Backfill::Index("by-year".into()),
            after: Some(RowKey::new(Space(16), Kind(1), 9, b"p", b"s")),
        }
    }

    #[test]
    fn bytes_are_the_documented_ones_and_read_back() {
        assert_eq!(String::from_utf8(encode(&job())).unwrap(), GOLDEN);
        assert_eq!(decode(GOLDEN.as_bytes()).unwrap(), job());
        let begun = Job { backfill: Backfill::Expiry, after: None, ..job() };
        assert_eq!(decode(&encode(&begun)).unwrap(), begun);
    }

    #[test]
    fn a_job_that_this_version_does_not_know_is_refused_by_name() {
        let refused = |text: &str| decode(text.as_bytes()).unwrap_err().to_string();
        let later = refused(r#"{"format":1,"kind":"Restore","id":7}"#);
        assert!(later.contains("\"Restore\" has format 1"), "{later}");
        let later = refused(&GOLDEN.replace("\"format\":1", "\"format\":2"));
        assert!(later.contains("\"Backfill\" has format 2"), "{later}");
        assert!(matches!(decode(b"{}"), Err(StoreError::Damaged { .. })));
        let nowhere = GOLDEN.replace("[0,0,0,16,1", "[0,0,0");
        assert!(matches!(decode(nowhere.as_bytes()), Err(StoreError::Damaged { .. })));
    }
}
