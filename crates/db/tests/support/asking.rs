//! Short ways to ask a database about tables and streams.

use model::api::{
    CreateTableInput, DeleteTableInput, DescribeStreamInput, DescribeTableInput,
    DescribeTimeToLiveInput, GetShardIteratorInput, ListStreamsInput, Record, ShardFilter,
    ShardFilterType, ShardIteratorType, StreamDescription, TableDescription,
    TimeToLiveSpecification, UpdateTableInput, UpdateTimeToLiveInput,
};
use model::{ApiError, Scope, ShardPosition, StreamArn, TableRef, TimeToLiveStatus};
use stator_db::{Db, GetRecords, ShardIterator};
use store::Store;

use super::ShardShown as _;

/// What tests ask, and the one member that they look at in the answer.
#[allow(async_fn_in_trait, reason = "tests await it where they are")]
pub(crate) trait Asking {
    async fn table_created(
        &self,
        scope: &Scope,
        declaration: CreateTableInput,
    ) -> Result<TableDescription, ApiError>;
    async fn table_updated(
        &self,
        scope: &Scope,
        update: UpdateTableInput,
    ) -> Result<TableDescription, ApiError>;
    async fn table_deleted(
        &self,
        scope: &Scope,
        table_name: TableRef,
    ) -> Result<TableDescription, ApiError>;
    async fn table_described(
        &self,
        scope: &Scope,
        table_name: TableRef,
    ) -> Result<TableDescription, ApiError>;
    async fn time_to_live_updated(
        &self,
        scope: &Scope,
        table: &str,
        setting: (&str, bool),
    ) -> Result<(), ApiError>;
    async fn time_to_live_status(&self, scope: &Scope, table: &str) -> TimeToLiveStatus;
    async fn streams(&self, scope: &Scope) -> Vec<StreamArn>;
    async fn stream_described(
        &self,
        scope: &Scope,
        stream: &StreamArn,
        parent: Option<&str>,
    ) -> Result<StreamDescription, ApiError>;
    async fn iterator(
        &self,
        scope: &Scope,
        shard: (&StreamArn, &str),
        position: ShardPosition,
    ) -> Result<String, ApiError>;
    async fn records(
        &self,
        scope: &Scope,
        iterator: String,
    ) -> Result<(Vec<Record>, Option<String>), ApiError>;

    /// All records of a stream, parents before children.
    async fn all_records(&self, scope: &Scope, stream: &StreamArn) -> Vec<Record> {
        let mut all = Vec::new();
        let described = self.stream_described(scope, stream, None).await.unwrap();
        for shard in described.shards.unwrap() {
            let position = ShardPosition::TrimHorizon;
            let iterator = self.iterator(scope, (stream, shard.id()), position).await.unwrap();
            all.extend(self.records(scope, iterator).await.unwrap().0);
        }
        all
    }
}

impl<S: Store> Asking for Db<S> {
    async fn table_created(
        &self,
        scope: &Scope,
        declaration: CreateTableInput,
    ) -> Result<TableDescription, ApiError> {
        self.create_table(scope, declaration).await.map(|answer| answer.table_description.unwrap())
    }

    async fn table_updated(
        &self,
        scope: &Scope,
        update: UpdateTableInput,
    ) -> Result<TableDescription, ApiError> {
        self.update_table(scope, update).await.map(|answer| answer.table_description.unwrap())
    }

    async fn table_deleted(
        &self,
        scope: &Scope,
        table_name: TableRef,
    ) -> Result<TableDescription, ApiError> {
        let answer = self.delete_table(scope, DeleteTableInput { table_name }).await;
        answer.map(|answer| answer.table_description.unwrap())
    }

    async fn table_described(
        &self,
        scope: &Scope,
        table_name: TableRef,
    ) -> Result<TableDescription, ApiError> {
        let answer = self.describe_table(scope, DescribeTableInput { table_name }).await;
        answer.map(|answer| answer.table.unwrap())
    }

    async fn time_to_live_updated(
        &self,
        scope: &Scope,
        table: &str,
        (attribute, enabled): (&str, bool),
    ) -> Result<(), ApiError> {
        let attribute_name = attribute.to_owned();
        let input = UpdateTimeToLiveInput {
            table_name: TableRef::new(table),
            time_to_live_specification: TimeToLiveSpecification { attribute_name, enabled },
        };
        self.update_time_to_live(scope, input).await.map(drop)
    }

    async fn time_to_live_status(&self, scope: &Scope, table: &str) -> TimeToLiveStatus {
        let input = DescribeTimeToLiveInput { table_name: TableRef::new(table) };
        let answer = self.describe_time_to_live(scope, input).await.unwrap();
        answer.time_to_live_description.unwrap().time_to_live_status.unwrap()
    }

    async fn streams(&self, scope: &Scope) -> Vec<StreamArn> {
        let answer = self.list_streams(scope, ListStreamsInput::default()).await.unwrap();
        answer.streams.unwrap().into_iter().map(|stream| stream.stream_arn.unwrap()).collect()
    }

    async fn stream_described(
        &self,
        scope: &Scope,
        stream: &StreamArn,
        parent: Option<&str>,
    ) -> Result<StreamDescription, ApiError> {
        let kind = Some(ShardFilterType::ChildShards);
        let input = DescribeStreamInput {
            exclusive_start_shard_id: None,
            limit: None,
            shard_filter: parent.map(|id| ShardFilter { shard_id: Some(id.to_owned()), kind }),
            stream_arn: stream.clone(),
        };
        let answer = self.describe_stream(scope, input).await;
        answer.map(|answer| answer.stream_description.unwrap())
    }

    async fn iterator(
        &self,
        scope: &Scope,
        (stream, shard): (&StreamArn, &str),
        position: ShardPosition,
    ) -> Result<String, ApiError> {
        let (kind, sequence_number, timestamp_ms) = match position {
            ShardPosition::TrimHorizon => (ShardIteratorType::TrimHorizon, None, None),
            ShardPosition::Latest => (ShardIteratorType::Latest, None, None),
            ShardPosition::At(number) => {
                (ShardIteratorType::AtSequenceNumber, Some(number.to_string()), None)
            }
            ShardPosition::After(number) => {
                (ShardIteratorType::AfterSequenceNumber, Some(number.to_string()), None)
            }
            ShardPosition::AtTime(ms) => (ShardIteratorType::AtTimestamp, None, Some(ms)),
        };
        let input = GetShardIteratorInput {
            sequence_number,
            shard_id: shard.to_owned(),
            shard_iterator_type: kind,
            stream_arn: stream.clone(),
            timestamp_ms,
        };
        self.get_shard_iterator(scope, input).await.map(|answer| answer.shard_iterator.unwrap())
    }

    async fn records(
        &self,
        scope: &Scope,
        iterator: String,
    ) -> Result<(Vec<Record>, Option<String>), ApiError> {
        let iterator = ShardIterator::parse(&iterator);
        let answer = self.get_records(scope, GetRecords { limit: None, iterator }).await?;
        Ok((answer.records.unwrap(), answer.next_shard_iterator))
    }
}
