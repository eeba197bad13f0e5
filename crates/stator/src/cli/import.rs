//! `stator import`: Stator's own exports, and files of items from elsewhere.
//!
//! A thread reads, parses and checks; the database takes batches from it. What a file is shows in
//! its first bytes.

mod batches;
mod items;
mod keys;
mod restore;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use clap::Args;
use dump::{Content, DumpError};

use super::offline::{self, DataDirectory};
use super::progress::Show;
use super::scope::ScopeArguments;
use crate::key_file::{self, IfMissing};

/// How much is read at once.
const READ_BYTES: usize = 256 << 10;

/// Flags of `stator import`.
#[derive(Debug, Args)]
#[command(
    mut_arg("region", |flag| flag.help("Region of the table that files of items go into")),
    mut_arg("account", |flag| flag.help("Account of the table that files of items go into"))
)]
pub(super) struct ImportArguments {
    #[command(flatten)]
    directory: DataDirectory,
    /// A file that stator export wrote; or files of items, or folders of exports to S3, for --table;
    /// - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// File with the key that an export was sealed with [default: the data directory's key, or the
    /// file of the name it was sealed with]
    #[arg(long, value_name = "FILE")]
    export_key_file: Option<PathBuf>,
    /// The table that files of items go into; of an export, import only this table (may be given
    /// several times)
    #[arg(long = "table", value_name = "NAME")]
    tables: Vec<String>,
    /// Create the table as this file describes it: the output of aws dynamodb describe-table, or a
    /// request of create-table
    #[arg(long, value_name = "FILE", requires = "tables")]
    create_from: Option<PathBuf>,
    #[command(flatten)]
    scope: ScopeArguments,
    /// Show no progress and no summary
    #[arg(long, short)]
    quiet: bool,
}

/// Imports.
pub(super) fn run(arguments: ImportArguments) -> anyhow::Result<()> {
    let quiet = arguments.quiet;
    let report = match open_first(&arguments)? {
        First::Export(export) => {
            offline::run(restore::restore(arguments.into_restore(export)?), "nothing was imported")
        }
        First::Items(first) => offline::run(
            items::import(arguments.into_items(first)?),
            "what goes into a table that existed may be there in part: import it again",
        ),
    }?;
    if !quiet {
        let _nobody_reads_it = io::stderr().write_all(report.as_bytes());
    }
    Ok(())
}

/// What the first file is.
enum First {
    Export(restore::Export),
    Items(items::Input),
}

/// Looks into the first file before anything is touched.
fn open_first(arguments: &ImportArguments) -> anyhow::Result<First> {
    let path = arguments.files.first().context("name a file to import")?;
    if path.is_dir() {
        return Ok(First::Items(items::Input::Path(path.clone())));
    }
    let named = arguments.export_key_file.as_deref();
    let named = named.map(|path| key_file::load(path, IfMissing::Fail)).transpose()?;
    let find_keys = |sealed_with: &str| match named {
        Some(named) => vec![named.key],
        None => keys::likely(&arguments.directory, path, sealed_with),
    };
    let content = dump::open(source(path)?, find_keys).map_err(|error| match error {
        error @ DumpError::WrongKey { .. } => {
            anyhow!("{}: {error}; name it with --export-key-file", path.display())
        }
        error => anyhow!("{}: {error}", path.display()),
    })?;
    let name = path.display().to_string();
    Ok(match content {
        Content::Export(reader) => First::Export(restore::Export { reader: *reader, name }),
        Content::Other(text) => First::Items(items::Input::Open { name, text }),
    })
}

/// A file, or standard input.
fn source(path: &Path) -> anyhow::Result<Box<dyn BufRead + Send>> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Box::new(BufReader::with_capacity(READ_BYTES, file)))
}

impl ImportArguments {
    fn into_restore(self, export: restore::Export) -> anyhow::Result<restore::Restoration> {
        ensure!(self.files.len() == 1, "{} is a Stator export; import it by itself", export.name);
        ensure!(self.create_from.is_none(), "an export says itself how its tables are created");
        let show = Show::unless(self.quiet);
        Ok(restore::Restoration { export, directory: self.directory, tables: self.tables, show })
    }

    fn into_items(self, first: items::Input) -> anyhow::Result<items::ItemsImport> {
        let Ok([table]) = <[String; 1]>::try_from(self.tables) else {
            bail!("{} is no Stator export; files of items need one --table", first.name())
        };
        let others = self.files.into_iter().skip(1).map(items::Input::Path);
        Ok(items::ItemsImport {
            inputs: std::iter::once(first).chain(others).collect(),
            directory: self.directory,
            scope: self.scope.into_scope(),
            table,
            create_from: self.create_from,
            show: Show::unless(self.quiet),
        })
    }
}
