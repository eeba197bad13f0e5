//! What is missing from a log is noticed, and what was refused is not there.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::manifest::Manifest;
use crate::{Access, Background, Files, OpenFile, Step, Stepper, SystemFiles, TreeError};

/// A tree whose watermark is written when the test says so, and which does not end like a closed one.
struct Home {
    dir: tempfile::TempDir,
    stepper: Stepper,
    files: Arc<Failing>,
    tree: Tree,
}

impl Home {
    fn new() -> Self {
        let (dir, stepper) = (tempfile::tempdir().unwrap(), Stepper::default());
        let files = Arc::new(Failing::default());
        let options = TreeOptions {
            background: Background::Steps(stepper.clone()),
            files: Arc::<Failing>::clone(&files),
            ..options_with(4 << 10)
        };
        let tree = Tree::open(dir.path(), options).unwrap();
        Self { dir, stepper, files, tree }
    }

    /// The directory as a killed process leaves it.
    fn killed(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(self.dir.path()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        copy
    }

    fn fill(&self, rows: Range<u32>) {
        rows.for_each(|row| put(&self.tree, &format!("{row:03}"), &"v".repeat(100)));
    }
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|kind| kind == "wal")).collect();
    segments.sort();
    segments
}

fn refusal(dir: &Path) -> String {
    match Tree::open(dir, options_with(4 << 10)) {
        Ok(_) => panic!("it opens"),
        Err(error @ TreeError::Damaged { .. }) => error.to_string(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_segment_that_is_gone_or_cut_is_refused_by_its_name() {
    let home = Home::new();
    let count = || segments(home.dir.path()).len();
    let mut rows = 0;
    // The writer flushes no memtable by itself until two wait for it.
    while count() < 3 {
        home.fill(rows..rows + 1);
        rows += 1;
    }
    assert!(home.stepper.step(Step::Watermark));
    assert!(!home.stepper.step(Step::Watermark), "nothing is new");
    // Of this one the watermark knows nothing yet.
    home.fill(rows..rows + 1);
    assert_eq!(count(), 3);
    for which in 0..3 {
        let name = segments(home.dir.path())[which].file_name().unwrap().to_owned();
        let name = name.to_str().unwrap();
        let killed = home.killed();
        fs::remove_file(killed.path().join(name)).unwrap();
        assert!(refusal(killed.path()).ends_with(&format!("{name} is missing")));
        for part in [2, 3, 100_000] {
            let killed = home.killed();
            let file = fs::File::options().write(true).open(killed.path().join(name)).unwrap();
            file.set_len(file.metadata().unwrap().len() / part).unwrap();
            let error = refusal(killed.path());
            assert!(error.contains(&format!("{name} was cut: ")), "{error}");
        }
    }
    let tree = open_with(home.killed().path(), 4 << 10);
    assert!(get(&tree, "000").is_some() && get(&tree, &format!("{rows:03}")).is_some());
}

#[test]
fn a_tree_that_is_refused_keeps_its_files() {
    let home = Home::new();
    home.fill(0..10);
    assert!(home.stepper.step(Step::Watermark));
    let copy = home.killed();
    let contents = || {
        let files = fs::read_dir(copy.path()).unwrap().map(|entry| entry.unwrap().path());
        files.map(|path| (fs::read(&path).unwrap(), path)).collect::<BTreeMap<_, _>>()
    };
    // The manifest that names it is in somebody's hand.
    fs::write(copy.path().join("0000000009.table"), "rows").unwrap();
    fs::remove_file(&segments(copy.path())[0]).unwrap();
    let before = contents();
    assert!(refusal(copy.path()).contains("is missing"));
    assert_eq!(contents(), before);
}

#[test]
fn a_missing_watermark_is_refused_by_its_name() {
    let home = Home::new();
    home.fill(0..2);
    let killed = home.killed();
    for name in ["watermark-1", "watermark-2"] {
        let _one_may_not_be_there = fs::remove_file(killed.path().join(name));
    }
    segments(killed.path()).iter().for_each(|segment| fs::remove_file(segment).unwrap());
    assert!(refusal(killed.path()).ends_with("watermark-1 is missing"));
}

#[test]
fn what_a_crash_leaves_of_the_last_commit_opens_again_and_again() {
    let home = Home::new();
    home.fill(0..5);
    assert!(home.stepper.step(Step::Watermark));
    put(&home.tree, "005", &"v".repeat(3000));
    let killed = home.killed();
    let log = segments(killed.path()).pop().unwrap();
    let mut bytes = fs::read(&log).unwrap();
    // A sector in the midst of it.
    bytes[2048..2560].fill(0);
    fs::write(&log, bytes).unwrap();
    for _ in 0..3 {
        let tree = open_with(killed.path(), 4 << 10);
        assert!(get(&tree, "004").is_some() && get(&tree, "005").is_none());
        put(&tree, "again", "and again");
    }
}

/// One of them is enough: a word in the watermark, or that the record is wiped.
#[test]
fn a_commit_that_failed_is_not_there_after_a_kill() {
    for failing in [&Failing::log as &dyn Fn(&Failing) -> &AtomicBool, &Failing::watermark] {
        let home = Home::new();
        home.fill(0..3);
        home.files.sync_of_log.store(true, Ordering::Relaxed);
        failing(&home.files).store(true, Ordering::Relaxed);
        let value = Bytes::from_static(b"refused");
        home.tree.commit([(&b"new"[..], Some(&value))].into_iter(), None).unwrap_err();
        let killed = home.killed();
        for _ in 0..2 {
            let tree = open_with(killed.path(), 4 << 10);
            assert!(get(&tree, "002").is_some() && get(&tree, "new").is_none());
            put(&tree, "later", "is kept");
            drop(tree);
        }
        assert!(get(&open_with(killed.path(), 4 << 10), "later").is_some());
    }
}

#[test]
fn a_tree_from_before_there_were_watermarks_opens_and_has_one_then() {
    let home = Home::new();
    home.fill(0..3);
    let killed = home.killed();
    let options = options_with(4 << 10);
    let manifest = Manifest::read(killed.path(), &options).unwrap().unwrap();
    let earlier = Manifest { has_watermark: false, ..manifest };
    earlier.prepare(killed.path(), &options).unwrap();
    Manifest::exchange(killed.path(), &options).unwrap();
    for name in ["watermark-1", "watermark-2"] {
        let _one_may_not_be_there = fs::remove_file(killed.path().join(name));
    }
    let tree = Tree::open(killed.path(), options).unwrap();
    assert!(get(&tree, "002").is_some());
    tree.close().unwrap();
    let manifest = Manifest::read(killed.path(), &options_with(0)).unwrap().unwrap();
    assert!(manifest.has_watermark);
    assert!(killed.path().join("watermark-1").exists());
}

/// Files of the system, some of which fail on demand.
#[derive(Debug, Default)]
struct Failing {
    sync_of_log: Arc<AtomicBool>,
    /// What takes a record out of the log.
    log: Arc<AtomicBool>,
    watermark: Arc<AtomicBool>,
}

impl Failing {
    fn log(&self) -> &AtomicBool {
        &self.log
    }

    fn watermark(&self) -> &AtomicBool {
        &self.watermark
    }

    fn wrapped(&self, path: &Path, file: Box<dyn OpenFile>) -> Box<dyn OpenFile> {
        let name = path.file_name().unwrap().to_str().unwrap();
        let never = Arc::default();
        let (sync, write, wipe) = match (name.ends_with(".wal"), name.starts_with("watermark")) {
            (true, _) => (&self.sync_of_log, &never, &self.log),
            (_, true) => (&self.watermark, &self.watermark, &self.watermark),
            _ => (&never, &never, &never),
        };
        let [sync, write, wipe] = [sync, write, wipe].map(Arc::clone);
        Box::new(FailingFile { file, sync, write, wipe })
    }
}

impl Files for Failing {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(self.wrapped(path, SystemFiles.create(path)?))
    }

    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn OpenFile>> {
        Ok(self.wrapped(path, SystemFiles.open(path, access)?))
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        SystemFiles.read(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemFiles.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemFiles.remove(path)
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        SystemFiles.list(dir)
    }

    fn sync_directory(&self, dir: &Path) -> io::Result<()> {
        SystemFiles.sync_directory(dir)
    }

    fn fill_random(&self, bytes: &mut [u8]) -> io::Result<()> {
        SystemFiles.fill_random(bytes)
    }
}

struct FailingFile {
    file: Box<dyn OpenFile>,
    sync: Arc<AtomicBool>,
    write: Arc<AtomicBool>,
    wipe: Arc<AtomicBool>,
}

/// The error of a disk that fails, if it is to.
fn unless(fails: &AtomicBool) -> io::Result<()> {
    match fails.load(Ordering::Relaxed) {
        true => Err(io::Error::other("the disk of this test fails")),
        false => Ok(()),
    }
}

impl OpenFile for FailingFile {
    fn bytes(&self) -> io::Result<u64> {
        self.file.bytes()
    }

    fn read_what_is_there(&self, piece: &mut [u8], at: u64) -> io::Result<usize> {
        self.file.read_what_is_there(piece, at)
    }

    fn read_at(&self, piece: &mut [u8], at: u64, reach: &Range<u64>) -> io::Result<()> {
        self.file.read_at(piece, at, reach)
    }

    fn write_at(&self, bytes: &[u8], at: u64) -> io::Result<()> {
        let is_wiping = bytes.iter().all(|byte| *byte == 0);
        unless(if is_wiping { &self.wipe } else { &self.write })?;
        self.file.write_at(bytes, at)
    }

    fn set_bytes(&self, bytes: u64) -> io::Result<()> {
        unless(&self.wipe)?;
        self.file.set_bytes(bytes)
    }

    fn reserve(&self, at: u64, bytes: u64) -> io::Result<()> {
        self.file.reserve(at, bytes)
    }

    fn sync_data(&self) -> io::Result<()> {
        unless(&self.sync)?;
        self.file.sync_data()
    }

    fn sync_all(&self) -> io::Result<()> {
        unless(&self.wipe)?;
        self.file.sync_all()
    }
}
