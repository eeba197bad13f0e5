//! The certificate that HTTPS is served with, and the files it comes from.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use server::{Pem, Tls, TlsError};
use zeroize::Zeroizing;

use crate::StartError;

/// A certificate that is shown, and where it was read.
#[derive(Debug)]
pub(crate) struct Certificate {
    files: Files,
    tls: Arc<Tls>,
}

#[derive(Debug)]
struct Files {
    certificates: PathBuf,
    key: PathBuf,
}

impl Certificate {
    /// Reads the certificate chain and the key.
    pub(crate) fn load((certificates, key): (PathBuf, PathBuf)) -> Result<Self, StartError> {
        let files = Files { certificates, key };
        let tls = files.read(Tls::new)?;
        Ok(Self { files, tls: Arc::new(tls) })
    }

    /// Reads the files again. A bad one leaves the old certificate where it was.
    pub(crate) fn reload(&self) -> Result<(), StartError> {
        self.files.read(|pem| self.tls.replace(pem))
    }

    /// The certificate as listeners show it.
    pub(crate) fn tls(&self) -> Arc<Tls> {
        Arc::clone(&self.tls)
    }
}

impl Files {
    fn read<T>(
        &self,
        use_them: impl FnOnce(Pem<'_>) -> Result<T, TlsError>,
    ) -> Result<T, StartError> {
        let certificates = read(&self.certificates)?;
        let key = Zeroizing::new(read(&self.key)?);
        use_them(Pem { certificates: &certificates, key: &key }).map_err(|error| {
            let path = match error {
                TlsError::BadCertificate(_) => &self.certificates,
                TlsError::BadKey(_) | TlsError::Mismatch => &self.key,
            };
            StartError::BadTlsFile { path: path.clone(), error }
        })
    }
}

fn read(path: &Path) -> Result<Vec<u8>, StartError> {
    fs::read(path).map_err(|error| StartError::TlsFileUnreadable { path: path.to_owned(), error })
}
