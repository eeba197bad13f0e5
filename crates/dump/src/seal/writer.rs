//! Content in, frames out.

use std::io::{self, Write};

use aead_stream::EncryptorBE32;
use aes_gcm::{Aes256Gcm, KeyInit};

use super::header::Header;
use super::{FRAME_BYTES, RootKey, SEALED_FRAME_BYTES, Sealing};

/// Seals what is written to it. Without [`SealedWriter::finish`] the file lacks its end.
pub struct SealedWriter<W> {
    out: W,
    header: Header,
    encryptor: EncryptorBE32<Aes256Gcm>,
    /// Content of the next frame.
    frame: Vec<u8>,
}

impl<W: Write> SealedWriter<W> {
    /// Begins a file: writes the header, with the file's key wrapped under `root`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(mut out: W, root: &RootKey, sealing: &Sealing) -> io::Result<Self> {
        let header = Header::new(root, sealing);
        out.write_all(header.as_bytes())?;
        let cipher = Aes256Gcm::new((&*sealing.file_key).into());
        let encryptor = EncryptorBE32::from_aead(cipher, &sealing.frame_nonce.into());
        Ok(Self { out, header, encryptor, frame: Vec::with_capacity(SEALED_FRAME_BYTES) })
    }

    /// Seals the last frame and gives the file back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self) -> io::Result<W> {
        let Self { mut out, header, encryptor, mut frame } = self;
        assert!(frame.len() <= FRAME_BYTES, "a frame holds so much and no more");
        encryptor
            .encrypt_last_in_place(header.as_bytes(), &mut frame)
            .map_err(|_| io::Error::other("a frame could not be sealed"))?;
        out.write_all(&frame)?;
        Ok(out)
    }

    /// Seals the frame that is full. The last one stays until [`SealedWriter::finish`].
    fn seal(&mut self) -> io::Result<()> {
        assert_eq!(self.frame.len(), FRAME_BYTES, "only the last frame may be shorter");
        self.encryptor
            .encrypt_next_in_place(self.header.as_bytes(), &mut self.frame)
            .map_err(|_| io::Error::other("an export cannot be larger than 256 TiB"))?;
        debug_assert_eq!(self.frame.len(), SEALED_FRAME_BYTES, "sealing adds the tag");
        self.out.write_all(&self.frame)?;
        self.frame.clear();
        Ok(())
    }
}

impl<W: Write> Write for SealedWriter<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        if self.frame.len() == FRAME_BYTES {
            self.seal()?;
        }
        debug_assert!(self.frame.len() < FRAME_BYTES, "a full frame was sealed and written");
        let taken = content.len().min(FRAME_BYTES - self.frame.len());
        self.frame.extend_from_slice(&content[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        // A frame is sealed when it is full; until then there is nothing to hand on.
        self.out.flush()
    }
}

impl<W> std::fmt::Debug for SealedWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SealedWriter").finish_non_exhaustive()
    }
}
