//! What the store tells about itself: its commits, and the files it takes up.

use std::fs;
use std::path::Path;
use std::time::Duration;

use store::{Figure, FigureValue, Histogram, SpreadUnit};

/// What the names of the engine's log segments and tables end with.
const LOG: &str = "wal";
const TABLE: &str = "table";

/// Counts as commits go by.
pub(crate) struct CommitMeter {
    durations: Histogram,
    rows: Histogram,
    writers: Histogram,
}

/// One batch that has become durable.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Landed {
    /// How long the engine took, its fsync included.
    pub(crate) took: Duration,
    /// How many rows it changed.
    pub(crate) rows: usize,
    /// How many answers waited for it.
    pub(crate) writers: usize,
}

impl CommitMeter {
    pub(crate) fn new() -> Self {
        Self {
            durations: Histogram::new(SpreadUnit::Microseconds, Histogram::DURATIONS_US),
            rows: Histogram::new(SpreadUnit::Things, Histogram::CROWDS),
            writers: Histogram::new(SpreadUnit::Things, Histogram::CROWDS),
        }
    }

    pub(crate) fn add(&self, landed: Landed) {
        self.durations.observe(u64::try_from(landed.took.as_micros()).unwrap_or(u64::MAX));
        self.rows.observe(landed.rows as u64);
        self.writers.observe(landed.writers as u64);
    }

    /// The commits so far, and the size of the files under `engine_dir` now.
    pub(crate) fn figures(&self, engine_dir: &Path) -> Vec<Figure> {
        let (log, tables) = (Files::of(engine_dir, LOG), Files::of(engine_dir, TABLE));
        let spread = |name, help, histogram: &Histogram| {
            let value = FigureValue::Spread(histogram.spread());
            Figure { name, help, value }
        };
        let level = |name, help, level| Figure { name, help, value: FigureValue::Level(level) };
        vec![
            spread(
                "commit_duration_seconds",
                "Time to make one batch of writes durable: appending it and the fsync.",
                &self.durations,
            ),
            spread("commit_rows", "Rows changed by one commit.", &self.rows),
            spread("commit_writers", "Writes that shared one commit.", &self.writers),
            level("log_bytes", "Size of the engine's log on disk.", log.bytes),
            level("table_bytes", "Size of the engine's tables on disk.", tables.bytes),
            level("table_files", "Number of the engine's tables on disk.", tables.count),
        ]
    }
}

/// How many files there are, and their size.
#[derive(Debug, Default)]
struct Files {
    count: u64,
    bytes: u64,
}

impl Files {
    /// The files in `dir` of that kind. One that goes away meanwhile counts as nothing.
    fn of(dir: &Path, kind: &str) -> Self {
        let entries = fs::read_dir(dir).into_iter().flatten().flatten();
        let is_kind = |path: &Path| path.extension().is_some_and(|extension| extension == kind);
        let entries = entries.filter(|entry| is_kind(&entry.path()));
        let sizes = entries.filter_map(|entry| Some(entry.metadata().ok()?.len()));
        sizes.fold(Self::default(), |files, bytes| Self {
            count: files.count + 1,
            bytes: files.bytes + bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(figures: &[Figure], name: &str) -> FigureValue {
        figures.iter().find(|figure| figure.name == name).unwrap().value.clone()
    }

    #[test]
    fn commits_and_files_are_counted() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["1.table", "2.table", "manifest"] {
            fs::write(dir.path().join(name), [0; 100]).unwrap();
        }
        let meter = CommitMeter::new();
        meter.add(Landed { took: Duration::from_millis(2), rows: 5, writers: 3 });
        let figures = meter.figures(dir.path());
        assert_eq!(figure(&figures, "table_bytes"), FigureValue::Level(200));
        assert_eq!(figure(&figures, "table_files"), FigureValue::Level(2));
        assert_eq!(figure(&figures, "log_bytes"), FigureValue::Level(0));
        let FigureValue::Spread(rows) = figure(&figures, "commit_rows") else { panic!() };
        assert_eq!((rows.sum, rows.counts.iter().sum()), (5, 1));
        let FigureValue::Spread(took) = figure(&figures, "commit_duration_seconds") else {
            panic!()
        };
        assert_eq!(took.sum, 2000);
    }
}
