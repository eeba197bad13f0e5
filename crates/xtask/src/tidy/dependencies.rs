//! A dependency is a sentence: the root Cargo.toml says why it is here, and somebody uses it.

use cargo_metadata::Dependency;

use super::tree::folder;
use super::{Problem, Tree};

const RULE: &str = "dependencies";

/// One line of `[workspace.dependencies]` that names a crate from a registry.
struct Line<'a> {
    number: usize,
    name: &'a str,
    reason: &'a str,
}

/// Checks the root's lines, then each member's use of them.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let lines = lines(tree.text("Cargo.toml").unwrap_or_default());
    let mut problems = Vec::new();
    for pair in lines.windows(2) {
        if pair[0].name > pair[1].name {
            problems.push(at_line(&pair[1], "stands out of alphabetical order"));
        }
    }
    for line in &lines {
        if line.reason.split_whitespace().count() < 2 {
            problems.push(at_line(line, "needs a sentence on its line that says why it is here"));
        }
        if !names_used(tree).any(|name| name == line.name) {
            problems.push(at_line(line, "is used by no crate"));
        }
    }
    problems.extend(members(tree));
    problems
}

/// The lines of outside crates; our own have a path.
fn lines(manifest: &str) -> Vec<Line<'_>> {
    let after = |heading: &str| {
        let numbered = manifest.lines().enumerate();
        let heading = heading.to_owned();
        numbered.skip_while(move |(_, line)| *line != heading).skip(1)
    };
    after("[workspace.dependencies]")
        .take_while(|(_, line)| !line.starts_with('['))
        .filter(|(_, line)| !line.starts_with('#') && !line.contains("path = "))
        .filter_map(|(at, line)| {
            let (name, rest) = line.split_once(" = ")?;
            let reason = rest.split_once('#').map_or("", |(_, reason)| reason);
            Some(Line { number: at + 1, name: name.trim(), reason })
        })
        .collect()
}

fn names_used(tree: &Tree) -> impl Iterator<Item = &str> {
    tree.packages.iter().flat_map(|package| &package.dependencies).map(|used| used.name.as_str())
}

/// Members inherit every version from the root, and mention what they depend on.
fn members(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for package in &tree.packages {
        let folder = format!("crates/{}", folder(package));
        let manifest = tree.text(&format!("{folder}/Cargo.toml")).unwrap_or_default();
        for dependency in &package.dependencies {
            let name = dependency.rename.as_deref().unwrap_or(&dependency.name);
            if !inherits(manifest, name) {
                let message = format!("`{name}` must inherit from [workspace.dependencies]");
                problems.push(Problem { rule: RULE, place: folder.clone(), message });
            }
            if !mentioned(tree, &folder, dependency) {
                let message = format!("depends on `{name}` but never mentions it");
                problems.push(Problem { rule: RULE, place: folder.clone(), message });
            }
        }
    }
    problems
}

fn inherits(manifest: &str, name: &str) -> bool {
    manifest.lines().any(|line| {
        line.strip_prefix(name).is_some_and(|rest| {
            rest.starts_with(".workspace = true") || rest.starts_with(" = { workspace = true")
        })
    })
}

fn mentioned(tree: &Tree, folder: &str, dependency: &Dependency) -> bool {
    let name = dependency.rename.as_deref().unwrap_or(&dependency.name).replace('-', "_");
    tree.below(folder)
        .filter(|file| file.path.ends_with(".rs"))
        .flat_map(|file| file.text.lines().filter(|line| !line.trim_start().starts_with("//")))
        .any(|line| words(line).any(|word| word == name))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn at_line(line: &Line<'_>, message: &str) -> Problem {
    let message = format!("`{}` {message}", line.name);
    Problem { rule: RULE, place: format!("Cargo.toml:{}", line.number), message }
}
