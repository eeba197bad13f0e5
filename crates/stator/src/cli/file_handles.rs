//! How many files and connections the process may have open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept back for the engine's files, logs and listeners. An engine without file handles cannot go
/// on, so connections must never take the last ones.
const RESERVED: u64 = 512;

/// Raises the soft limit to the hard one, and answers with as many connections of `wanted` as then
/// leave the engine its files.
pub(super) fn connections_within(wanted: u32) -> usize {
    let limit = getrlimit(Resource::Nofile);
    // The system allows no more: the handles that there are must do.
    let raised = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
    let handles = if raised.is_ok() { limit.maximum } else { limit.current };
    let connections = within(wanted, handles);
    if connections < wanted {
        tracing::warn!(
            connections,
            wanted,
            "the limit on open files (ulimit -n) allows fewer connections"
        );
    }
    connections as usize
}

/// `None`: there is no limit. With very few handles half of them are the engine's.
fn within(wanted: u32, handles: Option<u64>) -> u32 {
    let Some(handles) = handles else { return wanted };
    let free = handles.saturating_sub(RESERVED).max(handles / 2).max(1);
    wanted.min(u32::try_from(free).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn the_engine_keeps_its_files() {
        assert_eq!(within(10_000, None), 10_000);
        assert_eq!(within(10_000, Some(1 << 20)), 10_000);
        assert_eq!(within(10_000, Some(4096)), 3584);
        assert_eq!(within(10_000, Some(600)), 300);
        assert_eq!(within(5, Some(600)), 5);
    }
}
