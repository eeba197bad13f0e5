//! The marker file: what a data directory is, and its data key, sealed.
//!
//! The byte form is specified in `docs/format/local-directory.md`: magic, format version, engine
//! name, generation, nonce, the data key sealed with AES-256-GCM under the root key (everything
//! before it is authenticated with it), and a CRC-32 of all that, which tells damage from a wrong
//! key.

use aes_gcm::aead::{Nonce, Tag};
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use lsm::SecretKey;

use crate::RootKey;

/// The format this version writes, and the only one it reads.
pub(crate) const VERSION: u16 = 2;
/// The engine whose files lie beside the marker, by the name of its format.
pub(crate) const ENGINE: &str = "stator-lsm-1";

const MAGIC: [u8; 8] = *b"STATORDB";
const ENGINE_BYTES: usize = 16;
const GENERATION_BYTES: usize = 4;
const NONCE_BYTES: usize = 12;
const KEY_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
const SUM_BYTES: usize = 4;

const VERSION_AT: usize = MAGIC.len();
const ENGINE_AT: usize = VERSION_AT + 2;
const GENERATION_AT: usize = ENGINE_AT + ENGINE_BYTES;
const NONCE_AT: usize = GENERATION_AT + GENERATION_BYTES;
const KEY_AT: usize = NONCE_AT + NONCE_BYTES;
const TAG_AT: usize = KEY_AT + KEY_BYTES;
const SUM_AT: usize = TAG_AT + TAG_BYTES;
const MARKER_BYTES: usize = SUM_AT + SUM_BYTES;

/// What seals the engine's files.
pub(crate) type DataKey = SecretKey;

/// What a marker says to whoever has its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Marker {
    /// How often the directory was encrypted: 1 at first, one more after each rotation. The
    /// engine's directory is named after it.
    pub(crate) generation: u32,
    /// What seals the engine's files.
    pub(crate) data_key: DataKey,
}

/// Why a marker does not give its data key.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MarkerError {
    /// A marker of another format or engine, named.
    Unknown(String),
    /// A marker whose bytes changed.
    Damaged,
    /// Intact, and sealed under another key.
    WrongKey,
}

/// The bytes of a marker. `nonce` is used once.
pub(crate) fn seal(root: &RootKey, marker: &Marker, nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
    let mut bytes = vec![0; MARKER_BYTES];
    bytes[..VERSION_AT].copy_from_slice(&MAGIC);
    bytes[VERSION_AT..ENGINE_AT].copy_from_slice(&VERSION.to_be_bytes());
    bytes[ENGINE_AT..GENERATION_AT].copy_from_slice(&engine_field());
    bytes[GENERATION_AT..NONCE_AT].copy_from_slice(&marker.generation.to_be_bytes());
    bytes[NONCE_AT..KEY_AT].copy_from_slice(&nonce);

    let (head, tail) = bytes.split_at_mut(KEY_AT);
    let sealed = &mut tail[..KEY_BYTES];
    sealed.copy_from_slice(&marker.data_key[..]);
    let tag = cipher(root)
        .encrypt_inout_detached(&Nonce::<Aes256Gcm>::from(nonce), head, sealed.into())
        .expect("a key of 32 bytes is not too long to seal");
    bytes[TAG_AT..SUM_AT].copy_from_slice(&tag);

    let sum = crc32fast::hash(&bytes[..SUM_AT]);
    bytes[SUM_AT..].copy_from_slice(&sum.to_be_bytes());
    // Not `assert_eq`, which would print the keys.
    debug_assert!(open(root, &bytes).is_ok_and(|read| read == *marker), "a marker reads back");
    bytes
}

/// What the marker of an existing directory says.
pub(crate) fn open(root: &RootKey, bytes: &[u8]) -> Result<Marker, MarkerError> {
    let version = intact_version(bytes).ok_or(MarkerError::Damaged)?;
    if version != VERSION {
        return Err(MarkerError::Unknown(describe(version, None)));
    }
    let Ok(bytes) = <&[u8; MARKER_BYTES]>::try_from(bytes) else {
        return Err(MarkerError::Damaged);
    };
    let engine = &bytes[ENGINE_AT..GENERATION_AT];
    if engine != engine_field() {
        return Err(MarkerError::Unknown(describe(version, Some(engine))));
    }
    let nonce: Result<Nonce<Aes256Gcm>, _> = bytes[NONCE_AT..KEY_AT].try_into();
    let tag: Result<Tag<Aes256Gcm>, _> = bytes[TAG_AT..SUM_AT].try_into();
    let (Ok(nonce), Ok(tag)) = (nonce, tag) else { return Err(MarkerError::Damaged) };
    let mut opened = Ok(());
    let data_key = DataKey::filled(|key| {
        key.copy_from_slice(&bytes[KEY_AT..TAG_AT]);
        let head = &bytes[..KEY_AT];
        opened = cipher(root).decrypt_inout_detached(&nonce, head, (&mut key[..]).into(), &tag);
    });
    opened.map_err(|_| MarkerError::WrongKey)?;
    let generation = bytes[GENERATION_AT..NONCE_AT].iter();
    let generation = generation.fold(0, |number, byte| number << 8 | u32::from(*byte));
    Ok(Marker { generation, data_key })
}

/// The version of a marker whose bytes did not change. In every format the magic and the version
/// come first and the sum of everything before it last, so that damage is not taken for a format.
fn intact_version(bytes: &[u8]) -> Option<u16> {
    let (content, sum) = bytes.split_last_chunk::<SUM_BYTES>()?;
    let version = content.strip_prefix(&MAGIC)?.first_chunk()?;
    let intact = crc32fast::hash(content).to_be_bytes() == *sum;
    intact.then(|| u16::from_be_bytes(*version))
}

/// The format this version writes, in words.
pub(crate) fn known_format() -> String {
    describe(VERSION, Some(ENGINE.as_bytes()))
}

fn describe(version: u16, engine: Option<&[u8]>) -> String {
    match engine {
        Some(engine) => {
            let name = String::from_utf8_lossy(engine);
            format!("{version} {}", name.trim_end_matches('\0').escape_default())
        }
        None => version.to_string(),
    }
}

fn engine_field() -> [u8; ENGINE_BYTES] {
    const { assert!(ENGINE.len() <= ENGINE_BYTES) };
    let mut field = [0; ENGINE_BYTES];
    field[..ENGINE.len()].copy_from_slice(ENGINE.as_bytes());
    field
}

fn cipher(root: &RootKey) -> Aes256Gcm {
    Aes256Gcm::new(root.as_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root(byte: u8) -> RootKey {
        RootKey::new([byte; RootKey::BYTES])
    }

    fn marker() -> Vec<u8> {
        seal(&root(1), &content(), [3; NONCE_BYTES])
    }

    fn content() -> Marker {
        Marker { generation: 0x0102_0304, data_key: DataKey::new([2; KEY_BYTES]) }
    }

    #[test]
    fn bytes_are_the_documented_ones() {
        let golden = "53544154 4f524442 0002 73746174 6f722d6c 736d2d31 00000000 01020304 \
                      03030303 03030303 03030303";
        let hex: String = marker()[..KEY_AT].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, golden.replace(char::is_whitespace, ""));
        assert_eq!(marker().len(), 94);
    }

    #[test]
    fn the_root_key_opens_it_and_another_does_not() {
        assert_eq!(open(&root(1), &marker()).unwrap(), content());
        assert_eq!(open(&root(9), &marker()).unwrap_err(), MarkerError::WrongKey);
    }

    #[test]
    fn the_data_key_is_not_readable_in_it() {
        assert!(!marker().windows(8).any(|window| window == [2; 8]));
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_noticed() {
        let intact = marker();
        for at in 0..intact.len() {
            let mut changed = intact.clone();
            changed[at] ^= 1;
            let error = open(&root(1), &changed).unwrap_err();
            assert_eq!(error, MarkerError::Damaged, "byte {at}");
        }
        for length in 0..intact.len() {
            assert_eq!(open(&root(1), &intact[..length]).unwrap_err(), MarkerError::Damaged);
        }
    }

    #[test]
    fn a_header_that_was_changed_on_purpose_does_not_unseal() {
        let mut changed = marker();
        changed[GENERATION_AT] ^= 1;
        let sum = crc32fast::hash(&changed[..SUM_AT]);
        changed[SUM_AT..].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(open(&root(1), &changed).unwrap_err(), MarkerError::WrongKey);
    }

    #[test]
    fn another_engine_is_named() {
        let mut changed = marker();
        changed[ENGINE_AT..ENGINE_AT + 5].copy_from_slice(b"other");
        let sum = crc32fast::hash(&changed[..SUM_AT]);
        changed[SUM_AT..].copy_from_slice(&sum.to_be_bytes());
        let error = open(&root(1), &changed).unwrap_err();
        assert_eq!(error, MarkerError::Unknown("2 otherr-lsm-1".to_owned()));
    }
}
