//! Many seeds, and those that have found something.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::plan::{Cut, Plan};
use crate::run::{Outcome, run};

/// A seed that is kept, and what of its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The seed.
    pub seed: u64,
    /// What of its plan is carried out.
    pub cut: Cut,
}

impl Kept {
    /// All of a seed's plan.
    pub fn whole(seed: u64) -> Self {
        Self { seed, cut: Cut::NONE }
    }

    /// Runs it. `dir` is a directory of the system, see [`run`].
    pub fn run(self, dir: &Path, is_shown: bool) -> Outcome {
        run(&Plan::new(self.seed, self.cut), dir, is_shown)
    }

    /// Makes the plan shorter for as long as something is wrong.
    pub fn minimised(mut self, dir: &Path) -> Self {
        let is_wrong = |kept: Self| !kept.run(dir, false).violations.is_empty();
        for cut in [
            Cut { has_troubles: false, ..self.cut },
            Cut { has_troubles: self.cut.has_troubles, has_clock_steps: false, ..self.cut },
        ] {
            let shorter = Self { cut: Cut { operations: self.cut.operations, ..cut }, ..self };
            if is_wrong(shorter) {
                self = shorter;
            }
        }
        let mut operations = Plan::new(self.seed, self.cut).operations();
        let mut less = operations / 2;
        while less > 0 {
            let cut = Cut { operations: operations - less, ..self.cut };
            if is_wrong(Self { cut, ..self }) {
                operations -= less;
                self.cut = cut;
                less = less.min(operations / 2);
            } else {
                less /= 2;
            }
        }
        self
    }

    /// As a line of `tests/seeds.txt`.
    pub fn line(&self) -> String {
        let mut line = self.seed.to_string();
        if self.cut.operations != usize::MAX {
            line += &format!(" operations={}", self.cut.operations);
        }
        if !self.cut.has_troubles {
            line += " without-troubles";
        }
        if !self.cut.has_clock_steps {
            line += " without-clock-steps";
        }
        line
    }

    /// Reads a line; `None` for one that is empty or a comment.
    ///
    /// # Errors
    /// A word that means nothing.
    pub fn parse(line: &str) -> anyhow::Result<Option<Self>> {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(seed) = words.next() else { return Ok(None) };
        let mut kept = Self::whole(seed.parse()?);
        for word in words {
            match word.split_once('=') {
                Some(("operations", count)) => kept.cut.operations = count.parse()?,
                None if word == "without-troubles" => kept.cut.has_troubles = false,
                None if word == "without-clock-steps" => kept.cut.has_clock_steps = false,
                _ => anyhow::bail!("{word} means nothing"),
            }
        }
        Ok(Some(kept))
    }
}

/// What many seeds came to.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many were run.
    pub seeds: u64,
    /// How many requests they had answered.
    pub requests: usize,
    /// Those that something was wrong with, and what.
    pub failed: Vec<(Kept, Vec<String>)>,
}

/// Runs seeds on all processors, each of them so many times: the digests have to be the same. It stops
/// at the first few that fail.
///
/// # Errors
/// No directory for the markers.
pub fn run_all(seeds: &[Kept], times: u32) -> anyhow::Result<Tally> {
    let next = AtomicU64::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(seeds.len());
    let some = || -> anyhow::Result<Tally> {
        let dir = tempfile::tempdir()?;
        let mut tally = Tally::default();
        while tally.failed.len() < FAILED_MAX {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(kept) = usize::try_from(at).ok().and_then(|at| seeds.get(at)) else { break };
            let first = kept.run(dir.path(), false);
            let mut violations = first.violations;
            for _ in 1..times {
                if kept.run(dir.path(), false).digest != first.digest {
                    violations.push("another run of the seed went otherwise".to_owned());
                }
            }
            tally.seeds += 1;
            tally.requests += first.requests;
            if !violations.is_empty() {
                tally.failed.push((*kept, violations));
            }
        }
        Ok(tally)
    };
    let tallies: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(some)).collect();
        running
            .into_iter()
            .map(|thread| thread.join().expect("a run ends without a panic"))
            .collect()
    });
    let mut sum = Tally::default();
    for tally in tallies {
        let tally = tally?;
        sum.seeds += tally.seeds;
        sum.requests += tally.requests;
        sum.failed.extend(tally.failed);
    }
    sum.failed.sort_by_key(|(kept, _)| kept.seed);
    Ok(sum)
}

/// More of them say nothing new.
const FAILED_MAX: usize = 3;
