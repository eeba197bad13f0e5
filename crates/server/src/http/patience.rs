//! What a client may keep a connection waiting for, and how long.

use std::time::Duration;

use tokio::time::Instant;

/// How long a client may keep a connection waiting, for each thing that is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the next request.
    pub idle: Duration,
    /// For the next request while other connections wait for a place.
    pub idle_crowded: Duration,
    /// For the whole head of a request, from its first byte, and for the first byte of all.
    pub head: Duration,
    /// For a body, besides the time it takes at [`Patience::body_bytes_per_second_min`].
    pub body: Duration,
    /// The slowest that a body may come in the long run.
    pub body_bytes_per_second_min: u32,
    /// What must come of a body in every second while others wait for the room that it has.
    pub body_bytes_per_second_pressed_min: u32,
    /// For an answer to be taken, besides the time it takes at
    /// [`Patience::answer_bytes_per_second_min`].
    pub write: Duration,
    /// The slowest that an answer may be taken in the long run.
    pub answer_bytes_per_second_min: u32,
    /// For the TLS handshake.
    pub handshake: Duration,
}

/// Idle for longer than SDKs keep connections in their pools, so that none meets a closed one; the
/// rest as a bad line still manages.
impl Default for Patience {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(300),
            idle_crowded: Duration::from_secs(1),
            head: Duration::from_secs(20),
            body: Duration::from_secs(20),
            body_bytes_per_second_min: 16 * 1024,
            body_bytes_per_second_pressed_min: 512 * 1024,
            write: Duration::from_secs(60),
            answer_bytes_per_second_min: 16 * 1024,
            handshake: Duration::from_secs(20),
        }
    }
}

impl Patience {
    /// How fast a body must come.
    pub(crate) fn for_body(&self) -> Terms {
        Terms { pause_max: self.body, bytes_per_second_min: self.body_bytes_per_second_min }
    }

    /// How fast an answer must be taken.
    pub(crate) fn for_answer(&self) -> Terms {
        Terms { pause_max: self.write, bytes_per_second_min: self.answer_bytes_per_second_min }
    }
}

/// How fast bytes must move.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// The longest that none may.
    pub(crate) pause_max: Duration,
    /// How many must in the long run.
    pub(crate) bytes_per_second_min: u32,
}

/// How much time is left to something that moves on a client's terms. Every byte buys the time it
/// takes at the slowest, and no store of time outlasts the longest pause: who was fast once has not
/// paid for an hour.
#[derive(Debug)]
pub(crate) struct Pace {
    terms: Terms,
    deadline: Instant,
}

impl Pace {
    /// It begins now.
    pub(crate) fn begin(terms: Terms, now: Instant) -> Self {
        Self { terms, deadline: now + terms.pause_max }
    }

    /// So many bytes moved.
    pub(crate) fn moved(&mut self, bytes: usize, now: Instant) {
        let rate = u64::from(self.terms.bytes_per_second_min.max(1));
        let bought = Duration::from_micros((bytes as u64).saturating_mul(1_000_000) / rate);
        self.deadline = (self.deadline + bought).min(now + self.terms.pause_max);
    }

    /// When time is up, unless more bytes move.
    pub(crate) fn deadline(&self) -> Instant {
        self.deadline
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_buy_time_and_nobody_saves_it_up() {
        let terms = Terms { pause_max: Duration::from_secs(20), bytes_per_second_min: 10 };
        let begun = Instant::now();
        let second = |seconds| begun + Duration::from_secs(seconds);
        let mut pace = Pace::begin(terms, begun);
        assert_eq!(pace.deadline(), second(20));
        pace.moved(30, second(5));
        assert_eq!(pace.deadline(), second(23));
        pace.moved(1_000_000, second(6));
        assert_eq!(pace.deadline(), second(26));
        pace.moved(0, second(20));
        assert_eq!(pace.deadline(), second(26));
    }
}
