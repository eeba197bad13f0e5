//! One change of one item, decided against the item as it is.
//!
//! PutItem, DeleteItem, UpdateItem, a batch's writes and a transaction's actions all become an
//! [`Action`]; what one means stands here once.

use std::sync::Arc;

use expr::{Condition, Notation, Update};
use model::{ApiError, Item, MapRef, ReturnValuesOnConditionCheckFailure as OnFailure};
use store::RowKey;

use crate::error::{invalid, validation};
use crate::pace::Pace;
use crate::schema::item_rules::{self, Origin};
use crate::schema::{Table, key_names};

/// A checked change, ready to be decided under the latch of its row.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) table: Arc<Table>,
    pub(crate) row: RowKey,
    pub(crate) mutation: Mutation,
    pub(crate) condition: Option<Condition>,
    pub(crate) on_failure: OnFailure,
}

/// What to do with the item.
#[derive(Debug)]
pub(crate) enum Mutation {
    /// Create or replace it.
    Put(Item),
    /// Remove it.
    Delete,
    /// Change it, creating it where it is missing.
    Update {
        /// Its primary key.
        key: Item,
        /// The changes; without any the item is created if missing.
        update: Option<Update>,
    },
    /// Leave it.
    Check,
}

impl Mutation {
    /// Checks a put against the table; names the row.
    pub(crate) fn put(table: &Table, item: &Item) -> Result<(RowKey, Self), ApiError> {
        let row = item_rules::row_of_item(table, item)?;
        item_rules::check_item_size(item, Origin::Whole)?;
        item_rules::check_index_keys(table, item, Origin::Whole)?;
        Ok((row, Self::Put(item.clone())))
    }

    /// Checks a delete against the table; names the row.
    pub(crate) fn delete(table: &Table, key: &Item) -> Result<(RowKey, Self), ApiError> {
        Ok((item_rules::row_of_key(table, key)?, Self::Delete))
    }

    /// Checks an update against the table; names the row.
    pub(crate) fn update(
        table: &Table,
        key: Item,
        update: Option<Update>,
    ) -> Result<(RowKey, Self), ApiError> {
        let row = item_rules::row_of_key(table, &key)?;
        if let Some(update) = &update {
            check_updated_paths(table, update)?;
        }
        Ok((row, Self::Update { key, update }))
    }

    /// Checks a condition check against the table; names the row.
    pub(crate) fn check(table: &Table, key: &Item) -> Result<(RowKey, Self), ApiError> {
        Ok((item_rules::row_of_key(table, key)?, Self::Check))
    }
}

impl Action {
    /// The item as the action leaves it.
    ///
    /// # Errors
    /// [`ApiError::ConditionalCheckFailed`], or [`ApiError::Validation`] when an update does not
    /// fit the item.
    pub(crate) async fn decide(
        &self,
        before: Option<&Item>,
        pace: &mut Pace,
    ) -> Result<Option<Item>, ApiError> {
        self.check_condition(before, pace).await?;
        match &self.mutation {
            Mutation::Put(item) => Ok(Some(item.clone())),
            Mutation::Delete => Ok(None),
            Mutation::Check => Ok(before.cloned()),
            Mutation::Update { key, update } => {
                let after = self.updated(before, key, update.as_ref());
                let sides = before.into_iter().chain(after.as_ref().ok().into_iter().flatten());
                pace.did(sides.map(Item::item_bytes).sum()).await;
                after
            }
        }
    }

    async fn check_condition(
        &self,
        before: Option<&Item>,
        pace: &mut Pace,
    ) -> Result<(), ApiError> {
        let Some(condition) = &self.condition else { return Ok(()) };
        if pace.holds(condition, before.map_or(MapRef::EMPTY, Item::attributes)).await {
            return Ok(());
        }
        let item = match self.on_failure {
            OnFailure::None => None,
            OnFailure::AllOld => before.cloned(),
        };
        Err(ApiError::ConditionalCheckFailed { item })
    }

    fn updated(
        &self,
        before: Option<&Item>,
        key: &Item,
        update: Option<&Update>,
    ) -> Result<Option<Item>, ApiError> {
        let creates = update.is_none_or(Update::creates);
        let old = match before {
            Some(item) => item.clone(),
            // An update that only removes creates nothing (test_item.py, 2026-11).
            None if !creates => return Ok(None),
            None => key.clone(),
        };
        let Some(update) = update else { return Ok(Some(old)) };
        let item = update.apply(&old)?;
        item_rules::check_item_size(&item, Origin::Update)?;
        item_rules::check_index_keys(&self.table, &item, index_keys_origin(update))?;
        Ok(Some(item))
    }
}

/// Index keys that AttributeUpdates made are refused in the words for whole items, for there is no
/// update expression to speak of.
fn index_keys_origin(update: &Update) -> Origin {
    match update.notation() {
        Notation::Expression => Origin::Update,
        Notation::Legacy => Origin::Whole,
    }
}

/// Refuses updates of the primary key, and updates inside an index's key attribute.
fn check_updated_paths(table: &Table, update: &Update) -> Result<(), ApiError> {
    for path in update.paths() {
        if key_names(table.key()).any(|name| name == &*path.attribute) {
            return Err(invalid(format!(
                "Cannot update attribute {}. This attribute is part of the key",
                path.attribute
            )));
        }
        let indexes = table.indexes.iter().filter(|index| !index.definition.is_incomplete());
        let indexed = indexes.flat_map(|index| key_names(&index.definition.key));
        if !path.steps.is_empty() && indexed.into_iter().any(|name| name == &*path.attribute) {
            // test_gsi.py::test_gsi_wrong_type_attribute_update_nested, 2026-11.
            return Err(validation(format!(
                "Key attributes must be scalars; list random access '[]' and map lookup '.' are \
                 not allowed: IndexKey: {}",
                path.attribute
            )));
        }
    }
    Ok(())
}
