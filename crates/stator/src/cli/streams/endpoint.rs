//! Where the server is, and who asks it.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, bail};
use aws_credential_types::Credentials;
use clap::Args;
use hyper::Uri;
use hyper_rustls::{ConfigBuilderExt as _, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};

const DEFAULT_URL: &str = "http://127.0.0.1:8000";
const DEFAULT_REGION: &str = "us-east-1";

/// Flags about the server, with the variables that AWS's own tools read.
#[derive(Debug, Args)]
pub(super) struct EndpointArguments {
    /// Where the server is, or AWS_ENDPOINT_URL [default: http://127.0.0.1:8000]
    #[arg(long, env = "AWS_ENDPOINT_URL_DYNAMODB", value_name = "URL")]
    endpoint_url: Option<String>,
    /// Region of the table, or AWS_DEFAULT_REGION [default: us-east-1]
    #[arg(long, env = "AWS_REGION", value_name = "REGION")]
    region: Option<String>,
    /// Certificates to trust over HTTPS, instead of the system's
    #[arg(long, env = "AWS_CA_BUNDLE", value_name = "PEM")]
    ca_bundle: Option<PathBuf>,
}

/// A server, and who asks it.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// The URL as the user wrote it.
    pub(super) url: String,
    /// The same, read.
    pub(super) uri: Uri,
    /// The region that requests are signed for.
    pub(super) region: String,
    /// The environment's credentials; where it has none, made-up ones, since Stator takes any.
    pub(super) credentials: Credentials,
    /// How connections to the server are made.
    pub(super) connector: HttpsConnector<HttpConnector>,
}

impl EndpointArguments {
    /// Reads the environment and the certificates.
    pub(super) fn resolve(self) -> anyhow::Result<Endpoint> {
        let url = self.endpoint_url.or_else(|| variable("AWS_ENDPOINT_URL"));
        let url = url.unwrap_or_else(|| DEFAULT_URL.to_owned());
        let uri = parse(&url)?;
        let region = self.region.or_else(|| variable("AWS_DEFAULT_REGION"));
        // A plain connection must not fail for want of certificates.
        let config = match uri.scheme_str() {
            Some("https") => trusting(self.ca_bundle.as_deref())?,
            _ => tls().with_root_certificates(RootCertStore::empty()).with_no_client_auth(),
        };
        let connector = HttpsConnectorBuilder::new().with_tls_config(config);
        Ok(Endpoint {
            url,
            uri,
            region: region.unwrap_or_else(|| DEFAULT_REGION.to_owned()),
            credentials: credentials(),
            connector: connector.https_or_http().enable_http1().build(),
        })
    }
}

fn parse(url: &str) -> anyhow::Result<Uri> {
    let uri: Uri = url.parse().with_context(|| format!("{url} is not a URL"))?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() {
        bail!("{url} is not a URL; one looks like {DEFAULT_URL}");
    }
    Ok(uri)
}

fn credentials() -> Credentials {
    let [key, secret] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
        .map(|name| variable(name).unwrap_or_else(|| "any".to_owned()));
    Credentials::new(key, secret, variable("AWS_SESSION_TOKEN"), None, "environment")
}

/// A variable that says something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn tls() -> ConfigBuilder<ClientConfig, WantsVerifier> {
    ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("the provider has the default versions")
}

fn trusting(bundle: Option<&Path>) -> anyhow::Result<ClientConfig> {
    let trusting = match bundle {
        None => tls().with_native_roots().context("cannot read the system's certificates")?,
        Some(path) => tls().with_root_certificates(
            roots(path).with_context(|| format!("cannot trust {}", path.display()))?,
        ),
    };
    Ok(trusting.with_no_client_auth())
}

fn roots(path: &Path) -> anyhow::Result<RootCertStore> {
    let pem = fs::read(path)?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        roots.add(certificate?)?;
    }
    if roots.is_empty() {
        bail!("it holds no PEM certificate");
    }
    Ok(roots)
}
