//! A key in memory: never written to a swap file, where the system grants that, and wiped when its last
//! holder ends.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use region::LockGuard;
use zeroize::{Zeroize as _, Zeroizing};

const KEY_BYTES: usize = 32;

/// A key of 32 bytes. Clones are the same bytes of memory.
#[derive(Clone)]
pub struct SecretKey(Arc<Held>);

struct Held {
    // In this order: wiped before it may be swapped out.
    bytes: Wiped,
    _locked: Option<LockGuard>,
}

struct Wiped(Box<OwnPage>);

/// A key that shares its page with nothing whose end would unlock it, where pages are not larger.
#[repr(align(4096))]
struct OwnPage([u8; KEY_BYTES]);

impl SecretKey {
    /// Takes a key's bytes, and wipes what it was given.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self::filled(|key| key.copy_from_slice(&bytes[..]))
    }

    /// A key that is written where it stays.
    pub fn filled(fill: impl FnOnce(&mut [u8; KEY_BYTES])) -> Self {
        let mut page = Box::new(OwnPage([0; KEY_BYTES]));
        // A system that locks no more memory for this process still has the key wiped.
        let locked = region::lock(page.0.as_ptr(), KEY_BYTES).ok();
        fill(&mut page.0);
        Self(Arc::new(Held { bytes: Wiped(page), _locked: locked }))
    }
}

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.0.zeroize();
    }
}

impl Deref for SecretKey {
    type Target = [u8; KEY_BYTES];

    fn deref(&self) -> &[u8; KEY_BYTES] {
        &self.0.bytes.0.0
    }
}

impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for SecretKey {}

impl fmt::Debug for SecretKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_are_one_key_in_one_place_that_shows_in_no_output() {
        let key = SecretKey::new([0xAB; 32]);
        let other = key.clone();
        assert_eq!((*key, key.as_ptr()), ([0xAB; 32], other.as_ptr()));
        assert_eq!(key.as_ptr().align_offset(4096), 0);
        assert_eq!(format!("{key:?}"), "SecretKey(…)");
        assert!(key == other && key != SecretKey::filled(|bytes| bytes[31] = 1));
    }
}
