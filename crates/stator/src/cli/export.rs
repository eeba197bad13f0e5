//! `stator export`.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use db::StoredTable;
use dump::{ExportWriter, FileKey, Form, Head, Sealing, Wrapper};
use indicatif::ProgressBar;
use model::TableRef;
use tempfile::NamedTempFile;

use super::counted;
use super::offline::{self, DataDirectory, IfAbsent, Offline};
use super::progress::{self, Show};
use crate::key_file::{self, IfMissing};
use crate::system;

/// Flags of `stator export`.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    #[command(flatten)]
    directory: DataDirectory,
    /// File to write, which must not exist; - is standard output
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Do not encrypt: a JSON line per item, compressed if the file's name ends in .gz
    #[arg(long)]
    plain: bool,
    /// Export only this table; may be given several times
    #[arg(long = "table", value_name = "NAME")]
    tables: Vec<String>,
    /// Show no progress and no summary
    #[arg(long, short)]
    quiet: bool,
}

/// How much was written, and what opens it.
#[derive(Debug)]
struct Exported {
    tables: u64,
    items: u64,
    /// The key file that opens it; none opens a plain one.
    key_file: Option<PathBuf>,
}

/// Exports.
pub(super) fn run(arguments: ExportArguments) -> anyhow::Result<()> {
    let (output, quiet) = (arguments.output.clone(), arguments.quiet);
    let exported = offline::run(export(arguments), "nothing was exported")?;
    if !quiet {
        // Standard output may be the export itself.
        let _nobody_reads_it = io::stderr().write_all(exported.report(&output).as_bytes());
    }
    Ok(())
}

async fn export(arguments: ExportArguments) -> anyhow::Result<Exported> {
    let ExportArguments { directory, output, plain, tables, quiet } = arguments;
    let target = Target::new(&output)?;
    let offline = directory.open(IfAbsent::Refuse).await?;
    let tables = chosen(offline.db.stored_tables().await?, tables)?;
    let form = match plain {
        false => sealed(&offline)?,
        true if output.extension() == Some(OsStr::new("gz")) => Form::Packed,
        true => Form::Plain,
    };
    let key_file = (!plain).then(|| offline.key_file.clone());
    let items = tables.iter().map(|table| table.items).sum();
    let bar = progress::of_items("exporting", Some(items), Show::unless(quiet));
    let written = write(&offline, &tables, Wrapper::new(target, form)?, &bar).await;
    bar.finish_and_clear();
    let (target, items) = written.with_context(|| format!("cannot write {}", output.display()))?;
    offline.db.close().await.context("the store did not close cleanly")?;
    target.keep(&output)?;
    Ok(Exported { tables: tables.len() as u64, items, key_file })
}

/// The tables that were asked for; all of them when none was named.
fn chosen(stored: Vec<StoredTable>, names: Vec<String>) -> anyhow::Result<Vec<StoredTable>> {
    let mut missing: BTreeSet<String> = names.into_iter().collect();
    if missing.is_empty() {
        return Ok(stored);
    }
    let wanted = missing.clone();
    let chosen = stored.into_iter().filter(|table| {
        missing.remove(&table.definition.name);
        wanted.contains(&table.definition.name)
    });
    let chosen = chosen.collect();
    match missing.first() {
        Some(name) => bail!("there is no table {name}; leave --table out to export all"),
        None => Ok(chosen),
    }
}

fn sealed(offline: &Offline) -> anyhow::Result<Form> {
    let root = key_file::load(&offline.key_file, IfMissing::Fail)?.key;
    let name = offline.key_file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut sealing = Sealing {
        file_key: FileKey::default(),
        wrap_nonce: [0; 12],
        frame_nonce: [0; 7],
        key_file: name,
    };
    for bytes in [&mut sealing.file_key[..], &mut sealing.wrap_nonce, &mut sealing.frame_nonce] {
        getrandom::fill(bytes).map_err(io::Error::other)?;
    }
    Ok(Form::Sealed(root, sealing))
}

/// Writes every table; answers with the output and how many items it got.
async fn write(
    offline: &Offline,
    tables: &[StoredTable],
    output: Wrapper<Target>,
    bar: &ProgressBar,
) -> anyhow::Result<(Target, u64)> {
    let head = Head {
        written_by: concat!("stator ", env!("CARGO_PKG_VERSION")).into(),
        written_at_ms: system::now_ms(),
        tables: tables.len() as u64,
        items: tables.iter().map(|table| table.items).sum(),
    };
    let mut writer = ExportWriter::new(output, head)?;
    let mut items = 0;
    for table in tables {
        writer.table(&table.scope, &table.definition)?;
        items += write_items(offline, table, &mut writer, bar).await?;
        writer.end_table()?;
    }
    Ok((writer.finish()?.finish()?, items))
}

async fn write_items(
    offline: &Offline,
    table: &StoredTable,
    writer: &mut ExportWriter<Wrapper<Target>>,
    bar: &ProgressBar,
) -> anyhow::Result<u64> {
    let mut items = 0;
    let mut written = Ok(());
    let name = TableRef::new(&table.definition.name);
    let visit = |item: db::VisitedItem<'_>| {
        written = writer.item(item.attributes, item.item_bytes);
        items += 1;
        bar.inc(1);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    offline.db.visit_items(&table.scope, &name, visit).await?;
    written?;
    Ok(items)
}

/// Where the export goes: standard output, or a file that has its name only once it is whole.
enum Target {
    Stdout(io::Stdout),
    File(NamedTempFile),
}

impl Target {
    fn new(output: &Path) -> anyhow::Result<Self> {
        if output == Path::new("-") {
            return Ok(Self::Stdout(io::stdout()));
        }
        ensure!(!output.exists(), "{} exists; choose another name", output.display());
        let file = NamedTempFile::with_prefix_in(".stator-export-", folder(output));
        let file = file.with_context(|| format!("cannot write {}", output.display()))?;
        Ok(Self::File(file))
    }

    /// Makes the file durable under its name.
    fn keep(mut self, output: &Path) -> anyhow::Result<()> {
        let kept = || -> io::Result<()> {
            self.flush()?;
            if let Self::File(file) = self {
                file.as_file().sync_all()?;
                file.persist_noclobber(output)?;
                File::open(folder(output))?.sync_all()?;
            }
            Ok(())
        };
        kept().with_context(|| format!("cannot write {}", output.display()))
    }
}

fn folder(output: &Path) -> &Path {
    match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

impl Write for Target {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(content),
            Self::File(file) => file.write(content),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(file) => file.flush(),
        }
    }
}

impl Exported {
    fn report(&self, output: &Path) -> String {
        let Self { tables, items, key_file } = self;
        let (tables, items) = (counted(*tables, "table"), counted(*items, "item"));
        let what = format!("exported {tables} with {items} to {}", output.display());
        match key_file {
            Some(key_file) => format!(
                "{what}\nit opens with the key file {}: without that key it cannot be read\n",
                key_file.display()
            ),
            None => format!("{what}\nit is not encrypted\n"),
        }
    }
}
