//! Why a start failed, each in one line that says what to do.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Stator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Something else listens there already.
    #[error("cannot listen on {address}: the port is in use; choose another with --listen")]
    PortInUse {
        /// The address that was asked for.
        address: SocketAddr,
    },
    /// The address cannot be had.
    #[error("cannot listen on {address}: {error}; choose another with --listen")]
    CannotListen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// No address was given.
    #[error("nothing to listen on; name at least one address with --listen")]
    NoAddress,
    /// There is data, but nothing to read it with; or the file the user named is not there.
    #[error(
        "the key file {path} is missing; put it back or name another with --key-file \
         (without its key the data cannot be read)",
        path = .path.display()
    )]
    KeyFileMissing {
        /// Where the file was looked for.
        path: PathBuf,
    },
    /// The file is something else.
    #[error(
        "the key file {path} is not a key: it must hold 64 hexadecimal digits",
        path = .path.display()
    )]
    KeyFileMalformed {
        /// The file.
        path: PathBuf,
    },
    /// The file is there but cannot be read.
    #[error("cannot read the key file {path}: {error}", path = .path.display())]
    KeyFileUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A new key could not be written.
    #[error(
        "cannot write the key file {path}: {error}; name another place with --key-file",
        path = .path.display()
    )]
    KeyFileUnwritable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Others than its owner can read the key file or the data directory.
    #[error(
        "{path} can be read by others than its owner (mode {mode:o}); take that from them with \
         `chmod go= {path}`",
        path = .path.display()
    )]
    OpenToOthers {
        /// The file or the directory.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The certificate or its key is missing or cannot be read.
    #[error("cannot read {path}: {error}; name PEM files with --tls-cert and --tls-key", path = .path.display())]
    TlsFileUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The certificate or its key is something else.
    #[error("cannot serve HTTPS with {path}: {error}", path = .path.display())]
    BadTlsFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: server::TlsError,
    },
    /// The data directory does not open.
    #[error(transparent)]
    Directory(#[from] local::LocalError),
    /// The store opened, but what is in it could not be read.
    #[error("cannot read the catalog: {0}")]
    Catalog(store::StoreError),
}
