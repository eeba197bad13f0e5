//! The preloaded library under programs that know nothing of it: `dd` writes and syncs a file,
//! `sync` a folder.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking, like the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stator_powercut::Shadow;
use tempfile::TempDir;

#[test]
fn what_was_synced_with_its_folder_survives() {
    let rig = Rig::new();
    rig.run("mkdir live/sub; echo new | dd of=live/sub/new conv=fsync; sync live/sub live");
    assert_eq!(rig.survivor("sub/new"), Some("new\n".to_owned()));
}

#[test]
fn what_was_only_written_is_lost() {
    let rig = Rig::new();
    rig.run("echo more | dd of=live/old oflag=append conv=notrunc,fsync");
    rig.run("echo lost >> live/old; echo new | dd of=live/new conv=fsync");
    assert_eq!(rig.survivor("old"), Some("before\nmore\n".to_owned()));
    assert_eq!(rig.survivor("new"), None);
}

#[test]
fn a_write_in_the_midst_and_a_truncation_survive_their_sync() {
    let rig = Rig::new();
    rig.run("printf XY | dd of=live/old bs=1 seek=2 conv=notrunc,fsync");
    assert_eq!(rig.survivor("old"), Some("beXYre\n".to_owned()));
    rig.run("dd if=/dev/null of=live/old bs=1 seek=3 conv=fsync");
    assert_eq!(rig.survivor("old"), Some("beX".to_owned()));
}

#[test]
fn an_ignored_sync_keeps_nothing() {
    let mut rig = Rig::new();
    rig.sync = "ignored";
    rig.run("echo more | dd of=live/old oflag=append conv=notrunc,fsync; sync live");
    assert_eq!(rig.survivor("old"), Some("before\n".to_owned()));
}

/// A live directory with one durable file, its shadow, and a shell that is watched.
struct Rig {
    home: TempDir,
    sync: &'static str,
}

impl Rig {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let live = home.path().join("live");
        fs::create_dir(&live).unwrap();
        fs::write(live.join("old"), "before\n").unwrap();
        Shadow::seed(&live, &home.path().join("shadow")).unwrap();
        Self { home, sync: "honest" }
    }

    fn run(&self, script: &str) {
        let output = Command::new("sh")
            .args(["-ec", script])
            .current_dir(self.home.path())
            .env("LD_PRELOAD", library())
            .env("STATOR_POWERCUT_ROOT", "live")
            .env("STATOR_POWERCUT_SHADOW", self.home.path().join("shadow"))
            .env("STATOR_POWERCUT_SYNC", self.sync)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn survivor(&self, name: &str) -> Option<String> {
        let to = TempDir::new().unwrap();
        let to = to.path().join("survivors");
        Shadow::survivors(&self.home.path().join("shadow"), &to).unwrap();
        fs::read_to_string(to.join(name)).ok()
    }
}

/// The example that cargo builds beside this test.
fn library() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let profile = own.ancestors().nth(2).unwrap();
    let library = Path::new("examples").join("libpreload.so");
    profile.join(library)
}
