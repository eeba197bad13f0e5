//! A write of one item: latch, read, decide, submit, wait.

use model::ApiError;
use store::{Outcome, Store, Ticket};

use super::{Commit, Current, Effect};
use crate::database::Db;
use crate::error::{store_failed, table_missing};
use crate::mutation::Action;

impl<S: Store> Db<S> {
    /// Carries out one action and waits until it, or what refused it, is durable.
    ///
    /// # Errors
    /// What [`Action::decide`] refuses; [`ApiError::TransactionConflict`] while a transaction has
    /// the item; [`ApiError::ResourceNotFound`] when the table has gone meanwhile.
    pub(crate) async fn write_item(&self, action: &Action) -> Result<Effect, ApiError> {
        loop {
            let (decided, ticket) = self.submit_item(action).await?;
            match ticket.wait().await.map_err(store_failed)? {
                Outcome::Applied => return decided,
                Outcome::Conflict => {}
                Outcome::Unknown => return Err(unresolved()),
            }
        }
    }

    /// Latches, reads, decides and queues. The decision is told once the ticket says so.
    pub(crate) async fn submit_item(
        &self,
        action: &Action,
    ) -> Result<(Result<Effect, ApiError>, Ticket), ApiError> {
        let table = action.table.enter().await.ok_or_else(table_missing)?;
        let mut guard = self.store.lock(std::slice::from_ref(&action.row)).await;
        if self.transactions.has(&action.row) {
            return Err(ApiError::TransactionConflict);
        }
        let current = Current::read(&mut guard, &table, &action.row).await;
        let current = current.map_err(store_failed)?;
        let mut commit = Commit::default();
        let decided = action
            .decide(current.item())
            .map(|after| commit.add((&action.row, &table), current, after, &self.stamps));
        Ok((decided, commit.submit(guard, self.stamps.atom_id()).await))
    }
}

/// A distributed engine could not say whether the write was applied, and resolving by request id
/// is that engine's to offer: the client hears that nothing is known.
pub(crate) fn unresolved() -> ApiError {
    tracing::error!("the store does not know whether a write was applied");
    ApiError::InternalServerError
}
