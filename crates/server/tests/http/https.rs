//! HTTPS.

use std::net::SocketAddr;
use std::sync::Arc;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use stator_server::{Pem, ServeOptions, Tls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion, version};

use crate::harness::{Endpoint, request};

/// A certificate for `localhost`, and its files.
struct Made {
    der: CertificateDer<'static>,
    certificate: String,
    key: String,
}

impl Made {
    fn new() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = signing_key.serialize_pem();
        Self { der: cert.der().clone(), certificate: cert.pem(), key }
    }

    fn pem(&self) -> Pem<'_> {
        Pem { certificates: self.certificate.as_bytes(), key: self.key.as_bytes() }
    }

    /// Connects as somebody who trusts this certificate alone.
    async fn connect(
        &self,
        address: SocketAddr,
        versions: &[&'static SupportedProtocolVersion],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone()).unwrap();
        let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_protocol_versions(versions).unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let stream = TcpStream::connect(address).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }
}

async fn start(made: &Made) -> (Endpoint, Arc<Tls>) {
    let tls = Arc::new(Tls::new(made.pem()).unwrap());
    let options = ServeOptions { tls: Some(Arc::clone(&tls)), ..ServeOptions::default() };
    (Endpoint::start_with(options).await, tls)
}

#[tokio::test]
async fn requests_are_answered_over_both_versions_of_tls() {
    let made = Made::new();
    let (endpoint, _) = start(&made).await;
    for protocol in [&version::TLS12, &version::TLS13] {
        let mut stream = made.connect(endpoint.address(), &[protocol]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
        let list = request("ListTables", "{}", &[]);
        let last = request("ListTables", "{}", &[("connection", "close")]);
        stream.write_all(&[list, last].concat()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert_eq!(said.matches(r#"{"TableNames":[]}"#).count(), 2, "{said}");
    }
}

#[tokio::test]
async fn plain_http_is_not_spoken_there() {
    let (endpoint, _) = start(&Made::new()).await;
    let mut stream = TcpStream::connect(endpoint.address()).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut said = Vec::new();
    // It may be cut off as well.
    let _ = stream.read_to_end(&mut said).await;
    assert!(!said.starts_with(b"HTTP"), "{said:?}");
}

#[tokio::test]
async fn a_new_certificate_is_shown_and_old_connections_go_on() {
    let (old, new) = (Made::new(), Made::new());
    let (endpoint, tls) = start(&old).await;
    let versions = [&version::TLS13];
    let mut before = old.connect(endpoint.address(), &versions).await.unwrap();
    tls.replace(new.pem()).unwrap();
    assert!(old.connect(endpoint.address(), &versions).await.is_err());
    new.connect(endpoint.address(), &versions).await.unwrap();

    let last = request("ListTables", "{}", &[("connection", "close")]);
    before.write_all(&last).await.unwrap();
    let mut said = String::new();
    before.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
}
