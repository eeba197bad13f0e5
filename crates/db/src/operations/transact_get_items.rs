//! TransactGetItems.
//!
//! Checks: every table exists → keys fit their schemas, else the transaction is cancelled → no item
//! twice → the items together are at most 4 MB.

use expr::Projection;
use model::Consistency::Strong;
use model::limits::TRANSACTION_BYTES_MAX;
use model::{ApiError, ConsumedCapacity, Item, ReturnConsumedCapacity, Scope};
use store::{RowKey, Store};

use super::totals::Totals;
use super::{Report, check_each, check_items_once};
use crate::catalog::NamedTable;
use crate::database::Db;
use crate::error::{store_failed, validation};
use crate::layout::stored::Stored;
use crate::metering::Rate;
use crate::schema::item_rules;

/// Up to 100 items as of one moment.
#[derive(Debug, Clone)]
pub struct TransactGetItems {
    /// One per item.
    pub gets: Vec<TransactGet>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

/// One item of the transaction.
#[derive(Debug, Clone)]
pub struct TransactGet {
    /// The table.
    pub table: NamedTable,
    /// The item's primary key.
    pub key: Item,
    /// What of the item to answer.
    pub projection: Option<Projection>,
}

/// Answer of TransactGetItems.
#[derive(Debug, Clone, PartialEq)]
pub struct TransactGetItemsAnswer {
    /// One per get, in order.
    pub items: Vec<Option<Item>>,
    /// One per table when asked for.
    pub consumed: Option<Vec<ConsumedCapacity>>,
}

impl<S: Store> Db<S> {
    /// Reads several items as of one moment.
    pub async fn transact_get_items(
        &self,
        scope: &Scope,
        request: TransactGetItems,
    ) -> Result<TransactGetItemsAnswer, ApiError> {
        // Find.
        let tables = request.gets.iter().map(|get| self.table(scope, &get.table));
        let tables: Vec<_> = tables.collect::<Result<_, _>>()?;

        // Check.
        let gets = tables.iter().zip(&request.gets);
        let rows: Vec<RowKey> =
            check_each(gets.map(|(table, get)| item_rules::row_of_key(table, &get.key)))?;
        check_items_once(&rows)?;

        // Act.
        let values = self.store().read_atomically(&rows).await.map_err(store_failed)?;
        for table in &tables {
            table.check_still_there().await?;
        }
        let stored = values.into_iter().map(|value| value.map(Stored::decode).transpose());
        let stored: Vec<_> = stored.collect::<Result<_, _>>().map_err(store_failed)?;
        let items: Vec<_> = stored.into_iter().map(|row| row.map(|row| row.item)).collect();
        if items.iter().flatten().map(Item::item_bytes).sum::<usize>() > TRANSACTION_BYTES_MAX {
            return Err(validation(
                "Aggregated size of the items in the transaction cannot exceed 4 MB",
            ));
        }

        // Answer.
        let report = Report { capacity: request.report_capacity, ..Report::default() };
        let mut totals = Totals::new(report, Rate::Transactional);
        for (get, item) in request.gets.iter().zip(&items) {
            totals.add_read(get.table.reference(), item.as_ref(), Strong);
        }
        let items = items.into_iter().zip(&request.gets).map(|(item, get)| match &get.projection {
            Some(projection) => item.map(|item| projection.apply(item.attributes())),
            None => item,
        });
        Ok(TransactGetItemsAnswer { items: items.collect(), consumed: totals.reported().0 })
    }
}
