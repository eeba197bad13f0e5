use std::fs;

use super::*;
use crate::secret::SecretKey;
use crate::watermark::Refused;

fn options() -> TreeOptions {
    TreeOptions::new(SecretKey::new([3; 32]), 0, 0)
}

fn written(dir: &Path, commits: u64) {
    let mut log = LogWriter::create(dir, &options(), 1).unwrap();
    for commit in 1..=commits {
        let value = Bytes::from(format!("value {commit}"));
        let changes = [(&b"put"[..], Some(&value)), (&b"gone"[..], None)];
        let removed = (commit == 2).then_some((&b"a"[..], &b"b"[..]));
        log.append(commit, changes.into_iter(), removed).unwrap();
    }
}

fn read(dir: &Path, age: SegmentAge) -> Result<Vec<LoggedCommit>, TreeError> {
    read_knowing(dir, age, &Mark::default())
}

/// Reads as the opening of a tree does, which cuts off what is not needed.
fn read_knowing(dir: &Path, age: SegmentAge, mark: &Mark) -> Result<Vec<LoggedCommit>, TreeError> {
    let mut commits = Vec::new();
    let segment = replay(dir, &options(), (1, age), mark, |commit| commits.push(commit))?;
    if segment.has_tail {
        cut_off(dir, &options(), segment.mark)?;
    }
    Ok(commits)
}

fn bytes(dir: &Path) -> Vec<u8> {
    fs::read(log_path(dir, 1)).unwrap()
}

/// The segment without the room behind its records.
fn records(dir: &Path) -> Vec<u8> {
    let mut bytes = bytes(dir);
    let mut end = SEGMENT_HEAD_BYTES;
    while let Some(sealed) = torn::record(&bytes, end) {
        end = sealed.end;
    }
    bytes.truncate(end);
    bytes
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
    let second_begins = records(dir.path()).len();
    written(dir.path(), 3);
    let whole = records(dir.path());
    for length in second_begins + 1..whole.len() {
        fs::write(log_path(dir.path(), 1), &whole[..length]).unwrap();
        // A length begins with zeros, as room does. That a commit is missing is seen by its number then.
        let is_room = whole[second_begins..length].iter().all(|byte| *byte == 0);
        assert_eq!(read(dir.path(), SegmentAge::Former).is_ok(), is_room, "{length} bytes");
        assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 2, "{length} bytes");
        // It is whole now, whatever comes behind it.
        assert_eq!(read(dir.path(), SegmentAge::Former).unwrap().len(), 2, "{length} bytes");
    }
    let mut lost = whole.clone();
    lost[second_begins..].fill(0);
    fs::write(log_path(dir.path(), 1), &lost).unwrap();
    assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 2);
}

/// A segment whose second record begins so many bytes before the end of a sector.
fn beginning_before_the_end_of_a_sector(dir: &Path, bytes: usize) -> usize {
    (0..)
        .find_map(|padding| {
            let mut log = LogWriter::create(dir, &options(), 1).unwrap();
            let value = Bytes::from(vec![7; padding]);
            log.append(1, [(&b"a"[..], Some(&value))].into_iter(), None).unwrap();
            let at = usize::try_from(log.bytes()).unwrap();
            let value = Bytes::from(vec![7; 900]);
            log.append(2, [(&b"b"[..], Some(&value))].into_iter(), None).unwrap();
            (at + bytes).is_multiple_of(512).then_some(at)
        })
        .unwrap()
}

#[test]
fn a_last_record_that_lost_the_few_bytes_of_its_first_sector_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    // Of a length below 65,536 two bytes are zero.
    for lost in 3..=20 {
        let at = beginning_before_the_end_of_a_sector(dir.path(), lost);
        let mut bytes = records(dir.path());
        bytes[at..at + lost].fill(0);
        fs::write(log_path(dir.path(), 1), &bytes).unwrap();
        assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 1, "{lost} bytes");
    }
}

#[test]
fn a_last_record_that_was_changed_where_a_sector_ends_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    for rest in 1..=20 {
        let at = beginning_before_the_end_of_a_sector(dir.path(), rest);
        for changed in (at..at + 8).chain([at + 500, at + 905]) {
            let mut bytes = records(dir.path());
            bytes[changed] ^= 0x55;
            fs::write(log_path(dir.path(), 1), &bytes).unwrap();
            read(dir.path(), SegmentAge::Last).unwrap_err();
            bytes[changed] ^= 0x55;
            fs::write(log_path(dir.path(), 1), &bytes).unwrap();
        }
    }
}

#[test]
fn a_last_record_that_lost_a_sector_is_dropped() {
    const SECTOR_BYTES: usize = 512;
    let dir = tempfile::tempdir().unwrap();
    let mut log = LogWriter::create(dir.path(), &options(), 1).unwrap();
    let value = Bytes::from(vec![7; 3000]);
    log.append(1, [(&b"key"[..], Some(&value))].into_iter(), None).unwrap();
    let begins = records(dir.path()).len();
    log.append(2, [(&b"key"[..], Some(&value))].into_iter(), None).unwrap();
    let (whole, ends) = (bytes(dir.path()), records(dir.path()).len());
    assert!(whole.len() > ends + SECTOR_BYTES, "there is room behind the records");
    for sector in begins / SECTOR_BYTES..=ends / SECTOR_BYTES {
        let mut lost = whole.clone();
        lost[begins.max(sector * SECTOR_BYTES)..(sector + 1) * SECTOR_BYTES].fill(0);
        fs::write(log_path(dir.path(), 1), &lost).unwrap();
        assert!(read(dir.path(), SegmentAge::Former).is_err(), "sector {sector}");
        assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 1, "sector {sector}");
    }
}

#[test]
fn room_behind_the_records_is_no_damage_and_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let records = records(dir.path());
    assert!(bytes(dir.path()).len() > records.len());
    assert_eq!(read(dir.path(), SegmentAge::Former).unwrap().len(), 3);
    assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 3);
    assert_eq!(bytes(dir.path()), records);
}

#[test]
fn a_log_on_a_file_system_without_reservations_grows_by_its_records() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = LogWriter::create(dir.path(), &options(), 1).unwrap();
    log.room = Room::NoMore(log.end);
    for commit in 1..=3 {
        log.append(commit, [(&b"key"[..], None)].into_iter(), None).unwrap();
        assert_eq!(bytes(dir.path()).len() as u64, log.bytes());
    }
    assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 3);
}

#[test]
fn a_changed_byte_is_damage_wherever_it_is() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let (whole, records) = (bytes(dir.path()), records(dir.path()));
    for at in 0..records.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x20;
        fs::write(log_path(dir.path(), 1), &changed).unwrap();
        assert!(read(dir.path(), SegmentAge::Last).is_err(), "a change at {at}");
    }
}

#[test]
fn a_segment_that_ends_before_what_is_known_of_it_is_damaged() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 3);
    let (whole, end) = (bytes(dir.path()), records(dir.path()).len());
    let known = SegmentMark { number: 1, end: end as u64, bytes: whole.len() as u64 };
    let mark = Mark { segments: vec![known], ..Mark::default() };
    let refusal = |bytes: &[u8]| {
        fs::write(log_path(dir.path(), 1), bytes).unwrap();
        read_knowing(dir.path(), SegmentAge::Last, &mark).unwrap_err().to_string()
    };
    for length in [0, 7, end - 1, end, whole.len() - 1] {
        let error = refusal(&whole[..length]);
        let expected = format!("1.wal was cut: it had {} bytes and has {length}", whole.len());
        assert!(error.ends_with(&expected), "{error}");
    }
    let mut wiped = whole.clone();
    wiped[end - 60..].fill(0);
    assert!(refusal(&wiped).contains("1.wal is damaged at byte"));
    fs::write(log_path(dir.path(), 1), &whole).unwrap();
    assert_eq!(read_knowing(dir.path(), SegmentAge::Last, &mark).unwrap().len(), 3);
}

#[test]
fn what_was_refused_is_dropped_with_all_behind_it() {
    let dir = tempfile::tempdir().unwrap();
    written(dir.path(), 2);
    let from = records(dir.path()).len() as u64;
    written(dir.path(), 3);
    let mark = Mark { refused: Some(Refused { segment: 1, from }), ..Mark::default() };
    assert_eq!(read_knowing(dir.path(), SegmentAge::Former, &mark).unwrap().len(), 2);
    assert_eq!(bytes(dir.path()).len() as u64, from);
    assert_eq!(read_knowing(dir.path(), SegmentAge::Former, &mark).unwrap().len(), 2);
}

#[test]
fn a_record_that_is_retracted_leaves_zeros_and_the_size() {
    let dir = tempfile::tempdir().unwrap();
    let mut log = LogWriter::create(dir.path(), &options(), 1).unwrap();
    let append = |log: &mut LogWriter, commit| {
        log.append(commit, [(&b"key"[..], None)].into_iter(), None).unwrap();
        log.mark()
    };
    let first = append(&mut log, 1);
    let second = append(&mut log, 2);
    // As if the second had failed.
    log.end = first.end;
    log.retract().unwrap();
    let bytes = bytes(dir.path());
    assert_eq!(bytes.len() as u64, second.bytes);
    assert!(bytes[usize::try_from(first.end).unwrap()..].iter().all(|byte| *byte == 0));
    assert_eq!(read(dir.path(), SegmentAge::Last).unwrap().len(), 1);
}
