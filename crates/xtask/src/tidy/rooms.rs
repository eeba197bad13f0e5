//! The rooms of the house, and who may know whom.
//!
//! ARCHITECTURE.md explains this table; `cargo xtask tidy` holds `cargo metadata` against it. A
//! new crate starts with a row here, and a row imports only rows above it.

/// One crate of the workspace.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// The folder under `crates/`: a plain noun, and the name by which code knows the crate.
    pub folder: &'static str,
    /// The rooms that the crate itself may import. Its tests, benches and examples may import any
    /// row above it, and `testkit`.
    pub may_import: &'static [&'static str],
    /// Where its lints come from.
    pub lints: Lints,
}

/// Where a room's lints come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lints {
    /// `[lints] workspace = true`, which forbids `unsafe`.
    Workspace,
    /// A table of its own: the room cannot do its work without `unsafe`.
    Own,
}

/// The room that every other room's tests may import.
pub const TEST_ROOM: &str = "testkit";

/// The house, top row first.
pub const ROOMS: &[Room] = &[
    room("model", &[]),
    room("expr", &["model"]),
    room("wire", &["model"]),
    room("auth", &["model"]),
    room("dump", &["model", "wire"]),
    room("store", &[]),
    room("lsm", &[]),
    room("local", &["lsm", "store"]),
    room("db", &["model", "expr", "store"]),
    room("server", &["model", "expr", "wire", "auth", "store", "db"]),
    room("stator", &["model", "expr", "wire", "auth", "dump", "store", "local", "db", "server"]),
    // Development only from here on. `powercut` stands before the C library's file calls.
    Room { lints: Lints::Own, ..room("powercut", &[]) },
    room("sim", &["lsm", "local", "db", "server"]),
    room(
        "testkit",
        &[
            "model", "expr", "wire", "auth", "dump", "store", "local", "db", "server", "stator",
            "powercut",
        ],
    ),
    room("xtask", &["testkit"]),
];

const fn room(folder: &'static str, may_import: &'static [&'static str]) -> Room {
    Room { folder, may_import, lints: Lints::Workspace }
}
