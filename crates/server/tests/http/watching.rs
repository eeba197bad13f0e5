//! What the server tells whoever watches it.

use serde_json::{Value, json};
use stator_server::ServeOptions;
use store::Health;
use testkit::http::Connection;
use tokio::net::TcpListener;

use crate::harness::{Endpoint, NOW_S, answer_of, request};

async fn get(endpoint: &Endpoint, path: &str) -> (u16, String) {
    let asked = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
    endpoint.exchange(asked.as_bytes()).await
}

/// The value of a sample, by its name and labels.
fn sample(metrics: &str, name: &str) -> Option<f64> {
    let line = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

#[tokio::test]
async fn health_is_the_stores() {
    let endpoint = Endpoint::start().await;
    let health =
        |answer: (u16, String)| (answer.0, serde_json::from_str::<Value>(&answer.1).unwrap());
    let serving = health(get(&endpoint, "/health").await);
    assert_eq!(serving, (200, json!({"status": "serving"})));

    let reason = "the disk is \"full\"";
    endpoint.health(Health::ReadOnly { reason: reason.into() });
    let read_only = health(get(&endpoint, "/health").await);
    assert_eq!(read_only, (503, json!({"status": "read-only", "reason": reason})));

    endpoint.health(Health::Stopped { reason: reason.into() });
    let stopped = health(get(&endpoint, "/health").await);
    assert_eq!(stopped, (503, json!({"status": "stopped", "reason": reason})));
}

#[tokio::test]
async fn metrics_and_health_may_have_a_door_of_their_own() {
    let admin = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = admin.local_addr().unwrap();
    let endpoint = Endpoint::start_beside(vec![admin], ServeOptions::default()).await;
    assert_eq!(get(&endpoint, "/metrics").await.0, 404);
    assert_eq!(get(&endpoint, "/health").await.0, 200);
    assert_eq!(endpoint.call("ListTables", &json!({})).await.0, 200);

    let mut apart = Connection::open(address).await.unwrap();
    for path in ["/metrics", "/health"] {
        let asked = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
        assert_eq!(answer_of(&mut apart, asked.as_bytes()).await.0, 200, "{path}");
    }
    let call = request("ListTables", "{}", &[]);
    assert_eq!(answer_of(&mut apart, &call).await.0, 404);
}

#[tokio::test]
async fn metrics_count_what_was_done() {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    let key = json!({"id": {"S": "a secret"}});
    let put = json!({"TableName": "notes", "Item": key});
    assert_eq!(endpoint.call("PutItem", &put).await.0, 200);
    for _ in 0..3 {
        let get = json!({"TableName": "notes", "Key": key});
        assert_eq!(endpoint.call("GetItem", &get).await.0, 200);
    }
    let missing = json!({"TableName": "guessed", "Key": key});
    assert_eq!(endpoint.call("GetItem", &missing).await.0, 400);
    assert_eq!(endpoint.call("Nonsense", &json!({})).await.0, 400);

    let (status, metrics) = get(&endpoint, "/metrics").await;
    assert_eq!(status, 200);
    let requests = |operation: &str, table: &str, error: &str| {
        let labels = format!(r#"operation="{operation}",table="{table}",index="",error="{error}""#);
        sample(&metrics, &format!("stator_requests_total{{{labels}}}"))
    };
    assert_eq!(requests("GetItem", "notes", ""), Some(3.0), "{metrics}");
    assert_eq!(requests("PutItem", "notes", ""), Some(1.0), "{metrics}");
    assert_eq!(requests("GetItem", "", "ResourceNotFoundException"), Some(1.0), "{metrics}");
    assert_eq!(requests("unknown", "", "UnknownOperationException"), Some(1.0), "{metrics}");
    let units = |what: &str| {
        let labels = r#"table="notes",index="""#;
        sample(&metrics, &format!("stator_consumed_{what}_units_total{{{labels}}}"))
    };
    assert_eq!((units("read"), units("write")), (Some(1.5), Some(1.0)), "{metrics}");
    assert_eq!(sample(&metrics, "stator_serving"), Some(1.0));
    assert_eq!(sample(&metrics, "stator_connections"), Some(1.0));
    assert!(!metrics.contains("secret") && !metrics.contains("guessed"), "{metrics}");
}

#[tokio::test]
async fn metrics_tell_how_far_time_to_live_is_and_removals_consume_nothing() {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    let specification = json!({"AttributeName": "until", "Enabled": true});
    let enable = json!({"TableName": "notes", "TimeToLiveSpecification": specification});
    assert_eq!(endpoint.call("UpdateTimeToLive", &enable).await.0, 200);
    for (id, until) in [("over", NOW_S - 60), ("over too", NOW_S - 1), ("stays", NOW_S)] {
        let item = json!({"id": {"S": id}, "until": {"N": until.to_string()}});
        let put = json!({"TableName": "notes", "Item": item});
        assert_eq!(endpoint.call("PutItem", &put).await.0, 200);
    }
    let of_table = |metrics: &str, name: &str, labels: &str| {
        sample(metrics, &format!(r#"{name}{{table="notes"{labels}}}"#))
    };
    let (_, metrics) = get(&endpoint, "/metrics").await;
    assert_eq!(of_table(&metrics, "stator_expired_items_total", ""), Some(0.0), "{metrics}");
    endpoint.keep_up().await;
    let (_, metrics) = get(&endpoint, "/metrics").await;
    assert_eq!(of_table(&metrics, "stator_expired_items_total", ""), Some(2.0), "{metrics}");
    assert_eq!(of_table(&metrics, "stator_expiry_lag_seconds", ""), Some(0.0), "{metrics}");
    let units = "stator_consumed_write_units_total";
    assert_eq!(of_table(&metrics, units, r#",index="""#), Some(3.0), "{metrics}");
}

#[tokio::test]
async fn prometheus_is_told_what_it_reads() {
    let endpoint = Endpoint::start().await;
    let asked = b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = endpoint.say(asked).await;
    let content_type = "content-type: text/plain; version=0.0.4; charset=utf-8\r\n";
    assert!(answer.contains(content_type), "{answer}");
    for line in answer.split_once("\r\n\r\n").unwrap().1.lines() {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(line.starts_with("# ") || value.parse::<f64>().is_ok(), "{name} {value}");
    }
}

#[tokio::test]
async fn bodies_in_memory_are_counted_until_they_are_answered() {
    let endpoint = Endpoint::start().await;
    endpoint.create_table().await;
    endpoint.reads(crate::harness::Read::Waits);
    let body = r#"{"TableName":"notes","Key":{"id":{"S":"a"}}}"#;
    let get_item = request("GetItem", body, &[]);
    let mut connection = endpoint.connect().await;
    let waiting = tokio::spawn(async move { connection.exchange(&get_item).await.unwrap().status });
    endpoint.read_begun().await;
    let held = |metrics: &str| sample(metrics, "stator_request_body_bytes");
    assert_eq!(held(&get(&endpoint, "/metrics").await.1), Some(body.len() as f64));
    endpoint.reads(crate::harness::Read::Answers);
    assert_eq!(waiting.await.unwrap(), 200);
    assert_eq!(held(&get(&endpoint, "/metrics").await.1), Some(0.0));
}
