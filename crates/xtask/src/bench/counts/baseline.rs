//! The committed counts, and what has become of them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::{fmt, fs};

use anyhow::Context;
use serde_json::{Value, json};

use super::callgrind::Tools;

/// Where the counts are committed, below the root.
const FILE: &str = "crates/xtask/src/bench/counts/baseline.json";
/// Growth by more hundredths fails the bench.
const GROWTH_MAX_PERCENT: u64 = 3;

/// Engine and operation.
pub(super) type Name = (String, String);

/// What is committed.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Baseline {
    /// What it was counted with: another compiler makes other instructions.
    pub(super) tools: Tools,
    /// Instructions of one request.
    pub(super) counts: BTreeMap<Name, u64>,
}

/// The counts of now beside those that are committed.
#[derive(Debug)]
pub(super) struct Comparison {
    /// What the baseline was counted with, and what these were, where the two differ.
    tools: Option<[Tools; 2]>,
    rows: Vec<Row>,
}

/// One count.
#[derive(Debug)]
struct Row {
    name: Name,
    before: Option<u64>,
    now: u64,
}

impl Baseline {
    /// The one below `root`; `None` where there is no file.
    ///
    /// # Errors
    /// A file that can't be read, or that is none of this bench's.
    pub(super) fn read(root: &Path) -> anyhow::Result<Option<Self>> {
        let file = root.join(FILE);
        if !file.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&file).context(FILE)?;
        Self::from_json(&serde_json::from_str(&text)?).context(FILE).map(Some)
    }

    /// Takes over `counts` and leaves what was not counted this time.
    pub(super) fn write(mut self, root: &Path) -> anyhow::Result<()> {
        if let Some(old) = Self::read(root)? {
            for (name, count) in old.counts {
                self.counts.entry(name).or_insert(count);
            }
        }
        fs::write(root.join(FILE), format!("{:#}\n", self.to_json())).context(FILE)
    }

    fn to_json(&self) -> Value {
        let mut engines: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
        for ((engine, operation), count) in &self.counts {
            engines.entry(engine).or_default().insert(operation, *count);
        }
        json!({"counted_with": self.tools.to_json(), "instructions": engines})
    }

    fn from_json(json: &Value) -> anyhow::Result<Self> {
        let mut counts = BTreeMap::new();
        for (engine, operations) in json["instructions"].as_object().context("instructions")? {
            for (operation, count) in operations.as_object().context("operations")? {
                let name = (engine.clone(), operation.clone());
                counts.insert(name, count.as_u64().context("a count")?);
            }
        }
        Ok(Self { tools: Tools::from_json(&json["counted_with"]), counts })
    }
}

impl Comparison {
    pub(super) fn new(before: Option<&Baseline>, now: &Baseline) -> Self {
        let tools = before.map(|before| [before.tools.clone(), now.tools.clone()]);
        let rows = now.counts.iter().map(|(name, now)| Row {
            name: name.clone(),
            before: before.and_then(|before| before.counts.get(name).copied()),
            now: *now,
        });
        Self { tools: tools.filter(|[before, now]| before != now), rows: rows.collect() }
    }

    /// Failure where a count has grown too much, or has nothing to be compared with.
    pub(super) fn exit_code(&self) -> ExitCode {
        let is_fine = |row: &Row| row.before.is_some() && !row.has_grown();
        if self.rows.iter().all(is_fine) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

impl Row {
    /// Whether it has grown by more than is allowed.
    fn has_grown(&self) -> bool {
        self.before.is_some_and(|before| self.now * 100 > before * (100 + GROWTH_MAX_PERCENT))
    }

    /// As a share of what it was.
    #[expect(clippy::cast_precision_loss, reason = "counts have far fewer than 52 bits")]
    fn growth(&self) -> Option<f64> {
        self.before.map(|before| self.now as f64 / before as f64 - 1.0)
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some([before, now]) = &self.tools {
            writeln!(f, "the baseline was counted with {before}, these with {now}")?;
        }
        write!(f, "{:<20} {:>10} {:>10} {:>8}", "instructions", "baseline", "now", "change")?;
        for row in &self.rows {
            let (engine, operation) = &row.name;
            write!(f, "\n{:<20} ", format!("{engine} {operation}"))?;
            match (row.before, row.growth()) {
                (Some(before), Some(growth)) => {
                    write!(f, "{before:>10} {:>10} {:>+6.1} %", row.now, growth * 100.0)?;
                    if row.has_grown() {
                        write!(f, "  grown")?;
                    }
                }
                _ => write!(f, "{:>10} {:>10}  no baseline: --update writes it", "", row.now)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn baseline(counts: &[(&str, &str, u64)]) -> Baseline {
        let counts = counts.iter().map(|(engine, operation, count)| {
            (((*engine).to_owned(), (*operation).to_owned()), *count)
        });
        let tools = Tools { rustc: "rustc 1".to_owned(), valgrind: "valgrind-3".to_owned() };
        Baseline { tools, counts: counts.collect() }
    }

    fn judged(before: &Baseline, now: &[(&str, &str, u64)]) -> ExitCode {
        Comparison::new(Some(before), &baseline(now)).exit_code()
    }

    #[test]
    fn growth_beyond_three_percent_fails() {
        let before = baseline(&[("durable", "get", 1000), ("durable", "put", 1000)]);
        let with_get =
            |count| judged(&before, &[("durable", "get", count), ("durable", "put", 900)]);
        assert_eq!(with_get(500), ExitCode::SUCCESS);
        assert_eq!(with_get(1030), ExitCode::SUCCESS);
        assert_eq!(with_get(1031), ExitCode::FAILURE);
    }

    #[test]
    fn what_has_no_baseline_fails() {
        let before = baseline(&[("durable", "get", 1000)]);
        assert_eq!(judged(&before, &[("memory", "get", 1)]), ExitCode::FAILURE);
        let comparison = Comparison::new(None, &before);
        assert_eq!(comparison.exit_code(), ExitCode::FAILURE);
        assert!(comparison.to_string().contains("no baseline"));
    }

    #[test]
    fn what_has_grown_stands_out() {
        let before = baseline(&[("durable", "get", 1000), ("durable", "put", 1000)]);
        let now = baseline(&[("durable", "get", 1100), ("durable", "put", 990)]);
        let shown = Comparison::new(Some(&before), &now).to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[1], "durable get                1000       1100  +10.0 %  grown");
        assert_eq!(lines[2], "durable put                1000        990   -1.0 %");
    }

    #[test]
    fn other_tools_are_mentioned() {
        let before = baseline(&[("durable", "get", 1000)]);
        let mut now = before.clone();
        now.tools.rustc = "rustc 2".to_owned();
        let shown = Comparison::new(Some(&before), &now).to_string();
        assert!(shown.starts_with("the baseline was counted with rustc 1"), "{shown}");
    }

    #[test]
    fn what_was_not_counted_again_stays_in_the_baseline() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join(FILE).parent().unwrap()).unwrap();
        assert_eq!(Baseline::read(root.path()).unwrap(), None);
        baseline(&[("durable", "get", 1000), ("memory", "get", 900)]).write(root.path()).unwrap();
        baseline(&[("durable", "get", 800)]).write(root.path()).unwrap();
        let expected = baseline(&[("durable", "get", 800), ("memory", "get", 900)]);
        assert_eq!(Baseline::read(root.path()).unwrap(), Some(expected));
    }
}
