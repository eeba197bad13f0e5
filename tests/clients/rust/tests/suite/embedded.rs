//! A server in the tests' own process, reached without a socket.

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use stator::Stator;
use stator_client_tests::{Films, connect_within, film, item, key, n, numbers, s};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn with_films(test: impl AsyncFnOnce(&Films)) {
    let stator = Stator::in_memory().start().await.expect("a port is free");
    Films::test_with(connect_within(&stator), test).await;
    stator.stop().await.expect("memory closes");
}

#[tokio::test]
async fn items_are_written_read_and_queried() {
    with_films(async |films| {
        films.fill("a", 4).await;
        assert_eq!(films.get("a", 2).await, Some(film("a", 2)));
        assert_eq!(films.get("b", 2).await, None);
        let query = films.client.query().table_name(&films.table);
        let query = query.key_condition_expression("studio = :s AND #n > :n");
        let query = query.expression_attribute_names("#n", "number");
        let query = query.expression_attribute_values(":s", s("a"));
        let query = query.expression_attribute_values(":n", n(1));
        let found = query.send().await.expect("the query is answered");
        assert_eq!(numbers(found.items()), [2, 3]);
    })
    .await;
}

#[tokio::test]
async fn a_failed_condition_is_the_sdks_own_error() {
    with_films(async |films| {
        films.fill("a", 1).await;
        let put = films.client.put_item().table_name(&films.table);
        let put = put.set_item(Some(film("a", 0)));
        let put = put.condition_expression("attribute_not_exists(studio)");
        let error = put.send().await.expect_err("the film is there").into_service_error();
        assert!(matches!(error, PutItemError::ConditionalCheckFailedException(_)), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_body_is_bounded_as_on_a_socket() {
    with_films(async |films| {
        let mut large = key("a", 0);
        large.extend(item([("text", AttributeValue::S("x".repeat(17 << 20)))]));
        let put = films.client.put_item().table_name(&films.table).set_item(Some(large));
        let error = put.send().await.expect_err("a request has 16 MB at most");
        let answer = error.raw_response().expect("the server answered");
        assert_eq!(answer.status().as_u16(), 413);
    })
    .await;
}

#[tokio::test]
async fn requests_are_counted_where_those_of_sockets_are() {
    let stator = Stator::in_memory().start().await.expect("a port is free");
    let tables = connect_within(&stator).list_tables().send().await.expect("tables are listed");
    assert!(tables.table_names().is_empty());
    let metrics = metrics(&stator).await;
    let counted = metrics.lines().find(|line| line.contains("operation=\"ListTables\""));
    assert!(counted.is_some_and(|line| line.ends_with(" 1")), "{metrics}");
}

/// What the server says of itself over a socket.
async fn metrics(stator: &Stator) -> String {
    let mut socket = TcpStream::connect(stator.addresses()[0]).await.expect("it listens");
    let request = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    socket.write_all(request).await.expect("the request is sent");
    let mut said = String::new();
    socket.read_to_string(&mut said).await.expect("the answer is text");
    said
}
