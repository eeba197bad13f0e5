//! How `stator serve` is reached, and by whom.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

use super::file_handles;
use crate::{Builder, Cors, Listen, NotAnOrigin};

/// DynamoDB Local's port, which tools expect.
const DEFAULT_PORT: u16 = 8000;

/// Flags about the network.
#[derive(Debug, Args)]
pub(super) struct NetworkArguments {
    /// Address to listen on; may be given several times [default: 127.0.0.1:8000 and [::1]:8000]
    #[arg(long, env = "STATOR_LISTEN", value_name = "ADDRESS:PORT", value_delimiter = ',')]
    listen: Vec<SocketAddr>,
    /// Address to tell health and metrics on, and metrics nowhere else; may be given several times
    #[arg(long, env = "STATOR_ADMIN_LISTEN", value_name = "ADDRESS:PORT", value_delimiter = ',')]
    admin_listen: Vec<SocketAddr>,
    /// Name under which web pages may reach this server, besides addresses and localhost; may be
    /// given several times
    #[arg(
        long,
        env = "STATOR_HOST",
        value_name = "NAME",
        value_delimiter = ',',
        value_parser = host
    )]
    host: Vec<String>,
    /// Serve HTTPS with this certificate chain; SIGHUP reads it again
    #[arg(long, env = "STATOR_TLS_CERT", value_name = "PEM", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's key
    #[arg(long, env = "STATOR_TLS_KEY", value_name = "PEM", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Origin whose web pages may call, as https://app.example, or * for all; may be given several
    /// times
    #[arg(
        long,
        env = "STATOR_CORS_ORIGIN",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin
    )]
    cors_origin: Vec<String>,
    /// Most connections at once; further ones wait until one ends or is idle
    #[arg(
        long,
        env = "STATOR_CONNECTIONS_MAX",
        value_name = "COUNT",
        default_value = "10000",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    connections_max: u32,
}

impl NetworkArguments {
    /// Whether HTTPS is to be served.
    pub(super) fn has_certificate(&self) -> bool {
        self.tls_cert.is_some()
    }

    /// The settings, and what the machine's own limits make of them.
    pub(super) fn apply(self, builder: Builder) -> Builder {
        let listen = match self.listen {
            addresses if addresses.is_empty() => Listen::Loopback { port: DEFAULT_PORT },
            addresses => Listen::Addresses(addresses),
        };
        let connections_max = file_handles::connections_within(self.connections_max);
        let builder = builder
            .listen(listen)
            .admin_listen(self.admin_listen)
            .hosts(self.host)
            .connections_max(connections_max);
        let builder = match (self.tls_cert, self.tls_key) {
            (Some(certificates), Some(key)) => builder.tls(certificates, key),
            _ => builder,
        };
        if self.cors_origin.is_empty() {
            return builder;
        }
        builder.cors(Cors::new(self.cors_origin).expect("each was an origin when it was parsed"))
    }
}

fn origin(text: &str) -> Result<String, NotAnOrigin> {
    Cors::new([text]).map(|_| text.to_owned())
}

fn host(text: &str) -> Result<String, &'static str> {
    let is_named = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    match !text.is_empty() && text.bytes().all(is_named) {
        true => Ok(text.to_owned()),
        false => Err("a host is a name without scheme, port and path, as in db.example"),
    }
}
