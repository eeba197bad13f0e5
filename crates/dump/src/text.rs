//! Text that may have been compressed.

use std::io::{self, BufRead, BufReader};

use flate2::bufread::MultiGzDecoder;

const GZIP: [u8; 2] = [0x1F, 0x8B];

/// `source` without its compression: gzip is told by its first bytes, anything else stays as it is.
///
/// # Errors
/// Those of `source`.
pub fn unpacked<'r>(
    mut source: impl BufRead + Send + 'r,
) -> io::Result<Box<dyn BufRead + Send + 'r>> {
    if begins_with(&mut source, &GZIP)? {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(source))));
    }
    Ok(Box::new(source))
}

/// Looks at the beginning of what is buffered. A reader shows less than two bytes at a time only
/// where the file ends, or where a pipe's writer pauses after one byte, which gzip does not.
fn begins_with(source: &mut impl BufRead, magic: &[u8]) -> io::Result<bool> {
    Ok(source.fill_buf()?.starts_with(magic))
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::unpacked;

    fn read(bytes: &[u8]) -> Vec<u8> {
        let mut content = Vec::new();
        unpacked(bytes).unwrap().read_to_end(&mut content).unwrap();
        content
    }

    #[test]
    fn gzip_is_unpacked_and_the_rest_left_alone() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(b"{}\n").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(read(&packed), b"{}\n");
        assert_eq!(read(&[&packed[..], &packed[..]].concat()), b"{}\n{}\n");
        assert_eq!(read(b"{}"), b"{}");
        assert_eq!(read(b""), b"");
    }
}
