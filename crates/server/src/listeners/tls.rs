//! HTTPS: a certificate, its key, and how to put others in their place.

use std::sync::Arc;

use parking_lot::RwLock;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{Error as PemError, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{Error, ServerConfig};

/// What a listener shows of itself: a certificate and its key, which may be replaced while
/// connections go on. TLS 1.2 and 1.3.
#[derive(Debug)]
pub struct Tls {
    config: RwLock<Arc<ServerConfig>>,
}

/// A certificate chain and its key as files hold them.
#[derive(Clone, Copy)]
pub struct Pem<'a> {
    /// The certificate, and behind it those that vouch for it.
    pub certificates: &'a [u8],
    /// The key: PKCS #8, SEC 1 or PKCS #1, not encrypted.
    pub key: &'a [u8],
}

/// Why a certificate cannot be shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The first file holds no certificate, or one that cannot be read.
    #[error("it holds no readable PEM certificate{0}")]
    BadCertificate(String),
    /// The second file holds no key, or one that cannot be read.
    #[error("it holds no readable PEM private key{0} (an encrypted one must be decrypted first)")]
    BadKey(String),
    /// The key is another certificate's.
    #[error("it is not the key of the certificate")]
    Mismatch,
}

impl Tls {
    /// Shows this certificate.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(pem: Pem<'_>) -> Result<Self, TlsError> {
        Ok(Self { config: RwLock::new(configured(pem)?) })
    }

    /// Shows this certificate to connections that come from now on.
    ///
    /// # Errors
    /// [`TlsError`]; the old one stays then.
    pub fn replace(&self, pem: Pem<'_>) -> Result<(), TlsError> {
        let config = configured(pem)?;
        *self.config.write() = config;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config.read()))
    }
}

fn configured(pem: Pem<'_>) -> Result<Arc<ServerConfig>, TlsError> {
    let bad_certificate = |reason: String| TlsError::BadCertificate(reason);
    let chain = CertificateDer::pem_slice_iter(pem.certificates).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|error| bad_certificate(reason(&error)))?;
    if chain.is_empty() {
        return Err(bad_certificate(String::new()));
    }
    let key = PrivateKeyDer::from_pem_slice(pem.key);
    let key = key.map_err(|error| TlsError::BadKey(reason(&error)))?;
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has suites for both versions");
    let config = builder.with_no_client_auth().with_single_cert(chain, key);
    let mut config = config.map_err(|error| match error {
        Error::InconsistentKeys(_) => TlsError::Mismatch,
        Error::InvalidCertificate(error) => bad_certificate(format!(": {error}")),
        error => TlsError::BadKey(format!(": {error}")),
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// What is wrong with a file, if more than that the thing is not in it.
fn reason(error: &PemError) -> String {
    match error {
        PemError::NoItemsFound => String::new(),
        error => format!(": {error}"),
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;

    fn made() -> (String, String) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        (cert.pem(), signing_key.serialize_pem())
    }

    fn tried(certificates: &str, key: &str) -> Result<(), TlsError> {
        Tls::new(Pem { certificates: certificates.as_bytes(), key: key.as_bytes() }).map(drop)
    }

    #[test]
    fn a_certificate_needs_its_own_key() {
        let ((certificate, key), (_, other_key)) = (made(), made());
        assert_eq!(tried(&certificate, &key), Ok(()));
        assert_eq!(tried(&certificate, &other_key), Err(TlsError::Mismatch));
    }

    #[test]
    fn what_is_missing_or_garbled_is_named() {
        let (certificate, key) = made();
        for garbled in ["", "letter", &key, &certificate.replace('M', "-"), &certificate[..200]] {
            let error = tried(garbled, &key).unwrap_err();
            assert!(matches!(error, TlsError::BadCertificate(_)), "{error}");
        }
        for garbled in ["", "letter", &certificate, &key[..80]] {
            let error = tried(&certificate, garbled).unwrap_err();
            assert!(matches!(error, TlsError::BadKey(_)), "{error}");
        }
    }

    #[test]
    fn a_bad_replacement_changes_nothing() {
        let (certificate, key) = made();
        let pem = Pem { certificates: certificate.as_bytes(), key: key.as_bytes() };
        let tls = Tls::new(pem).unwrap();
        let before = Arc::as_ptr(&*tls.config.read());
        assert!(tls.replace(Pem { key: b"", ..pem }).is_err());
        assert_eq!(Arc::as_ptr(&*tls.config.read()), before);
        tls.replace(pem).unwrap();
        assert_ne!(Arc::as_ptr(&*tls.config.read()), before);
    }
}
