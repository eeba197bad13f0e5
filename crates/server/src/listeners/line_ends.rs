//! How the lines of a request's head end.
//!
//! HTTP ends them with a carriage return and a line feed. hyper takes a line feed alone, too, and
//! what stands before Stator may not: whoever reads a head otherwise sees other requests in it.
//! RFC 9112, section 2.2, leaves the choice to the recipient.

use memchr::memchr_iter;

/// Follows a head, in pieces as it comes.
#[derive(Debug, Default)]
pub(crate) struct LineEnds {
    /// The last byte of the piece before.
    last: Option<u8>,
    /// How many bytes of the line that is being read were in pieces before.
    line_bytes: usize,
    /// Whether the empty line has come that ends a head.
    ended: bool,
}

impl LineEnds {
    /// Whether all lines in this piece end as they should; nothing is said of what follows a head.
    pub(crate) fn are_whole(&mut self, piece: &[u8]) -> bool {
        let mut begin = 0;
        for end in memchr_iter(b'\n', piece) {
            if self.ended {
                return true;
            }
            let before = if end == 0 { self.last } else { Some(piece[end - 1]) };
            // A piece may begin behind what was seen.
            if before.is_some_and(|before| before != b'\r') {
                return false;
            }
            self.ended = self.line_bytes + end - begin <= 1;
            self.line_bytes = 0;
            begin = end + 1;
        }
        self.line_bytes += piece.len() - begin;
        self.last = piece.last().copied().or(self.last);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(pieces: &[&[u8]]) -> bool {
        let mut lines = LineEnds::default();
        pieces.iter().all(|piece| lines.are_whole(piece))
    }

    #[test]
    fn a_line_feed_alone_is_found_wherever_a_head_is_cut() {
        let (good, bad) =
            (b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", b"GET / HTTP/1.1\r\nhost: x\n\r\n");
        for cut in 0..good.len() {
            assert!(whole(&[&good[..cut], &good[cut..]]), "{cut}");
        }
        for cut in 0..bad.len() {
            assert!(!whole(&[&bad[..cut], &bad[cut..]]), "{cut}");
        }
    }

    #[test]
    fn what_follows_a_head_may_have_any_lines() {
        assert!(whole(&[b"POST / HTTP/1.1\r\nhost: x\r\n\r\n{\n}\n"]));
        assert!(whole(&[b"POST / HTTP/1.1\r\nhost: x\r\n\r", b"\n{\n", b"\n}"]));
    }
}
