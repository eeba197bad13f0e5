//! The tree obeys the house rules, and each rule rejects a tree that breaks it.

#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking, like the test")]

use std::fs;
use std::path::Path;

use stator_xtask::tidy::{self, Problem, rooms};
use stator_xtask::workspace_root;
use tempfile::TempDir;

#[test]
fn the_tree_is_tidy() {
    let problems = tidy::check(&workspace_root().unwrap()).unwrap();
    let printed: Vec<String> = problems.iter().map(Problem::to_string).collect();
    assert!(printed.is_empty(), "{} problems:\n{}", printed.len(), printed.join("\n"));
}

#[test]
fn a_small_tree_that_obeys_is_accepted() {
    assert_eq!(Fixture::new().problems(), Vec::<String>::new());
}

#[test]
fn a_forbidden_import_is_rejected() {
    let fixture = Fixture::new();
    fixture.import("store", "dependencies", "model");
    fixture.rejected("crates/store: may not import `model` by the table of rooms");
}

#[test]
fn an_import_hidden_by_a_rename_is_rejected() {
    let fixture = Fixture::new();
    let manifest = "nouns = { package = \"stator-model\", path = \"../model\" }\n";
    fixture.append("crates/store/Cargo.toml", &format!("[dependencies]\n{manifest}"));
    fixture.rejected("crates/store: may not import `model` by the table of rooms");
}

#[test]
fn a_test_may_import_rows_above_but_none_below() {
    let fixture = Fixture::new();
    fixture.import("store", "dev-dependencies", "model");
    assert_eq!(fixture.problems(), Vec::<String>::new());
    fixture.import("model", "dev-dependencies", "db");
    fixture.rejected("crates/model: may not import `db` by the table of rooms");
}

#[test]
fn a_crate_without_a_row_is_rejected() {
    let fixture = Fixture::new();
    fixture.package("attic", "stator-attic");
    fixture.rejected("crates/attic: has no row in the table of rooms");
}

#[test]
fn a_package_without_its_prefix_is_rejected() {
    let fixture = Fixture::new();
    fixture.package("model", "nouns");
    fixture.rejected("crates/model: its package is `nouns`, not `stator-model`");
}

#[test]
fn a_crate_with_lints_of_its_own_is_rejected() {
    let fixture = Fixture::new();
    fixture.replace("crates/db/Cargo.toml", "workspace = true", "rust.unsafe_code = \"allow\"");
    fixture.rejected("crates/db: its lints must be Workspace");
}

#[test]
fn a_function_over_the_wall_is_rejected() {
    let fixture = Fixture::new();
    let body = "    let _ = 1;\n".repeat(69);
    fixture.append("crates/db/src/lib.rs", &format!("impl X {{ fn long() {{\n{body}}} }}\n"));
    fixture.rejected("crates/db/src/lib.rs:2: `long` has 71 lines; the wall is 70");
}

#[test]
fn a_file_over_the_wall_is_rejected_but_its_tests_do_not_count() {
    let fixture = Fixture::new();
    let consts = "const _: () = ();\n";
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", consts.repeat(500));
    fixture.append("crates/db/src/lib.rs", &format!("{}{tests}", consts.repeat(999)));
    assert_eq!(fixture.problems(), Vec::<String>::new());
    fixture.append("crates/db/src/lib.rs", consts);
    fixture.rejected("crates/db/src/lib.rs: has 1001 lines without tests; the wall is 1000");
}

#[test]
fn a_pipeline_that_knows_json_is_rejected_but_may_speak_of_it() {
    let fixture = Fixture::new();
    let stage = "crates/server/src/pipeline/stage.rs";
    fixture.write(stage, "// Without serde_json::Value.\n");
    assert_eq!(fixture.problems(), Vec::<String>::new());
    fixture.append(stage, "use serde_json::Value;\n");
    fixture.rejected(&format!("{stage}:2: names `serde_json::`, which belongs in front"));
}

#[test]
fn two_modules_that_import_each_other_are_rejected() {
    let fixture = Fixture::new();
    fixture.floors(&[
        ("lib.rs", "mod a;\nmod b;\n"),
        ("a.rs", "use crate::b::B;\npub struct A;\n"),
        ("b.rs", "pub struct B;\nfn f() -> crate::a::A { crate::a::A }\n"),
    ]);
    fixture.rejected(
        "crates/local/src: modules form a circle: \
         a → b (crates/local/src/a.rs:1) → a (crates/local/src/b.rs:2) (floors)",
    );
}

#[test]
fn modules_that_import_in_one_direction_are_accepted() {
    let fixture = Fixture::new();
    fixture.floors(&[
        ("lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::B;\n"),
        ("a.rs", "mod x;\nmod y;\npub use y::A;\nstruct Own;\nfn f() { x::g() }\n"),
        ("a/x.rs", "use super::Own;\npub fn g() { log!(\"{}\", super::y::A) }\n"),
        ("a/y.rs", "pub struct A;\n#[cfg(test)]\nmod tests { use crate::b::B; }\n"),
        ("b.rs", "use crate::A;\n#[cfg(test)]\nuse super::c::C;\npub(in crate::a) struct B;\n"),
    ]);
    assert_eq!(fixture.problems(), Vec::<String>::new());
}

#[test]
fn a_circle_behind_re_exports_is_rejected() {
    let fixture = Fixture::new();
    fixture.floors(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\npub use c::C;\n"),
        ("a/mod.rs", "mod x;\npub use x::Thing;\n"),
        ("a/x.rs", "pub use crate::C as Thing;\n"),
        ("b.rs", "use crate::a::Thing;\npub struct B;\n"),
        ("c.rs", "pub struct C(super::b::B);\n"),
    ]);
    fixture.rejected(
        "crates/local/src: modules form a circle: \
         b → c (crates/local/src/b.rs:1) → b (crates/local/src/c.rs:1)",
    );
}

#[test]
fn a_circle_inside_a_folder_is_rejected_there() {
    let fixture = Fixture::new();
    fixture.floors(&[
        ("lib.rs", "mod a;\n"),
        ("a/mod.rs", "mod x;\nmod y;\n"),
        ("a/x.rs", "mod deep;\npub struct X;\n"),
        ("a/x/deep.rs", "use super::super::y::Y;\n"),
        ("a/y.rs", "pub struct Y;\nfn f() { assert!(super::x::X == 1) }\n"),
    ]);
    fixture.rejected(
        "crates/local/src/a: modules form a circle: \
         x → y (crates/local/src/a/x/deep.rs:1) → x (crates/local/src/a/y.rs:2)",
    );
}

#[test]
fn a_circle_through_a_glob_is_rejected() {
    let fixture = Fixture::new();
    fixture.floors(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
        ("a.rs", "pub use crate::b::*;\n"),
        ("b.rs", "use super::c::C;\npub struct B;\n"),
        ("c.rs", "pub struct C(crate::a::B);\n"),
    ]);
    fixture.rejected(
        "crates/local/src: modules form a circle: \
         b → c (crates/local/src/b.rs:1) → b (crates/local/src/c.rs:1)",
    );
}

#[test]
fn a_long_circle_is_named_by_its_shortest_way_round() {
    let fixture = Fixture::new();
    fixture.floors(&[
        ("lib.rs", "mod a;\nmod b;\nmod c;\nmod d;\n"),
        ("a.rs", "use crate::b::f;\npub fn f() {}\n"),
        ("b.rs", "use crate::c::{g, f};\npub fn f() {}\n"),
        ("c.rs", "pub fn g() { crate::d::f() }\npub fn f() { crate::b::f() }\n"),
        ("d.rs", "use crate::a;\npub fn f() { a::f() }\n"),
    ]);
    fixture.rejected(
        "crates/local/src: modules form a circle: \
         b → c (crates/local/src/b.rs:1) → b (crates/local/src/c.rs:2); \
         4 are in it: a, b, c, d (floors)",
    );
}

#[test]
fn a_dependency_without_its_sentence_is_rejected() {
    let fixture = Fixture::new();
    fixture.depend("bytes = \"1\" # cheap values");
    assert_eq!(fixture.problems(), Vec::<String>::new());
    fixture.replace("Cargo.toml", " # cheap values", "");
    fixture.rejected("Cargo.toml:7: `bytes` needs a sentence");
}

#[test]
fn a_dependency_that_nothing_mentions_is_rejected() {
    let fixture = Fixture::new();
    fixture.depend("bytes = \"1\" # cheap values");
    fixture.replace("crates/model/src/lib.rs", "use bytes as _;\n", "");
    fixture.rejected("crates/model: depends on `bytes` but never mentions it");
}

#[test]
fn a_dependency_that_no_crate_has_is_rejected() {
    let fixture = Fixture::new();
    fixture.append("Cargo.toml", "bytes = \"1\" # cheap values\n");
    fixture.rejected("Cargo.toml:7: `bytes` is used by no crate");
}

#[test]
fn a_version_of_a_crates_own_is_rejected() {
    let fixture = Fixture::new();
    fixture.depend("bytes = \"1\" # cheap values");
    fixture.replace("crates/model/Cargo.toml", "bytes.workspace = true", "bytes = \"1\"");
    fixture.rejected("crates/model: `bytes` must inherit from [workspace.dependencies]");
}

#[test]
fn unfinished_work_is_rejected() {
    let fixture = Fixture::new();
    let unfinished = format!("fn later() {{ {}!() }}\n", "todo");
    fixture.append("crates/db/src/lib.rs", &unfinished);
    fixture.rejected("crates/db/src/lib.rs:2: `todo!` is unfinished work");
}

#[test]
fn an_absolute_path_is_rejected_in_any_file() {
    let fixture = Fixture::new();
    fixture.append("README.md", &format!("See {}work/main.\n", "/"));
    fixture.rejected("README.md:2: holds an absolute path");
}

#[test]
fn a_missing_page_is_rejected() {
    let fixture = Fixture::new();
    fs::remove_file(fixture.path("CHANGELOG.md")).unwrap();
    fixture.rejected("CHANGELOG.md: is missing");
}

#[test]
fn a_format_page_and_its_file_need_each_other() {
    let fixture = Fixture::new();
    fixture.write("docs/format/item.md", "The item.\n");
    fixture.rejected("docs/format/item.md: is named by no source file");
    fixture.append("crates/model/src/lib.rs", "// Its bytes: docs/format/item.md.\n");
    assert_eq!(fixture.problems(), Vec::<String>::new());
    fs::remove_file(fixture.path("docs/format/item.md")).unwrap();
    fixture.rejected("crates/model/src/lib.rs: names docs/format/item.md, which is missing");
}

#[test]
fn a_gap_in_the_decisions_is_rejected() {
    let fixture = Fixture::new();
    fixture.write("docs/adr/0001-engine.md", "Decided.\n");
    fixture.write("docs/adr/0003-keys.md", "Decided.\n");
    fixture.rejected("docs/adr/0003-keys.md: should be numbered docs/adr/0002-");
}

#[test]
fn a_crate_without_opening_prose_is_rejected() {
    let fixture = Fixture::new();
    fixture.write("crates/db/src/lib.rs", "pub struct Db;\n");
    fixture.rejected("crates/db/src/lib.rs: must open with what the crate is");
}

const WORKSPACE: &str = r#"[workspace]
members = ["crates/*"]
resolver = "3"
[workspace.lints.rust]
unsafe_code = "forbid"
[workspace.dependencies]
"#;

/// The smallest tree that obeys every rule, in a directory of its own.
struct Fixture {
    root: TempDir,
}

impl Fixture {
    fn new() -> Self {
        let fixture = Self { root: TempDir::new().unwrap() };
        fixture.write("Cargo.toml", WORKSPACE);
        for room in rooms::ROOMS {
            let prefixed = format!("stator-{}", room.folder);
            fixture
                .package(room.folder, if room.folder == "stator" { "stator" } else { &prefixed });
            if room.lints == rooms::Lints::Own {
                let manifest = format!("crates/{}/Cargo.toml", room.folder);
                fixture.replace(&manifest, "workspace = true", "rust.unsafe_code = \"allow\"");
            }
        }
        let pages = ["ARCHITECTURE", "CHANGELOG", "DIFFERENCES", "GLOSSARY", "README", "STYLE"];
        for page in pages {
            fixture.write(&format!("{page}.md"), "A page.\n");
        }
        fixture.write("LICENSE-APACHE", "Terms.\n");
        fixture.write("LICENSE-MIT", "Terms.\n");
        fixture
    }

    /// A crate that imports nothing.
    fn package(&self, folder: &str, package: &str) {
        let manifest = format!(
            "[package]\nname = \"{package}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [lints]\nworkspace = true\n\n"
        );
        self.write(&format!("crates/{folder}/Cargo.toml"), &manifest);
        self.write(&format!("crates/{folder}/src/lib.rs"), "//! A room.\n");
    }

    /// Gives `local` these source files.
    fn floors(&self, files: &[(&str, &str)]) {
        for (path, text) in files {
            let prose = if *path == "lib.rs" { "//! A room.\n" } else { "" };
            self.write(&format!("crates/local/src/{path}"), &format!("{prose}{text}"));
        }
    }

    /// Makes `from` import `to`, and mention it.
    fn import(&self, from: &str, table: &str, to: &str) {
        let line = format!("{to} = {{ package = \"stator-{to}\", path = \"crates/{to}\" }}\n");
        self.append("Cargo.toml", &line);
        let manifest = format!("crates/{from}/Cargo.toml");
        self.append(&manifest, &format!("[{table}]\n{to}.workspace = true\n"));
        self.append(&format!("crates/{from}/src/lib.rs"), &format!("use {to} as _;\n"));
    }

    /// Makes `model` depend on an outside crate, by one line of the root manifest.
    fn depend(&self, line: &str) {
        self.append("Cargo.toml", &format!("{line}\n"));
        self.append("crates/model/Cargo.toml", "[dependencies]\nbytes.workspace = true\n");
        self.append("crates/model/src/lib.rs", "use bytes as _;\n");
    }

    fn append(&self, path: &str, text: &str) {
        let before = fs::read_to_string(self.path(path)).unwrap();
        self.write(path, &(before + text));
    }

    fn replace(&self, path: &str, from: &str, to: &str) {
        let before = fs::read_to_string(self.path(path)).unwrap();
        assert!(before.contains(from), "{path} holds no {from:?}");
        self.write(path, &before.replace(from, to));
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.root().join(path)
    }

    fn root(&self) -> &Path {
        self.root.path()
    }

    fn problems(&self) -> Vec<String> {
        tidy::check(self.root()).unwrap().iter().map(Problem::to_string).collect()
    }

    /// Asserts that a rule answers, with words that say where and why.
    fn rejected(&self, expected: &str) {
        let problems = self.problems();
        assert!(problems.iter().any(|problem| problem.starts_with(expected)), "{problems:#?}");
    }
}
