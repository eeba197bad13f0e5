//! Frames in, content out.

use std::io::{self, Read};

use aead_stream::DecryptorBE32;
use aes_gcm::{Aes256Gcm, KeyInit};

use super::header::Header;
use super::{FRAME_BYTES, RootKey, SEALED_FRAME_BYTES};
use crate::DumpError;

/// A sealed export whose header was read.
pub struct Sealed<R> {
    source: R,
    header: Header,
}

/// The content of a sealed export. Nothing is handed on before it is authenticated.
pub struct SealedReader<R> {
    source: R,
    header: Header,
    /// `None` behind the last frame.
    decryptor: Option<DecryptorBE32<Aes256Gcm>>,
    /// An authenticated frame, and how much of it was handed on.
    frame: Vec<u8>,
    given: usize,
    /// The first byte of the next frame: whether there is one says which frame is the last.
    ahead: Option<u8>,
    frames: u64,
}

impl<R: Read> Sealed<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// [`DumpError::NotAnExport`], [`DumpError::UnknownVersion`], [`DumpError::Damaged`], and those
    /// of `source`.
    pub fn new(mut source: R) -> Result<Self, DumpError> {
        let header = Header::read(&mut source)?;
        Ok(Self { source, header })
    }

    /// The name of the key file that it was sealed with.
    pub fn key_file(&self) -> String {
        self.header.key_file()
    }

    /// Opens it with the first of `keys` that fits.
    ///
    /// # Errors
    /// [`DumpError::WrongKey`] when none does.
    pub fn unlock(self, keys: &[RootKey]) -> Result<SealedReader<R>, DumpError> {
        let Self { source, header } = self;
        let Some(key) = keys.iter().find_map(|key| header.unwrap(key)) else {
            return Err(DumpError::WrongKey { key_file: header.key_file() });
        };
        let cipher = Aes256Gcm::new((&*key).into());
        let decryptor = DecryptorBE32::from_aead(cipher, &header.frame_nonce().into());
        Ok(SealedReader {
            source,
            header,
            decryptor: Some(decryptor),
            frame: Vec::with_capacity(SEALED_FRAME_BYTES + 1),
            given: 0,
            ahead: None,
            frames: 0,
        })
    }
}

impl<R: Read> SealedReader<R> {
    /// Opens the next frame; `false` behind the last.
    fn next_frame(&mut self) -> Result<bool, DumpError> {
        let Some(decryptor) = self.decryptor.take() else { return Ok(false) };
        debug_assert_eq!(self.given, self.frame.len(), "the frame before was handed on whole");
        self.given = 0;
        let opened = self.open(decryptor);
        if opened.is_err() {
            // What did not open is handed on to nobody, whatever the caller does next.
            self.frame.clear();
        }
        self.frames += 1;
        opened.map(|()| true)
    }

    fn open(&mut self, mut decryptor: DecryptorBE32<Aes256Gcm>) -> Result<(), DumpError> {
        let header = self.header.as_bytes();
        self.frame.clear();
        self.frame.extend(self.ahead.take());
        debug_assert!(self.frame.len() <= 1, "one byte is read ahead at most");
        let wanted = SEALED_FRAME_BYTES + 1 - self.frame.len();
        self.source
            .by_ref()
            .take(wanted as u64)
            .read_to_end(&mut self.frame)
            .map_err(DumpError::Io)?;
        let opened = if self.frame.len() > SEALED_FRAME_BYTES {
            self.ahead = self.frame.pop();
            let opened = decryptor.decrypt_next_in_place(header, &mut self.frame);
            self.decryptor = Some(decryptor);
            opened
        } else {
            decryptor.decrypt_last_in_place(header, &mut self.frame)
        };
        let frame_at = header.len() as u64 + self.frames * SEALED_FRAME_BYTES as u64;
        opened.map_err(|_| DumpError::damaged(format!("behind byte {frame_at}")))
    }
}

impl<R: Read> Read for SealedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.given == self.frame.len() {
            if !self.next_frame()? {
                return Ok(0);
            }
        }
        let taken = out.len().min(self.frame.len() - self.given);
        out[..taken].copy_from_slice(&self.frame[self.given..self.given + taken]);
        self.given += taken;
        debug_assert!(self.frame.len() <= FRAME_BYTES, "what is handed on has lost its tag");
        Ok(taken)
    }
}

impl<R> std::fmt::Debug for Sealed<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealed").field("header", &self.header).finish_non_exhaustive()
    }
}

impl<R> std::fmt::Debug for SealedReader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedReader").field("header", &self.header).finish_non_exhaustive()
    }
}
