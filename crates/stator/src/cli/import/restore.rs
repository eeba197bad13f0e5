//! Restoring an export: its tables with everything they had, all or none.

use anyhow::{Context as _, bail, ensure};
use db::Adoption;
use dump::{ExportPart, ExportReader, TableHead, Text};
use indicatif::ProgressBar;
use model::api::WriteRequest;

use super::batches::{Sink, Step, Steps, read_aside};
use crate::Engine;
use crate::cli::counted;
use crate::cli::offline::{DataDirectory, IfAbsent, Offline};
use crate::cli::progress::{self, Show};

/// An export that was opened.
pub(super) struct Export {
    pub(super) reader: ExportReader<Text<'static>>,
    /// Its name, for messages.
    pub(super) name: String,
}

/// What to restore, and where.
pub(super) struct Restoration {
    pub(super) export: Export,
    pub(super) directory: DataDirectory,
    /// Only these tables; all when empty.
    pub(super) tables: Vec<String>,
    pub(super) show: Show,
}

/// How many tables and items were restored.
#[derive(Default)]
struct Restored {
    tables: u64,
    items: u64,
}

/// Restores; answers with a report.
pub(super) async fn restore(restoration: Restoration) -> anyhow::Result<String> {
    let Restoration { export, directory, tables, show } = restoration;
    let data_dir = directory.data_dir.clone();
    let offline = directory.open(IfAbsent::Create).await?;
    let expected = tables.is_empty().then_some(export.reader.head().items);
    let bar = progress::of_items("importing", expected, show);
    let steps = read_aside(move |sink| read(export, &tables, sink));
    let restored = take(&offline, steps, &bar).await;
    bar.finish_and_clear();
    let Restored { tables, items } = restored.context("nothing was imported")?;
    let (tables, items) = (counted(tables, "table"), counted(items, "item"));
    let report = format!("imported {tables} with {items} into {}", data_dir.display());
    offline.close(report).await
}

/// The thread that reads.
fn read(export: Export, wanted: &[String], sink: &mut Sink) -> anyhow::Result<()> {
    let Export { mut reader, name } = export;
    sink.file(name.clone())?;
    let mut missing: Vec<&String> = wanted.iter().collect();
    let mut is_wanted = true;
    while let Some(part) = reader.next_part().with_context(|| name.clone())? {
        match part {
            ExportPart::Table(table) => {
                missing.retain(|name| **name != table.definition.name);
                is_wanted = wanted.is_empty() || wanted.contains(&table.definition.name);
                if is_wanted {
                    sink.step(Step::Table(table))?;
                }
            }
            ExportPart::Item(item) if is_wanted => {
                sink.request(WriteRequest::put(item), reader.line(), reader.line_bytes())?;
            }
            ExportPart::TableEnd if is_wanted => sink.step(Step::TableEnd)?,
            ExportPart::Item(_) | ExportPart::TableEnd => {}
        }
    }
    match missing.first() {
        Some(table) => bail!("{name} has no table {table}"),
        None => Ok(()),
    }
}

/// Takes the tables over; they are there once all of them are.
async fn take(offline: &Offline, mut steps: Steps, bar: &ProgressBar) -> anyhow::Result<Restored> {
    let mut adoption = offline.db.adopt();
    let mut restored = Restored::default();
    while let Step::Table(head) = steps.next().await? {
        restored.items += take_table(&mut adoption, *head, &mut steps, bar).await?;
        restored.tables += 1;
    }
    adoption.publish().await?;
    Ok(restored)
}

/// Takes one table over; answers with the number of its items.
async fn take_table(
    adoption: &mut Adoption<'_, Engine>,
    head: TableHead,
    steps: &mut Steps,
    bar: &ProgressBar,
) -> anyhow::Result<u64> {
    let TableHead { scope, definition } = head;
    let name = definition.name.clone();
    let begun = adoption.restore(&scope, definition).await;
    let mut loader = begun.with_context(|| {
        format!("the table {name} of account {} in {}", scope.account, scope.region)
    })?;
    while let Step::Requests(batch) = steps.next().await? {
        batch.carry_out(&mut loader).await?;
        bar.inc(batch.len());
    }
    let loaded = loader.finish().await?;
    ensure!(loaded.replaced == 0, "the table {name} has {} items twice", loaded.replaced);
    Ok(loaded.created)
}
