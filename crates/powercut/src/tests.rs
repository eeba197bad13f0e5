//! The shadow alone, told by hand what a process does.

use std::fs;
use std::path::PathBuf;

use tempfile::TempDir;

use super::{Shadow, inode};

#[test]
fn what_lay_there_before_survives() {
    let rig = Rig::new();
    assert_eq!(rig.survivors(), ["old=before"]);
}

#[test]
fn bytes_survive_up_to_the_last_sync() {
    let mut rig = Rig::new();
    rig.append("old", "+synced");
    rig.sync_file("old");
    rig.append("old", "+lost");
    assert_eq!(rig.survivors(), ["old=before+synced"]);
}

#[test]
fn a_synced_file_without_a_synced_name_is_lost() {
    let mut rig = Rig::new();
    rig.create("new", "bytes");
    rig.sync_file("new");
    assert_eq!(rig.survivors(), ["old=before"]);
    rig.sync_folder("");
    assert_eq!(rig.survivors(), ["new=bytes", "old=before"]);
}

#[test]
fn a_synced_name_without_synced_bytes_is_empty() {
    let mut rig = Rig::new();
    rig.create("new", "bytes");
    rig.sync_folder("");
    assert_eq!(rig.survivors(), ["new=", "old=before"]);
}

#[test]
fn a_removed_file_comes_back_until_its_folder_is_synced() {
    let mut rig = Rig::new();
    fs::remove_file(rig.path("old")).unwrap();
    assert_eq!(rig.survivors(), ["old=before"]);
    rig.sync_folder("");
    assert!(rig.survivors().is_empty());
}

#[test]
fn a_rename_replaces_when_its_folder_is_synced() {
    let mut rig = Rig::new();
    rig.create("old.tmp", "after");
    rig.sync_file("old.tmp");
    fs::rename(rig.path("old.tmp"), rig.path("old")).unwrap();
    assert_eq!(rig.survivors(), ["old=before"]);
    rig.sync_folder("");
    assert_eq!(rig.survivors(), ["old=after"]);
}

#[test]
fn a_truncation_survives_only_when_synced_and_leaves_zeros_behind() {
    let mut rig = Rig::new();
    let file = fs::OpenOptions::new().write(true).open(rig.path("old")).unwrap();
    for len in [2, 4] {
        file.set_len(len).unwrap();
        let inode = rig.inode("old");
        rig.shadow.resized(inode, len);
    }
    assert_eq!(rig.survivors(), ["old=before"]);
    rig.sync_file("old");
    assert_eq!(rig.survivors(), ["old=be\0\0"]);
}

#[test]
fn a_folder_needs_its_parents_sync_too() {
    let mut rig = Rig::new();
    fs::create_dir(rig.path("sub")).unwrap();
    let inode = rig.inode("sub");
    rig.shadow.folder_created(inode).unwrap();
    rig.create("sub/new", "bytes");
    rig.sync_file("sub/new");
    rig.sync_folder("sub");
    assert_eq!(rig.survivors(), ["old=before"]);
    rig.sync_folder("");
    assert_eq!(rig.survivors(), ["old=before", "sub/new=bytes"]);
}

/// A live directory with one durable file, and its shadow.
struct Rig {
    home: TempDir,
    shadow: Shadow,
}

impl Rig {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let live = home.path().join("live");
        fs::create_dir(&live).unwrap();
        fs::write(live.join("old"), "before").unwrap();
        let at = home.path().join("shadow");
        Shadow::seed(&live, &at).unwrap();
        let mut shadow = Shadow::open(&at);
        shadow.file_opened(inode(&live.join("old")).unwrap());
        Self { home, shadow }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join("live").join(name)
    }

    fn inode(&self, name: &str) -> u64 {
        inode(&self.path(name)).unwrap()
    }

    fn create(&mut self, name: &str, text: &str) {
        fs::write(self.path(name), "").unwrap();
        let inode = self.inode(name);
        self.shadow.file_created(inode).unwrap();
        self.append(name, text);
    }

    fn append(&mut self, name: &str, text: &str) {
        let before = fs::read_to_string(self.path(name)).unwrap();
        let start = before.len() as u64;
        fs::write(self.path(name), before + text).unwrap();
        let inode = self.inode(name);
        self.shadow.wrote(inode, start..start + text.len() as u64);
    }

    fn sync_file(&mut self, name: &str) {
        let (inode, path) = (self.inode(name), self.path(name));
        self.shadow.file_synced(inode, &path).unwrap();
    }

    fn sync_folder(&mut self, name: &str) {
        let (inode, path) = (self.inode(name), self.path(name));
        self.shadow.folder_synced(inode, &path).unwrap();
    }

    /// What a cut now would leave, as sorted `path=text`.
    fn survivors(&self) -> Vec<String> {
        let to = TempDir::new().unwrap();
        let to = to.path().join("survivors");
        Shadow::survivors(&self.home.path().join("shadow"), &to).unwrap();
        let mut found = Vec::new();
        let mut folders = vec![to.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(&to).unwrap().display().to_string();
                    found.push(format!("{name}={}", fs::read_to_string(path).unwrap()));
                }
            }
        }
        found.sort();
        found
    }
}
