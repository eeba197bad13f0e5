//! `cargo xtask tidy`: a rule without a check is a wish.
//!
//! Each check is a pure function from a [`Tree`] to [`Problem`]s; there is no list of exceptions.
//! - [`rooms`]: the table of who may import whom, as data.
//! - [`crates`]: `cargo metadata` against that table; names of folders and packages; lints.
//! - [`dependencies`]: each outside dependency has its sentence, its order and a user.
//! - [`floors`]: no circle between modules that lie side by side.
//! - [`lengths`]: functions and files, measured.
//! - [`seam`]: what the pipeline must not know of.
//! - [`words`]: what no committed file may contain.
//! - [`documents`]: the pages that must exist, and byte formats with theirs.

pub mod crates;
pub mod dependencies;
pub mod documents;
pub mod floors;
pub mod lengths;
pub mod rooms;
pub mod seam;
pub mod tree;
pub mod words;

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use clap::Args;

pub use tree::Tree;

/// One broken rule, at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The rule's short name, as `cargo xtask tidy` prints it.
    pub rule: &'static str,
    /// The file or folder, relative to the root; with `:line` where a line is known.
    pub place: String,
    /// What is wrong, as a sentence that says what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.place, self.message, self.rule)
    }
}

/// Every broken rule of the workspace at `root`, sorted.
pub fn check(root: &Path) -> anyhow::Result<Vec<Problem>> {
    let tree = Tree::read(root)?;
    let mut problems = crates::check(&tree, rooms::ROOMS);
    problems.extend(dependencies::check(&tree));
    problems.extend(floors::check(&tree)?);
    problems.extend(lengths::check(&tree)?);
    problems.extend(seam::check(&tree));
    problems.extend(words::check(&tree));
    problems.extend(documents::check(&tree));
    problems.sort();
    Ok(problems)
}

/// What to hold against the rules.
#[derive(Debug, Args)]
pub struct TidyArguments {
    /// Show only the circles between modules of this crate, with every import in them
    #[arg(long, value_name = "CRATE")]
    circles: Option<String>,
}

/// Prints what [`check`] finds, or one crate's circles; fails when there is anything.
#[expect(clippy::print_stdout, reason = "a developer's command answers on stdout")]
pub fn run(root: &Path, arguments: &TidyArguments) -> anyhow::Result<ExitCode> {
    let lines = match &arguments.circles {
        Some(folder) => circles(root, folder)?,
        None => counted(&check(root)?),
    };
    for line in &lines {
        println!("{line}");
    }
    if lines.is_empty() {
        println!("tidy");
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

fn counted(problems: &[Problem]) -> Vec<String> {
    let mut lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    if !lines.is_empty() {
        lines.push(format!("{} problems", problems.len()));
    }
    lines
}

fn circles(root: &Path, folder: &str) -> anyhow::Result<Vec<String>> {
    let circles = floors::of_crate(&Tree::read(root)?, folder)?;
    let lines = |circle: &floors::Circle| {
        let mut lines = vec![circle.problem().to_string()];
        lines.extend(circle.arrows().iter().map(|arrow| format!("  {arrow}")));
        lines
    };
    Ok(circles.iter().flat_map(lines).collect())
}
