//! Merging: the rows of some tables into new ones, of each key the one that counts.
//!
//! ```text
//! level 0   b₇      ×d₉         ×: removed            target   a₁ b₇ c₂ e₄
//! target    a₁ b₅ c₂ d₁ e₄
//! ```
//! What a removed range hides is left out. The removal of a row is left out, too, where no table
//! further down can have the row. Readers are not looked at: whoever reads as of an earlier commit
//! holds the tables that the merge replaces.

use std::sync::Arc;

use crate::block::Commit;
use crate::core::{Change, Core};
use crate::direction::Direction;
use crate::error::TreeError;
use crate::output::TablesWriter;
use crate::picking::{Job, JobKind};
use crate::source::{LevelCursor, Source, next_of, step_past};
use crate::table::{CacheUse, Table, TableCursor};
use crate::view::{LEVELS, Levels, View};

/// Rows between two looks at whether the tree closes.
const ROWS_PER_LOOK: u32 = 1024;

/// Merges; `None` when the tree closes meanwhile.
pub(crate) fn merge(
    core: &Core,
    (visible, view): (Commit, &View),
    job: &Job,
) -> Result<Option<Vec<Arc<Table>>>, TreeError> {
    let mut sources = sources(core, job);
    for source in &mut sources {
        source.seek(&[], Direction::Forward)?;
    }
    let mut writer = TablesWriter::new(core, visible);
    let keeping = Keeping { visible, view, target: job.target };
    let (mut key, mut rows) = (Vec::new(), 0_u32);
    while let Some(first) = next_of(&sources, Direction::Forward) {
        let source = &sources[first];
        key.clear();
        key.extend_from_slice(source.key().expect("the least is at a row"));
        let (commit, value) = (source.commit(), source.value_ref());
        if keeping.keeps(&key, commit, value.is_none()) {
            writer.add(&key, commit, value)?;
        }
        step_past(&mut sources[first..], &key, Direction::Forward)?;
        rows += 1;
        if rows.is_multiple_of(ROWS_PER_LOOK) && core.signals.is_closing() {
            return Ok(None);
        }
    }
    writer.finish().map(Some)
}

/// Puts tables in the place of those of a job.
pub(crate) fn replace(core: &Core, job: &Job, come: &[Arc<Table>]) -> Result<(), TreeError> {
    let gone: Vec<u64> = job.inputs.iter().map(|(_, table)| table.entry.number).collect();
    let levels = |levels: &Levels| levels.changed(&gone, job.target, come.iter().cloned());
    let new = if job.kind == JobKind::Move { &[] } else { come };
    core.change(Change { come: new, levels: &levels, flushed: None })?;
    if job.kind != JobKind::Move {
        job.inputs.iter().for_each(|(_, table)| table.retire());
    }
    Ok(())
}

/// Which rows a merge keeps.
struct Keeping<'v> {
    /// Ranges that were removed up to here are known to everybody.
    visible: Commit,
    view: &'v View,
    target: usize,
}

impl Keeping<'_> {
    fn keeps(&self, key: &[u8], commit: Commit, is_removal: bool) -> bool {
        let View { removed, levels, .. } = self.view;
        let is_hidden = removed.hide(key, commit, self.visible);
        let below = self.target + 1..LEVELS;
        let is_needed = |mut below: std::ops::Range<usize>| {
            below.any(|level| levels.spanning(level, key).is_some())
        };
        !is_hidden && (!is_removal || is_needed(below))
    }
}

/// The inputs, the newest first: each table of level 0 by itself, other levels as one.
fn sources(core: &Core, job: &Job) -> Vec<Source> {
    let cache = || Arc::clone(&core.cache);
    let mut sources = Vec::new();
    for (level, table) in &job.inputs {
        if *level == 0 {
            let cursor = TableCursor::new(Arc::clone(table), cache(), CacheUse::Pass);
            sources.push(Source::Table(cursor));
        }
    }
    for level in 1..LEVELS {
        let tables = job.inputs.iter().filter(|(of, _)| *of == level);
        let tables: Vec<_> = tables.map(|(_, table)| Arc::clone(table)).collect();
        if !tables.is_empty() {
            sources.push(Source::Level(LevelCursor::new(tables, cache(), CacheUse::Pass)));
        }
    }
    sources
}
