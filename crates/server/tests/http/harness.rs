//! An endpoint over an in-memory store whose reads can be made to wait or to panic.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use db::{Clock, Db, DbOptions, Ids, Upkeep};
use serde_json::{Value, json};
use stator_server::{Front, ServeOptions, Service, ServiceOptions, Sockets};
use store::{
    Consistency, Direction, Health, MemoryGuard, MemorySnapshot, MemoryStore, Row, RowKey,
    RowRange, Store, StoreError,
};
use testkit::http::Connection;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::JoinHandle;

/// The time, in seconds since the epoch.
pub(crate) const NOW_S: u64 = 1_795_000_000;

/// What reading one row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Read {
    /// It answers.
    Answers,
    /// It waits until this changes.
    Waits,
    /// It panics.
    Panics,
}

/// A server of its own for each test.
pub(crate) struct Endpoint {
    service: Arc<Service<Puppet>>,
    address: SocketAddr,
    reads: watch::Sender<Read>,
    health: watch::Sender<Health>,
    begun: Arc<Notify>,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<()>>,
}

impl Endpoint {
    pub(crate) async fn start() -> Self {
        Self::start_with_grace(Duration::from_secs(60)).await
    }

    pub(crate) async fn start_with_grace(grace: Duration) -> Self {
        Self::start_with(ServeOptions { grace, ..ServeOptions::default() }).await
    }

    pub(crate) async fn start_with(serve: ServeOptions) -> Self {
        Self::start_beside(Vec::new(), serve).await
    }

    /// With health and metrics on sockets apart.
    pub(crate) async fn start_beside(admin: Vec<TcpListener>, serve: ServeOptions) -> Self {
        let (reads, read) = watch::channel(Read::Answers);
        let (health, says) = watch::channel(Health::Serving);
        let begun = Arc::new(Notify::new());
        let inner = MemoryStore::new();
        let store = Puppet { inner, read, says, begun: Arc::clone(&begun) };
        let options = DbOptions::new(Constant, Constant);
        let db = Db::open(store, options).await.unwrap();
        let options = ServiceOptions {
            account: "000000000000".to_owned(),
            region: "eu-north-1".to_owned(),
            seed: 7,
            slow_after: Duration::from_secs(60),
            hosts: vec!["db.example".to_owned()],
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let service = Arc::new(Service::new(db, options));
        let serving = tokio::spawn(stator_server::serve(
            Arc::new(Front::new(Arc::clone(&service), serve)),
            Sockets { clients: vec![listener], admin },
            async move { drop(stopped.await) },
        ));
        let (stop, serving) = (Some(stop), Some(serving));
        Self { service, address, reads, health, begun, stop, serving }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn connect(&self) -> Connection {
        Connection::open(self.address).await.unwrap()
    }

    /// Status and body of the answer to `request`, on a connection of its own.
    pub(crate) async fn exchange(&self, request: &[u8]) -> (u16, String) {
        answer_of(&mut self.connect().await, request).await
    }

    pub(crate) async fn call(&self, operation: &str, input: &Value) -> (u16, String) {
        self.exchange(&request(operation, &input.to_string(), &[])).await
    }

    /// Creates the table `notes` with the key `id`.
    pub(crate) async fn create_table(&self) {
        let (status, answer) = self.call("CreateTable", &table()).await;
        assert_eq!(status, 200, "{answer}");
    }

    /// Everything the server says to `requests`, sent at once; the last must close the connection.
    pub(crate) async fn say(&self, requests: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(requests).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    }

    /// Does what is due by the clock, which stands at [`NOW_S`].
    pub(crate) async fn keep_up(&self) {
        for upkeep in Upkeep::ALL {
            self.service.keep_up(upkeep).await.unwrap();
        }
    }

    /// What reads do from now on.
    pub(crate) fn reads(&self, read: Read) {
        self.reads.send_replace(read);
    }

    /// What the store says of itself from now on.
    pub(crate) fn health(&self, health: Health) {
        self.health.send_replace(health);
    }

    /// Waits until a read has begun to wait.
    pub(crate) async fn read_begun(&self) {
        self.begun.notified().await;
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) async fn stopped(&mut self) {
        self.serving.take().unwrap().await.unwrap();
    }
}

pub(crate) async fn answer_of(connection: &mut Connection, request: &[u8]) -> (u16, String) {
    let answer = connection.exchange(request).await.unwrap();
    (answer.status, String::from_utf8(answer.body.to_vec()).unwrap())
}

/// Waits until the server has closed the connection.
pub(crate) async fn ends(mut connection: Connection) {
    let error = connection.exchange(b"").await.map(|_| ()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}

/// A request with the usual headers, `changes` apart; an empty value leaves the header out.
pub(crate) fn request(operation: &str, body: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    let length = body.len().to_string();
    let target = format!("DynamoDB_20120810.{operation}");
    let usual = [
        ("host", "localhost"),
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", &target),
        ("x-amz-date", "20261123T000000Z"),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20261123/us-east-1/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=00",
        ),
        ("content-length", &length),
    ];
    let changed = |name: &str| changes.iter().any(|(changed, _)| *changed == name);
    let headers = usual.iter().filter(|(name, _)| !changed(name)).chain(changes);
    let mut head = "POST / HTTP/1.1\r\n".to_owned();
    for (name, value) in headers.filter(|(_, value)| !value.is_empty()) {
        head += &format!("{name}: {value}\r\n");
    }
    (head + "\r\n" + body).into_bytes()
}

/// A table `notes` with the key `id`.
fn table() -> Value {
    json!({
        "TableName": "notes",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    })
}

#[derive(Debug)]
struct Constant;

impl Clock for Constant {
    fn now_ms(&self) -> u64 {
        NOW_S * 1000
    }
}

impl Ids for Constant {
    fn writer(&self) -> u32 {
        7
    }

    fn table_id(&self) -> String {
        "00000000-0000-4000-8000-000000000000".to_owned()
    }
}

struct Puppet {
    inner: MemoryStore,
    read: watch::Receiver<Read>,
    says: watch::Receiver<Health>,
    begun: Arc<Notify>,
}

impl Store for Puppet {
    type Guard = MemoryGuard;
    type Snapshot = MemorySnapshot;

    async fn get(
        &self,
        key: &RowKey,
        consistency: Consistency,
    ) -> Result<Option<Bytes>, StoreError> {
        let mut read = self.read.clone();
        if *read.borrow() == Read::Waits {
            self.begun.notify_one();
        }
        let read = *read.wait_for(|read| *read != Read::Waits).await.unwrap();
        assert_ne!(read, Read::Panics, "as asked");
        self.inner.get(key, consistency).await
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        consistency: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        self.inner.range(range, direction, consistency, visit).await
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        self.inner.read_atomically(keys).await
    }

    async fn snapshot(&self) -> Result<Option<MemorySnapshot>, StoreError> {
        self.inner.snapshot().await
    }

    async fn lock(&self, keys: &[RowKey]) -> MemoryGuard {
        self.inner.lock(keys).await
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        self.inner.delete_range(range).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.inner.close().await
    }

    fn health(&self) -> Health {
        self.says.borrow().clone()
    }
}
