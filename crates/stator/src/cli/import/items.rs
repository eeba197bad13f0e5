//! Files of items, into one table.
//!
//! Into a table that is there already they go as writes of their own would: whatever interrupts
//! that leaves what was written, and importing again completes it. A table that is created along
//! with them is there once all of them are in it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use db::{Loaded, Loader};
use dump::foreign::{self, DataFile};
use dump::{Content, Text};
use indicatif::ProgressBar;
use model::api::CreateTableInput;
use model::{Scope, TableRef};

use super::batches::{Sink, Step, Steps, read_aside};
use super::source;
use crate::Engine;
use crate::cli::offline::{DataDirectory, IfAbsent, Offline};
use crate::cli::progress::{self, Show};

/// What to import, and where.
pub(super) struct ItemsImport {
    pub(super) inputs: Vec<Input>,
    pub(super) directory: DataDirectory,
    pub(super) scope: Scope,
    pub(super) table: String,
    /// Describes the table that is to be created.
    pub(super) create_from: Option<PathBuf>,
    pub(super) show: Show,
}

/// Something to read.
pub(super) enum Input {
    /// A file that was opened already.
    Open {
        /// The file's name, for messages.
        name: String,
        /// The file's text.
        text: Text<'static>,
    },
    /// A file, or the folder of an export to S3.
    Path(PathBuf),
}

impl Input {
    /// The file's name, for messages.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Open { name, .. } => name.clone(),
            Self::Path(path) => path.display().to_string(),
        }
    }
}

/// Imports; answers with a report.
pub(super) async fn import(wanted: ItemsImport) -> anyhow::Result<String> {
    let ItemsImport { inputs, directory, scope, table, create_from, show } = wanted;
    let (if_absent, if_it_fails) = match create_from {
        Some(_) => (IfAbsent::Create, "nothing was imported"),
        None => (IfAbsent::Refuse, "a part may be imported; import again when it is mended"),
    };
    let declaration = create_from.map(|path| declaration(&path, &table)).transpose()?;
    let offline = directory.open(if_absent).await?;
    let mut adoption = offline.db.adopt();
    let loader = match declaration {
        Some(declaration) => adoption.create(&scope, declaration).await?,
        None => existing(&offline, &scope, &table)?,
    };
    let bar = progress::of_items("importing", None, show);
    let name = table.clone();
    let steps = read_aside(move |sink| read_all(inputs, &name, sink));
    let loaded = load(loader, steps, &bar).await;
    bar.finish_and_clear();
    let (Loaded { created, replaced, deleted }, notes) = loaded.context(if_it_fails)?;
    adoption.publish().await?;
    let report = format!(
        "imported into {table}: {created} items created, {replaced} replaced, {deleted} deleted"
    );
    offline.close([&[report][..], &notes].concat().join("\n")).await
}

fn declaration(path: &Path, table: &str) -> anyhow::Result<CreateTableInput> {
    let json = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    foreign::read_declaration(&json, table).with_context(|| path.display().to_string())
}

/// A loader of a table that is there.
fn existing<'d>(
    offline: &'d Offline,
    scope: &Scope,
    table: &str,
) -> anyhow::Result<Loader<'d, Engine>> {
    offline.db.load(scope, &TableRef::new(table)).map_err(|_| {
        let Scope { account, region } = scope;
        anyhow!(
            "there is no table {table} of account {account} in {region}; create it with \
             --create-from, or say where it is with --account and --region"
        )
    })
}

/// The thread that reads.
fn read_all(inputs: Vec<Input>, table: &str, sink: &mut Sink) -> anyhow::Result<()> {
    for input in inputs {
        match input {
            Input::Open { name, text } => {
                read(name, text, table, sink)?;
            }
            Input::Path(path) => {
                let files = foreign::data_files(&path);
                let files = files.with_context(|| path.display().to_string())?;
                // All of them before the first is imported.
                for file in &files {
                    file.verify().with_context(|| file.path.display().to_string())?;
                }
                for file in files {
                    read_file(&file, table, sink)?;
                }
            }
        }
    }
    Ok(())
}

fn read_file(file: &DataFile, table: &str, sink: &mut Sink) -> anyhow::Result<()> {
    let name = file.path.display().to_string();
    let content = dump::open(source(&file.path)?, |_| Vec::new());
    let Content::Other(text) = content.with_context(|| name.clone())? else {
        bail!("{name} is a Stator export; import it by itself");
    };
    let count = read(name.clone(), text, table, sink)?;
    let expected = file.items.unwrap_or(count);
    ensure!(count == expected, "{name} has {count} items, and its manifest says {expected}");
    Ok(())
}

/// Reads one file; answers with the number of requests in it.
fn read(name: String, text: Text<'_>, table: &str, sink: &mut Sink) -> anyhow::Result<u64> {
    sink.file(name.clone())?;
    let totals = foreign::read_requests(text, table, &mut |located| {
        let taken = sink.request(located.request, located.line, located.text_bytes);
        taken.map_err(|error| error.to_string())
    });
    let totals = totals.with_context(|| name.clone())?;
    if totals.is_partial {
        sink.step(Step::Note(format!(
            "{name} holds a part of its table only: it names where the next page begins"
        )))?;
    }
    Ok(totals.count)
}

/// Writes what was read; answers with what there is to say beside.
async fn load(
    mut loader: Loader<'_, Engine>,
    mut steps: Steps,
    bar: &ProgressBar,
) -> anyhow::Result<(Loaded, Vec<String>)> {
    let mut notes = Vec::new();
    loop {
        match steps.next().await? {
            Step::Requests(batch) => {
                batch.carry_out(&mut loader).await?;
                bar.inc(batch.len());
            }
            Step::Note(note) => notes.push(note),
            Step::Table(_) | Step::TableEnd => bail!("an export among files of items"),
            Step::End => break,
        }
    }
    Ok((loader.finish().await?, notes))
}
