//! What the server takes from the machine, by argument: time, identities, files; and the server.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use db::{Clock, Db, DbOptions, Ids, Upkeep};
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use local::{LocalOptions, LocalStore, RootKey, Workers};
use lsm::Stepper;
use parking_lot::Mutex;
use serde_json::Value;
use server::{Front, ServeOptions, Service, ServiceOptions};
use tokio::time::Instant;

use crate::dice::Dice;
use crate::disk::Disk;

/// Small, so that a few writes fill a memtable.
const MEMTABLE_BYTES: usize = 4 << 10;
const CACHE_BYTES: u64 = 1 << 20;
const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";

/// What outlives a crash: the disk, and the time.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) disk: Disk,
    pub(crate) clock: SimClock,
    /// Where the marker lies, which is written once.
    pub(crate) dir: PathBuf,
}

/// A clock that goes with the runtime's time and can be set. Clones are the same.
#[derive(Debug, Clone)]
pub(crate) struct SimClock {
    /// What it shows when the runtime's time begins.
    begun_ms: Arc<AtomicU64>,
    began: Arc<Mutex<Option<Instant>>>,
}

impl SimClock {
    pub(crate) fn new(now_ms: u64) -> Self {
        Self { begun_ms: Arc::new(AtomicU64::new(now_ms)), began: Arc::default() }
    }

    /// A runtime begins.
    pub(crate) fn begin(&self) {
        *self.began.lock() = Some(Instant::now());
    }

    /// A runtime ends.
    pub(crate) fn end(&self) {
        let now = self.now_ms();
        self.begun_ms.store(now, Ordering::Relaxed);
        *self.began.lock() = None;
    }

    /// Sets it forward, or back.
    pub(crate) fn step(&self, by_ms: i64) {
        let before = self.begun_ms.load(Ordering::Relaxed);
        self.begun_ms.store(before.saturating_add_signed(by_ms), Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now_ms(&self) -> u64 {
        let since = self.began.lock().map_or(Duration::ZERO, |began| began.elapsed());
        let since = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        self.begun_ms.load(Ordering::Relaxed) + since
    }
}

/// Identities that are counted.
#[derive(Debug)]
struct SimIds {
    writer: u32,
    tables: AtomicU64,
}

impl Ids for SimIds {
    fn writer(&self) -> u32 {
        self.writer
    }

    fn table_id(&self) -> String {
        let table = self.tables.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-0000-4000-8000-{table:012x}", self.writer)
    }
}

/// A server that runs.
pub(crate) struct Server {
    front: Front<LocalStore>,
    pub(crate) stepper: Stepper,
}

/// What a client hears.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) bytes: Bytes,
    pub(crate) body: Value,
}

impl World {
    /// Starts the server, as its life of that number. It has to be called within a runtime.
    pub(crate) async fn start(&self, life: u32, mut dice: Dice) -> anyhow::Result<Server> {
        let stepper = Stepper::default();
        let waits = Mutex::new(dice.split());
        let wait = move || match waits.lock().below(8) {
            0 => Duration::from_millis(30),
            few => Duration::from_millis(few / 2),
        };
        let options = LocalOptions {
            cache_bytes: CACHE_BYTES,
            memtable_bytes: MEMTABLE_BYTES,
            files: Arc::new(self.disk.clone()),
            workers: Workers::Caller { stepper: stepper.clone(), wait: Arc::new(wait) },
            ..LocalOptions::new(&self.dir, RootKey::new([7; RootKey::BYTES]))
        };
        let store = LocalStore::open(&options).context("the store")?;
        let ids = SimIds { writer: life, tables: AtomicU64::new(0) };
        let db = Db::open(store, DbOptions::new(self.clock.clone(), ids)).await.context("db")?;
        let options = ServiceOptions {
            account: ACCOUNT.to_owned(),
            region: REGION.to_owned(),
            seed: u64::from(life),
            slow_after: Duration::from_secs(3600),
            hosts: Vec::new(),
        };
        let service = Arc::new(Service::new(db, options));
        Ok(Server { front: Front::new(service, ServeOptions::default()), stepper })
    }
}

impl Server {
    /// Has an operation carried out; bytes go in and come out.
    pub(crate) async fn call(&self, operation: &str, input: &Value) -> Answer {
        let service = if STREAMS.contains(&operation) { STREAMS_TARGET } else { TARGET };
        let request = Request::post("/")
            .header("host", "localhost")
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("{service}.{operation}"))
            .header("x-amz-date", "20261123T000000Z")
            .header("authorization", AUTHORIZATION)
            .body(Full::new(Bytes::from(input.to_string())))
            .expect("the head is well formed");
        let (head, body) = self.front.answer(request, None).await.into_parts();
        let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: head.status.as_u16(), bytes, body }
    }

    /// Does what is due by the clock. What fails is tried again by the next call.
    pub(crate) async fn keep_up(&self, upkeep: Upkeep) -> bool {
        self.front.service().keep_up(upkeep).await.is_ok()
    }

    /// Ends it in order.
    pub(crate) async fn close(&self) -> bool {
        self.front.service().close().await.is_ok()
    }
}

const TARGET: &str = "DynamoDB_20120810";
const STREAMS_TARGET: &str = "DynamoDBStreams_20120810";
const STREAMS: [&str; 4] = ["ListStreams", "DescribeStream", "GetShardIterator", "GetRecords"];
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 \
    Credential=AKIDEXAMPLE/20261123/us-east-1/dynamodb/aws4_request, \
    SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
    Signature=0000000000000000000000000000000000000000000000000000000000000000";
