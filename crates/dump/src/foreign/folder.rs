//! Which files to read: single ones, and the folders that DynamoDB exports to S3.
//!
//! An export's folder has `manifest-summary.json`, `manifest-files.json` (a line per data file) and
//! `data/` (developer guide, "DynamoDB table export output format", 2026-11).

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::DumpError;

const SUMMARY: &str = "manifest-summary.json";
const FILES: &str = "manifest-files.json";

/// A file to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Where the file is.
    pub path: PathBuf,
    /// How many changes it holds, where a manifest says so.
    pub items: Option<u64>,
    /// Its MD5 checksum, in base64, where a manifest says it.
    md5: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    output_format: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Manifested {
    item_count: Option<u64>,
    md5_checksum: Option<String>,
    data_file_s3_key: String,
}

/// The files of `path`: itself, or those of the export whose folder it is.
///
/// # Errors
/// [`DumpError::Unsupported`] for a folder that is no export in DynamoDB JSON, and those of the
/// file system.
pub fn data_files(path: &Path) -> Result<Vec<DataFile>, DumpError> {
    if !path.is_dir() {
        return Ok(vec![DataFile { path: path.to_owned(), items: None, md5: None }]);
    }
    check_format(path)?;
    let manifest = File::open(path.join(FILES)).map_err(|_| not_an_export())?;
    let lines = serde_json::Deserializer::from_reader(BufReader::new(manifest));
    let files = lines.into_iter::<Manifested>().map(|line| {
        let line = line.map_err(DumpError::json)?;
        // The folder may have been copied from the bucket without the folders above it.
        let name = line.data_file_s3_key.rsplit('/').next().unwrap_or_default();
        let path = path.join("data").join(name);
        Ok(DataFile { path, items: line.item_count, md5: line.md5_checksum })
    });
    files.collect()
}

fn check_format(folder: &Path) -> Result<(), DumpError> {
    let summary = match fs::read(folder.join(SUMMARY)) {
        Ok(summary) => summary,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(DumpError::Io(error)),
    };
    let summary: Summary = serde_json::from_slice(&summary).map_err(DumpError::json)?;
    match summary.output_format.as_deref() {
        None | Some("DYNAMODB_JSON") => Ok(()),
        Some(other) => Err(DumpError::Unsupported(format!(
            "the export is in the format {}; export the table again as DYNAMODB_JSON",
            other.escape_debug()
        ))),
    }
}

fn not_an_export() -> DumpError {
    DumpError::Unsupported(format!(
        "the folder has no {FILES}; name the folder of an export (AWSDynamoDB/…) or single files"
    ))
}

impl DataFile {
    /// Checks the whole file against its manifest's checksum, if there is one.
    ///
    /// # Errors
    /// [`DumpError::Damaged`], and those of the file system.
    pub fn verify(&self) -> Result<(), DumpError> {
        let Some(expected) = &self.md5 else { return Ok(()) };
        let mut file = File::open(&self.path).map_err(DumpError::Io)?;
        let mut md5 = md5::Context::new();
        let mut block = vec![0; 64 << 10];
        loop {
            match file.read(&mut block).map_err(DumpError::Io)? {
                0 => break,
                read => md5.consume(&block[..read]),
            }
        }
        if STANDARD.encode(md5.finalize().0) == *expected {
            return Ok(());
        }
        Err(DumpError::damaged("by the checksum of the export's manifest"))
    }
}
