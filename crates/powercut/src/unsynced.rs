//! What happened to one file since its last sync.

use std::ops::Range;

/// Written ranges, and the shortest the file has been.
#[derive(Debug, Default)]
pub(crate) struct Unsynced {
    ranges: Vec<Range<u64>>,
    shortest: Option<u64>,
}

impl Unsynced {
    /// Adds a range, merged with one that it touches: appends stay one range.
    pub(crate) fn wrote(&mut self, range: Range<u64>) {
        let touching = |old: &&mut Range<u64>| range.start <= old.end && old.start <= range.end;
        match self.ranges.iter_mut().find(touching) {
            Some(old) => *old = old.start.min(range.start)..old.end.max(range.end),
            None => self.ranges.push(range),
        }
    }

    /// Notes a new length: what lay beyond it is gone, and reads as zeros if the file grows again.
    pub(crate) fn resized(&mut self, len: u64) {
        self.shortest = Some(self.shortest.map_or(len, |shortest| shortest.min(len)));
        self.ranges.retain(|range| range.start < len);
        for range in &mut self.ranges {
            range.end = range.end.min(len);
        }
    }

    /// The written ranges; they may overlap.
    pub(crate) fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// The shortest length that was set.
    pub(crate) fn shortest(&self) -> Option<u64> {
        self.shortest
    }
}
