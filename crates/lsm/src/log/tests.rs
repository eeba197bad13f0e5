use super::*;

const KEY: [u8; 32] = [3; 32];

fn written(dir: &Path, commits: u64) {
    let mut log = LogWriter::create(dir, &KEY, 1).unwrap();
    for commit in 1..=commits {
        let value = Bytes::from(format!("value {commit}"));
        let changes = [(&b"put"[..], Some(&value)), (&b"gone"[..], None)];
        let removed = (commit == 2).then_some((&b"a"[..], &b"b"[..]));
        log.append(commit, changes.into_iter(), removed).unwrap();
    }
}

fn read(dir: &Path, age: SegmentAge) -> Result<Vec<LoggedCommit>, TreeError> {
    let mut commits = Vec::new();
    replay(dir, &KEY, 1, age, |commit| commits.push(commit)).map(|()| commits)
}

fn bytes(dir: &Path) -> Vec<u8> {
    fs::read(log_path(dir, 1)).unwrap()
}

#[test]
fn commits_are_read_as_they_were_written() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let commits = read(dir.path(), SegmentAge::Former).unwrap();
    assert_eq!(commits.len(), 3);
    assert_eq!(
        commits[1],
        LoggedCommit {
            commit: 2,
            changes: vec![("put".into(), Some("value 2".into())), ("gone".into(), None)],
            removed: Some(("a".into(), "b".into())),
        }
    );
}

#[test]
fn nothing_of_a_row_is_in_the_clear() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let bytes = bytes(dir.path());
    for secret in [&b"put"[..], b"gone", b"value"] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret));
    }
}

#[test]
fn a_last_record_that_was_cut_short_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 2);
    let second_begins = bytes(dir.path()).len();
    written(dir.path(), 3);
    let whole = bytes(dir.path());
    for length in second_begins + 1..whole.len() {
        fs::write(log_path(dir.path(), 1), &whole[..length]).unwrap();
        assert!(read(dir.path(), SegmentAge::Former).is_err(), "{length} bytes");
        assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 2, "{length} bytes");
        // It is whole now, whatever comes behind it.
        assert_eq!(read(dir.path(), SegmentAge::Former).unwrap().len(), 2, "{length} bytes");
    }
    let mut lost = whole.clone();
    lost[second_begins..].fill(0);
    fs::write(log_path(dir.path(), 1), &lost).unwrap();
    assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 2);
}

#[test]
fn a_changed_byte_is_damage_wherever_it_is() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let whole = bytes(dir.path());
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        fs::write(log_path(dir.path(), 1), &changed).unwrap();
        assert!(read(dir.path(), SegmentAge::Last).is_err(), "a change at {at}");
    }
}
