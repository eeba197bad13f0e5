//! What a request touches, said before it touches anything.
//!
//! What it is: one list for everybody who decides about a request or watches it. Accesses borrow from
//! the bound request and hold nothing of the stored data. Nothing is computed until somebody asks:
//! names, leading keys and attributes are read off the request's plans then.
//!
//! What it is not: it decides nothing, and writes no ARN.
//!
//! Example: a transaction that puts into `Films` and deletes by key from `Seats`, whose key is `hall`.
//!
//! ```text
//! dynamodb:PutItem     table Films   leading keys [film "7"]   attributes film, title
//!                                    within TransactWriteItems
//! dynamodb:DeleteItem  table Seats   leading keys [hall "B"]   attributes hall
//!                                    within TransactWriteItems
//! ```

use std::borrow::Cow;
use std::collections::BTreeSet;

use db::{NamedTable, SchemaView};
use expr::{Condition, KeyCondition, KeyTest, Projection, Update};
use model::limits::GLOBAL_INDEX_KEY_ATTRIBUTES_MAX;
use model::{
    Item, KeySchema, KeyValue, ReturnConsumedCapacity, ReturnValues, Scope, Select, StreamArn,
    TableRef,
};
use smallvec::SmallVec;
use wire::OperationName;

/// Everything one request does: one access per item, partition, table or stream that it names.
pub type Accesses<'a> = SmallVec<[Access<'a>; 1]>;

/// The values of the attributes that lead a key, in the key's order; `None` where the request does
/// not say, or where its value is not of the key's type. What else is wrong with a value is the
/// operation's to refuse.
pub type LeadingKeys<'a> = [Option<KeyValue<'a>>; GLOBAL_INDEX_KEY_ATTRIBUTES_MAX];

/// One thing that a request does to one resource.
#[derive(Debug)]
pub struct Access<'a> {
    /// The IAM action, for example `dynamodb:GetItem`.
    pub action: &'static str,
    /// What it is done to.
    pub resource: Resource<'a>,
    /// How much of the resource is touched.
    pub reach: Reach<'a>,
    /// The operation that the action is a part of, where that is another one: a transaction.
    pub enclosing_operation: Option<OperationName>,
    /// What is answered of the items that are read; of reads alone.
    pub select: Option<Select>,
    /// What is answered of the item that is written; of writes alone.
    pub return_values: Option<ReturnValues>,
    /// What is answered of the capacity consumed; of operations on items alone.
    pub return_consumed_capacity: Option<ReturnConsumedCapacity>,
    /// The table whose keys say which attributes lead; of operations on items alone.
    named: Option<&'a NamedTable>,
    condition: Option<&'a Condition>,
    projection: Option<&'a Projection>,
    update: Option<&'a Update>,
}

/// What an action is done to.
#[derive(Debug, Clone)]
pub enum Resource<'a> {
    /// A table, as the request names it.
    Table(&'a TableRef),
    /// An index of a table.
    Index(&'a TableRef, &'a str),
    /// A stream. It may outlive its table.
    Stream(Cow<'a, StreamArn>),
    /// Nothing in particular.
    Any,
}

/// How much of a table or index an access reaches.
#[derive(Debug, Clone, Copy)]
pub enum Reach<'a> {
    /// The one item with this key; it may be the whole item.
    Item(&'a Item),
    /// Items of one partition.
    Partition(&'a KeyCondition),
    /// Every item.
    Everything,
    /// The declaration, and no item.
    Declaration,
}

impl<'a> From<&'a TableRef> for Resource<'a> {
    fn from(table: &'a TableRef) -> Self {
        Self::Table(table)
    }
}

impl<'a> From<&'a StreamArn> for Resource<'a> {
    fn from(stream: &'a StreamArn) -> Self {
        Self::Stream(Cow::Borrowed(stream))
    }
}

impl<'a> Resource<'a> {
    /// The account and the region that it is in: its ARN's, if the request has one, else those of
    /// the request.
    pub fn account_and_region<'r>(&'r self, request: &'r Scope) -> (&'r str, &'r str) {
        let own = match self {
            Self::Table(table) | Self::Index(table, _) => table.account_and_region(),
            Self::Stream(stream) => Some((&*stream.scope.account, &*stream.scope.region)),
            Self::Any => None,
        };
        own.unwrap_or((&request.account, &request.region))
    }
}

impl<'a> Access<'a> {
    /// An action on a declaration.
    pub(crate) fn new(action: &'static str, resource: impl Into<Resource<'a>>) -> Self {
        Self {
            action,
            resource: resource.into(),
            reach: Reach::Declaration,
            enclosing_operation: None,
            select: None,
            return_values: None,
            return_consumed_capacity: None,
            named: None,
            condition: None,
            projection: None,
            update: None,
        }
    }

    /// An action on items of a table.
    pub(crate) fn of_items(
        action: &'static str,
        table: &'a NamedTable,
        reach: Reach<'a>,
        form: ReturnConsumedCapacity,
    ) -> Self {
        let return_consumed_capacity = Some(form);
        let named = Some(table);
        Self { reach, named, return_consumed_capacity, ..Self::new(action, table.reference()) }
    }

    /// The one access of a request.
    pub(crate) fn alone(self) -> Accesses<'a> {
        SmallVec::from_buf([self])
    }

    /// Goes through an index of the table.
    pub(crate) fn through(mut self, index: Option<&'a String>) -> Self {
        if let (Resource::Table(table), Some(index)) = (&self.resource, index) {
            self.resource = Resource::Index(table, index);
        }
        self
    }

    /// Is a part of a transaction.
    pub(crate) fn within(mut self, operation: OperationName) -> Self {
        self.enclosing_operation = Some(operation);
        self
    }

    /// Tests a condition or a filter.
    pub(crate) fn testing(mut self, condition: Option<&'a Condition>) -> Self {
        self.condition = condition;
        self
    }

    /// Reads, and answers with that much of each item. What DynamoDB answers with where the request
    /// does not say depends on what is read (API reference of Query, `Select`, 2026-11).
    pub(crate) fn reading(
        mut self,
        projection: Option<&'a Projection>,
        select: Option<Select>,
    ) -> Self {
        let usual = match (projection, &self.resource) {
            (Some(_), _) => Select::SpecificAttributes,
            (None, Resource::Index(..)) => Select::AllProjectedAttributes,
            (None, _) => Select::AllAttributes,
        };
        self.projection = projection;
        self.select = Some(select.unwrap_or(usual));
        self
    }

    /// Writes, and answers with that much of the item.
    pub(crate) fn writing(mut self, update: Option<&'a Update>, values: ReturnValues) -> Self {
        self.update = update;
        self.return_values = Some(values);
        self
    }

    /// The table and index that it is about.
    pub(crate) fn table(&self) -> Option<(&'a TableRef, Option<&'a str>)> {
        match &self.resource {
            Resource::Table(table) => Some((*table, None)),
            Resource::Index(table, index) => Some((*table, Some(*index))),
            Resource::Stream(_) | Resource::Any => None,
        }
    }

    /// Whether it reads a whole table or index.
    pub fn reads_everything(&self) -> bool {
        matches!(self.reach, Reach::Everything)
    }

    /// The leading keys of what it reaches; `None` where nothing is known of them, which is not the
    /// same as none: what asks for all of them to be allowed must not hold then.
    pub fn leading_keys(&self, schema: SchemaView<'_>) -> Option<LeadingKeys<'a>> {
        let index = self.table().and_then(|(_, index)| index);
        let key = self.named.and_then(|table| schema.key(table, index));
        let hash = key.map_or(&[][..], |KeySchema { hash, .. }| hash);
        let mut values = LeadingKeys::default();
        for (value, element) in values.iter_mut().zip(hash) {
            *value = self
                .value_of(&element.name)
                .filter(|value| value.scalar_type() == element.scalar_type);
        }
        values.iter().any(Option::is_some).then_some(values)
    }

    /// The value that the request has for an attribute of what it reaches.
    fn value_of(&self, attribute: &str) -> Option<KeyValue<'a>> {
        match self.reach {
            Reach::Item(item) => item.attributes().get(attribute).and_then(KeyValue::of),
            Reach::Partition(condition) => {
                let test = condition.tests.iter().find(|(name, _)| name == attribute);
                let Some((_, KeyTest::Equal(operand))) = test else { return None };
                KeyValue::of(operand.value())
            }
            Reach::Everything | Reach::Declaration => None,
        }
    }

    /// The names of all attributes that its key, item and expressions name, in order.
    pub fn attributes(&self) -> BTreeSet<&'a str> {
        let (item, condition) = match self.reach {
            Reach::Item(item) => (Some(item), None),
            Reach::Partition(condition) => (None, Some(condition)),
            Reach::Everything | Reach::Declaration => (None, None),
        };
        let item = item.into_iter().flat_map(|item| item.attributes().iter());
        let item = item.map(|(name, _)| name.as_str());
        let tests = condition.into_iter().flat_map(|condition| &condition.tests);
        let paths = self.update.into_iter().flat_map(Update::paths);
        item.chain(tests.map(|(name, _)| name.as_str()))
            .chain(self.condition.into_iter().flat_map(Condition::attributes))
            .chain(self.projection.into_iter().flat_map(Projection::attributes))
            .chain(paths.map(|path| &*path.attribute))
            .collect()
    }
}
