//! Tables, their waiters, tags and settings.

use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::operation::RequestId;
use aws_sdk_dynamodb::types::{TableStatus, Tag, TimeToLiveSpecification};
use stator_client_tests::{Films, PATIENCE, built, connect, unique_name};

#[tokio::test]
async fn a_table_is_awaited_described_deleted_and_awaited() {
    let films = Films { client: connect(), table: unique_name() };
    films.create().await.unwrap();
    let client = &films.client;
    let waiter = client.wait_until_table_exists().table_name(&films.table);
    let described = waiter.wait(PATIENCE).await.unwrap().into_result().unwrap();
    let table = described.table().unwrap();
    assert_eq!(table.table_status(), Some(&TableStatus::Active));
    assert_eq!(table.key_schema()[0].attribute_name(), "studio");
    assert_eq!(table.global_secondary_indexes()[0].index_name(), Some("by-genre"));
    assert_eq!(table.item_count(), Some(0));

    client.delete_table().table_name(&films.table).send().await.unwrap();
    let waiter = client.wait_until_table_not_exists().table_name(&films.table);
    let gone = waiter.wait(PATIENCE).await.unwrap().into_result().unwrap_err();
    assert!(gone.as_service_error().unwrap().is_resource_not_found_exception());
}

#[tokio::test]
async fn creating_a_table_twice_is_a_typed_error() {
    Films::test(async |films| {
        let refused = films.create().await.unwrap_err();
        assert!(refused.is_resource_in_use_exception());
        let message = format!("Table already exists: {}", films.table);
        assert_eq!(refused.message(), Some(&*message));
    })
    .await;
}

#[tokio::test]
async fn a_missing_table_is_a_typed_error_with_a_request_id() {
    let request = connect().describe_table().table_name("no-such-table");
    let error = request.send().await.unwrap_err();
    assert_eq!(error.request_id().map(str::len), Some(52));
    let refused = error.into_service_error();
    assert!(refused.is_resource_not_found_exception());
    let message = "Requested resource not found: Table: no-such-table not found";
    assert_eq!(refused.message(), Some(message));
}

#[tokio::test]
async fn the_paginator_lists_every_table_once() {
    Films::test(async |films| {
        let pages = films.client.list_tables().limit(1).into_paginator().items().send();
        let listed = pages.collect::<Result<Vec<String>, _>>().await.unwrap();
        assert!(listed.contains(&films.table));
        assert!(listed.is_sorted_by(|a, b| a < b));
    })
    .await;
}

#[tokio::test]
async fn tags_and_time_to_live_are_kept() {
    Films::test(async |films| {
        let client = &films.client;
        let described = client.describe_table().table_name(&films.table).send().await.unwrap();
        let arn = described.table().unwrap().table_arn().unwrap();
        let tag = built(Tag::builder().key("team").value("films").build());
        client.tag_resource().resource_arn(arn).tags(tag.clone()).send().await.unwrap();
        let kept = client.list_tags_of_resource().resource_arn(arn).send().await.unwrap();
        assert_eq!(kept.tags(), [tag]);

        let setting = TimeToLiveSpecification::builder().attribute_name("expires").enabled(true);
        let update = client.update_time_to_live().table_name(&films.table);
        update.time_to_live_specification(built(setting.build())).send().await.unwrap();
        let shown = client.describe_time_to_live().table_name(&films.table).send().await.unwrap();
        let shown = shown.time_to_live_description().unwrap();
        assert_eq!(shown.attribute_name(), Some("expires"));
    })
    .await;
}
