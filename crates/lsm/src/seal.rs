//! Sealing: every byte of a row is encrypted and authenticated before it reaches a file.
//!
//! Each file has a key of its own, derived with HKDF from the tree's key, from what the file is, and
//! from a random salt at the file's head. Within a file each sealed piece is named by the place where
//! it begins, which is its nonce: a file is written once, front to back, so no place is sealed
//! twice under one key, and a piece that was moved does not open.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};

use crate::files::Files;

/// What sealing adds to a piece.
pub(crate) const TAG_BYTES: usize = MAX_TAG_LEN;
/// Random bytes that tell a file's key from another's.
pub(crate) const SALT_BYTES: usize = 32;

pub(crate) type FileSalt = [u8; SALT_BYTES];

/// What a file is, as its key's derivation says it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum FileKind {
    Table,
    Log,
    Manifest,
    Watermark,
}

impl FileKind {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Table => b"stator lsm table",
            Self::Log => b"stator lsm log",
            Self::Manifest => b"stator lsm manifest",
            Self::Watermark => b"stator lsm watermark",
        }
    }
}

/// The key of one file.
pub(crate) struct FileKey(LessSafeKey);

impl FileKey {
    pub(crate) fn new(tree_key: &[u8; 32], kind: FileKind, salt: &FileSalt) -> Self {
        let pseudorandom = Salt::new(HKDF_SHA256, salt).extract(tree_key);
        let label = [kind.label()];
        let expanded = pseudorandom.expand(&label, &AES_256_GCM);
        let expanded = expanded.expect("a key is shorter than HKDF's longest output");
        Self(LessSafeKey::new(UnboundKey::from(expanded)))
    }

    /// Seals everything in `bytes` from `start` on, as the piece that begins at `place`.
    pub(crate) fn seal(&self, place: u64, bytes: &mut Vec<u8>, start: usize) {
        let sealed =
            self.0.seal_in_place_separate_tag(nonce(place), Aad::empty(), &mut bytes[start..]);
        let tag = sealed.expect("a piece is shorter than AES-GCM's longest");
        bytes.extend_from_slice(tag.as_ref());
    }

    /// Opens a piece; `None` when it is not what was sealed there.
    pub(crate) fn open<'b>(&self, place: u64, piece: &'b mut [u8]) -> Option<&'b mut [u8]> {
        self.0.open_in_place(nonce(place), Aad::empty(), piece).ok()
    }
}

fn nonce(place: u64) -> Nonce {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&place.to_be_bytes());
    Nonce::assume_unique_for_key(bytes)
}

/// A new file's salt.
pub(crate) fn new_salt(files: &dyn Files) -> std::io::Result<FileSalt> {
    let mut salt = [0; SALT_BYTES];
    files.fill_random(&mut salt)?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_opens_where_it_was_sealed_and_nowhere_else() {
        let key = FileKey::new(&[7; 32], FileKind::Table, &[1; SALT_BYTES]);
        let mut sealed = b"headpiece".to_vec();
        key.seal(42, &mut sealed, 4);
        assert_eq!((&sealed[..4], sealed.len()), (&b"head"[..], 9 + TAG_BYTES));
        let open = |key: &FileKey, place, change: u8| {
            let mut piece = sealed[4..].to_vec();
            piece[0] ^= change;
            key.open(place, &mut piece).map(|opened| opened.to_vec())
        };
        assert_eq!(open(&key, 42, 0).as_deref(), Some(&b"piece"[..]));
        assert_eq!(open(&key, 43, 0), None);
        assert_eq!(open(&key, 42, 1), None);
        for other in [
            FileKey::new(&[8; 32], FileKind::Table, &[1; SALT_BYTES]),
            FileKey::new(&[7; 32], FileKind::Log, &[1; SALT_BYTES]),
            FileKey::new(&[7; 32], FileKind::Table, &[2; SALT_BYTES]),
        ] {
            assert_eq!(open(&other, 42, 0), None);
        }
    }
}
