//! Settings of a Stator, and its start.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use db::{Db, DbOptions, ExpiryOptions, StreamOptions};
use local::{LocalOptions, LocalStore};
use server::{Cors, Front, ServeOptions, Service, ServiceOptions};
use store::MemoryStore;

use crate::bind::{Bound, Listen};
use crate::certificate::Certificate;
use crate::exposure::{self, Exposure};
use crate::key_file::{self, IfMissing};
use crate::running::{StartedWith, StorageInfo};
use crate::system::{self, RandomIds, SystemClock};
use crate::{Engine, Memory, StartError, Stator, keys};

/// Where the data is to lie.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Storage {
    Memory,
    Directory { data_dir: PathBuf, key_file: Option<PathBuf> },
}

/// A Stator about to start.
#[derive(Debug, Clone)]
#[must_use = "nothing happens until `start`"]
pub struct Builder {
    storage: Storage,
    listen: Listen,
    admin_listen: Vec<SocketAddr>,
    hosts: Vec<String>,
    account: String,
    region: String,
    certificate: Option<(PathBuf, PathBuf)>,
    slow_after: Duration,
    serve: ServeOptions,
    memory: Memory,
    streams: StreamOptions,
    expiry: ExpiryOptions,
    exposure: Exposure,
}

impl Stator {
    /// A Stator whose data ends with it, on a free port of the loopback addresses.
    pub fn in_memory() -> Builder {
        Builder::new(Storage::Memory)
    }

    /// A Stator whose data lies encrypted in `data_dir`, which is created if missing, on a free
    /// port of the loopback addresses.
    ///
    /// The key is read from the file beside the directory, named as it with `.key` added, and
    /// generated there for a directory without data.
    pub fn in_directory(data_dir: impl Into<PathBuf>) -> Builder {
        Builder::new(Storage::Directory { data_dir: data_dir.into(), key_file: None })
    }
}

impl Builder {
    fn new(storage: Storage) -> Self {
        Self {
            storage,
            listen: Listen::Loopback { port: 0 },
            admin_listen: Vec::new(),
            hosts: Vec::new(),
            account: "000000000000".to_owned(),
            region: "us-east-1".to_owned(),
            certificate: None,
            slow_after: Duration::from_secs(1),
            serve: Memory::default().limit_server(ServeOptions::default()),
            memory: Memory::default(),
            streams: StreamOptions::default(),
            expiry: ExpiryOptions::default(),
            exposure: Exposure::Warned,
        }
    }

    /// Reads the key from this file, which must exist. Data in memory needs none.
    pub fn key_file(mut self, path: impl Into<PathBuf>) -> Self {
        if let Storage::Directory { key_file, .. } = &mut self.storage {
            *key_file = Some(path.into());
        }
        self
    }

    /// Listens elsewhere.
    pub fn listen(self, listen: Listen) -> Self {
        Self { listen, ..self }
    }

    /// Answers questions about health and metrics on these addresses, and about metrics on no other.
    pub fn admin_listen(self, addresses: impl Into<Vec<SocketAddr>>) -> Self {
        Self { admin_listen: addresses.into(), ..self }
    }

    /// Names under which web pages may reach it, besides addresses and `localhost`.
    pub fn hosts(self, names: impl Into<Vec<String>>) -> Self {
        Self { hosts: names.into(), ..self }
    }

    /// The account whose tables are served: twelve digits.
    pub fn account(self, account: impl Into<String>) -> Self {
        Self { account: account.into(), ..self }
    }

    /// The region of the endpoint's own replies; requests bring theirs in the signature.
    pub fn region(self, region: impl Into<String>) -> Self {
        Self { region: region.into(), ..self }
    }

    /// Serves HTTPS, and no plain HTTP, with the certificate chain and the key in these PEM files.
    /// [`Stator::reload_certificate`] reads them again.
    pub fn tls(self, certificates: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self { certificate: Some((certificates.into(), key.into())), ..self }
    }

    /// Lets these web pages call from a browser; none, unless told.
    pub fn cors(mut self, cors: Cors) -> Self {
        self.serve.cors = Some(cors);
        self
    }

    /// Most connections at once; further ones wait. Unless told, 10,000.
    pub fn connections_max(mut self, connections_max: usize) -> Self {
        self.serve.connections_max = connections_max;
        self
    }

    /// Takes no more memory than this, apart from data that is kept in memory. Unless told, 512 MiB.
    pub fn memory(mut self, memory: Memory) -> Self {
        self.serve = memory.limit_server(self.serve);
        self.memory = memory;
        self
    }

    /// Most bytes of request bodies in memory at once; further requests wait. Unless told, a share
    /// of [`Builder::memory`], which is to be called before.
    pub fn body_bytes_total_max(mut self, bytes_max: usize) -> Self {
        self.serve.body_bytes_total_max = bytes_max;
        self
    }

    /// Logs a warning for requests that take longer than this. Unless told, a second.
    pub fn slow_after(self, slow_after: Duration) -> Self {
        Self { slow_after, ..self }
    }

    /// How streams keep a table's changes. Unless told, as DynamoDB's do, in four shards at a time.
    pub fn streams(self, streams: StreamOptions) -> Self {
        Self { streams, ..self }
    }

    /// How a table's time to live may be changed. Unless told, once an hour.
    pub fn expiry(self, expiry: ExpiryOptions) -> Self {
        Self { expiry, ..self }
    }

    /// What is done about a key file or a data directory that others than its owner can read. Unless
    /// told, the log says so.
    pub fn exposure(self, exposure: Exposure) -> Self {
        Self { exposure, ..self }
    }

    /// Starts serving.
    ///
    /// # Errors
    /// [`StartError`] says in one line what keeps it from starting.
    pub async fn start(mut self) -> Result<Stator, StartError> {
        let certificate = self.certificate.take().map(Certificate::load).transpose()?;
        self.serve.tls = certificate.as_ref().map(Certificate::tls);
        let bound = Bound::new(&self.listen).await?;
        let admin = Bound::exactly(&self.admin_listen).await?;
        let (engine, storage) = match self.storage {
            Storage::Memory => (Engine::Memory(MemoryStore::new()), StorageInfo::Memory),
            Storage::Directory { data_dir, key_file } => {
                open(data_dir, key_file, self.memory, self.exposure)?
            }
        };
        let options = DbOptions {
            streams: self.streams,
            expiry: self.expiry,
            ..DbOptions::new(SystemClock::new(), RandomIds::new())
        };
        let db = Db::open(engine, options).await.map_err(StartError::Catalog)?;
        let options = ServiceOptions {
            account: self.account,
            region: self.region,
            seed: system::seed(),
            slow_after: self.slow_after,
            hosts: self.hosts,
        };
        let service = Arc::new(Service::new(db, options));
        let front = Arc::new(Front::new(service, self.serve));
        Ok(Stator::serve(front, [bound, admin], StartedWith { storage, certificate }))
    }
}

/// Opens the engine in `data_dir`.
pub(crate) fn open(
    data_dir: PathBuf,
    key_file: Option<PathBuf>,
    memory: Memory,
    exposure: Exposure,
) -> Result<(Engine, StorageInfo), StartError> {
    let (key_file, if_missing) = match key_file {
        Some(key_file) => (key_file, IfMissing::Fail),
        None => (key_file::default_path(&data_dir), if_missing(&data_dir)?),
    };
    let exposed = [key_file.as_path(), data_dir.as_path()];
    if exposure == Exposure::Refused
        && let Some(error) = exposure::exposed(&exposed).next()
    {
        return Err(error);
    }
    let loaded = key_file::load(&key_file, if_missing)?;
    let opened = keys::with_fitting_key(&key_file, &loaded.key, |key| {
        let seen = Some(key_file::beside(&data_dir, ".seen"));
        let options = LocalOptions { seen, ..LocalOptions::new(&data_dir, key) };
        LocalStore::open(&memory.limit_store(options))
    })?;
    let store = opened.result;
    exposure::exposed(&exposed).for_each(|error| tracing::warn!("{error}"));
    let storage = StorageInfo::Directory { data_dir, key_file, key_is_new: loaded.is_new };
    Ok((Engine::Local(store), storage))
}

/// A new key would lock existing data away for ever, so it is made only where there is none.
fn if_missing(data_dir: &Path) -> Result<IfMissing, StartError> {
    Ok(if LocalStore::exists(data_dir)? { IfMissing::Fail } else { IfMissing::Generate })
}
