//! Whole files: which form they have, and their layers put on and taken off.

use std::io::{self, BufRead, BufReader, BufWriter, Cursor, Read, Write};

use flate2::Compression;
use flate2::bufread::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::seal::{MAGIC, RootKey, Sealed, SealedWriter, Sealing};
use crate::{DumpError, ExportReader};

const GZIP: [u8; 2] = [0x1F, 0x8B];
const FIRST_LINE: &[u8] = b"{\"Export\":";
/// As much of a file's beginning as tells its form.
const BEGINNING_BYTES: u64 = 16;

/// Text without its layers.
pub type Text<'r> = Box<dyn BufRead + Send + 'r>;

/// The content of a file, without its layers.
pub enum Content<'r> {
    /// An export of Stator's, its first line read.
    Export(Box<ExportReader<Text<'r>>>),
    /// Other text: perhaps items of [`foreign`](crate::foreign) files.
    Other(Text<'r>),
}

/// Opens a file of any form. `find_keys` is asked for the keys to try when it is sealed, and told
/// the name of the key file that it was sealed with.
///
/// # Errors
/// [`DumpError::WrongKey`], those of [`ExportReader::new`] for an export, and those of `source`.
pub fn open<'r>(
    source: impl BufRead + Send + 'r,
    find_keys: impl FnOnce(&str) -> Vec<RootKey>,
) -> Result<Content<'r>, DumpError> {
    let (beginning, source) = peeked(source)?;
    if beginning.starts_with(&MAGIC) {
        let sealed = Sealed::new(source)?;
        let keys = find_keys(&sealed.key_file());
        let packed = BufReader::new(sealed.unlock(&keys)?);
        let text: Text<'r> = Box::new(BufReader::new(MultiGzDecoder::new(packed)));
        return Ok(Content::Export(Box::new(ExportReader::new(text)?)));
    }
    let text: Text<'r> = if beginning.starts_with(&GZIP) {
        Box::new(BufReader::new(MultiGzDecoder::new(source)))
    } else {
        Box::new(source)
    };
    let (beginning, text) = peeked(text)?;
    if beginning.starts_with(FIRST_LINE) {
        return Ok(Content::Export(Box::new(ExportReader::new(Box::new(text) as Text<'r>)?)));
    }
    Ok(Content::Other(Box::new(text)))
}

/// A source that was looked at the beginning of.
type Whole<R> = io::Chain<Cursor<Vec<u8>>, R>;

/// The beginning of `source`, and all of it.
fn peeked<R: BufRead>(mut source: R) -> Result<(Vec<u8>, Whole<R>), DumpError> {
    let mut beginning = Vec::new();
    source.by_ref().take(BEGINNING_BYTES).read_to_end(&mut beginning)?;
    let whole = Cursor::new(beginning.clone()).chain(source);
    Ok((beginning, whole))
}

/// The form of a new export.
#[derive(Debug)]
pub enum Form {
    /// Compressed, and then sealed under the key.
    Sealed(RootKey, Sealing),
    /// Compressed alone.
    Packed,
    /// Text, without any layer.
    Plain,
}

/// Puts a form's layers on what is written to it. Without [`Wrapper::finish`] the file lacks its
/// end.
#[derive(Debug)]
pub enum Wrapper<W: Write> {
    /// See [`Form::Sealed`].
    Sealed(GzEncoder<Box<SealedWriter<W>>>),
    /// See [`Form::Packed`].
    Packed(GzEncoder<W>),
    /// See [`Form::Plain`].
    Plain(BufWriter<W>),
}

impl<W: Write> Wrapper<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(out: W, form: Form) -> io::Result<Self> {
        // Exports are written once and read seldom: half the time matters more than a tenth of the
        // size.
        let level = Compression::fast();
        Ok(match form {
            Form::Sealed(root, sealing) => {
                let sealed = SealedWriter::new(out, &root, &sealing)?;
                Self::Sealed(GzEncoder::new(Box::new(sealed), level))
            }
            Form::Packed => Self::Packed(GzEncoder::new(out, level)),
            Form::Plain => Self::Plain(BufWriter::new(out)),
        })
    }

    /// Ends the file and gives it back.
    ///
    /// # Errors
    /// Those of the file.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Sealed(packed) => packed.finish()?.finish(),
            Self::Packed(packed) => packed.finish(),
            Self::Plain(plain) => plain.into_inner().map_err(io::IntoInnerError::into_error),
        }
    }
}

impl<W: Write> Write for Wrapper<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        match self {
            Self::Sealed(layer) => layer.write(content),
            Self::Packed(layer) => layer.write(content),
            Self::Plain(layer) => layer.write(content),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Sealed(layer) => layer.flush(),
            Self::Packed(layer) => layer.flush(),
            Self::Plain(layer) => layer.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::{Content, Form, Wrapper, open};
    use crate::{DumpError, ExportWriter, FileKey, Head, RootKey, Sealing};

    fn forms() -> [Form; 3] {
        let sealing = Sealing {
            file_key: FileKey::new([2; 32]),
            wrap_nonce: [3; 12],
            frame_nonce: [4; 7],
            key_file: "my.key".into(),
        };
        [Form::Sealed(RootKey::new([1; 32]), sealing), Form::Packed, Form::Plain]
    }

    fn export(form: Form) -> Vec<u8> {
        let head = Head { written_by: "test".into(), written_at_ms: 7, tables: 0, items: 0 };
        let wrapper = Wrapper::new(Vec::new(), form).unwrap();
        ExportWriter::new(wrapper, head).unwrap().finish().unwrap().finish().unwrap()
    }

    fn keys(key_file: &str) -> Vec<RootKey> {
        assert_eq!(key_file, "my.key");
        vec![RootKey::new([1; 32])]
    }

    #[test]
    fn an_export_of_every_form_is_recognised() {
        for form in forms() {
            let bytes = export(form);
            let Content::Export(mut reader) = open(&bytes[..], keys).unwrap() else { panic!() };
            assert_eq!(reader.head().written_at_ms, 7);
            assert_eq!(reader.next_part().unwrap(), None);
        }
    }

    #[test]
    fn an_export_of_every_form_is_refused_wherever_it_is_cut() {
        for form in forms() {
            let bytes = export(form);
            for length in 0..bytes.len() {
                let read = match open(&bytes[..length], keys) {
                    Ok(Content::Export(mut reader)) => reader.next_part().map(drop),
                    // What is left of the first line says nothing of an export any more.
                    Ok(Content::Other(_)) => continue,
                    Err(error) => Err(error),
                };
                let error = read.expect_err("it is cut short");
                assert!(!matches!(error, DumpError::Io(_)), "{error}");
            }
        }
    }

    #[test]
    fn other_text_is_handed_on_whole_and_unpacked() {
        let text = b"{\"Items\":[]}\n";
        let mut packed = Wrapper::new(Vec::new(), Form::Packed).unwrap();
        packed.write_all(text).unwrap();
        let packed = packed.finish().unwrap();
        for bytes in [&text[..], &packed, &[&packed[..], &packed].concat()] {
            let Content::Other(mut other) = open(bytes, keys).unwrap() else { panic!() };
            let mut read = Vec::new();
            other.read_to_end(&mut read).unwrap();
            assert_eq!(read[..text.len()], text[..]);
            assert!(read.len() == text.len() || read.len() == 2 * text.len());
        }
    }
}
