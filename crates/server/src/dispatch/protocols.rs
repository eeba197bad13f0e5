//! Every operation under a second protocol: the pipeline leans on nothing of JSON.

use std::collections::HashSet;

use store::MemoryStore;

use super::tests::{called, pipeline};
use super::*;
use crate::codec::lines::Lines;

const TABLE_ARN: &str = "arn:aws:dynamodb:eu-north-1:000000000000:table/films";

/// A client that speaks in lines.
struct Client {
    pipeline: Pipeline<MemoryStore>,
    operations: HashSet<OperationName>,
}

impl Client {
    async fn call(&mut self, operation: &str, input: &str) -> String {
        let operation = OperationName::parse(operation).unwrap();
        self.operations.insert(operation);
        let output = called(&Lines, &self.pipeline, operation, input.as_bytes()).await;
        let said = output.or_else(|error| Lines.error(&error).finish()).unwrap();
        String::from_utf8(said).unwrap()
    }

    /// Calls each operation and compares what is answered.
    async fn hears<const N: usize>(&mut self, exchanges: [(&str, &str, &str); N]) {
        for (operation, input, expected) in exchanges {
            let answer = self.call(operation, input).await;
            assert_eq!(answer, expected, "{operation} {input}");
        }
    }

    /// The records of each shard of the only stream.
    async fn all_records(&mut self) -> Vec<String> {
        let stream = self.call("ListStreams", "table=films").await;
        let shards = self.call("DescribeStream", &format!("stream={stream}")).await;
        let mut records = Vec::new();
        for shard in shards.split(' ') {
            let at = format!("stream={stream};shard={shard}");
            let iterator = self.call("GetShardIterator", &at).await;
            records.push(self.call("GetRecords", &format!("iterator={iterator}")).await);
        }
        records
    }
}

#[tokio::test]
async fn every_operation_is_carried_out_under_a_second_protocol() {
    let mut client = Client { pipeline: pipeline().await, operations: HashSet::new() };
    client
        .hears([
            ("CreateTable", "table=films;key=film", "Creating"),
            ("DescribeTable", "table=films", "Active"),
            ("ListTables", "", "films"),
            ("PutItem", "table=films;item=film:S:Alien,year:N:1979", "-"),
            ("GetItem", "table=films;key=film:S:Alien", "film:S:Alien,year:N:1979"),
            (
                "UpdateItem",
                "table=films;key=film:S:Alien;update=ADD seen :n;values=n:N:1",
                "film:S:Alien,seen:N:1,year:N:1979",
            ),
            ("BatchWriteItem", "table=films;item=film:S:Solaris,year:N:1972", "0"),
            ("BatchGetItem", "table=films;key=film:S:Solaris", "film:S:Solaris,year:N:1972"),
            (
                "TransactWriteItems",
                "table=films;item=film:S:Metropolis;key=film:S:Alien;condition=attribute_exists(seen)",
                "-",
            ),
            ("TransactGetItems", "table=films;key=film:S:Metropolis", "film:S:Metropolis"),
            (
                "Query",
                "table=films;where=film = :f;values=f:S:Solaris",
                "film:S:Solaris,year:N:1972",
            ),
            ("Scan", "table=films;filter=seen = :n;values=n:N:1", "film:S:Alien,seen:N:1,year:N:1979"),
            ("DeleteItem", "table=films;key=film:S:Metropolis", "film:S:Metropolis"),
        ])
        .await;

    let records = client.all_records().await;
    let alien = "film:S:Alien,year:N:1979 + film:S:Alien,seen:N:1,year:N:1979";
    assert!(records.iter().any(|records| records == alien), "{records:?}");

    let resource = |rest: &str| format!("resource={TABLE_ARN};{rest}");
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"dynamodb:GetItem","Resource":"*"}]}"#;
    client
        .hears([
            ("TagResource", &resource("tag=owner;value=us"), "-"),
            ("ListTagsOfResource", &resource(""), "1"),
            ("UntagResource", &resource("tag=owner"), "-"),
            ("PutResourcePolicy", &resource(&format!("policy={policy}")), "kept"),
            ("GetResourcePolicy", &resource(""), policy),
            ("DeleteResourcePolicy", &resource(""), "deleted"),
            ("UpdateTimeToLive", "table=films;attribute=until", "until"),
        ])
        .await;
    client.pipeline.db.settled().await;
    client
        .hears([
            ("DescribeTimeToLive", "table=films", "Enabled"),
            ("DescribeContinuousBackups", "table=films", "Enabled"),
            ("DescribeLimits", "", "40000"),
            ("DescribeEndpoints", "", "localhost"),
            ("UpdateTable", "table=films;protected=yes", "Active"),
            (
                "DeleteTable",
                "table=films",
                "refused: Resource cannot be deleted as it is currently protected against deletion. \
                 Disable deletion protection first.",
            ),
            ("UpdateTable", "table=films;protected=no", "Active"),
            ("DeleteTable", "table=films", "Deleting"),
        ])
        .await;
    assert_eq!(client.operations.len(), OperationName::COUNT, "every operation was called");
}

#[tokio::test]
async fn a_refusal_is_an_error_until_a_codec_writes_it() {
    let mut client = Client { pipeline: pipeline().await, operations: HashSet::new() };
    client
        .hears([
            ("GetItem", "table=films;key=film:S:a", "refused: Requested resource not found"),
            ("GetItem", "table=films", "refused: no line: key"),
        ])
        .await;
}
