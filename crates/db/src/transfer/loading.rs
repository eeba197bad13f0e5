//! Items, in: many to an atom, and several atoms on their way at once.
//!
//! Each change is decided against the item that is there, as a write of its own would be, so that
//! indexes and counters come out exact; the latches of a whole batch are taken together.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use model::api::WriteRequest;
use model::{
    ApiError, ChangeOrigin, Item, ReturnValuesOnConditionCheckFailure as OnFailure, Scope, TableRef,
};
use store::{RowKey, Store, StoreError};

use crate::database::Db;
use crate::error::table_missing;
use crate::maintained::All;
use crate::operations::mutation::{Action, Mutation};
use crate::schema::Table;
use crate::schema::item_rules::{self, Origin};
use crate::session::{Atom, Submitted};

/// Most atoms that are on their way: one becomes durable while the next ones are decided.
const IN_FLIGHT_MAX: usize = 4;

/// Writes items of one table. What was written is durable once [`Loader::finish`] says so.
#[derive(Debug)]
pub struct Loader<'d, S: Store> {
    db: &'d Db<S>,
    table: Arc<Table>,
    target: Target,
    fidelity: Fidelity,
    in_flight: VecDeque<Submitted>,
    loaded: Loaded,
}

/// What a load writes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A table that others may use meanwhile.
    InUse,
    /// A table that nobody else can name yet.
    Unpublished,
}

/// How closely items must fit the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fidelity {
    /// As those that PutItem takes.
    Put,
    /// As those of a table that had the same settings: one whose attributes do not fit an index
    /// was there before the index was, and stays out of it.
    Restore,
}

/// What a load did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    /// Items that were not there before.
    pub created: u64,
    /// Items that took another's place.
    pub replaced: u64,
    /// Items that were removed.
    pub deleted: u64,
}

/// A load that was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A change does not fit the table; none of its batch was carried out.
    #[error("{error}")]
    Refused {
        /// Which of the batch.
        index: usize,
        /// Why.
        error: ApiError,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl<S: Store> Db<S> {
    /// Begins to write many items of a table that is in use.
    ///
    /// # Errors
    /// [`ApiError::ResourceNotFound`].
    pub fn load(&self, scope: &Scope, table: &TableRef) -> Result<Loader<'_, S>, ApiError> {
        let found = self.named_table(scope, table)?;
        found.check_in_use()?;
        Ok(Loader::new(self, found, Target::InUse, Fidelity::Put))
    }
}

impl<'d, S: Store> Loader<'d, S> {
    pub(super) fn new(
        db: &'d Db<S>,
        table: Arc<Table>,
        target: Target,
        fidelity: Fidelity,
    ) -> Self {
        let (in_flight, loaded) = (VecDeque::new(), Loaded::default());
        Self { db, table, target, fidelity, in_flight, loaded }
    }

    /// Carries out a batch, in order and as one: all of it or nothing. It holds the batch in
    /// memory several times over, so a batch is best kept to a megabyte or a thousand items.
    ///
    /// # Errors
    /// [`LoadError::Refused`] for the first change that does not fit, before any was carried out;
    /// [`LoadError::Store`], also when an earlier batch failed.
    pub async fn write(&mut self, changes: &[WriteRequest]) -> Result<(), LoadError> {
        let actions = self.actions(changes)?;
        if actions.is_empty() {
            return Ok(());
        }
        if self.in_flight.len() == IN_FLIGHT_MAX {
            self.land_one().await?;
        }
        let submitted = self.submit(&actions).await?;
        self.in_flight.push_back(submitted);
        Ok(())
    }

    /// Waits until everything is durable.
    ///
    /// # Errors
    /// [`LoadError::Store`].
    pub async fn finish(mut self) -> Result<Loaded, LoadError> {
        while !self.in_flight.is_empty() {
            self.land_one().await?;
        }
        Ok(self.loaded)
    }

    async fn land_one(&mut self) -> Result<(), StoreError> {
        let Some(submitted) = self.in_flight.pop_front() else { return Ok(()) };
        match self.db.session().applied(submitted, "a batch was loaded").await? {
            true => Ok(()),
            false => Err(StoreError::failed("another writer was first during a load")),
        }
    }

    /// Checks the changes. Of several of one item the last one stands, as if each had been carried
    /// out.
    fn actions(&self, changes: &[WriteRequest]) -> Result<Vec<Action>, LoadError> {
        let mut places: HashMap<RowKey, usize> = HashMap::with_capacity(changes.len());
        let mut actions: Vec<Action> = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            let (row, mutation) =
                self.mutation(change).map_err(|error| LoadError::Refused { index, error })?;
            let place = *places.entry(row.clone()).or_insert(actions.len());
            let table = Arc::clone(&self.table);
            let action =
                Action { table, row, mutation, condition: None, on_failure: OnFailure::None };
            match actions.get_mut(place) {
                Some(earlier) => *earlier = action,
                None => actions.push(action),
            }
        }
        Ok(actions)
    }

    fn mutation(&self, change: &WriteRequest) -> Result<(RowKey, Mutation), ApiError> {
        match change {
            WriteRequest::PutRequest(put) => match self.fidelity {
                Fidelity::Put => Mutation::put(&self.table, &put.item),
                Fidelity::Restore => restore(&self.table, &put.item),
            },
            WriteRequest::DeleteRequest(delete) => Mutation::delete(&self.table, &delete.key),
        }
    }

    async fn submit(&mut self, actions: &[Action]) -> Result<Submitted, LoadError> {
        let mut atom = self.begin(actions).await?;
        for action in actions {
            let current = atom.read(&self.table, &action.row).await?;
            let after = match &action.mutation {
                Mutation::Put(item) => Some(item.clone()),
                _ => None,
            };
            self.loaded.count(current.item().is_some(), after.is_some());
            atom.change((&action.row, &self.table), current, after);
        }
        Ok(atom.submit())
    }

    /// Begins the atom of a batch. A table in use is written to as by any other writer: by the
    /// version in use, and past no transaction.
    async fn begin(&mut self, actions: &[Action]) -> Result<Atom<'d, S, All>, LoadError> {
        let session = self.db.session();
        if self.target == Target::Unpublished {
            return Ok(session.unpublished().await);
        }
        let rows: Vec<RowKey> = actions.iter().map(|action| action.row.clone()).collect();
        let atom = session.single(&self.table, &rows, ChangeOrigin::Caller).await;
        let atom = atom.ok_or_else(|| LoadError::Refused { index: 0, error: table_missing() })?;
        if let Some(index) = rows.iter().position(|row| atom.is_in_transaction(row)) {
            return Err(LoadError::Refused { index, error: ApiError::TransactionConflict });
        }
        self.table = atom.table();
        Ok(atom)
    }
}

impl Loaded {
    fn count(&mut self, was_there: bool, is_there: bool) {
        match (was_there, is_there) {
            (false, true) => self.created += 1,
            (true, true) => self.replaced += 1,
            (true, false) => self.deleted += 1,
            (false, false) => {}
        }
    }
}

fn restore(table: &Table, item: &Item) -> Result<(RowKey, Mutation), ApiError> {
    let row = item_rules::row_of_item(table, item)?;
    item_rules::check_item_size(item, Origin::Whole)?;
    Ok((row, Mutation::Put(item.clone())))
}
