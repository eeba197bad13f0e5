//! Stator's exports: the bytes as a file, and as content that is sealed, then changed or not.
#![no_main]

use std::io::{Read as _, Write as _};

use dump::{Content, FileKey, RootKey, Sealed, SealedWriter, Sealing};
use libfuzzer_sys::fuzz_target;

fn keys(_: &str) -> Vec<RootKey> {
    vec![RootKey::new([1; 32])]
}

fn read(file: &[u8]) {
    let Ok(Content::Export(mut reader)) = dump::open(file, keys) else { return };
    let mut records = 0;
    while let Ok(Some(_)) = reader.next_part() {
        records += 1;
        assert_eq!(reader.line(), records + 1);
    }
}

fn sealed(content: &[u8]) -> Vec<u8> {
    let sealing = Sealing {
        file_key: FileKey::new([2; 32]),
        wrap_nonce: [3; 12],
        frame_nonce: [4; 7],
        key_file: "key".into(),
    };
    let mut writer = SealedWriter::new(Vec::new(), &RootKey::new([1; 32]), &sealing)
        .expect("memory takes everything");
    writer.write_all(content).expect("memory takes everything");
    writer.finish().expect("memory takes everything")
}

fn opened(file: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    Sealed::new(file).ok()?.unlock(&keys("")).ok()?.read_to_end(&mut content).ok()?;
    Some(content)
}

fuzz_target!(|data: &[u8]| {
    read(data);
    let mut file = sealed(data);
    assert_eq!(opened(&file).as_deref(), Some(data));
    let at = data.iter().map(|byte| usize::from(*byte)).sum::<usize>() % file.len();
    assert_eq!(opened(&file[..at]), None);
    file[at] ^= 1 << (data.len() % 8);
    assert_eq!(opened(&file), None);
});
