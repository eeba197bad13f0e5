//! The pipeline's seam: what stands between codec and database knows no HTTP and no JSON, so that
//! other codecs and transports can be put in front of it.

use super::tree::SourceFile;
use super::{Problem, Tree};

const RULE: &str = "seam";

/// What lies behind the seam.
const BEHIND: [&str; 2] = ["crates/server/src/pipeline", "crates/server/src/operations"];

/// Names of what must stay in front of it: crates, and `wire`'s own way from bytes and back.
const IN_FRONT: [&str; 7] = [
    "hyper::",
    "http_body_util::",
    "serde_json::",
    "crate::http",
    "crate::listeners",
    "wire::decode",
    "wire::ErrorBody",
];

/// Looks for what must stay in front in every file behind.
pub fn check(tree: &Tree) -> Vec<Problem> {
    BEHIND.iter().flat_map(|folder| tree.below(folder)).flat_map(of_file).collect()
}

fn of_file(file: &SourceFile) -> Vec<Problem> {
    let lines = file.text.lines().enumerate();
    let lines = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
    let found = lines.flat_map(|(at, line)| {
        IN_FRONT.iter().filter(|name| line.contains(**name)).map(move |name| (at, name))
    });
    let problems = found.map(|(at, name)| Problem {
        rule: RULE,
        place: format!("{}:{}", file.path, at + 1),
        message: format!("names `{name}`, which belongs in front of the pipeline"),
    });
    problems.collect()
}
