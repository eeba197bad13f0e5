//! One file: what readers see of it, and what a loss of power leaves.

use super::SECTOR_BYTES;
use crate::dice::Dice;

/// A file. Its bytes are the durable ones with all later changes.
#[derive(Debug, Default)]
pub(super) struct File {
    bytes: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Unsynced>,
    is_gone: bool,
}

#[derive(Debug)]
struct Unsynced {
    change: Change,
    /// A sync has failed since: the next one does not bring it to the disk.
    is_forgotten: bool,
}

#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    SetBytes(usize),
}

impl File {
    /// What readers see.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it has no name any more, and nobody has it open.
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Frees what it has.
    pub(super) fn go(&mut self) {
        *self = Self { is_gone: true, ..Self::default() };
    }

    pub(super) fn write(&mut self, bytes: &[u8], at: u64) {
        self.change(Change::Write { at: index(at), bytes: bytes.to_vec() });
    }

    pub(super) fn set_bytes(&mut self, bytes: u64) {
        self.change(Change::SetBytes(index(bytes)));
    }

    fn change(&mut self, change: Change) {
        change.apply(&mut self.bytes);
        self.unsynced.push(Unsynced { change, is_forgotten: false });
    }

    /// Makes everything durable, but what a sync has failed at.
    pub(super) fn sync(&mut self) {
        let mut forgotten = Vec::new();
        for unsynced in self.unsynced.drain(..) {
            match (&unsynced.change, unsynced.is_forgotten) {
                (Change::Write { .. }, true) => forgotten.push(unsynced),
                (change, _) => {
                    change.apply(&mut self.durable);
                    // What was cut off or written over is not waiting any more.
                    forgotten.retain(|left: &Unsynced| !left.change.is_undone_by(change));
                }
            }
        }
        if self.durable.len() < self.bytes.len() {
            self.durable.resize(self.bytes.len(), 0);
        }
        self.unsynced = forgotten;
    }

    /// A sync has failed.
    pub(super) fn forget_to_sync(&mut self) {
        self.unsynced.iter_mut().for_each(|unsynced| unsynced.is_forgotten = true);
    }

    /// Leaves what a loss of power leaves.
    pub(super) fn lose_power(&mut self, dice: &mut Dice) {
        let unsynced = std::mem::take(&mut self.unsynced);
        match dice.below(4) {
            0 => {}
            1 => unsynced.iter().for_each(|unsynced| unsynced.change.apply(&mut self.durable)),
            2 => {
                // As they came, up to some sector.
                let whole = dice.place(unsynced.len() + 1);
                for (at, unsynced) in unsynced.iter().take(whole + 1).enumerate() {
                    match &unsynced.change {
                        Change::Write { at: start, bytes } if at == whole => {
                            let kept = start + dice.place(bytes.len() + 1);
                            let kept = (kept / SECTOR_BYTES * SECTOR_BYTES).max(*start) - start;
                            let kept = bytes[..kept].to_vec();
                            Change::Write { at: *start, bytes: kept }.apply(&mut self.durable);
                        }
                        Change::SetBytes(_) if at == whole => {}
                        change => change.apply(&mut self.durable),
                    }
                }
            }
            _ => unsynced.iter().for_each(|unsynced| {
                unsynced.change.apply_some(&mut self.durable, dice);
            }),
        }
        self.bytes.clone_from(&self.durable);
    }
}

impl Change {
    /// Whether a later change has all of its sectors written anew, or cut off.
    fn is_undone_by(&self, later: &Self) -> bool {
        let Self::Write { at, bytes } = self else { return false };
        match later {
            Self::Write { at: start, bytes: new } => {
                *start < at + bytes.len() && *at < start + new.len()
            }
            Self::SetBytes(end) => end < &(at + bytes.len()),
        }
    }

    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => {
                if file.len() < at + bytes.len() {
                    file.resize(at + bytes.len(), 0);
                }
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Self::SetBytes(end) => file.resize(*end, 0),
        }
    }

    /// Applies some of its sectors, in no order; the file's length may come without its bytes.
    fn apply_some(&self, file: &mut Vec<u8>, dice: &mut Dice) {
        let Self::Write { at, bytes } = self else {
            if dice.percent(50) {
                self.apply(file);
            }
            return;
        };
        let (mut start, end) = (*at, at + bytes.len());
        if dice.percent(30) && file.len() < end {
            file.resize(end, 0);
        }
        while start < end {
            let next = ((start / SECTOR_BYTES + 1) * SECTOR_BYTES).min(end);
            if dice.percent(60) {
                let sector = bytes[start - at..next - at].to_vec();
                Self::Write { at: start, bytes: sector }.apply(file);
            }
            start = next;
        }
    }
}

fn index(at: u64) -> usize {
    usize::try_from(at).expect("a file in memory is smaller")
}
