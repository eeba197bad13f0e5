//! A write of one item: latch, read, decide, submit, wait.

use model::{ApiError, ChangeOrigin};
use store::Store;

use super::mutation::Action;
use crate::database::Db;
use crate::error::{store_failed, table_missing};
use crate::maintained::{All, Effect};
use crate::pace::Pace;
use crate::session::Submitted;

/// What a write does, in the words for one whose outcome is unknown.
const WRITTEN: &str = "an item was written";

/// A write that was decided, and queued with what was decided.
#[derive(Debug)]
pub(super) struct Decided {
    effect: Result<Effect, ApiError>,
    submitted: Submitted,
}

impl<S: Store> Db<S> {
    /// Carries out one action and waits until it, or what refused it, is durable.
    ///
    /// # Errors
    /// What [`Action::decide`] refuses; [`ApiError::TransactionConflict`] while a transaction has
    /// the item; [`ApiError::ResourceNotFound`] when the table has gone meanwhile.
    pub(super) async fn write_item(&self, action: &Action) -> Result<Effect, ApiError> {
        loop {
            let decided = self.submit_item(action).await?;
            if let Some(effect) = self.durable(decided).await? {
                return Ok(effect);
            }
        }
    }

    /// Latches, reads, decides and queues.
    pub(super) async fn submit_item(&self, action: &Action) -> Result<Decided, ApiError> {
        let rows = std::slice::from_ref(&action.row);
        let atom = self.session().single::<All>(&action.table, rows, ChangeOrigin::Caller).await;
        let mut atom = atom.ok_or_else(table_missing)?;
        if atom.is_in_transaction(&action.row) {
            return Err(ApiError::TransactionConflict);
        }
        let table = atom.table();
        let current = atom.read(&table, &action.row).await.map_err(store_failed)?;
        let after = action.decide(current.item(), &mut Pace::default()).await;
        let effect = after.map(|after| atom.change((&action.row, &table), current, after));
        Ok(Decided { effect, submitted: atom.submit() })
    }

    /// What was decided, once it is durable; `None` is to be decided again.
    pub(super) async fn durable(&self, decided: Decided) -> Result<Option<Effect>, ApiError> {
        let Decided { effect, submitted } = decided;
        match self.session().applied(submitted, WRITTEN).await.map_err(store_failed)? {
            true => effect.map(Some),
            false => Ok(None),
        }
    }
}
