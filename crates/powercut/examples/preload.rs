//! The library to preload: it stands before the C library's file calls and tells the shadow.
//!
//! `LD_PRELOAD=libpreload.so STATOR_POWERCUT_ROOT=live STATOR_POWERCUT_SHADOW=shadow` watches what
//! lies below `live`; `STATOR_POWERCUT_SYNC=ignored` makes every sync of it lie instead, which is
//! how the rig shows that it notices. Without the variables every call passes through.
//!
//! Each hook calls the real function first and speaks to the shadow before it returns, so that
//! what the process believes, the shadow knows. A rig that cannot keep its shadow ends the process.

#![allow(unsafe_code, missing_docs, reason = "C functions, documented by the C library")]
#![allow(clippy::missing_safety_doc, reason = "each has the contract of its namesake")]

use std::cell::Cell;
use std::ffi::{CStr, OsStr};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use libc::{c_char, c_int, c_void, iovec, mode_t, off_t, size_t, ssize_t};
use stator_powercut::Shadow;

/// Calls the function that this library hides.
macro_rules! real {
    ($name:ident ( $($argument:expr => $type:ty),* ) -> $result:ty) => {{
        static REAL: OnceLock<usize> = OnceLock::new();
        let name = concat!(stringify!($name), "\0");
        let address = *REAL.get_or_init(|| next(name));
        // SAFETY: the address is that of the C library's function of this name, whose signature
        // is the one that the hook of the same name was called with.
        unsafe {
            let function: unsafe extern "C" fn($($type),*) -> $result =
                std::mem::transmute::<usize, unsafe extern "C" fn($($type),*) -> $result>(address);
            function($($argument),*)
        }
    }};
}

/// `open` and its kin take a mode only with `O_CREAT`. A variadic function cannot be written in
/// stable Rust; on Linux's ABIs a variadic integer travels like a named one, and a mode that was
/// not passed is not looked at.
macro_rules! open_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
            let fresh = flags & libc::O_CREAT != 0 && is_missing(libc::AT_FDCWD, path);
            let fd = real!($name(path => *const c_char, flags => c_int, mode => mode_t) -> c_int);
            opened(fd, flags, fresh)
        }
    };
}

macro_rules! openat_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            folder: c_int,
            path: *const c_char,
            flags: c_int,
            mode: mode_t,
        ) -> c_int {
            let fresh = flags & libc::O_CREAT != 0 && is_missing(folder, path);
            let fd = real!($name(
                folder => c_int, path => *const c_char, flags => c_int, mode => mode_t
            ) -> c_int);
            opened(fd, flags, fresh)
        }
    };
}

macro_rules! pwrite_hook {
    ($name:ident, $source:ty, $len:ty) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, from: $source, len: $len, at: off_t) -> ssize_t {
            let written = real!($name(
                fd => c_int, from => $source, len => $len, at => off_t
            ) -> ssize_t);
            wrote(fd, written, Some(at))
        }
    };
}

macro_rules! write_hook {
    ($name:ident, $source:ty, $len:ty) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, from: $source, len: $len) -> ssize_t {
            let written = real!($name(fd => c_int, from => $source, len => $len) -> ssize_t);
            wrote(fd, written, None)
        }
    };
}

macro_rules! ftruncate_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, len: off_t) -> c_int {
            let result = real!($name(fd => c_int, len => off_t) -> c_int);
            if result == 0 {
                watch(|rig| {
                    rig.shadow.resized(stat(fd)?.inode, len.unsigned_abs());
                    Ok(())
                });
            }
            result
        }
    };
}

macro_rules! sync_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int) -> c_int {
            let mut lied = false;
            watch(|rig| {
                lied = rig.sync_is_ignored && rig.holds(fd);
                Ok(())
            });
            if lied {
                return 0;
            }
            let result = real!($name(fd => c_int) -> c_int);
            if result == 0 {
                watch(|rig| rig.synced(fd));
            }
            result
        }
    };
}

open_hook!(open);
open_hook!(open64);
openat_hook!(openat);
openat_hook!(openat64);
write_hook!(write, *const c_void, size_t);
write_hook!(writev, *const iovec, c_int);
pwrite_hook!(pwrite, *const c_void, size_t);
pwrite_hook!(pwrite64, *const c_void, size_t);
pwrite_hook!(pwritev, *const iovec, c_int);
pwrite_hook!(pwritev64, *const iovec, c_int);
ftruncate_hook!(ftruncate);
ftruncate_hook!(ftruncate64);
sync_hook!(fsync);
sync_hook!(fdatasync);

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    let result = real!(mkdir(path => *const c_char, mode => mode_t) -> c_int);
    if result == 0 {
        watch(|rig| {
            let path = std::fs::canonicalize(resolve(libc::AT_FDCWD, path))?;
            if path.starts_with(&rig.root) {
                let metadata = std::fs::metadata(path)?;
                rig.shadow.folder_created(std::os::unix::fs::MetadataExt::ino(&metadata))?;
            }
            Ok(())
        });
    }
    result
}

/// What the hooks share.
struct Rig {
    root: PathBuf,
    shadow: Shadow,
    sync_is_ignored: bool,
}

impl Rig {
    fn from_environment() -> Option<Mutex<Self>> {
        let root = std::env::var_os("STATOR_POWERCUT_ROOT")?;
        let shadow = std::env::var_os("STATOR_POWERCUT_SHADOW")?;
        let root = std::fs::canonicalize(root).ok()?;
        let sync = std::env::var_os("STATOR_POWERCUT_SYNC");
        Some(Mutex::new(Self {
            root,
            shadow: Shadow::open(Path::new(&shadow)),
            sync_is_ignored: sync.is_some_and(|sync| sync == "ignored"),
        }))
    }

    /// Whether the descriptor is of a file or folder below the root.
    fn holds(&self, fd: c_int) -> bool {
        std::fs::read_link(by_descriptor(fd)).is_ok_and(|path| path.starts_with(&self.root))
    }

    fn synced(&mut self, fd: c_int) -> io::Result<()> {
        let stat = stat(fd)?;
        if stat.is_folder && self.holds(fd) {
            self.shadow.folder_synced(stat.inode, &by_descriptor(fd))
        } else if stat.is_file {
            self.shadow.file_synced(stat.inode, &by_descriptor(fd))
        } else {
            Ok(())
        }
    }
}

fn opened(fd: c_int, flags: c_int, fresh: bool) -> c_int {
    if fd >= 0 && flags & (libc::O_CREAT | libc::O_WRONLY | libc::O_RDWR) != 0 {
        watch(|rig| {
            let stat = stat(fd)?;
            if !stat.is_file || !rig.holds(fd) {
                return Ok(());
            }
            if fresh {
                return rig.shadow.file_created(stat.inode);
            }
            rig.shadow.file_opened(stat.inode);
            if flags & libc::O_TRUNC != 0 {
                rig.shadow.resized(stat.inode, 0);
            }
            Ok(())
        });
    }
    fd
}

/// Notes `written` bytes at `at`, or just before the descriptor's position.
fn wrote(fd: c_int, written: ssize_t, at: Option<off_t>) -> ssize_t {
    if written > 0 {
        watch(|rig| {
            let stat = stat(fd)?;
            if stat.is_file {
                let start = at.unwrap_or_else(|| position(fd) - written as off_t).unsigned_abs();
                let end = start + written.unsigned_abs() as u64;
                rig.shadow.wrote(stat.inode, start..end);
            }
            Ok(())
        });
    }
    written
}

/// Runs `note` unless the variables are unset or the call comes from the rig itself.
fn watch(note: impl FnOnce(&mut Rig) -> io::Result<()>) {
    static RIG: OnceLock<Option<Mutex<Rig>>> = OnceLock::new();
    thread_local! {
        static INSIDE: Cell<bool> = const { Cell::new(false) };
    }
    if INSIDE.replace(true) {
        return;
    }
    if let Some(rig) = RIG.get_or_init(Rig::from_environment) {
        let mut rig = rig.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = note(&mut rig) {
            eprintln!("powercut: the shadow cannot be kept: {error}");
            std::process::abort();
        }
    }
    INSIDE.set(false);
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

fn is_missing(folder: c_int, path: *const c_char) -> bool {
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

/// The address of the next function called `name`, which ends in a zero byte.
fn next(name: &str) -> usize {
    // SAFETY: the name is a C string, and `RTLD_NEXT` asks for what this library hides.
    let address = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr().cast()) };
    if address.is_null() {
        std::process::abort();
    }
    address as usize
}
