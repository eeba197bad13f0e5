//! The header: what the file is, and its key, wrapped under the root key.

use std::io::{self, Read};

use aes_gcm::aead::{Nonce, Tag};
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};

use super::{FileKey, RootKey};
use crate::DumpError;

/// What a sealed export begins with.
pub(crate) const MAGIC: [u8; 8] = *b"STATOREX";
/// The format this version writes, and the only one it reads.
const VERSION: u16 = 1;

const VERSION_AT: usize = MAGIC.len();
const WRAP_NONCE_AT: usize = VERSION_AT + 2;
const KEY_AT: usize = WRAP_NONCE_AT + 12;
const TAG_AT: usize = KEY_AT + 32;
const NONCE_AT: usize = TAG_AT + 16;
const NAME_LENGTH_AT: usize = NONCE_AT + 7;
const NAME_AT: usize = NAME_LENGTH_AT + 1;
const SUM_BYTES: usize = 4;

/// What a new sealed export is made with. The key and both nonces are random and used once.
#[derive(Debug)]
pub struct Sealing {
    /// The key that seals the frames.
    pub file_key: FileKey,
    /// The nonce with which that key is wrapped.
    pub wrap_nonce: [u8; 12],
    /// What the nonce of every frame begins with.
    pub frame_nonce: [u8; 7],
    /// Name of the key file that opens it, without its directory: readable by everybody, so that a
    /// person knows which key to look for. What is longer than 255 bytes is cut.
    pub key_file: String,
}

/// A header as it was read. Nothing in it is trusted before a frame has opened.
#[derive(Debug)]
pub(super) struct Header {
    bytes: Vec<u8>,
}

impl Header {
    /// The header of a new file.
    pub(super) fn new(root: &RootKey, sealing: &Sealing) -> Self {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_be_bytes());
        bytes.extend(sealing.wrap_nonce);
        debug_assert_eq!(bytes.len(), KEY_AT, "the key is wrapped with all that stands before it");
        let mut wrapped = sealing.file_key.clone();
        let nonce = Nonce::<Aes256Gcm>::from(sealing.wrap_nonce);
        let tag = cipher(root)
            .encrypt_inout_detached(&nonce, &bytes, (&mut wrapped[..]).into())
            .expect("a key of 32 bytes is not too long to seal");
        bytes.extend_from_slice(&wrapped[..]);
        bytes.extend_from_slice(&tag);
        bytes.extend(sealing.frame_nonce);
        let name = &sealing.key_file[..sealing.key_file.floor_char_boundary(255)];
        bytes.push(u8::try_from(name.len()).expect("the name was cut to 255 bytes"));
        bytes.extend(name.as_bytes());
        bytes.extend(crc32fast::hash(&bytes).to_be_bytes());
        debug_assert!(
            Self::read(&mut &bytes[..]).is_ok_and(|read| read.bytes == bytes),
            "a header reads back"
        );
        let header = Self { bytes };
        debug_assert!(
            header.unwrap(root).is_some_and(|key| key == sealing.file_key),
            "the root key opens what it has wrapped"
        );
        header
    }

    pub(super) fn read(source: &mut impl Read) -> Result<Self, DumpError> {
        let mut bytes = vec![0; NAME_AT];
        read_exactly(source, &mut bytes[..WRAP_NONCE_AT])?;
        if !bytes.starts_with(&MAGIC) {
            return Err(DumpError::NotAnExport);
        }
        let version = u16::from_be_bytes([bytes[VERSION_AT], bytes[VERSION_AT + 1]]);
        if version != VERSION {
            let (found, known) = (version.into(), VERSION.into());
            return Err(DumpError::UnknownVersion { found, known });
        }
        read_exactly(source, &mut bytes[WRAP_NONCE_AT..])?;
        let name_end = NAME_AT + usize::from(bytes[NAME_LENGTH_AT]);
        bytes.resize(name_end + SUM_BYTES, 0);
        read_exactly(source, &mut bytes[NAME_AT..])?;
        let (body, sum) = bytes.split_at(name_end);
        if crc32fast::hash(body).to_be_bytes() != sum {
            return Err(damaged());
        }
        Ok(Self { bytes })
    }

    /// The file's own key; `None` when `root` is not the key it was wrapped under.
    pub(super) fn unwrap(&self, root: &RootKey) -> Option<FileKey> {
        let mut key = FileKey::default();
        key.copy_from_slice(&self.bytes[KEY_AT..TAG_AT]);
        let nonce: Nonce<Aes256Gcm> = self.bytes[WRAP_NONCE_AT..KEY_AT].try_into().ok()?;
        let tag: Tag<Aes256Gcm> = self.bytes[TAG_AT..NONCE_AT].try_into().ok()?;
        let head = &self.bytes[..KEY_AT];
        cipher(root).decrypt_inout_detached(&nonce, head, (&mut key[..]).into(), &tag).ok()?;
        Some(key)
    }

    pub(super) fn frame_nonce(&self) -> [u8; 7] {
        self.bytes[NONCE_AT..NAME_LENGTH_AT].try_into().expect("the field has seven bytes")
    }

    /// The name of the key file, fit to be printed.
    pub(super) fn key_file(&self) -> String {
        debug_assert!(self.bytes.len() >= NAME_AT + SUM_BYTES, "a header has all its fields");
        let name = &self.bytes[NAME_AT..self.bytes.len() - SUM_BYTES];
        String::from_utf8_lossy(name).escape_debug().collect()
    }

    /// Every byte, which each frame is authenticated with.
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

fn read_exactly(source: &mut impl Read, bytes: &mut [u8]) -> Result<(), DumpError> {
    source.read_exact(bytes).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => damaged(),
        _ => DumpError::Io(error),
    })
}

fn damaged() -> DumpError {
    DumpError::damaged("in its first bytes")
}

fn cipher(root: &RootKey) -> Aes256Gcm {
    Aes256Gcm::new((&**root).into())
}
