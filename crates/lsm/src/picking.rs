//! Which tables are merged next.
//!
//! The lowest level has nearly everything; each level above may have a tenth of the one below, up to
//! the *base level*, which takes what comes from level 0. The more a tree has, the further up its
//! base level lies:
//!
//! ```text
//! 20 GB    level 6: 20 GB   level 5: 2 GB   level 4: 200 MB, the base
//! 100 MB   level 6: 100 MB, the base
//! ```
//! A level's score is how full it is. The fullest goes first: out of level 0 up to eight tables, the
//! oldest, and all of the base level that they overlap; out of another level the one table that
//! overlaps least below it. What a merge works on is busy, and left alone by others.
//!
//! Removals are short, and what they remove may be long: a level of removals is never full, and would
//! keep the space of what lies below for ever. So a table whose removals are many beside the rows
//! that they lie over goes down, too, when no level is full.

use std::collections::HashSet;
use std::sync::Arc;

use crate::block::Commit;
use crate::options::TreeOptions;
use crate::table::Table;
use crate::view::{LEVELS, Levels, View, bounds};

const LOWEST: usize = LEVELS - 1;
/// How many times larger a level is than the one above.
const GROWTH: u64 = 10;
/// So many tables make level 0 full, and so many are merged at once.
const LEVEL_0_TABLES: usize = 4;
const LEVEL_0_TABLES_MAX: usize = 8;

/// Tables to be merged, in the order of what counts: level 0 with the newest first, then an upper
/// level, then a lower one.
pub(crate) struct Job {
    pub(crate) inputs: Vec<(usize, Arc<Table>)>,
    pub(crate) target: usize,
    pub(crate) kind: JobKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobKind {
    /// The rows go into new tables.
    Merge,
    /// The one table fits into the level below as it is.
    Move,
    /// A removed range hides every row.
    Drop,
}

/// Numbers of tables that something is being done to.
pub(crate) type Busy = HashSet<u64>;

/// Whether anybody writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Traffic {
    Busy,
    /// There is time to merge for readers: one table in level 0 makes it full.
    Idle,
}

/// What is to be done next, if anything.
pub(crate) fn pick(
    (visible, view): (Commit, &View),
    busy: &Busy,
    options: &TreeOptions,
    traffic: Traffic,
) -> Option<Job> {
    let levels = &view.levels;
    let targets = Targets::of(levels, options.base_bytes);
    let mut scores = targets.scores(levels, traffic);
    scores.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut reserved = None;
    for (level, score) in scores {
        if score < 1.0 || reserved == Some(level) {
            continue;
        }
        let job = match level {
            0 => out_of_level_0(levels, busy, targets.base),
            _ => out_of(levels, busy, level),
        };
        if job.is_some() {
            return job;
        }
        // Level 0 waits for its base level, which is not to be kept busy meanwhile.
        if level == 0 {
            reserved = Some(targets.base);
        }
    }
    settle_removals(levels, busy).or_else(|| clean(view, visible, busy, targets.base))
}

/// How large the levels may be.
#[derive(Debug, PartialEq, Eq)]
struct Targets {
    base: usize,
    bytes: [u64; LEVELS],
}

impl Targets {
    fn of(levels: &Levels, base_bytes_max: u64) -> Self {
        let sizes: Vec<u64> = (0..LEVELS).map(|level| levels.bytes(level)).collect();
        Self::for_sizes(&sizes, base_bytes_max)
    }

    fn for_sizes(sizes: &[u64], base_bytes_max: u64) -> Self {
        let uppermost = (1..LEVELS).find(|level| sizes[*level] > 0).unwrap_or(LOWEST);
        let largest = sizes[1..].iter().copied().max().unwrap_or_default();
        let (mut base, mut bytes) = (LOWEST, largest);
        while base > 1 && (bytes > base_bytes_max || base > uppermost) {
            base -= 1;
            bytes /= GROWTH;
        }
        let mut targets = [u64::MAX; LEVELS];
        let mut target = bytes.clamp(base_bytes_max / GROWTH, base_bytes_max).max(1);
        for bytes in &mut targets[base..] {
            *bytes = target;
            target = target.saturating_mul(GROWTH);
        }
        Self { base, bytes: targets }
    }

    #[expect(clippy::cast_precision_loss, reason = "a rough figure is enough")]
    fn scores(&self, levels: &Levels, traffic: Traffic) -> Vec<(usize, f64)> {
        let level_0_tables = match traffic {
            Traffic::Busy => LEVEL_0_TABLES,
            Traffic::Idle => 1,
        };
        let fullness = |level: usize| {
            let own = levels.bytes(level) as f64 / self.bytes[level] as f64;
            match level {
                0 => levels.level(0).len() as f64 / level_0_tables as f64,
                // Nothing lies below it that it could go to.
                LOWEST => 0.0,
                _ => own,
            }
        };
        (0..LEVELS).map(|level| (level, fullness(level))).collect()
    }
}

fn out_of_level_0(levels: &Levels, busy: &Busy, base: usize) -> Option<Job> {
    let all = levels.level(0);
    if all.iter().any(|table| is_busy(busy, table)) {
        return None;
    }
    let oldest = &all[all.len().saturating_sub(LEVEL_0_TABLES_MAX)..];
    into(levels, busy, 0, oldest, base)
}

/// The table whose merge rewrites least.
fn out_of(levels: &Levels, busy: &Busy, level: usize) -> Option<Job> {
    let rewritten = |table: &Arc<Table>| -> u64 {
        let below = levels.overlapping(level + 1, &table.first, &table.last);
        let bytes: u64 = below.iter().map(|table| table.entry.bytes).sum();
        bytes.saturating_mul(1024) / table.entry.bytes.max(1)
    };
    let free = levels.level(level).iter().filter(|table| {
        let below = levels.overlapping(level + 1, &table.first, &table.last);
        !is_busy(busy, table) && !below.iter().any(|table| is_busy(busy, table))
    });
    let table = free.min_by_key(|table| rewritten(table))?;
    into(levels, busy, level, std::slice::from_ref(table), level + 1)
}

/// A table whose removals are so many that a merge with the rows below gives their space back.
fn settle_removals(levels: &Levels, busy: &Busy) -> Option<Job> {
    let gives_back = |level: usize, table: &Arc<Table>| {
        let below = levels.overlapping(level + 1, &table.first, &table.last);
        let rows: u64 = below.iter().map(|table| table.rows).sum();
        table.removals.saturating_mul(GROWTH) >= rows
    };
    (1..LOWEST).find_map(|level| {
        let mut removing = levels.level(level).iter().filter(|table| {
            table.removals > 0 && !is_busy(busy, table) && gives_back(level, table)
        });
        removing.find_map(|table| into(levels, busy, level, std::slice::from_ref(table), level + 1))
    })
}

/// Some tables of a level, and what they overlap of the target.
fn into(
    levels: &Levels,
    busy: &Busy,
    level: usize,
    tables: &[Arc<Table>],
    target: usize,
) -> Option<Job> {
    let (first, last) = bounds(tables)?;
    let below = levels.overlapping(target, first, last);
    if below.iter().any(|table| is_busy(busy, table)) {
        return None;
    }
    // Nothing lies below the lowest level that a removal would still have to hide.
    let sheds = target == LOWEST && tables.iter().any(|table| table.removals > 0);
    let kind = match (tables.len(), below.is_empty(), sheds) {
        (1, true, false) => JobKind::Move,
        _ => JobKind::Merge,
    };
    let upper = tables.iter().map(|table| (level, Arc::clone(table)));
    let lower = below.iter().map(|table| (target, Arc::clone(table)));
    Some(Job { inputs: upper.chain(lower).collect(), target, kind })
}

/// A table that has rows of a range that was removed up to some commit.
fn clean(view: &View, visible: Commit, busy: &Busy, base: usize) -> Option<Job> {
    let levels = &view.levels;
    for range in view.removed.iter().filter(|range| range.commit <= visible) {
        let is_affected = |table: &Arc<Table>| range.may_hide_in(table) && !is_busy(busy, table);
        let mut meeting = levels.meeting(range);
        let Some((level, table)) = meeting.find(|(_, table)| is_affected(table)) else {
            continue;
        };
        let is_whole = table.commits.max < range.commit
            && range.start[..] <= table.first[..]
            && table.last[..] < range.end[..];
        let alone = |kind| Job { inputs: vec![(level, Arc::clone(table))], target: level, kind };
        match (is_whole, level) {
            (true, _) => return Some(alone(JobKind::Drop)),
            // Its rows must stay between those of its neighbours: all of them go down.
            (false, 0) => {
                if let Some(mut job) = out_of_level_0(levels, busy, base) {
                    job.kind = JobKind::Merge;
                    return Some(job);
                }
            }
            (false, _) => return Some(alone(JobKind::Merge)),
        }
    }
    None
}

fn is_busy(busy: &Busy, table: &Table) -> bool {
    busy.contains(&table.entry.number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::TableWriter;

    const MB: u64 = 1 << 20;

    fn targets(sizes: [u64; LEVELS]) -> (usize, Vec<u64>) {
        let Targets { base, bytes } = Targets::for_sizes(&sizes.map(|size| size * MB), 200 * MB);
        (base, bytes[base..].iter().map(|bytes| bytes / MB).collect())
    }

    #[test]
    fn the_base_level_rises_with_the_tree() {
        assert_eq!(targets([0; LEVELS]), (6, vec![20]));
        assert_eq!(targets([0, 0, 0, 0, 0, 0, 100]), (6, vec![100]));
        assert_eq!(targets([0, 0, 0, 0, 0, 0, 1000]), (5, vec![100, 1000]));
        assert_eq!(targets([0, 0, 0, 0, 50, 0, 1000]), (4, vec![20, 200, 2000]));
        assert_eq!(targets([0, 0, 0, 0, 0, 2000, 20_000]), (4, vec![200, 2000, 20_000]));
    }

    /// Levels of one table each: rows of these numbers, removed or not.
    fn levels(tables: &[(usize, std::ops::Range<u32>, bool)]) -> (tempfile::TempDir, Levels) {
        let dir = tempfile::tempdir().unwrap();
        let options = TreeOptions::new(crate::SecretKey::new([5; 32]), 1 << 20, 1 << 20);
        let mut levels: [Vec<Arc<Table>>; LEVELS] = Default::default();
        for (at, (level, rows, is_removed)) in tables.iter().enumerate() {
            let mut writer = TableWriter::create(dir.path(), &options, at as u64 + 1, 0).unwrap();
            for row in rows.clone() {
                let value = (!is_removed).then_some(&b"value"[..]);
                writer.add(&row.to_be_bytes(), 7, value).unwrap();
            }
            let entry = writer.finish().unwrap();
            levels[*level].push(Arc::new(Table::open(dir.path(), &options, entry).unwrap()));
        }
        (dir, Levels::new(levels))
    }

    fn settled(tables: &[(usize, std::ops::Range<u32>, bool)]) -> Option<(usize, JobKind, usize)> {
        let (_dir, levels) = levels(tables);
        let job = settle_removals(&levels, &Busy::new())?;
        Some((job.inputs.len(), job.kind, job.target))
    }

    #[test]
    fn many_removals_go_down_to_what_they_remove() {
        let rows = (6, 0..100, false);
        assert_eq!(settled(std::slice::from_ref(&rows)), None);
        assert_eq!(settled(&[(5, 0..100, false), rows.clone()]), None);
        assert_eq!(settled(&[(5, 0..9, true), rows.clone()]), None);
        assert_eq!(settled(&[(5, 0..10, true), rows.clone()]), Some((2, JobKind::Merge, 6)));
        // With nothing below they go as they are, and end where there is nothing to hide.
        assert_eq!(settled(&[(4, 0..1, true), rows]), Some((1, JobKind::Move, 5)));
        assert_eq!(settled(&[(5, 0..1, true)]), Some((1, JobKind::Merge, 6)));
        assert_eq!(settled(&[(6, 0..1, true)]), None);
    }
}
