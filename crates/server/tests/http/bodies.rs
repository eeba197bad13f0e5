//! Bodies that are compressed on their way out.

use std::io::Read as _;

use flate2::read::{GzDecoder, ZlibDecoder};
use serde_json::{Value, json};

use crate::harness::{Endpoint, request};

/// An endpoint with an item whose text has this many characters.
async fn endpoint_with_text(characters: usize) -> Endpoint {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    let item = json!({"id": {"S": "a"}, "text": {"S": "x".repeat(characters)}});
    let put = json!({"TableName": "notes", "Item": item});
    assert_eq!(endpoint.call("PutItem", &put).await.0, 200);
    endpoint
}

/// The head and the body of the answer to a GetItem.
async fn got(endpoint: &Endpoint, accept_encoding: &str) -> (String, Vec<u8>) {
    let get = r#"{"TableName":"notes","Key":{"id":{"S":"a"}}}"#;
    let request = request("GetItem", get, &[("accept-encoding", accept_encoding)]);
    let mut connection = endpoint.connect().await;
    let answer = connection.exchange(&request).await.unwrap();
    assert_eq!(answer.status, 200);
    let crc32 = format!("x-amz-crc32: {}\r\n", crc32fast::hash(answer.body));
    assert!(answer.head.contains(&crc32), "the checksum is of what was sent: {}", answer.head);
    (answer.head.to_owned(), answer.body.to_vec())
}

fn text_of(body: &[u8]) -> usize {
    let answer: Value = serde_json::from_slice(body).unwrap();
    answer["Item"]["text"]["S"].as_str().unwrap().len()
}

#[tokio::test]
async fn a_long_answer_is_compressed_for_whoever_asks() {
    let endpoint = endpoint_with_text(300_000).await;
    let (head, body) = got(&endpoint, "gzip, deflate").await;
    assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
    let mut plain = Vec::new();
    GzDecoder::new(&body[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(text_of(&plain), 300_000);
    assert!(body.len() < 10_000, "{} bytes", body.len());

    let (head, body) = got(&endpoint, "deflate").await;
    assert!(head.contains("content-encoding: deflate\r\n"), "{head}");
    let mut plain = Vec::new();
    ZlibDecoder::new(&body[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(text_of(&plain), 300_000);
}

#[tokio::test]
async fn who_does_not_ask_gets_it_plain() {
    let endpoint = endpoint_with_text(300_000).await;
    for accept_encoding in ["", "identity", "br", "gzip;q=0"] {
        let (head, body) = got(&endpoint, accept_encoding).await;
        assert!(!head.contains("content-encoding"), "{head}");
        assert_eq!(text_of(&body), 300_000);
    }
}

#[tokio::test]
async fn a_short_answer_is_never_compressed() {
    let endpoint = endpoint_with_text(4000).await;
    let (head, body) = got(&endpoint, "gzip").await;
    assert!(!head.contains("content-encoding"), "{head}");
    assert_eq!(text_of(&body), 4000);
}

#[tokio::test]
async fn answers_in_pieces_are_whole_and_in_order() {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    for id in ["a", "b", "c"] {
        let item = json!({"id": {"S": id}, "text": {"S": id.repeat(300_000)}});
        let put = json!({"TableName": "notes", "Item": item});
        assert_eq!(endpoint.call("PutItem", &put).await.0, 200);
    }
    let scan = request("Scan", r#"{"TableName":"notes"}"#, &[]);
    let last = request("ListTables", "{}", &[("connection", "close")]);
    let said = endpoint.say(&[&scan[..], &scan, &last].concat()).await;
    assert_eq!(said.matches("HTTP/1.1 200 OK").count(), 3);
    assert!(said.len() > 1_800_000 && said.ends_with(r#"{"TableNames":["notes"]}"#));
    assert!(!said.contains("400 Bad Request"));
}
