//! Commit stamps: the version every row carries.
//!
//! A stamp is a hybrid clock reading and the writer that took it. The reading is the wall clock's
//! milliseconds, pushed forward wherever that would not be later than every stamp this process has
//! issued or met in a row it replaces, and than what the catalog and its streams showed when they
//! were opened. So stamps grow while a clock steps back, a row's own also across restarts, and
//! those of streams. Only a restart and a clock that steps back together let a row's stamps fall, where
//! the row was removed before and is in no stream: nothing remembers its stamp then.
//!
//! Bytes (docs/format/rows.md): `milliseconds u48 | ticks u16 | writer u32`, big-endian, so that
//! byte order is stamp order.

use std::sync::atomic::{AtomicU64, Ordering};

use store::{AtomId, AtomIds};

use crate::clock::Clock;

/// Bits of a reading below the milliseconds: stamps of one millisecond.
const TICK_BITS: u32 = 16;

/// When, and by whom, a row was last written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    reading: u64,
    writer: u32,
}

/// Issues stamps, and the names of the atoms that carry them.
#[derive(Debug)]
pub(crate) struct StampSource {
    clock: Box<dyn Clock>,
    writer: u32,
    last: AtomicU64,
    atoms: AtomIds,
}

impl Stamp {
    /// Length of the byte form.
    pub(crate) const BYTES: usize = 12;

    /// Readings of one millisecond.
    pub(crate) const READINGS_PER_MS: u64 = 1 << TICK_BITS;

    /// The first reading of a millisecond.
    pub(crate) fn first_reading(ms: u64) -> u64 {
        ms << TICK_BITS
    }

    /// The reading: no other stamp of this process has it.
    pub(crate) fn reading(self) -> u64 {
        self.reading
    }

    /// The reading in milliseconds since the epoch.
    pub(crate) fn ms(self) -> u64 {
        self.reading >> TICK_BITS
    }

    /// The byte form.
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..8].copy_from_slice(&self.reading.to_be_bytes());
        bytes[8..].copy_from_slice(&self.writer.to_be_bytes());
        bytes
    }

    /// Reads the byte form.
    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = bytes;
        Self {
            reading: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            writer: u32::from_be_bytes([i, j, k, l]),
        }
    }
}

impl StampSource {
    pub(crate) fn new(clock: Box<dyn Clock>, writer: u32) -> Self {
        Self { clock, writer, last: AtomicU64::new(0), atoms: AtomIds::new(writer) }
    }

    /// A stamp later than every one issued before and than `after`.
    pub(crate) fn next(&self, after: Option<Stamp>) -> Stamp {
        let floor =
            (self.clock.now_ms() << TICK_BITS).max(after.map_or(0, |stamp| stamp.reading + 1));
        let step = |last: u64| floor.max(last + 1);
        let last = self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(step(last)))
            .expect("the update never declines");
        Stamp { reading: step(last), writer: self.writer }
    }

    /// Takes note of a reading that is in use: whatever is issued from now on is later.
    pub(crate) fn meet(&self, reading: u64) {
        self.last.fetch_max(reading, Ordering::Relaxed);
    }

    /// Milliseconds since the epoch for what is put in order by them: as the clock has them, and not
    /// before any stamp that was issued or met.
    pub(crate) fn moment_ms(&self) -> u64 {
        self.clock.now_ms().max(self.last.load(Ordering::Relaxed) >> TICK_BITS)
    }

    /// Milliseconds that have gone by since some moment of this process, however the clock is set.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        self.clock.elapsed_ms()
    }

    /// A name that no other atom has.
    pub(crate) fn atom_id(&self) -> AtomId {
        self.atoms.next()
    }

    /// Milliseconds since the epoch, as the clock has them: for what is due by the clock.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Stopped(u64);

    impl Clock for Stopped {
        fn now_ms(&self) -> u64 {
            self.0
        }
    }

    #[test]
    fn bytes_are_the_documented_ones_and_read_back() {
        let stamp = Stamp { reading: 0x0001_0203_0405_0607, writer: 0x0809_0A0B };
        assert_eq!(stamp.to_bytes(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        assert_eq!(Stamp::from_bytes(stamp.to_bytes()), stamp);
    }

    #[test]
    fn stamps_grow_while_the_clock_stands() {
        let source = StampSource::new(Box::new(Stopped(5)), 1);
        let first = source.next(None);
        assert_eq!(first.reading, 5 << TICK_BITS);
        assert!(source.next(None) > first);
    }

    #[test]
    fn a_stamp_is_later_than_the_one_it_replaces_even_if_the_clock_stepped_back() {
        let ahead = StampSource::new(Box::new(Stopped(1_000)), 9).next(None);
        let behind = StampSource::new(Box::new(Stopped(10)), 1);
        let stamp = behind.next(Some(ahead));
        assert!(stamp > ahead);
        assert!(behind.next(None) > stamp);
        assert_eq!(behind.moment_ms(), 1_000);
    }

    #[test]
    fn a_reading_that_was_met_is_never_issued_again() {
        let source = StampSource::new(Box::new(Stopped(5)), 1);
        let met = Stamp::first_reading(9) + 7;
        source.meet(met);
        source.meet(met - 1);
        assert_eq!((source.moment_ms(), source.next(None).reading()), (9, met + 1));
    }
}
