//! Which compression an answer may have: `Accept-Encoding`, read as DynamoDB reads it.
//!
//! ScyllaDB's `test_compressed_response.py`, run against AWS (read 2026-11-23), shows where that is
//! not RFC 9110: `identity` weighs nothing, a weight is whatever follows the first `q=`, one that
//! is no number is 1, and of several headers only the first counts.

use hyper::header::{ACCEPT_ENCODING, HeaderMap};

/// A compression of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// RFC 1952.
    Gzip,
    /// A zlib stream, RFC 1950.
    Deflate,
}

impl Encoding {
    const ALL: [Self; 2] = [Self::Gzip, Self::Deflate];

    /// Its name in headers.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }
}

/// The compression that the client likes best; `None` if it wants none.
pub(crate) fn accepted(headers: &HeaderMap) -> Option<Encoding> {
    preferred(headers.get(ACCEPT_ENCODING)?.to_str().ok()?)
}

/// Among equal weights the one named first, and what is named before what `*` stands for.
fn preferred(header: &str) -> Option<Encoding> {
    let wishes: Vec<Wish<'_>> = header.split(',').map(Wish::parse).collect();
    let named =
        |encoding: Encoding| move |wish: &Wish<'_>| wish.name.eq_ignore_ascii_case(encoding.name());
    let mut best: Option<(f64, Encoding)> = None;
    let mut consider = |weight: f64, encoding| {
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, encoding));
        }
    };
    for wish in &wishes {
        if let Some(encoding) = Encoding::ALL.into_iter().find(|encoding| named(*encoding)(wish)) {
            consider(wish.weight, encoding);
        }
    }
    let unnamed = Encoding::ALL.into_iter().find(|encoding| !wishes.iter().any(named(*encoding)));
    if let Some(encoding) = unnamed {
        let rest = wishes.iter().filter(|wish| wish.name == "*");
        rest.for_each(|wish| consider(wish.weight, encoding));
    }
    best.map(|(_, encoding)| encoding)
}

/// One element of the header.
struct Wish<'a> {
    name: &'a str,
    /// From 0, not at all, to 1.
    weight: f64,
}

impl<'a> Wish<'a> {
    fn parse(text: &'a str) -> Self {
        let (name, parameters) = text.split_once(';').unwrap_or((text, ""));
        let weight = parameters.split_once("q=").and_then(|(_, rest)| {
            let digits = rest.split(';').next().unwrap_or_default();
            digits.trim().parse::<f64>().ok()
        });
        Self { name: name.trim(), weight: weight.unwrap_or(1.0).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding::{Deflate, Gzip};
    use super::*;

    #[test]
    fn without_a_known_compression_there_is_none() {
        for header in
            ["", "identity", "br", "zstd", "x-gzip", "\"gzip\"", "gzip br", "gzip:q=1", ",,"]
        {
            assert_eq!(preferred(header), None, "{header}");
        }
    }

    #[test]
    fn the_first_of_equals_wins_and_identity_weighs_nothing() {
        for (header, expected) in [
            ("gzip", Gzip),
            ("deflate", Deflate),
            ("gzip, deflate", Gzip),
            ("br, identity, deflate, gzip", Deflate),
            ("GZIP, identity", Gzip),
            ("dog, gzip ,, cat", Gzip),
            ("gzip;q=0.5,identity;q=0.8", Gzip),
            ("br,identity;q=0.5,gzip;q=0.0001", Gzip),
        ] {
            assert_eq!(preferred(header), Some(expected), "{header}");
        }
    }

    #[test]
    fn a_star_stands_for_what_is_not_named() {
        for (header, expected) in [
            ("*", Some(Gzip)),
            ("*, deflate;q=0.5", Some(Gzip)),
            ("*, deflate", Some(Deflate)),
            ("*, identity", Some(Gzip)),
            ("*, gzip;q=0.5", Some(Deflate)),
            ("*;q=0.5,identity", Some(Gzip)),
            ("*;q=0", None),
            ("br;q=0.8,identity;q=0.5,*;q=0", None),
            ("gzip, deflate, *", Some(Gzip)),
        ] {
            assert_eq!(preferred(header), expected, "{header}");
        }
    }

    #[test]
    fn weights_are_read_as_dynamodb_reads_them() {
        for (header, expected) in [
            ("gzip;q=0.8, deflate;q=0.5", Some(Gzip)),
            ("deflate;q=0.5, gzip;q=0.2", Some(Deflate)),
            ("br, gzip;q=0, deflate; q = 0.5 , identity;q=0", Some(Deflate)),
            ("gzip ;q=0", None),
            ("identity;q=0", None),
            ("deflate;q=0.5, gzip;q=31", Some(Gzip)),
            ("gzip;q=31,deflate;q=51", Some(Gzip)),
            ("deflate;q=0.5, gzip;q=1;q=0.2", Some(Gzip)),
            ("deflate;q=0.5,gzip;q=0.", Some(Deflate)),
            ("deflate;q=0.5,gzip;q=0.x", Some(Gzip)),
            ("deflate;q=0.5,gzip;q=0. x", Some(Gzip)),
            ("deflate;q=-0.5,gzip;q=0.2", Some(Gzip)),
            ("gzip;q= 0;q=1", None),
            ("gzip;q =0;q=1", Some(Gzip)),
            ("gzip;nq=0;q=1", None),
            ("gzip;q=0, gzip;q=1, gzip;q=0", Some(Gzip)),
        ] {
            assert_eq!(preferred(header), expected, "{header}");
        }
    }
}
