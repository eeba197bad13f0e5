//! Clients that do not keep up, on time that is made up.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use store::MemoryStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep};

use super::*;
use crate::http::{Intake, Packing};
use crate::{ServeOptions, Service, ServiceOptions, fixtures};

const HEALTH_CHECK: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const CALL: &str = "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-amz-json-1.0\r\n";
const BODIES_TOTAL_MAX: usize = 1000;

async fn front() -> Arc<Front<MemoryStore>> {
    let db = fixtures::database().await;
    let options = ServiceOptions {
        account: "000000000000".to_owned(),
        region: "eu-north-1".to_owned(),
        seed: 7,
        slow_after: Duration::MAX,
    };
    let service = Arc::new(Service::new(db, options));
    let options = ServeOptions::default();
    let intake = Intake::new(100, BODIES_TOTAL_MAX, options.patience);
    Arc::new(Front { service, intake, options })
}

/// A client's end of a connection, and the conversation behind it.
struct Client {
    stream: DuplexStream,
    conversation: JoinHandle<()>,
    _serving: watch::Sender<bool>,
}

impl Client {
    /// Connects; `bytes_max` are on the way at once.
    fn connect(front: &Arc<Front<MemoryStore>>, bytes_max: usize) -> Self {
        let (stream, theirs) = tokio::io::duplex(bytes_max);
        let (serving, stopping) = watch::channel(false);
        let front = Arc::clone(front);
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let conversation = tokio::spawn(async move {
            front.converse(theirs, peer, stopping).await;
        });
        Self { stream, conversation, _serving: serving }
    }

    /// Sends a request and reads until the answer's body is there.
    async fn exchange(&mut self, request: &[u8]) -> String {
        self.stream.write_all(request).await.unwrap();
        let mut said = vec![0; 4096];
        let bytes = self.stream.read(&mut said).await.unwrap();
        String::from_utf8(said[..bytes].to_vec()).unwrap()
    }

    /// How long it takes until the server ends the connection, and what it says before.
    async fn ended(mut self) -> (Duration, String) {
        let begun = Instant::now();
        let mut said = String::new();
        self.stream.read_to_string(&mut said).await.unwrap();
        self.conversation.await.unwrap();
        (begun.elapsed(), said)
    }
}

/// Whether a time is the one expected; timers are a millisecond coarse.
fn is_about(time: Duration, expected: Duration) -> bool {
    time >= expected && time < expected + Duration::from_millis(10)
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_closed_in_the_end() {
    let front = front().await;
    let mut client = Client::connect(&front, 4096);
    for _ in 0..3 {
        assert!(client.exchange(HEALTH_CHECK).await.starts_with("HTTP/1.1 200"));
        sleep(front.options.patience.idle - Duration::from_secs(1)).await;
    }
    assert!(client.exchange(HEALTH_CHECK).await.starts_with("HTTP/1.1 200"));
    let (waited, said) = client.ended().await;
    assert!(is_about(waited, front.options.patience.idle), "{waited:?}");
    assert_eq!(said, "");
}

#[tokio::test(start_paused = true)]
async fn who_connects_and_says_nothing_is_not_waited_for() {
    let front = front().await;
    let (waited, said) = Client::connect(&front, 4096).ended().await;
    assert!(is_about(waited, front.options.patience.head), "{waited:?}");
    assert_eq!(said, "");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_drips_is_given_up() {
    let front = front().await;
    let mut client = Client::connect(&front, 4096);
    client.exchange(HEALTH_CHECK).await;
    let begun = Instant::now();
    let mut ticks = interval(Duration::from_secs(1));
    let mut sent = 0;
    for byte in b"GET / HTTP/1.1\r\n".iter().chain([b'x'].iter().cycle()) {
        ticks.tick().await;
        if client.stream.write_all(&[*byte]).await.is_err() {
            break;
        }
        sent += 1;
    }
    assert!((19..=22).contains(&sent), "{sent} bytes in {:?}", begun.elapsed());
    client.conversation.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_coming_is_a_timeout() {
    let front = front().await;
    let mut client = Client::connect(&front, 4096);
    let head = format!("{CALL}content-length: 10\r\n\r\n{{");
    client.stream.write_all(head.as_bytes()).await.unwrap();
    let (waited, said) = client.ended().await;
    assert!(is_about(waited, front.options.patience.body), "{waited:?}");
    assert!(said.starts_with("HTTP/1.1 408"), "{said}");
    assert_eq!(front.intake.bytes_held(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_not_taken_ends_the_connection() {
    let front = front().await;
    let mut client = Client::connect(&front, 64);
    client.stream.write_all(HEALTH_CHECK).await.unwrap();
    let begun = Instant::now();
    client.conversation.await.unwrap();
    assert!(is_about(begun.elapsed(), front.options.patience.write), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_taken_slowly_is_given_whole() {
    let front = front().await;
    let mut client = Client::connect(&front, 64);
    client.stream.write_all(HEALTH_CHECK).await.unwrap();
    let mut said = Vec::new();
    let mut piece = [0; 60];
    while !said.ends_with(b"healthy: x ") {
        sleep(front.options.patience.write - Duration::from_secs(1)).await;
        let bytes = client.stream.read(&mut piece).await.unwrap();
        said.extend_from_slice(&piece[..bytes]);
    }
    assert_eq!(client.ended().await.1, "");
}

#[tokio::test(start_paused = true)]
async fn a_request_without_room_for_its_body_waits_and_is_answered() {
    let front = front().await;
    let full = Full::new(Bytes::from(vec![b' '; 100]));
    let mut others = Vec::new();
    for _ in 0..BODIES_TOTAL_MAX / 100 {
        others.push(front.intake.receive(full.clone(), Packing::Plain).await.unwrap());
    }
    let mut client = Client::connect(&front, 4096);
    let request = format!("{CALL}content-length: 2\r\n\r\n{{}}");
    let asking = Arc::clone(&front);
    let answered = tokio::spawn(async move {
        let answer = client.exchange(request.as_bytes()).await;
        (answer, asking.intake.bytes_held())
    });
    sleep(Duration::from_secs(3600)).await;
    assert!(!answered.is_finished());
    others.pop();
    let (answer, held) = answered.await.unwrap();
    assert!(answer.contains("UnknownOperationException"), "{answer}");
    assert_eq!(held, BODIES_TOTAL_MAX - 100);
}
