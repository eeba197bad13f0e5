//! The library to preload: it stands before the C library's file calls and tells the shadow.
//!
//! `LD_PRELOAD=libpreload.so STATOR_POWERCUT_ROOT=live STATOR_POWERCUT_SHADOW=shadow` watches what
//! lies below `live`; `STATOR_POWERCUT_SYNC=ignored` makes every sync of it lie instead, which is
//! how the rig shows that it notices. [`faults`] has the variables that make calls fail, with a
//! shadow or without. Without the variables every call passes through.
//!
//! Each hook first asks whether its call is to fail. Otherwise it calls the real function and speaks
//! to the shadow before it returns, so that what the process believes, the shadow knows. A rig that
//! cannot keep its shadow ends the process.

#![allow(unsafe_code, missing_docs, reason = "C functions, documented by the C library")]
#![allow(clippy::missing_safety_doc, reason = "each has the contract of its namesake")]

mod faults;
mod rig;

use std::sync::OnceLock;

use libc::{c_char, c_int, c_void, iovec, mode_t, off_t, size_t, ssize_t};

use crate::faults::{Call, Verdict};
use crate::rig::{fail, judge, judge_path};

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

/// Ends the hook when its call is to fail.
macro_rules! or_fail {
    ($verdict:expr) => {
        match $verdict {
            Verdict::Pass => {}
            Verdict::Fail(errno) => return fail(errno) as _,
            Verdict::Tear => return fail(libc::EIO) as _,
        }
    };
}

/// The share of a write that is to happen; ends the hook when none is.
macro_rules! or_tear {
    ($verdict:expr, $len:expr) => {
        match $verdict {
            Verdict::Pass => Share($len, false),
            Verdict::Tear => Share($len / 2, true),
            Verdict::Fail(errno) => return fail(errno) as ssize_t,
        }
    };
}

/// `open` and its kin take a mode only with `O_CREAT`. A variadic function cannot be written in
/// stable Rust; on Linux's ABIs a variadic integer travels like a named one, and a mode that was
/// not passed is not looked at.
macro_rules! open_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(path: *const c_char, flags: c_int, mode: mode_t) -> c_int {
            let fresh = flags & libc::O_CREAT != 0 && rig::is_missing(libc::AT_FDCWD, path);
            or_fail!(judge_path(libc::AT_FDCWD, path, growing_if(fresh)));
            let fd = real!($name(path => *const c_char, flags => c_int, mode => mode_t) -> c_int);
            rig::opened(fd, flags, fresh)
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
            let fresh = flags & libc::O_CREAT != 0 && rig::is_missing(folder, path);
            or_fail!(judge_path(folder, path, growing_if(fresh)));
            let fd = real!($name(
                folder => c_int, path => *const c_char, flags => c_int, mode => mode_t
            ) -> c_int);
            rig::opened(fd, flags, fresh)
        }
    };
}

macro_rules! pwrite_hook {
    ($name:ident, $source:ty, $len:ty) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, from: $source, len: $len, at: off_t) -> ssize_t {
            let len = or_tear!(judge(fd, Call::Growing), len);
            let written = real!($name(
                fd => c_int, from => $source, (len.0) => $len, at => off_t
            ) -> ssize_t);
            len.end(rig::wrote(fd, written, Some(at)))
        }
    };
}

macro_rules! write_hook {
    ($name:ident, $source:ty, $len:ty) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, from: $source, len: $len) -> ssize_t {
            let len = or_tear!(judge(fd, Call::Growing), len);
            let written = real!($name(fd => c_int, from => $source, (len.0) => $len) -> ssize_t);
            len.end(rig::wrote(fd, written, None))
        }
    };
}

macro_rules! ftruncate_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, len: off_t) -> c_int {
            or_fail!(judge(fd, Call::Growing));
            let result = real!($name(fd => c_int, len => off_t) -> c_int);
            if result == 0 {
                rig::resized(fd, len);
            }
            result
        }
    };
}

macro_rules! sync_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int) -> c_int {
            or_fail!(judge(fd, Call::Other));
            if rig::ignores_sync(fd) {
                return 0;
            }
            let result = real!($name(fd => c_int) -> c_int);
            if result == 0 {
                rig::synced(fd);
            }
            result
        }
    };
}

macro_rules! read_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, to: *mut c_void, len: size_t) -> ssize_t {
            or_fail!(judge(fd, Call::Other));
            real!($name(fd => c_int, to => *mut c_void, len => size_t) -> ssize_t)
        }
    };
}

macro_rules! pread_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            fd: c_int,
            to: *mut c_void,
            len: size_t,
            at: off_t,
        ) -> ssize_t {
            or_fail!(judge(fd, Call::Other));
            real!($name(fd => c_int, to => *mut c_void, len => size_t, at => off_t) -> ssize_t)
        }
    };
}

macro_rules! preadv2_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(
            fd: c_int,
            to: *const iovec,
            count: c_int,
            at: off_t,
            flags: c_int,
        ) -> ssize_t {
            or_fail!(judge(fd, Call::Other));
            real!($name(
                fd => c_int, to => *const iovec, count => c_int, at => off_t, flags => c_int
            ) -> ssize_t)
        }
    };
}

macro_rules! fallocate_hook {
    ($name:ident) => {
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name(fd: c_int, mode: c_int, at: off_t, len: off_t) -> c_int {
            or_fail!(judge(fd, Call::Growing));
            // A file that became longer has its length when it is synced: the shadow need not know.
            real!($name(fd => c_int, mode => c_int, at => off_t, len => off_t) -> c_int)
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
fallocate_hook!(fallocate);
fallocate_hook!(fallocate64);
sync_hook!(fsync);
sync_hook!(fdatasync);

read_hook!(read);
pread_hook!(pread);
pread_hook!(pread64);
preadv2_hook!(preadv2);
preadv2_hook!(preadv64v2);

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mkdir(path: *const c_char, mode: mode_t) -> c_int {
    or_fail!(judge_path(libc::AT_FDCWD, path, Call::Growing));
    let result = real!(mkdir(path => *const c_char, mode => mode_t) -> c_int);
    if result == 0 {
        rig::folder_made(path);
    }
    result
}

// The shadow learns names when a folder is synced: these only fail.

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rename(from: *const c_char, to: *const c_char) -> c_int {
    or_fail!(judge_path(libc::AT_FDCWD, to, Call::Other));
    real!(rename(from => *const c_char, to => *const c_char) -> c_int)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlink(path: *const c_char) -> c_int {
    or_fail!(judge_path(libc::AT_FDCWD, path, Call::Other));
    real!(unlink(path => *const c_char) -> c_int)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn unlinkat(folder: c_int, path: *const c_char, flags: c_int) -> c_int {
    or_fail!(judge_path(folder, path, Call::Other));
    real!(unlinkat(folder => c_int, path => *const c_char, flags => c_int) -> c_int)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn rmdir(path: *const c_char) -> c_int {
    or_fail!(judge_path(libc::AT_FDCWD, path, Call::Other));
    real!(rmdir(path => *const c_char) -> c_int)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn linkat(
    old_folder: c_int,
    old: *const c_char,
    folder: c_int,
    path: *const c_char,
    flags: c_int,
) -> c_int {
    or_fail!(judge_path(folder, path, Call::Growing));
    real!(linkat(
        old_folder => c_int, old => *const c_char, folder => c_int, path => *const c_char,
        flags => c_int
    ) -> c_int)
}

/// How much of a write happens, and whether it then fails.
struct Share<L>(L, bool);

impl<L> Share<L> {
    fn end(self, written: ssize_t) -> ssize_t {
        if self.1 { fail(libc::EIO) as ssize_t } else { written }
    }
}

fn growing_if(fresh: bool) -> Call {
    if fresh { Call::Growing } else { Call::Other }
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
