//! Resource-based policies: rows that come, stay and go with what they are attached to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use model::api::{
    CreateTableInput, DeleteResourcePolicyInput, GetResourcePolicyInput, PutResourcePolicyInput,
};
use model::{ApiError, Scope, StreamView, TableRef};
use support::*;

const DOCUMENT: &str = r#"{"Statement":[{"Effect":"Allow","Resource":"*"}]}"#;

fn resource() -> TableRef {
    TableRef::new(scope().table_arn("t1"))
}

fn put_policy(resource_arn: TableRef) -> PutResourcePolicyInput {
    PutResourcePolicyInput {
        policy: DOCUMENT.to_owned(),
        resource_arn,
        expected_revision_id: None,
        confirm_remove_self_resource_access: None,
    }
}

async fn shown<S: Slow>(db: &Db<S>, resource_arn: TableRef) -> Result<String, ApiError> {
    let answer = db.get_resource_policy(&scope(), GetResourcePolicyInput { resource_arn }).await?;
    Ok(answer.policy.unwrap())
}

#[tokio::test]
async fn a_policy_outlives_the_process_and_goes_with_its_table() {
    let (store, clock) = (slow_store(), TestClock::new(1));
    let declaration =
        CreateTableInput { resource_policy: Some(DOCUMENT.into()), ..table("t1", "p:S", None) };
    let first = open(store.clone(), &clock).await;
    first.create_table(&scope(), declaration).await.unwrap();
    clock.advance(1);
    let db = open(store.clone(), &clock).await;
    assert_eq!(shown(&db, resource()).await.unwrap(), DOCUMENT);
    db.table_deleted(&scope(), TableRef::new("t1")).await.unwrap();
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    db.settled().await;
    for db in [&db, &open(store, &clock).await] {
        let missing = shown(db, resource()).await.unwrap_err();
        assert!(matches!(missing, ApiError::PolicyNotFound(_)), "{missing:?}");
    }
    first.abandon();
}

#[tokio::test]
async fn a_stream_has_a_policy_of_its_own() {
    let db = in_memory().await;
    let declaration = with_stream(table("t1", "p:S", None), StreamView::KeysOnly);
    db.create_table(&scope(), declaration).await.unwrap();
    let stream = TableRef::new(db.streams(&scope()).await.remove(0).to_string());
    db.put_resource_policy(&scope(), put_policy(stream.clone())).await.unwrap();
    assert_eq!(shown(&db, stream).await.unwrap(), DOCUMENT);
    assert!(matches!(shown(&db, resource()).await, Err(ApiError::PolicyNotFound(_))));
}

#[tokio::test]
async fn a_stream_of_another_region_is_not_there_to_have_a_policy() {
    let db = in_memory().await;
    let declaration = with_stream(table("t1", "p:S", None), StreamView::KeysOnly);
    db.create_table(&scope(), declaration).await.unwrap();
    let stream = TableRef::new(db.streams(&scope()).await.remove(0).to_string());
    let elsewhere = Scope { region: "eu-west-3".into(), ..scope() };
    let refused = db.put_resource_policy(&elsewhere, put_policy(stream)).await.unwrap_err();
    assert!(matches!(refused, ApiError::ResourceNotFound(_)), "{refused:?}");
}

#[tokio::test]
async fn a_policy_that_could_not_be_written_is_not_shown() {
    let (store, clock) = (slow_store(), TestClock::new(1));
    let db = open(store.clone(), &clock).await;
    db.create_table(&scope(), table("t1", "p:S", None)).await.unwrap();
    db.put_resource_policy(&scope(), put_policy(resource())).await.unwrap();
    store.be_read_only(true);
    let input = DeleteResourcePolicyInput { resource_arn: resource(), expected_revision_id: None };
    let failed = db.delete_resource_policy(&scope(), input).await.unwrap_err();
    assert_eq!(failed, ApiError::InternalServerError);
    assert_eq!(shown(&db, resource()).await.unwrap(), DOCUMENT);
    store.be_read_only(false);
}
