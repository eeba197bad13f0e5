//! TransactWriteItems.
//!
//! Checks: every table exists → every action as its single counterpart checks it, else the
//! transaction is cancelled → no item twice → at most 4 MB of request → no transaction in progress
//! has the token → the token was not spent → no transaction in progress has one of the rows. Then,
//! under the latches: every condition and update, all of which get their reason.
//!
//! A condition check is charged and registered as a write is.

use std::sync::Arc;

use model::Consistency::Strong;
use model::limits::TRANSACTION_BYTES_MAX;
use model::{
    ApiError, CancellationCode, CancellationReason, ConsumedCapacity, Item, Scope, TableRef,
};
use store::{RowKey, Store};

use super::fingerprint::fingerprint;
use super::mutation::{Action, Mutation};
use super::totals::{ItemMetrics, Totals};
use super::transact_action::{TransactAction, TransactOperation};
use super::{Report, check_each, check_items_once, fine, invalid_action};
use crate::database::Db;
use crate::error::{store_failed, table_missing, validation};
use crate::layout::stored::Stored;
use crate::maintained::{All, Effect};
use crate::metering::Rate;
use crate::pace::Pace;
use crate::reading::consistency_of;
use crate::schema::Table;
use crate::session::{Current, InProgress, Refusal, Submitted};

/// What a transaction does, in the words for one whose outcome is unknown.
const CARRIED_OUT: &str = "a transaction was carried out";

/// Up to 100 actions, all or none.
#[derive(Debug, Clone)]
pub struct TransactWriteItems {
    /// In the order of the request.
    pub actions: Vec<TransactAction>,
    /// `ClientRequestToken`.
    pub client_token: Option<String>,
    /// What else to report.
    pub report: Report,
}

/// Answer of TransactWriteItems.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactWriteItemsAnswer {
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
    /// When asked for: tables with local indexes only.
    pub collection_metrics: Option<ItemMetrics>,
}

/// A checked request.
#[derive(Debug)]
struct Checked {
    actions: Vec<Action>,
    /// The tables as the request names them, one per action.
    references: Vec<TableRef>,
    /// Of the request, when it has a token.
    token: Option<(String, u64)>,
}

/// A transaction that was decided, and submitted with what was decided.
#[derive(Debug)]
struct Decided {
    effects: Result<Vec<Effect>, ApiError>,
    submitted: Submitted,
}

impl<S: Store> Db<S> {
    /// Carries out all actions or none.
    pub async fn transact_write_items(
        &self,
        scope: &Scope,
        request: TransactWriteItems,
    ) -> Result<TransactWriteItemsAnswer, ApiError> {
        // Find.
        let report = request.report;
        let tables = request.actions.iter().map(|action| self.table(scope, &action.table));
        let tables: Vec<_> = tables.collect::<Result<_, _>>()?;

        // Check.
        let checked = check(tables, request)?;

        // Act.
        loop {
            let Some(in_progress) = self.begin(scope, &checked) else {
                return Err(ApiError::TransactionInProgress);
            };
            if let Some(answer) = self.repeated(scope, &checked, report).await? {
                return Ok(answer);
            }
            let decided = self.submit(scope, &checked, in_progress).await?;

            // Answer.
            match self.finished(decided).await? {
                Some(effects) => return Ok(answer(&checked, &effects, report)),
                None => continue,
            }
        }
    }

    fn begin(&self, scope: &Scope, checked: &Checked) -> Option<InProgress> {
        let token = checked.token.as_ref().map(|(token, _)| (scope.clone(), token.clone()));
        self.session().begin(token)
    }

    /// The answer to a repetition: nothing is written, and reading the items is what it costs
    /// (API reference of TransactWriteItems, `ClientRequestToken`, 2026-11).
    async fn repeated(
        &self,
        scope: &Scope,
        checked: &Checked,
        report: Report,
    ) -> Result<Option<TransactWriteItemsAnswer>, ApiError> {
        let Some((token, fingerprint)) = &checked.token else { return Ok(None) };
        let spent = self.tokens().find(self.session(), scope, token).await;
        let Some(spent) = spent.map_err(store_failed)? else { return Ok(None) };
        if spent.fingerprint != *fingerprint {
            return Err(ApiError::IdempotentParameterMismatch(
                "The request uses the same client token as a previous, but non-identical request. \
                 Do not reuse a client token with different requests, unless the requests are \
                 identical"
                    .into(),
            ));
        }
        let mut totals = Totals::new(report, Rate::Transactional);
        for (action, table) in checked.actions.iter().zip(&checked.references) {
            let value = self
                .store()
                .get(&action.row, consistency_of(Strong))
                .await
                .map_err(store_failed)?;
            let stored = value.map(Stored::decode).transpose().map_err(store_failed)?;
            let item = stored.map(|stored| stored.item);
            totals.add_read(table, item.as_ref(), Strong);
        }
        Ok(Some(reported(totals)))
    }

    /// Registers, latches, reads, decides and queues.
    async fn submit(
        &self,
        scope: &Scope,
        checked: &Checked,
        in_progress: InProgress,
    ) -> Result<Decided, ApiError> {
        let actions = &checked.actions;
        let items: Vec<_> = actions.iter().map(|action| (&action.table, &action.row)).collect();
        let token = checked.token.as_ref().map(|(token, fingerprint)| {
            self.tokens().spend(&self.session().stamps, (scope, token), *fingerprint)
        });
        let token_rows = token.iter().flatten().map(|(row, _)| row.clone());
        let atom = self.session().transaction::<All>(in_progress, &items, token_rows).await;
        let mut atom = atom.map_err(refused)?;

        let tables: Vec<_> = actions.iter().map(|action| atom.entered(&action.table)).collect();
        let mut current = Vec::with_capacity(actions.len());
        for (action, table) in actions.iter().zip(&tables) {
            current.push(atom.read(table, &action.row).await.map_err(store_failed)?);
        }
        let effects = decide(actions, &current).await.map(|after| {
            for (row, value) in token.into_iter().flatten() {
                atom.writes().put(row, value);
            }
            let changes = actions.iter().zip(&tables).zip(current).zip(after);
            let change = |(((action, table), current), after): (((&Action, &Arc<Table>), _), _)| {
                atom.change((&action.row, table), current, after)
            };
            changes.map(change).collect()
        });
        Ok(Decided { effects, submitted: atom.submit() })
    }

    /// Waits in a task of its own: the transaction stays in progress until it is durable, even when
    /// nobody waits for the answer any more. `None` is to be evaluated again.
    async fn finished(&self, decided: Decided) -> Result<Option<Vec<Effect>>, ApiError> {
        let Decided { effects, submitted } = decided;
        let session = Arc::clone(self.session());
        let wait = tokio::spawn(async move { session.applied(submitted, CARRIED_OUT).await });
        let applied = wait.await.map_err(|_| ApiError::InternalServerError)?;
        match applied.map_err(store_failed)? {
            true => effects.map(Some),
            false => Ok(None),
        }
    }
}

fn check(tables: Vec<Arc<Table>>, request: TransactWriteItems) -> Result<Checked, ApiError> {
    let condense = |token| (token, fingerprint(&request.actions));
    let token = request.client_token.map(condense);
    let references =
        request.actions.iter().map(|action| action.table.reference().clone()).collect();
    let payload_bytes: usize = request.actions.iter().map(payload_bytes).sum();
    let actions = check_each(tables.into_iter().zip(request.actions).map(check_action))?;
    let rows: Vec<RowKey> = actions.iter().map(|action| action.row.clone()).collect();
    check_items_once(&rows)?;
    if payload_bytes > TRANSACTION_BYTES_MAX {
        // Of the request, not of the items it meets (test_transact.py, 2026-11).
        return Err(validation("Transaction payload size cannot exceed 4 MB"));
    }
    Ok(Checked { actions, references, token })
}

fn check_action((table, action): (Arc<Table>, TransactAction)) -> Result<Action, ApiError> {
    let (row, mutation) = match action.operation {
        TransactOperation::Put(item) => Mutation::put(&table, &item),
        TransactOperation::Delete(key) => Mutation::delete(&table, &key),
        TransactOperation::Update(key, update) => Mutation::update(&table, key, Some(update)),
        TransactOperation::ConditionCheck(key) => Mutation::check(&table, &key),
    }?;
    let (condition, on_failure) = (action.condition, action.on_failure);
    Ok(Action { table, row, mutation, condition, on_failure })
}

fn payload_bytes(action: &TransactAction) -> usize {
    let attributes = match &action.operation {
        TransactOperation::Put(item) => item,
        TransactOperation::Delete(key)
        | TransactOperation::Update(key, _)
        | TransactOperation::ConditionCheck(key) => key,
    };
    attributes.item_bytes()
}

/// What every action leaves, or every action's reason to cancel.
async fn decide(
    actions: &[Action],
    current: &[Current<impl Sync>],
) -> Result<Vec<Option<Item>>, ApiError> {
    let mut after = Vec::with_capacity(actions.len());
    let mut reasons = Vec::with_capacity(actions.len());
    let mut pace = Pace::default();
    for (action, current) in actions.iter().zip(current) {
        reasons.push(match action.decide(current.item(), &mut pace).await {
            Ok(item) => {
                after.push(item);
                fine()
            }
            Err(ApiError::ConditionalCheckFailed { item }) => CancellationReason {
                code: CancellationCode::ConditionalCheckFailed,
                message: Some("The conditional request failed".into()),
                item,
            },
            Err(ApiError::Validation(message)) => invalid_action(message),
            Err(error) => return Err(error),
        });
    }
    if after.len() < actions.len() {
        return Err(ApiError::TransactionCanceled { reasons });
    }
    Ok(after)
}

fn refused(refusal: Refusal) -> ApiError {
    let Refusal::Taken { taken } = refusal else { return table_missing() };
    let reason = |taken| match taken {
        false => fine(),
        true => CancellationReason {
            code: CancellationCode::TransactionConflict,
            message: Some("Transaction is ongoing for the item".into()),
            item: None,
        },
    };
    let reasons = taken.into_iter().map(reason).collect();
    ApiError::TransactionCanceled { reasons }
}

fn answer(checked: &Checked, effects: &[Effect], report: Report) -> TransactWriteItemsAnswer {
    let mut totals = Totals::new(report, Rate::Transactional);
    let named = checked.actions.iter().zip(&checked.references);
    for ((action, reference), effect) in named.zip(effects) {
        totals.add_write(reference, &action.table, effect);
    }
    reported(totals)
}

fn reported(totals: Totals) -> TransactWriteItemsAnswer {
    let (consumed, collection_metrics) = totals.reported();
    TransactWriteItemsAnswer { consumed, collection_metrics }
}
