use std::io::{Read as _, Write as _};

use super::*;
use crate::DumpError;

fn root(byte: u8) -> RootKey {
    RootKey::new([byte; 32])
}

fn sealing() -> Sealing {
    Sealing {
        file_key: FileKey::new([2; 32]),
        wrap_nonce: [3; 12],
        frame_nonce: [4; 7],
        key_file: "stator-data.key".into(),
    }
}

fn seal(content: &[u8]) -> Vec<u8> {
    let mut writer = SealedWriter::new(Vec::new(), &root(1), &sealing()).unwrap();
    writer.write_all(content).unwrap();
    writer.finish().unwrap()
}

fn open_with(bytes: &[u8], keys: &[RootKey]) -> Result<Vec<u8>, DumpError> {
    let mut content = Vec::new();
    Sealed::new(bytes)?.unlock(keys)?.read_to_end(&mut content)?;
    Ok(content)
}

fn open(bytes: &[u8]) -> Result<Vec<u8>, DumpError> {
    open_with(bytes, &[root(1)])
}

/// Content of one whole frame and a little.
fn long() -> Vec<u8> {
    (0..FRAME_BYTES + 100).map(|at| at.to_le_bytes()[0]).collect()
}

const HEADER_BYTES: usize = 78 + "stator-data.key".len() + 4;

#[test]
fn bytes_are_the_documented_ones() {
    let sealed = seal(b"content");
    let hex: String = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
    #[rustfmt::skip]
    let golden = concat!(
        "535441544f524558", // magic
        "0001", // version
        "030303030303030303030303", // wrap nonce
        "fa631698fd86356baffee465ce1b26aaba31a34f85cdc0b0ae12bf44a8488471", // file key, wrapped
        "cdb8c763ac2f877ca14fa8416d784137", // its tag
        "04040404040404", // frame nonce
        "0f", // length of the name
        "737461746f722d646174612e6b6579", // stator-data.key
        "ec70422b", // CRC-32
        "0c7051a7c872ad813f3f210e4345a8e9bc402645848cfc", // the only frame: 7 bytes and a tag
    );
    assert_eq!(hex, golden);
    assert_eq!(open(&sealed).unwrap(), b"content");
}

#[test]
fn content_of_every_length_around_a_frame_reads_back() {
    for length in [0, 1, FRAME_BYTES - 1, FRAME_BYTES, FRAME_BYTES + 1, 2 * FRAME_BYTES] {
        let content = vec![7; length];
        let sealed = seal(&content);
        let frames = length.div_ceil(FRAME_BYTES).max(1);
        assert_eq!(sealed.len(), HEADER_BYTES + length + frames * TAG_BYTES);
        assert!(open(&sealed).unwrap() == content, "{length} bytes");
    }
}

#[test]
fn one_of_several_keys_opens_it_and_a_wrong_one_is_told_which_to_look_for() {
    let sealed = seal(b"content");
    assert_eq!(open_with(&sealed, &[root(9), root(1)]).unwrap(), b"content");
    let error = open_with(&sealed, &[root(9)]).unwrap_err();
    let DumpError::WrongKey { key_file } = error else { panic!("{error}") };
    assert_eq!(key_file, "stator-data.key");
}

#[test]
fn the_keys_are_not_in_it() {
    let sealed = seal(&[0; 100]);
    for key in [1, 2] {
        assert!(!sealed.windows(4).any(|window| window == [key; 4]));
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let intact = seal(b"some content");
    for at in 0..intact.len() {
        let mut changed = intact.clone();
        changed[at] ^= 1;
        let error = open(&changed).expect_err(&format!("byte {at}"));
        match at {
            0..8 => assert!(matches!(error, DumpError::NotAnExport)),
            8..10 => assert!(matches!(error, DumpError::UnknownVersion { .. })),
            _ => assert!(matches!(error, DumpError::Damaged { .. }), "byte {at}: {error}"),
        }
    }
}

#[test]
fn every_cut_is_noticed() {
    let short = seal(b"some content");
    for length in 0..short.len() {
        assert!(open(&short[..length]).is_err(), "{length} bytes");
    }
    let long = seal(&long());
    let second_frame_at = HEADER_BYTES + SEALED_FRAME_BYTES;
    for length in [second_frame_at - 1, second_frame_at, second_frame_at + 1, long.len() - 1] {
        let error = open(&long[..length]).unwrap_err();
        assert!(matches!(error, DumpError::Damaged { .. }), "{length} bytes: {error}");
    }
}

#[test]
fn frames_in_another_order_or_of_another_file_are_noticed() {
    let content = [long(), long()].concat();
    let sealed = seal(&content);
    let (header, frames) = sealed.split_at(HEADER_BYTES);
    let (first, rest) = frames.split_at(SEALED_FRAME_BYTES);
    let (second, rest) = rest.split_at(SEALED_FRAME_BYTES);
    assert!(open(&[header, second, first, rest].concat()).is_err());
    assert!(open(&[header, first, first, rest].concat()).is_err());
    assert!(open(&[header, first, rest].concat()).is_err());
    assert!(open(&[&sealed[..], b"more"].concat()).is_err());

    let renamed = Sealing { key_file: "other.key".into(), ..sealing() };
    let mut other = SealedWriter::new(Vec::new(), &root(1), &renamed).unwrap();
    other.write_all(&content).unwrap();
    let other = other.finish().unwrap();
    assert!(open(&[header, &other[HEADER_BYTES - 6..]].concat()).is_err());
}

#[test]
fn nothing_is_handed_on_after_a_frame_did_not_open() {
    let mut sealed = seal(&long());
    let last = sealed.len() - 1;
    sealed[last] ^= 1;
    let mut reader = Sealed::new(&sealed[..]).unwrap().unlock(&[root(1)]).unwrap();
    let mut content = Vec::new();
    reader.read_to_end(&mut content).unwrap_err();
    assert_eq!(content.len(), FRAME_BYTES);
    assert_eq!(reader.read(&mut [0; 16]).unwrap(), 0);
}

#[test]
fn a_long_name_of_a_key_file_is_cut_at_a_character() {
    let sealing = Sealing { key_file: "ä".repeat(200), ..sealing() };
    let sealed = SealedWriter::new(Vec::new(), &root(1), &sealing).unwrap().finish().unwrap();
    assert_eq!(Sealed::new(&sealed[..]).unwrap().key_file(), "ä".repeat(127));
}
