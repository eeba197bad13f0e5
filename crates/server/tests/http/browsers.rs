//! Calls from web pages.

use stator_server::{Cors, ServeOptions};

use crate::harness::{Endpoint, request};

const APP: &str = "https://app.example";

async fn endpoint_for(origins: &[&str]) -> Endpoint {
    let cors = Some(Cors::new(origins).unwrap());
    Endpoint::start_with(ServeOptions { cors, ..ServeOptions::default() }).await
}

/// Asks as a browser does before it lets a page call.
async fn preflight(endpoint: &Endpoint, origin: &str) -> String {
    let asked = format!(
        "OPTIONS / HTTP/1.1\r\nhost: localhost\r\norigin: {origin}\r\n\
         access-control-request-method: POST\r\n\
         access-control-request-headers: authorization,content-type,x-amz-date,x-amz-target\r\n\
         connection: close\r\n\r\n"
    );
    endpoint.say(asked.as_bytes()).await
}

/// Calls as the page then does.
async fn call(endpoint: &Endpoint, origin: &str) -> String {
    let headers = [("origin", origin), ("connection", "close")];
    endpoint.say(&request("ListTables", "{}", &headers)).await
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_call() {
    let endpoint = endpoint_for(&["http://localhost:3000", APP]).await;
    let granted = preflight(&endpoint, APP).await;
    assert!(granted.starts_with("HTTP/1.1 200 OK\r\n"), "{granted}");
    for header in [
        "access-control-allow-origin: https://app.example",
        "access-control-allow-methods: POST",
        "access-control-allow-headers: authorization,content-type,x-amz-date,x-amz-target",
        "access-control-max-age: 172800",
        "vary: Origin",
        "content-length: 0",
    ] {
        assert!(granted.contains(&format!("{header}\r\n")), "{header} is not in\n{granted}");
    }

    let answer = call(&endpoint, APP).await;
    assert!(answer.ends_with(r#"{"TableNames":[]}"#), "{answer}");
    assert!(answer.contains("access-control-allow-origin: https://app.example\r\n"), "{answer}");
    let exposed = "access-control-expose-headers: x-amzn-requestid, x-amz-crc32\r\n";
    assert!(answer.contains(exposed), "{answer}");
    assert!(!answer.contains("access-control-max-age"), "{answer}");
}

#[tokio::test]
async fn a_page_of_another_origin_may_not() {
    let endpoint = endpoint_for(&[APP]).await;
    let refused = preflight(&endpoint, "https://evil.example").await;
    assert!(refused.starts_with("HTTP/1.1 404"), "{refused}");
    for answer in [refused, call(&endpoint, "https://evil.example").await] {
        assert!(!answer.contains("access-control"), "{answer}");
        assert!(answer.contains("vary: Origin\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn every_page_may_if_all_are_allowed() {
    let endpoint = endpoint_for(&["*"]).await;
    for answer in [preflight(&endpoint, APP).await, call(&endpoint, "null").await] {
        assert!(answer.contains("access-control-allow-origin: *\r\n"), "{answer}");
        assert!(!answer.contains("vary"), "{answer}");
    }
}

#[tokio::test]
async fn errors_can_be_read_by_the_page_too() {
    let endpoint = endpoint_for(&[APP]).await;
    let headers = [("origin", APP), ("connection", "close")];
    let answer = endpoint.say(&request("Nonsense", "{}", &headers)).await;
    assert!(answer.contains("UnknownOperationException"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: https://app.example\r\n"), "{answer}");
}

#[tokio::test]
async fn unless_told_no_page_may_call() {
    let endpoint = Endpoint::start().await;
    for answer in [preflight(&endpoint, APP).await, call(&endpoint, APP).await] {
        assert!(!answer.contains("access-control") && !answer.contains("vary"), "{answer}");
    }
}

#[tokio::test]
async fn a_page_reaches_no_endpoint_that_goes_by_the_pages_own_name() {
    let endpoint = endpoint_for(&["*"]).await;
    let status = |host: &str, headers: &[(&str, &str)]| {
        let headers: Vec<_> = headers.iter().copied().chain([("host", host)]).collect();
        let request = request("ListTables", "{}", &headers);
        let endpoint = &endpoint;
        async move { endpoint.exchange(&request).await.0 }
    };
    for says in [("origin", APP), ("sec-fetch-site", "same-origin")] {
        for host in ["evil.example", "evil.example:8000"] {
            assert_eq!(status(host, &[says]).await, 403, "{host}");
        }
        for host in ["localhost:8000", "127.0.0.1:8000", "[::1]:8000", "db.example"] {
            assert_eq!(status(host, &[says]).await, 200, "{host}");
        }
    }
    assert_eq!(status("whatever.example", &[]).await, 200, "no browser speaks");
}
