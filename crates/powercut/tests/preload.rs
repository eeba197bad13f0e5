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

#[test]
fn the_call_that_is_numbered_fails_once_and_the_others_do_not() {
    let mut rig = Rig::new();
    let script = "for name in 1 2 3; do echo $name > live/$name || true; done";
    rig.run(script);
    let calls: u64 = fs::read_to_string(rig.home.path().join("calls")).unwrap().parse().unwrap();
    assert!(calls >= 6, "three files are opened and written by {calls} calls");
    for at in 1..=calls {
        for name in ["1", "2", "3"] {
            fs::remove_file(rig.home.path().join("live").join(name)).unwrap_or_default();
        }
        rig.fault = Some((at, "enospc"));
        rig.run(script);
        let read = |name| fs::read_to_string(rig.home.path().join("live").join(name)).ok();
        let whole = ["1", "2", "3"].map(|name| read(name) == Some(format!("{name}\n")));
        assert_eq!(whole.iter().filter(|whole| **whole).count(), 2, "call {at}: {whole:?}");
    }
}

#[test]
fn a_torn_write_is_done_by_half() {
    let mut rig = Rig::new();
    // The first call opens the file.
    rig.fault = Some((2, "tear"));
    rig.run("echo 1234567 > live/torn || true");
    assert_eq!(fs::read_to_string(rig.home.path().join("live/torn")).unwrap(), "1234");
}

#[test]
fn a_call_may_be_the_last() {
    let mut rig = Rig::new();
    rig.fault = Some((2, "die"));
    rig.run("sh -c 'echo lost > live/cut' || true");
    assert_eq!(fs::read_to_string(rig.home.path().join("live/cut")).unwrap(), "");
}

#[test]
fn a_full_disk_takes_nothing_until_it_has_room_again() {
    let rig = Rig::new();
    rig.run(
        "touch full; ! echo more >> live/old; ! mkdir live/sub; ! touch live/new; cat live/old; \
         rm full; echo more >> live/old; mkdir live/sub",
    );
    assert_eq!(fs::read_to_string(rig.home.path().join("live/old")).unwrap(), "before\nmore\n");
}

/// A live directory with one durable file, its shadow, and a shell that is watched.
struct Rig {
    home: TempDir,
    sync: &'static str,
    /// Which call fails, and how.
    fault: Option<(u64, &'static str)>,
}

impl Rig {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let live = home.path().join("live");
        fs::create_dir(&live).unwrap();
        fs::write(live.join("old"), "before\n").unwrap();
        Shadow::seed(&live, &home.path().join("shadow")).unwrap();
        Self { home, sync: "honest", fault: None }
    }

    fn run(&self, script: &str) {
        let (at, kind) = self.fault.unwrap_or_default();
        let output = Command::new("sh")
            .args(["-ec", script])
            .current_dir(self.home.path())
            .env("LD_PRELOAD", library())
            .env("STATOR_POWERCUT_ROOT", "live")
            .env("STATOR_POWERCUT_SHADOW", self.home.path().join("shadow"))
            .env("STATOR_POWERCUT_SYNC", self.sync)
            .env("STATOR_FAULT_AT", at.to_string())
            .env("STATOR_FAULT_KIND", kind)
            .env("STATOR_FAULT_CALLS", self.home.path().join("calls"))
            .env("STATOR_FAULT_FULL", self.home.path().join("full"))
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
