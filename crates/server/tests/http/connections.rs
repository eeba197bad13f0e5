//! How many connections there may be, and what a request's head may be.

use stator_server::ServeOptions;
use testkit::http::Connection;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::{Endpoint, answer_of, request};

const HEALTH_CHECK: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn one_connection_too_many_waits_until_another_ends() {
    let options = ServeOptions { connections_max: 2, ..ServeOptions::default() };
    let endpoint = Endpoint::start_with(options).await;
    let mut first = endpoint.connect().await;
    let mut second = endpoint.connect().await;
    assert_eq!(answer_of(&mut first, HEALTH_CHECK).await.0, 200);
    assert_eq!(answer_of(&mut second, HEALTH_CHECK).await.0, 200);

    let mut third = TcpStream::connect(endpoint.address()).await.unwrap();
    third.write_all(HEALTH_CHECK).await.unwrap();
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
async fn a_head_without_end_is_cut_off() {
    let endpoint = Endpoint::start().await;
    let mut connection = Connection::open(endpoint.address()).await.unwrap();
    let endless = format!("GET / HTTP/1.1\r\nhost: x\r\nheader: {}", "x".repeat(200_000));
    assert!(connection.exchange(endless.as_bytes()).await.is_err());
    assert_eq!(endpoint.exchange(HEALTH_CHECK).await.0, 200);
}
