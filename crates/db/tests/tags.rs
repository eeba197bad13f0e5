//! TagResource, UntagResource, ListTagsOfResource.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::sync::Arc;

use model::api::{ListTagsOfResourceInput, Tag, TagResourceInput, UntagResourceInput};
use model::{ApiError, TableRef};
use support::*;

fn resource() -> TableRef {
    TableRef::new(scope().table_arn("t1"))
}

fn tags(keys: impl IntoIterator<Item = usize>) -> TagResourceInput {
    let tag = |key: usize| Tag { key: Some(key.to_string()), value: Some(String::new()) };
    TagResourceInput { resource_arn: resource(), tags: keys.into_iter().map(tag).collect() }
}

async fn keys<S: Slow>(db: &Db<S>) -> Vec<String> {
    let input = ListTagsOfResourceInput { next_token: None, resource_arn: resource() };
    let answer = db.list_tags_of_resource(&scope(), input).await.unwrap();
    answer.tags.unwrap().into_iter().map(|tag| tag.key.unwrap()).collect()
}

#[tokio::test]
async fn tags_are_there_after_reopening() {
    let (store, clock) = (slow_store(), TestClock::new(1));
    let first = open(store.clone(), &clock).await;
    first.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    first.tag_resource(&scope(), tags(0..3)).await.unwrap();
    let untag = UntagResourceInput { resource_arn: resource(), tag_keys: vec!["1".into()] };
    first.untag_resource(&scope(), untag).await.unwrap();
    assert_eq!(keys(&open(store, &clock).await).await, ["0", "2"]);
}

#[tokio::test]
async fn simultaneous_tags_all_survive() {
    let db = Arc::new(in_memory().await);
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    let tagging: Vec<_> = (0..8)
        .map(|key| {
            let db = Arc::clone(&db);
            tokio::spawn(async move { db.tag_resource(&scope(), tags([key])).await })
        })
        .collect();
    for tagged in tagging {
        tagged.await.unwrap().unwrap();
    }
    let mut found = keys(&db).await;
    found.sort_unstable();
    assert_eq!(found, ["0", "1", "2", "3", "4", "5", "6", "7"]);
}

#[tokio::test]
async fn a_table_has_at_most_fifty_tags_and_a_refusal_adds_none() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    db.tag_resource(&scope(), tags(0..30)).await.unwrap();
    db.tag_resource(&scope(), tags(20..50)).await.unwrap();
    let refused = db.tag_resource(&scope(), tags(49..51)).await.unwrap_err();
    assert_eq!(refused, ApiError::too_many_tags());
    assert_eq!(keys(&db).await.len(), 50);
}

#[tokio::test]
async fn a_tagged_table_keeps_its_items_and_can_be_dropped() {
    let db = in_memory().await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    write(&db, "t1", map([("p", s("a"))])).await;
    db.tag_resource(&scope(), tags([1])).await.unwrap();
    write(&db, "t1", map([("p", s("b"))])).await;
    let described = db.table_described(&scope(), TableRef::new("t1")).await.unwrap();
    assert_eq!(described.item_count, Some(2));
    db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    let gone = db.tag_resource(&scope(), tags([2])).await.unwrap_err();
    assert!(matches!(gone, ApiError::ResourceNotFound(_)));
    db.settled().await;
}
