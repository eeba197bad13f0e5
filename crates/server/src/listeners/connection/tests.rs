//! Clients that do not keep up, on time that is made up.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use store::MemoryStore;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep};

use super::*;
use crate::Patience;
use crate::http::{Intake, Packing};
use crate::{ServeOptions, Service, ServiceOptions, fixtures};

const HEALTH_CHECK: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
const CALL: &str = "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-amz-json-1.0\r\n\
    x-amz-target: DynamoDB_20120810.ListTables\r\nx-amz-date: 20261123T000000Z\r\n\
    authorization: AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-north-1/dynamodb/aws4_request, \
    SignedHeaders=host, Signature=00\r\n";
const BODIES_TOTAL_MAX: usize = 800;

async fn front() -> Arc<Front<MemoryStore>> {
    front_with(Patience::default()).await
}

async fn front_with(patience: Patience) -> Arc<Front<MemoryStore>> {
    let db = fixtures::database().await;
    let options = ServiceOptions {
        account: "000000000000".to_owned(),
        region: "eu-north-1".to_owned(),
        seed: 7,
        slow_after: Duration::MAX,
        hosts: Vec::new(),
    };
    let service = Arc::new(Service::new(db, options));
    let options = ServeOptions { patience, ..ServeOptions::default() };
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
            let exchanges = Arc::new(Exchanges::new());
            let place = Place::alone(&exchanges).await;
            let visit = Visit { peer, door: Door::All, exchanges, place };
            front.converse(theirs, &visit, stopping).await;
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
    // The sixty bytes that are read at a time buy a minute.
    let patience = Patience { answer_bytes_per_second_min: 1, ..Patience::default() };
    let front = front_with(patience).await;
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
async fn an_answer_that_drips_out_ends_the_connection() {
    let front = front().await;
    let mut client = Client::connect(&front, 64);
    client.stream.write_all(HEALTH_CHECK).await.unwrap();
    let begun = Instant::now();
    let mut ticks = interval(Duration::from_secs(1));
    let mut bytes = 0;
    while client.stream.read(&mut [0]).await.unwrap() > 0 {
        ticks.tick().await;
        bytes += 1;
    }
    client.conversation.await.unwrap();
    // A byte a second is too slow; the last 64 were on the way.
    assert!((60..=62 + 64).contains(&bytes), "{bytes} bytes in {:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_sends_and_never_reads_is_read_no_further() {
    let front = front().await;
    let mut client = Client::connect(&front, 4096);
    let mut sent = 0;
    let sending = async {
        loop {
            sent += client.stream.write(HEALTH_CHECK).await.unwrap();
        }
    };
    timeout(Duration::from_secs(10), sending).await.unwrap_err();
    // What is on its way both ways, and hyper's buffer. Answers are longer than what they answer.
    assert!(sent < 2 * BUFFER_BYTES_MAX, "{sent} bytes were taken");
}

#[tokio::test(start_paused = true)]
async fn an_answer_does_not_wait_for_the_rest_of_the_next_request() {
    let front = front().await;
    let mut client = Client::connect(&front, 4096);
    let begun = Instant::now();
    let answer = client.exchange(&[HEALTH_CHECK, b"POST / HT"].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("healthy: x "), "{answer}");
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

/// What is no request, and what says so.
const MALFORMED: &[(&str, &str)] = &[
    ("garbage\r\n\r\n", "400"),
    ("\u{1}\u{2}\u{3}\r\n\r\n", "400"),
    ("GET / HTTP/1.2\r\nhost: x\r\n\r\n", "400"),
    ("GET / HTTP/3\r\nhost: x\r\n\r\n", "400"),
    ("GET /\r\nhost: x\r\n\r\n", "400"),
    ("GET  / HTTP/1.1\r\nhost: x\r\n\r\n", "400"),
    ("G(T / HTTP/1.1\r\nhost: x\r\n\r\n", "400"),
    ("GET /a b HTTP/1.1\r\nhost: x\r\n\r\n", "400"),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400"),
    ("GET / HTTP/1.1\nhost: x\n\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\nbad name: 1\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\nname : 1\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\n: 1\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\na: 1\r\n folded\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: a b\r\n\r\n", "400"),
    ("GET / HTTP/1.1\r\nhost: x/y\r\n\r\n", "400"),
    ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n", "400"),
    ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +1\r\n\r\n{", "400"),
    ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}", "400"),
    ("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999\r\n\r\n", "400"),
    ("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n", "400"),
    ("POST / HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
];

#[tokio::test(start_paused = true)]
async fn what_is_no_request_is_told_so() {
    let front = front().await;
    for (request, status) in MALFORMED {
        let mut client = Client::connect(&front, 4096);
        let answer = client.exchange(request.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{request:?}: {answer}");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(!body.is_empty() && head.contains("x-amzn-requestid: "), "{request:?}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn chunks_that_are_none_are_told() {
    let front = front().await;
    for chunks in ["x\r\n{}\r\n", "-1\r\n", "2\r\n{}{}\r\n", "ffffffffffffffffff\r\n", ";\r\n"] {
        let mut client = Client::connect(&front, 4096);
        let request = format!("{CALL}transfer-encoding: chunked\r\n\r\n{chunks}");
        let answer = client.exchange(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{chunks:?}: {answer}");
        assert!(answer.contains("malformed"), "{chunks:?}: {answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn heads_without_end_are_too_large() {
    let front = front().await;
    let many = "a: b\r\n".repeat(101);
    for rest in ["x".repeat(70_000), many + "\r\n"] {
        let mut client = Client::connect(&front, 128 * 1024);
        let request = format!("GET / HTTP/1.1\r\nhost: x\r\nheader: {rest}");
        let answer = client.exchange(request.as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        assert!(answer.ends_with("in 100 lines.\n"), "{answer}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_not_lost_because_no_request_follows() {
    let front = front().await;
    for (nonsense, status) in MALFORMED {
        let mut client = Client::connect(&front, 4096);
        let requests = [HEALTH_CHECK, nonsense.as_bytes()].concat();
        client.stream.write_all(&requests).await.unwrap();
        let (_, said) = client.ended().await;
        assert!(said.starts_with("HTTP/1.1 200"), "{nonsense:?}: {said}");
        let second = format!("healthy: x HTTP/1.1 {status} ");
        // Behind another request a line feed alone is not seen.
        assert!(said.contains(&second) || nonsense.contains("x\n"), "{nonsense:?}: {said}");
    }
}

#[tokio::test(start_paused = true)]
async fn half_a_head_is_no_request() {
    let front = front().await;
    let mut client = Client::connect(&front, 4096);
    client.stream.write_all(b"GET / HTTP/1.1\r\nhost").await.unwrap();
    client.stream.shutdown().await.unwrap();
    let (_, said) = client.ended().await;
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn who_announces_a_body_and_does_not_send_it_holds_nothing() {
    let front = front().await;
    let mut announcers = Vec::new();
    for _ in 0..20 {
        let mut client = Client::connect(&front, 4096);
        let head = format!("{CALL}content-length: 100\r\n\r\n{{");
        client.stream.write_all(head.as_bytes()).await.unwrap();
        announcers.push(client);
    }
    sleep(Duration::from_secs(1)).await;
    assert_eq!(front.intake.bytes_held(), announcers.len());
    let mut client = Client::connect(&front, 4096);
    let begun = Instant::now();
    let answer = client.exchange(format!("{CALL}content-length: 2\r\n\r\n{{}}").as_bytes()).await;
    assert!(answer.contains("TableNames"), "{answer}");
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_the_head_says_is_checked_before_a_byte_of_the_body_is_held() {
    let front = front().await;
    let anonymous = CALL.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512");
    let mut client = Client::connect(&front, 4096);
    let head = format!("{anonymous}content-length: 100\r\n\r\n{{");
    client.stream.write_all(head.as_bytes()).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(front.intake.bytes_held(), 0);
    let answer = client.exchange(&[b' '; 99]).await;
    assert!(answer.contains("IncompleteSignatureException"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn a_request_without_room_for_its_body_waits_and_is_answered() {
    let front = front().await;
    let full = Full::new(Bytes::from(vec![b' '; 100]));
    let mut others = Vec::new();
    for _ in 0..BODIES_TOTAL_MAX / 100 {
        others.push(front.intake.receive(None, full.clone(), Packing::Plain).await.unwrap());
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
    assert!(answer.contains("TableNames"), "{answer}");
    assert_eq!(held, BODIES_TOTAL_MAX - 100);
}
