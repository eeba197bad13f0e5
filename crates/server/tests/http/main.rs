//! The endpoint over real sockets: what HTTP adds to an operation, and what happens when things go
//! wrong beneath or around it.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking, like the test")]

mod bodies;
mod browsers;
mod connections;
mod harness;
mod https;
mod watching;

use std::time::Duration;

use harness::{Endpoint, Read, answer_of, request};
use serde_json::json;
use testkit::http::Connection;

#[tokio::test]
async fn a_health_check_is_answered_in_the_name_it_asked_for() {
    let endpoint = Endpoint::start().await;
    let answer = endpoint.exchange(b"GET / HTTP/1.1\r\nhost: x:8000\r\n\r\n").await;
    assert_eq!((answer.0, &*answer.1), (200, "healthy: x:8000 "));
    let answer = endpoint.exchange(b"GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!((answer.0, &*answer.1), (200, "healthy: dynamodb.eu-north-1.amazonaws.com "));
}

#[tokio::test]
async fn other_paths_methods_and_types_are_not_found() {
    let endpoint = Endpoint::start().await;
    for head in ["GET /abc", "POST /abc", "PUT /", "DELETE /", "OPTIONS /"] {
        let request = format!("{head} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n");
        let answer = endpoint.exchange(request.as_bytes()).await;
        assert_eq!((answer.0, &*answer.1), (404, "<UnknownOperationException/>\n"), "{head}");
    }
    for content_type in ["application/x-amz-json-1.1", "text/plain", ""] {
        let request = request("ListTables", "{}", &[("content-type", content_type)]);
        assert_eq!(endpoint.exchange(&request).await.0, 404, "{content_type}");
    }
    for content_type in ["application/json", "Application/X-Amz-Json-1.0; charset=utf-8"] {
        let request = request("ListTables", "{}", &[("content-type", content_type)]);
        assert_eq!(endpoint.exchange(&request).await.0, 200, "{content_type}");
    }
}

#[tokio::test]
async fn what_is_wrong_first_is_told() {
    let endpoint = Endpoint::start().await;
    for (operation, body, authorization, expected) in [
        ("Nonsense", "{", "", "UnknownOperationException"),
        ("ListTables", "{", "", "MissingAuthenticationTokenException"),
        ("ListTables", "{", "AWS4-HMAC-SHA256", "IncompleteSignatureException"),
    ] {
        let request = request(operation, body, &[("authorization", authorization)]);
        let (status, body) = endpoint.exchange(&request).await;
        assert_eq!(status, 400);
        assert!(body.contains(expected), "{expected} is not in {body}");
    }
}

#[tokio::test]
async fn a_presigned_request_is_served() {
    let endpoint = Endpoint::start().await;
    let request = String::from_utf8(request("ListTables", "{}", &[("authorization", "")])).unwrap();
    let query = "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20261123%2Fus-east-1\
                 %2Fdynamodb%2Faws4_request&X-Amz-Date=20261123T000000Z&X-Amz-SignedHeaders=host\
                 &X-Amz-Signature=00";
    let request = request.replacen("POST / ", &format!("POST /{query} "), 1);
    assert_eq!(endpoint.exchange(request.as_bytes()).await.0, 200);
}

#[tokio::test]
async fn the_region_of_the_signature_selects_the_tables() {
    let endpoint = Endpoint::start().await;
    let elsewhere = "AWS4-HMAC-SHA256 Credential=AKID/20261123/localhost/dynamodb/aws4_request, \
                     SignedHeaders=host, Signature=00";
    endpoint.create_table().await;
    let names = |headers: &[(&str, &str)]| {
        let request = request("ListTables", "{}", headers);
        let endpoint = &endpoint;
        async move { endpoint.exchange(&request).await.1 }
    };
    assert_eq!(names(&[]).await, r#"{"TableNames":["notes"]}"#);
    assert_eq!(names(&[("authorization", elsewhere)]).await, r#"{"TableNames":[]}"#);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    let requests = [
        request("ListTables", "{}", &[]),
        request("Nonsense", "{}", &[]),
        request("ListTables", "{", &[("connection", "close")]),
    ];
    let said = endpoint.say(&requests.concat()).await;
    let places: Vec<_> = ["notes", "UnknownOperationException", "SerializationException"]
        .iter()
        .map(|expected| said.find(expected).unwrap())
        .collect();
    assert!(places.is_sorted(), "{said}");
}

#[tokio::test]
async fn a_chunked_body_is_a_body() {
    let endpoint = Endpoint::start().await;
    let head =
        request("ListTables", "", &[("content-length", ""), ("transfer-encoding", "chunked")]);
    let request = [&head[..], b"1\r\n{\r\na\r\n\"Limit\": 5\r\n1\r\n}\r\n0\r\n\r\n"].concat();
    let (status, body) = endpoint.exchange(&request).await;
    assert_eq!((status, &*body), (200, r#"{"TableNames":[]}"#));
}

#[tokio::test]
async fn a_body_over_16_megabytes_is_too_large_however_it_is_sent() {
    let endpoint = Endpoint::start().await;
    let body = " ".repeat(17 << 20);
    let (status, answer) = endpoint.exchange(&request("ListTables", &body, &[])).await;
    assert_eq!(status, 413, "{answer}");

    let head =
        request("ListTables", "", &[("content-length", ""), ("transfer-encoding", "chunked")]);
    let chunk = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let (status, answer) = endpoint.exchange(&[&head[..], chunk.as_bytes()].concat()).await;
    assert_eq!(status, 413, "{answer}");
}

#[tokio::test]
async fn bodies_nested_without_end_are_refused() {
    let endpoint = Endpoint::start().await;
    let depth = 200_000;
    for (open, close) in [("{\"M\":", "}"), ("[", "]")] {
        let value = open.repeat(depth) + "1" + &close.repeat(depth);
        let body = format!(r#"{{"TableName":"notes","Item":{{"id":{value}}}}}"#);
        let (status, answer) = endpoint.exchange(&request("PutItem", &body, &[])).await;
        assert_eq!(status, 400, "{answer}");
    }
    let condition = "(".repeat(4_000) + "a = b" + &")".repeat(4_000);
    let input = json!({
        "TableName": "notes", "Item": {"id": {"S": "a"}}, "ConditionExpression": condition,
    });
    let (status, answer) = endpoint.call("PutItem", &input).await;
    assert_eq!(status, 400, "{answer}");
    assert_eq!(endpoint.call("ListTables", &json!({})).await.0, 200);
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_connection_lives() {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    let get = request("GetItem", r#"{"TableName":"notes","Key":{"id":{"S":"a"}}}"#, &[]);
    let mut connection = endpoint.connect().await;
    endpoint.reads(Read::Panics);
    let answer = connection.exchange(&get).await.unwrap();
    assert_eq!(answer.status, 500);
    assert!(String::from_utf8_lossy(answer.body).contains("InternalServerError"));

    endpoint.reads(Read::Answers);
    assert_eq!(connection.exchange(&get).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_stop_lets_requests_in_flight_finish() {
    let mut endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    let idle = endpoint.connect().await;
    let mut busy = endpoint.connect().await;
    endpoint.reads(Read::Waits);
    let get = request("GetItem", r#"{"TableName":"notes","Key":{"id":{"S":"a"}}}"#, &[]);
    let answering = tokio::spawn(async move { answer_of(&mut busy, &get).await });
    endpoint.read_begun().await;

    endpoint.stop();
    harness::ends(idle).await;
    assert!(Connection::open(endpoint.address()).await.is_err(), "no new connections");
    endpoint.reads(Read::Answers);
    assert_eq!(answering.await.unwrap(), (200, "{}".to_owned()));
    endpoint.stopped().await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_ever() {
    let mut endpoint = Endpoint::start_with_grace(Duration::ZERO).await;
    endpoint.create_table().await;
    let mut busy = endpoint.connect().await;
    endpoint.reads(Read::Waits);
    let get = request("GetItem", r#"{"TableName":"notes","Key":{"id":{"S":"a"}}}"#, &[]);
    let answering = tokio::spawn(async move { answer_of(&mut busy, &get).await });
    endpoint.read_begun().await;
    endpoint.stop();
    endpoint.stopped().await;
    answering.abort();
}
