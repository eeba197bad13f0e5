//! What the hooks share: the shadow, the faults, and questions about descriptors and paths.

use std::cell::Cell;
use std::ffi::{CStr, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use libc::{c_char, c_int, off_t, ssize_t};
use stator_powercut::Shadow;

use crate::faults::{Call, Faults, Verdict};

/// What is watched.
pub(crate) struct Rig {
    root: PathBuf,
    /// Absent when calls only fail and nobody asks what would survive.
    shadow: Option<Mutex<Shadow>>,
    sync_is_ignored: bool,
    faults: Option<Faults>,
}

impl Rig {
    fn from_environment() -> Option<Self> {
        let root = std::env::var_os("STATOR_POWERCUT_ROOT")?;
        let root = std::fs::canonicalize(root).ok()?;
        let shadow = std::env::var_os("STATOR_POWERCUT_SHADOW");
        let sync = std::env::var_os("STATOR_POWERCUT_SYNC");
        Some(Self {
            root,
            shadow: shadow.map(|shadow| Mutex::new(Shadow::open(Path::new(&shadow)))),
            sync_is_ignored: sync.is_some_and(|sync| sync == "ignored"),
            faults: Faults::from_environment(),
        })
    }

    /// Whether the descriptor is of a file or folder below the root.
    fn holds(&self, fd: c_int) -> bool {
        std::fs::read_link(by_descriptor(fd)).is_ok_and(|path| path.starts_with(&self.root))
    }

    /// Whether the path, which need not exist, is of something below the root.
    fn holds_path(&self, path: &Path) -> bool {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = std::fs::canonicalize(parent.unwrap_or(Path::new(".")));
        parent.is_ok_and(|parent| parent.starts_with(&self.root))
    }
}

/// Decides whether a call on this descriptor happens.
pub(crate) fn judge(fd: c_int, call: Call) -> Verdict {
    judge_if(call, |rig| rig.holds(fd))
}

/// Decides whether a call on this path happens.
pub(crate) fn judge_path(folder: c_int, path: *const c_char, call: Call) -> Verdict {
    judge_if(call, |rig| rig.holds_path(&resolve(folder, path)))
}

fn judge_if(call: Call, concerned: impl FnOnce(&Rig) -> bool) -> Verdict {
    let verdict = with_rig(|rig| match &rig.faults {
        Some(faults) if concerned(rig) => faults.judge(call),
        _ => Verdict::Pass,
    });
    verdict.unwrap_or(Verdict::Pass)
}

/// Sets the error that the C library's functions leave, and answers as they do then.
pub(crate) fn fail(errno: c_int) -> c_int {
    // SAFETY: the C library gives each thread a place for its error.
    unsafe { *libc::__errno_location() = errno };
    -1
}

/// Whether a sync of the descriptor is to be ignored.
pub(crate) fn ignores_sync(fd: c_int) -> bool {
    with_rig(|rig| rig.sync_is_ignored && rig.holds(fd)).unwrap_or(false)
}

pub(crate) fn opened(fd: c_int, flags: c_int, fresh: bool) -> c_int {
    if fd >= 0 && flags & (libc::O_CREAT | libc::O_WRONLY | libc::O_RDWR) != 0 {
        watch(|rig, shadow| {
            let stat = stat(fd)?;
            if !stat.is_file || !rig.holds(fd) {
                return Ok(());
            }
            if fresh {
                return shadow.file_created(stat.inode);
            }
            shadow.file_opened(stat.inode);
            if flags & libc::O_TRUNC != 0 {
                shadow.resized(stat.inode, 0);
            }
            Ok(())
        });
    }
    fd
}

/// Notes `written` bytes at `at`, or just before the descriptor's position.
pub(crate) fn wrote(fd: c_int, written: ssize_t, at: Option<off_t>) -> ssize_t {
    if written > 0 {
        watch(|_, shadow| {
            let stat = stat(fd)?;
            if stat.is_file {
                let start = at.unwrap_or_else(|| position(fd) - written as off_t).unsigned_abs();
                let end = start + written.unsigned_abs() as u64;
                shadow.wrote(stat.inode, start..end);
            }
            Ok(())
        });
    }
    written
}

pub(crate) fn resized(fd: c_int, len: off_t) {
    watch(|_, shadow| {
        shadow.resized(stat(fd)?.inode, len.unsigned_abs());
        Ok(())
    });
}

pub(crate) fn synced(fd: c_int) {
    watch(|rig, shadow| {
        let stat = stat(fd)?;
        if stat.is_folder && rig.holds(fd) {
            shadow.folder_synced(stat.inode, &by_descriptor(fd))
        } else if stat.is_file {
            shadow.file_synced(stat.inode, &by_descriptor(fd))
        } else {
            Ok(())
        }
    });
}

pub(crate) fn folder_made(path: *const c_char) {
    watch(|rig, shadow| {
        let path = std::fs::canonicalize(resolve(libc::AT_FDCWD, path))?;
        if path.starts_with(&rig.root) {
            let metadata = std::fs::metadata(path)?;
            shadow.folder_created(std::os::unix::fs::MetadataExt::ino(&metadata))?;
        }
        Ok(())
    });
}

/// Tells the shadow, if there is one.
fn watch(note: impl FnOnce(&Rig, &mut Shadow) -> io::Result<()>) {
    with_rig(|rig| {
        let Some(shadow) = &rig.shadow else { return };
        let mut shadow = shadow.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = note(rig, &mut shadow) {
            eprintln!("powercut: the shadow cannot be kept: {error}");
            std::process::abort();
        }
    });
}

/// Runs `work` unless the variables are unset or the call comes from the rig itself.
fn with_rig<T>(work: impl FnOnce(&Rig) -> T) -> Option<T> {
    static RIG: OnceLock<Option<Rig>> = OnceLock::new();
    thread_local! {
        static INSIDE: Cell<bool> = const { Cell::new(false) };
    }
    if INSIDE.replace(true) {
        return None;
    }
    let done = RIG.get_or_init(Rig::from_environment).as_ref().map(work);
    INSIDE.set(false);
    done
}

/// What a hook asks of a descriptor.
struct Stat {
    inode: u64,
    is_file: bool,
    is_folder: bool,
}

fn stat(fd: c_int) -> io::Result<Stat> {
    // SAFETY: all zeros is a valid `stat`, and the pointer to it is good for the call.
    let (result, stat) = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(fd, &raw mut stat), stat)
    };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    let kind = stat.st_mode & libc::S_IFMT;
    Ok(Stat {
        inode: stat.st_ino,
        is_file: kind == libc::S_IFREG,
        is_folder: kind == libc::S_IFDIR,
    })
}

fn position(fd: c_int) -> off_t {
    // SAFETY: asking for the position of any descriptor is harmless.
    unsafe { libc::lseek(fd, 0, libc::SEEK_CUR) }
}

pub(crate) fn is_missing(folder: c_int, path: *const c_char) -> bool {
    !resolve(folder, path).exists()
}

/// The path that the caller of `open` or `mkdir` means.
fn resolve(folder: c_int, path: *const c_char) -> PathBuf {
    // SAFETY: the caller passed a C string, as `open` asks, and it outlives the call.
    let path = unsafe { CStr::from_ptr(path) };
    let path = Path::new(OsStr::from_bytes(path.to_bytes()));
    if folder == libc::AT_FDCWD { path.to_path_buf() } else { by_descriptor(folder).join(path) }
}

/// A path that reopens what the descriptor has open, whatever became of its name.
fn by_descriptor(fd: c_int) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{fd}"))
}
