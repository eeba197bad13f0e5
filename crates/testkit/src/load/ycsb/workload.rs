//! The six core workloads: what they do, and how often.

use clap::ValueEnum;

/// A core workload of YCSB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Workload {
    /// Half reads, half updates.
    A,
    /// 95 reads, 5 updates.
    B,
    /// Reads only.
    C,
    /// 95 reads of what was inserted last, 5 inserts.
    D,
    /// 95 short ranges, 5 inserts.
    E,
    /// Half reads, half reads with an update after them.
    F,
}

/// One thing that a workload does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// GetItem.
    Read,
    /// UpdateItem of one field.
    Update,
    /// PutItem of an item that was not there.
    Insert,
    /// Query from an item on.
    Range,
    /// GetItem, and then UpdateItem of one field of the same item.
    ReadModifyWrite,
}

/// Which items a workload asks for most often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Favourites {
    /// Some, wherever they are.
    Scattered,
    /// Those that were inserted last.
    Latest,
}

impl Workload {
    /// What is done, given a number below 100 that is as often one as another.
    pub(super) fn operation(self, of_100: u32) -> Operation {
        let (most, share, others) = match self {
            Self::A => (Operation::Read, 50, Operation::Update),
            Self::B => (Operation::Read, 95, Operation::Update),
            Self::C => (Operation::Read, 100, Operation::Read),
            Self::D => (Operation::Read, 95, Operation::Insert),
            Self::E => (Operation::Range, 95, Operation::Insert),
            Self::F => (Operation::Read, 50, Operation::ReadModifyWrite),
        };
        if of_100 < share { most } else { others }
    }

    /// Which items are asked for most often.
    pub(super) fn favourites(self) -> Favourites {
        match self {
            Self::D => Favourites::Latest,
            Self::A | Self::B | Self::C | Self::E | Self::F => Favourites::Scattered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_operation_has_its_share() {
        let shares = |workload: Workload| {
            let count =
                |operation| (0..100).filter(|n| workload.operation(*n) == operation).count();
            [
                Operation::Read,
                Operation::Update,
                Operation::Insert,
                Operation::Range,
                Operation::ReadModifyWrite,
            ]
            .map(count)
        };
        assert_eq!(shares(Workload::A), [50, 50, 0, 0, 0]);
        assert_eq!(shares(Workload::B), [95, 5, 0, 0, 0]);
        assert_eq!(shares(Workload::C), [100, 0, 0, 0, 0]);
        assert_eq!(shares(Workload::D), [95, 0, 5, 0, 0]);
        assert_eq!(shares(Workload::E), [0, 0, 5, 95, 0]);
        assert_eq!(shares(Workload::F), [50, 0, 0, 0, 50]);
    }
}
