//! Batches, and what they leave unprocessed.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{
    AttributeValue, DeleteRequest, KeysAndAttributes, PutRequest, WriteRequest,
};
use stator_client_tests::{Films, built, film, key, numbers};

/// Writes all, in batches of 25, each until nothing of it is left.
async fn write(films: &Films, requests: &[WriteRequest]) {
    for chunk in requests.chunks(25) {
        let mut pending = HashMap::from([(films.table.clone(), chunk.to_vec())]);
        while !pending.is_empty() {
            let batch = films.client.batch_write_item().set_request_items(Some(pending));
            pending = batch.send().await.unwrap().unprocessed_items.unwrap_or_default();
        }
    }
}

fn put(number: u32) -> WriteRequest {
    let put = PutRequest::builder().set_item(Some(film("Ufa", number)));
    WriteRequest::builder().put_request(built(put.build())).build()
}

fn delete(number: u32) -> WriteRequest {
    let delete = DeleteRequest::builder().set_key(Some(key("Ufa", number)));
    WriteRequest::builder().delete_request(built(delete.build())).build()
}

#[tokio::test]
async fn batches_put_and_delete() {
    Films::test(async |films| {
        let count = async || {
            let scan = films.client.scan().table_name(&films.table);
            scan.send().await.unwrap().count
        };
        write(films, &(0..60).map(put).collect::<Vec<_>>()).await;
        assert_eq!(count().await, 60);
        write(films, &(0..60).map(delete).collect::<Vec<_>>()).await;
        assert_eq!(count().await, 0);
    })
    .await;
}

#[tokio::test]
async fn unprocessed_keys_are_asked_for_again() {
    Films::test(async |films| {
        let title = "t".repeat(390_000);
        let mut keys = KeysAndAttributes::builder().consistent_read(true);
        for number in 0..50 {
            let mut large = film("Ufa", number);
            large.insert("title".to_owned(), AttributeValue::S(title.clone()));
            films.put(large).await;
            keys = keys.keys(key("Ufa", number));
        }
        let mut pending = HashMap::from([(films.table.clone(), built(keys.build()))]);
        let (mut found, mut rounds) = (Vec::new(), 0);
        while !pending.is_empty() {
            let batch = films.client.batch_get_item().set_request_items(Some(pending));
            let answer = batch.send().await.unwrap();
            found.extend(numbers(&answer.responses.unwrap()[&films.table]));
            pending = answer.unprocessed_keys.unwrap_or_default();
            rounds += 1;
        }
        found.sort_unstable();
        assert_eq!(found, (0..50).collect::<Vec<u32>>());
        assert_eq!(rounds, 2); // An answer holds 16 MB.
    })
    .await;
}
