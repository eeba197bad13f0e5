//! `cargo metadata` against the table of rooms.

use cargo_metadata::{Dependency, DependencyKind, Package};

use super::rooms::{Lints, Room, TEST_ROOM};
use super::tree::folder;
use super::{Problem, Tree};

const RULE: &str = "rooms";

/// Names that say nothing, or too much.
const VAGUE: &[&str] = &["base", "common", "core", "helpers", "misc", "shared", "types", "utils"];

/// Compares the tree's packages with `rooms`.
pub fn check(tree: &Tree, rooms: &[Room]) -> Vec<Problem> {
    let mut problems = table(rooms);
    for package in &tree.packages {
        match rooms.iter().position(|room| room.folder == folder(package)) {
            Some(row) => problems.extend(room(tree, package, rooms, row)),
            None => problems.push(problem(
                folder(package),
                "has no row in the table of rooms (crates/xtask/src/tidy/rooms.rs)".to_owned(),
            )),
        }
    }
    for room in rooms {
        if !tree.packages.iter().any(|package| folder(package) == room.folder) {
            problems.push(problem(room.folder, "has a row but no crate".to_owned()));
        }
    }
    problems
}

/// The table itself: a row imports only rows above it.
fn table(rooms: &[Room]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (row, room) in rooms.iter().enumerate() {
        for import in room.may_import {
            if !rooms[..row].iter().any(|above| above.folder == *import) {
                let message = format!("its row allows `{import}`, which is no row above it");
                problems.push(problem(room.folder, message));
            }
        }
    }
    problems
}

fn room(tree: &Tree, package: &Package, rooms: &[Room], row: usize) -> Vec<Problem> {
    let mut problems = names(package);
    problems.extend(lints(tree, &rooms[row]));
    for dependency in &package.dependencies {
        if let Some(import) = imported_room(dependency, rooms)
            && !allowed(&rooms[..row], &rooms[row], dependency.kind, import)
        {
            let message = format!("may not import `{import}` by the table of rooms");
            problems.push(problem(rooms[row].folder, message));
        }
    }
    problems
}

fn names(package: &Package) -> Vec<Problem> {
    let folder = folder(package);
    let mut problems = Vec::new();
    if !folder.chars().all(|c| c.is_ascii_lowercase()) || VAGUE.contains(&folder) {
        problems.push(problem(folder, "a folder is named by one plain noun".to_owned()));
    }
    let expected = if folder == "stator" { folder.to_owned() } else { format!("stator-{folder}") };
    if package.name.as_str() != expected {
        let message = format!("its package is `{}`, not `{expected}`", package.name);
        problems.push(problem(folder, message));
    }
    problems
}

fn lints(tree: &Tree, room: &Room) -> Option<Problem> {
    let manifest = tree.text(&format!("crates/{}/Cargo.toml", room.folder))?;
    let inherits = manifest.contains("[lints]\nworkspace = true");
    (inherits != (room.lints == Lints::Workspace)).then(|| {
        let message = format!("its lints must be {:?} by the table of rooms", room.lints);
        problem(room.folder, message)
    })
}

/// The room a dependency names, by its path: a rename does not hide it.
fn imported_room<'a>(dependency: &Dependency, rooms: &'a [Room]) -> Option<&'a str> {
    let folder = dependency.path.as_ref()?.file_name()?;
    rooms.iter().find(|room| room.folder == folder).map(|room| room.folder)
}

fn allowed(above: &[Room], room: &Room, kind: DependencyKind, import: &str) -> bool {
    match kind {
        DependencyKind::Development => {
            import == TEST_ROOM
                || import == room.folder
                || above.iter().any(|room| room.folder == import)
        }
        _ => room.may_import.contains(&import),
    }
}

fn problem(folder: &str, message: String) -> Problem {
    Problem { rule: RULE, place: format!("crates/{folder}"), message }
}
