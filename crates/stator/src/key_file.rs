//! The key file: 64 hexadecimal digits that unlock a data directory.
//!
//! It lies beside the data directory, never in it, so that a copy of the directory does not carry
//! its own key. ADR 0003 says what that protects and what it does not.
//!
//! Invariant: a key is generated only for a directory without data, and never over an existing
//! file. The system sees to the second (`create_new`); whether a directory has data is its engine's
//! to say, so neither is asserted. Data whose key is gone is an error that a person must resolve. A rotation's new key waits
//! beside the old one, its name with `.new` added, until the data is under it; then it takes the
//! name, and the old key stays with `.old` added.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::StartError;

const KEY_BYTES: usize = 32;
const TEXT_BYTES: usize = 2 * KEY_BYTES;

/// A key as the engine takes it; wiped from memory when dropped.
pub(crate) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// What may be done when there is no key file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfMissing {
    /// Generate one: no data waits for it.
    Generate,
    /// Fail: the data cannot be read without it, or the user named a file that is not there.
    Fail,
}

/// Where the key file of a data directory lies unless the user says otherwise: beside it, under
/// its name with `.key` added.
pub(crate) fn default_path(data_dir: &Path) -> PathBuf {
    beside(data_dir, ".key")
}

/// Where a file lies beside a data directory, under its name with a suffix.
pub(crate) fn beside(data_dir: &Path, suffix: &str) -> PathBuf {
    // `.` and `..` have no name of their own.
    let named = match data_dir.file_name() {
        Some(_) => Cow::Borrowed(data_dir),
        None => data_dir.canonicalize().map_or(Cow::Borrowed(data_dir), Cow::Owned),
    };
    let mut name = named.file_name().unwrap_or(OsStr::new("stator-data")).to_owned();
    name.push(suffix);
    named.with_file_name(name)
}

/// A key and where it came from.
pub(crate) struct LoadedKey {
    /// The key.
    pub(crate) key: Key,
    /// Whether it was generated just now.
    pub(crate) is_new: bool,
}

/// Reads the key, or makes one if there is none and that is allowed.
pub(crate) fn load(path: &Path, if_missing: IfMissing) -> Result<LoadedKey, StartError> {
    match File::open(path) {
        Ok(file) => Ok(LoadedKey { key: read(file, path)?, is_new: false }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match if_missing {
            IfMissing::Generate => Ok(LoadedKey { key: generate(path)?, is_new: true }),
            IfMissing::Fail => Err(StartError::KeyFileMissing { path: path.to_owned() }),
        },
        Err(error) => Err(unreadable(path, error)),
    }
}

/// Where the new key of a rotation waits.
pub(crate) fn waiting_path(path: &Path) -> PathBuf {
    with_suffix(path, ".new")
}

/// Makes a new key that waits for the data to be under it. One that waits already was left by a
/// rotation that did not come that far: the data directory, which the caller has to itself, is
/// under the key in `path`.
pub(crate) fn make_waiting(path: &Path) -> Result<Key, StartError> {
    remove_waiting(path)?;
    generate(&waiting_path(path))
}

/// Removes the key that waits, if one does. No data is under it.
pub(crate) fn remove_waiting(path: &Path) -> Result<(), StartError> {
    let waiting = waiting_path(path);
    // Where files cannot be removed there is mostly none either.
    match waiting.exists() {
        true => std::fs::remove_file(&waiting).map_err(|error| unwritable(&waiting, error)),
        false => Ok(()),
    }
}

/// The key that waits, if one does.
pub(crate) fn load_waiting(path: &Path) -> Result<Option<Key>, StartError> {
    let waiting = waiting_path(path);
    match load(&waiting, IfMissing::Fail) {
        Ok(loaded) => Ok(Some(loaded.key)),
        // Cut off while it was written: nothing is under it.
        Err(StartError::KeyFileMissing { .. } | StartError::KeyFileMalformed { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Puts the key that waits in the place of the one in `path`, which is kept; answers with where.
/// The data is under the key that waits. May be cut off anywhere and called again.
pub(crate) fn promote_waiting(path: &Path) -> Result<PathBuf, StartError> {
    let old = load(path, IfMissing::Fail)?.key;
    let kept = keep_old(path, &old)?;
    std::fs::rename(waiting_path(path), path)
        .and_then(|()| sync_parent(path))
        .map_err(|error| unwritable(path, error))?;
    Ok(kept)
}

/// The key in `path` and its former ones, as far as there are any that can be read.
pub(crate) fn load_all(path: &Path) -> Vec<Key> {
    let former = former_paths(path).take_while(|path| path.exists());
    let paths = std::iter::once(path.to_owned()).chain(former);
    let loaded = paths.filter_map(|path| load(&path, IfMissing::Fail).ok());
    loaded.map(|loaded| loaded.key).collect()
}

/// Copies the old key to the first free name, unless a former attempt has.
fn keep_old(path: &Path, old: &Key) -> Result<PathBuf, StartError> {
    for name in former_paths(path) {
        match load(&name, IfMissing::Fail) {
            Ok(kept) if kept.key == *old => return Ok(name),
            Err(StartError::KeyFileMissing { .. }) => {
                write(&name, &encode(old)).map_err(|error| unwritable(&name, error))?;
                return Ok(name);
            }
            // Another key, of a rotation before, or something that is none.
            _ => {}
        }
    }
    unreachable!("one of endlessly many names is free")
}

/// Where former keys of `path` lie, one after the other, without end.
fn former_paths(path: &Path) -> impl Iterator<Item = PathBuf> {
    let names = (2..).map(|number| with_suffix(path, &format!(".old-{number}")));
    std::iter::once(with_suffix(path, ".old")).chain(names)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn read(file: File, path: &Path) -> Result<Key, StartError> {
    let mut text = Zeroizing::new(Vec::with_capacity(TEXT_BYTES + 2));
    file.take(TEXT_BYTES as u64 + 2)
        .read_to_end(&mut text)
        .map_err(|error| unreadable(path, error))?;
    decode(text.trim_ascii()).ok_or_else(|| StartError::KeyFileMalformed { path: path.to_owned() })
}

fn generate(path: &Path) -> Result<Key, StartError> {
    let mut key = Key::new([0; KEY_BYTES]);
    getrandom::fill(&mut *key).map_err(|error| unwritable(path, io::Error::other(error)))?;
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(|error| unwritable(path, error))?;
    }
    // Not `assert_eq`, which would print both.
    debug_assert!(
        decode(encode(&key).trim_ascii()).is_some_and(|read| read == key),
        "it reads back"
    );
    write(path, &encode(&key)).map_err(|error| unwritable(path, error))?;
    Ok(key)
}

/// Creates the file, readable by its owner alone, and makes it and its name durable before any
/// data can depend on it.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(text).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a key is worse than none, and nothing was encrypted with it.
        let _ = std::fs::remove_file(path);
    }
    written?;
    sync_parent(path)
}

/// Makes the name of `path` durable.
fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

fn encode(key: &Key) -> Zeroizing<Vec<u8>> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = Zeroizing::new(Vec::with_capacity(TEXT_BYTES + 1));
    for byte in key.iter() {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text.push(b'\n');
    text
}

fn decode(text: &[u8]) -> Option<Key> {
    let mut key = Key::new([0; KEY_BYTES]);
    let (pairs, rest) = text.as_chunks::<2>();
    if pairs.len() != KEY_BYTES || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in key.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(key)
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn unreadable(path: &Path, error: io::Error) -> StartError {
    StartError::KeyFileUnreadable { path: path.to_owned(), error }
}

fn unwritable(path: &Path, error: io::Error) -> StartError {
    StartError::KeyFileUnwritable { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_lies_beside_the_data_directory() {
        for (data_dir, key_file) in [
            ("stator-data", "stator-data.key"),
            ("./stator-data/", "./stator-data.key"),
            ("/var/lib/stator", "/var/lib/stator.key"),
        ] {
            assert_eq!(default_path(Path::new(data_dir)), Path::new(key_file));
        }
        let here = std::env::current_dir().unwrap();
        let mut beside = here.clone().into_os_string();
        beside.push(".key");
        assert_eq!(default_path(Path::new(".")), PathBuf::from(beside));
    }

    #[test]
    fn text_and_key_are_each_others_inverse() {
        let key = Key::new(std::array::from_fn(|index| u8::try_from(index * 7 % 256).unwrap()));
        assert_eq!(decode(encode(&key).trim_ascii()), Some(key));
    }

    #[test]
    fn what_is_not_64_hexadecimal_digits_is_no_key() {
        for text in ["", &"0".repeat(63), &"0".repeat(65), &"0".repeat(66), &"g".repeat(64)] {
            assert_eq!(decode(text.as_bytes()), None, "{text:?}");
        }
    }
}
