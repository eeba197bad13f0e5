//! GetItem.
//!
//! Checks: table exists → key fits the schema → key's sizes.

use expr::Projection;
use model::{ApiError, ConsumedCapacity, Item, ReturnConsumedCapacity, Scope};
use store::Store;

use crate::catalog::NamedTable;
use crate::database::Db;
use crate::error::store_failed;
use crate::layout::stored::Stored;
use crate::metering::{self, Rate};
use crate::reading::consistency_of;
use crate::schema::item_rules;

/// One item by its key.
#[derive(Debug, Clone)]
pub struct GetItem {
    /// The table.
    pub table: NamedTable,
    /// The item's primary key.
    pub key: Item,
    /// `ConsistentRead`.
    pub consistent: bool,
    /// What of the item to answer.
    pub projection: Option<Projection>,
    /// How finely to report capacity.
    pub report_capacity: ReturnConsumedCapacity,
}

/// Answer of GetItem.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GetItemAnswer {
    /// The item, projected.
    pub item: Option<Item>,
    /// When asked for.
    pub consumed: Option<ConsumedCapacity>,
}

impl<S: Store> Db<S> {
    /// Reads one item.
    pub async fn get_item(
        &self,
        scope: &Scope,
        request: GetItem,
    ) -> Result<GetItemAnswer, ApiError> {
        // Find.
        let table = self.table(scope, &request.table)?;

        // Check.
        let row = item_rules::row_of_key(&table, &request.key)?;

        // Act.
        let consistency = request.consistent.into();
        let value =
            self.store().get(&row, consistency_of(consistency)).await.map_err(store_failed)?;
        let item = value.map(Stored::decode).transpose().map_err(store_failed)?;
        let item = item.map(|stored| stored.item);
        table.check_still_there().await?;

        // Answer.
        let consumed = (request.report_capacity != ReturnConsumedCapacity::None).then(|| {
            let mut consumed = metering::nothing(request.table.into_reference());
            let units = metering::item_read(item.as_ref(), consistency, Rate::Standard);
            metering::add_table_read(&mut consumed, units);
            consumed
        });
        let item = match &request.projection {
            Some(projection) => item.map(|item| projection.apply(item.attributes())),
            None => item,
        };
        Ok(GetItemAnswer { item, consumed })
    }
}
