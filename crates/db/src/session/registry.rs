//! Which transactions are in progress: from before they latch until they are durable.
//!
//! A second transaction that overlaps one, and a single write on one of its rows, is refused
//! instead of waiting; a retry with the same token is told so. Nothing here outlives the process:
//! what a crash interrupts is either durable as a whole or not there.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::Scope;
use parking_lot::Mutex;
use store::RowKey;

/// A client's name for a transaction, where it is one.
pub(crate) type Token = (Scope, String);

/// Every transaction in progress.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    /// How many rows are registered: most single writes look no further.
    rows: AtomicUsize,
    registered: Mutex<Registered>,
}

#[derive(Debug, Default)]
struct Registered {
    rows: HashSet<RowKey>,
    tokens: HashSet<Token>,
}

/// One transaction in progress; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct InProgress {
    registry: Arc<Registry>,
    token: Option<Token>,
    rows: Vec<RowKey>,
}

impl Registry {
    /// Whether a transaction in progress has the row. Asked under the row's latch: a transaction
    /// registers before it latches, so one that was before the caller is seen.
    pub(crate) fn has(&self, row: &RowKey) -> bool {
        self.rows.load(Ordering::Acquire) != 0 && self.registered.lock().rows.contains(row)
    }

    /// Begins a transaction under its token; `None` while another has it.
    pub(crate) fn begin(self: &Arc<Self>, token: Option<Token>) -> Option<InProgress> {
        if let Some(token) = &token
            && !self.registered.lock().tokens.insert(token.clone())
        {
            return None;
        }
        Some(InProgress { registry: Arc::clone(self), token, rows: Vec::new() })
    }
}

impl InProgress {
    /// Registers the transaction's rows, once: all, or none when other transactions have some; which
    /// of them these are, in order, is the error.
    pub(super) fn take_rows(&mut self, rows: Vec<RowKey>) -> Result<(), Vec<bool>> {
        assert!(self.rows.is_empty(), "a transaction registers its rows once");
        let mut registered = self.registry.registered.lock();
        let taken: Vec<bool> = rows.iter().map(|row| registered.rows.contains(row)).collect();
        if taken.contains(&true) {
            return Err(taken);
        }
        registered.rows.extend(rows.iter().cloned());
        self.registry.rows.store(registered.rows.len(), Ordering::Release);
        drop(registered);
        self.rows = rows;
        Ok(())
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        let mut registered = self.registry.registered.lock();
        for row in &self.rows {
            registered.rows.remove(row);
        }
        self.registry.rows.store(registered.rows.len(), Ordering::Release);
        if let Some(token) = &self.token {
            registered.tokens.remove(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use store::{Kind, Space};

    use super::*;

    fn row(n: u8) -> RowKey {
        RowKey::new(Space(9), Kind(1), 0, &[n], &[])
    }

    #[test]
    fn overlapping_transactions_are_told_which_rows_are_taken() {
        let registry = Arc::new(Registry::default());
        let mut first = registry.begin(None).unwrap();
        first.take_rows(vec![row(1), row(2)]).unwrap();
        let mut second = registry.begin(None).unwrap();
        let taken = second.take_rows(vec![row(3), row(2)]).unwrap_err();
        assert_eq!(taken, [false, true]);
        assert!(registry.has(&row(2)) && !registry.has(&row(3)));
        drop(first);
        assert!(!registry.has(&row(2)));
        second.take_rows(vec![row(3), row(2)]).unwrap();
    }

    #[test]
    fn a_token_is_in_progress_once_per_scope() {
        let registry = Arc::new(Registry::default());
        let token = |region: &str| {
            let scope = Scope { account: "000000000000".into(), region: region.into() };
            Some((scope, "t".to_owned()))
        };
        let first = registry.begin(token("a")).unwrap();
        assert!(registry.begin(token("a")).is_none());
        assert!(registry.begin(token("b")).is_some());
        drop(first);
        assert!(registry.begin(token("a")).is_some());
    }
}
