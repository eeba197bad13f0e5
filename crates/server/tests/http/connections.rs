//! How many connections there may be, and what a request's head may be.

use std::time::Duration;

use stator_server::{Patience, ServeOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Endpoint, Read, answer_of, ends, request};

const HEALTH_CHECK: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

/// At most two connections, which may be idle for so long when others wait.
async fn endpoint_for_two(idle_crowded: Duration) -> Endpoint {
    let patience = Patience { idle_crowded, ..Patience::default() };
    let options = ServeOptions { connections_max: 2, patience, ..ServeOptions::default() };
    Endpoint::start_with(options).await
}

#[tokio::test]
async fn one_connection_too_many_waits_until_another_ends() {
    let endpoint = endpoint_for_two(Duration::from_secs(3600)).await;
    let mut first = endpoint.connect().await;
    let mut second = endpoint.connect().await;
    assert_eq!(answer_of(&mut first, HEALTH_CHECK).await.0, 200);
    assert_eq!(answer_of(&mut second, HEALTH_CHECK).await.0, 200);

    let mut third = TcpStream::connect(endpoint.address()).await.unwrap();
    third.write_all(&request("ListTables", "{}", &[])).await.unwrap();
    // Those who were there are served on, and the newcomer hears nothing meanwhile.
    for _ in 0..100 {
        assert_eq!(answer_of(&mut first, HEALTH_CHECK).await.0, 200);
        assert_eq!(answer_of(&mut second, HEALTH_CHECK).await.0, 200);
    }
    let error = third.try_read(&mut [0]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);

    drop(first);
    let mut said = [0; 12];
    third.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"HTTP/1.1 200");
}

#[tokio::test]
async fn an_idle_connection_gives_way_to_one_that_calls() {
    let endpoint = endpoint_for_two(Duration::ZERO).await;
    let mut idle = endpoint.connect().await;
    assert_eq!(answer_of(&mut idle, HEALTH_CHECK).await.0, 200);
    endpoint.create_table().await;
    endpoint.reads(Read::Waits);
    let get = request("GetItem", r#"{"TableName":"notes","Key":{"id":{"S":"a"}}}"#, &[]);
    let mut busy = endpoint.connect().await;
    let answering = tokio::spawn(async move { answer_of(&mut busy, &get).await });
    endpoint.read_begun().await;

    let mut newcomer = endpoint.connect().await;
    let call = request("ListTables", "{}", &[]);
    assert_eq!(answer_of(&mut newcomer, &call).await.0, 200);
    ends(idle).await;
    endpoint.reads(Read::Answers);
    assert_eq!(answering.await.unwrap().0, 200, "who waits for an answer is not idle");
}

#[tokio::test]
async fn health_is_told_when_there_is_no_place() {
    let endpoint = endpoint_for_two(Duration::from_secs(3600)).await;
    let _held = [endpoint.connect().await, endpoint.connect().await];
    assert_eq!(endpoint.exchange(HEALTH_CHECK).await.0, 200);
    assert_eq!(endpoint.exchange(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").await.0, 200);
}

#[tokio::test]
async fn a_head_longer_than_16_kilobytes_is_a_bad_request() {
    let endpoint = Endpoint::start().await;
    let half = "x".repeat(8192);
    let long = request("ListTables", "{}", &[("header1", &half), ("header2", &half)]);
    let mut connection = endpoint.connect().await;
    assert_eq!(answer_of(&mut connection, &long).await.0, 400);
    let short = request("ListTables", "{}", &[("header1", &half)]);
    assert_eq!(answer_of(&mut connection, &short).await.0, 200);

    let line = format!("POST /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(17_000));
    assert_eq!(endpoint.exchange(line.as_bytes()).await.0, 400);
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let endpoint = Endpoint::start().await;
    let endless = format!("GET / HTTP/1.1\r\nhost: x\r\nheader: {}", "x".repeat(200_000));
    let (status, said) = endpoint.exchange(endless.as_bytes()).await;
    assert_eq!(
        (status, &*said),
        (431, "The head of a request has at most 16384 bytes, in 100 lines.\n")
    );
    assert_eq!(endpoint.exchange(HEALTH_CHECK).await.0, 200);
}
