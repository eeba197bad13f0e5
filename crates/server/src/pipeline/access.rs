//! What a request touches, said before it touches anything.
//!
//! Accesses borrow from the resolved request and hold nothing of the stored data: authorization and
//! admission must decide before the first read.

use std::collections::BTreeSet;

use db::NamedTable;
use expr::{Condition, KeyCondition, Projection, Update};
use model::{AttributeMap, StreamArn, TableRef};
use smallvec::SmallVec;

/// Everything one request does: one access per item, partition, table or stream that it names.
pub type Accesses<'a> = SmallVec<[Access<'a>; 1]>;

/// One thing that a request does to one resource.
#[derive(Debug)]
pub struct Access<'a> {
    /// The IAM action, for example `dynamodb:GetItem`.
    pub action: &'static str,
    /// What it is done to.
    pub resource: Resource<'a>,
    /// The index through which it is read.
    pub index: Option<&'a str>,
    /// How much of it.
    pub reach: Reach<'a>,
    /// Top-level attributes that expressions name; with repetitions.
    pub attributes: SmallVec<[&'a str; 4]>,
}

/// What an action is done to.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    /// A table, as the request names it.
    Table(&'a TableRef),
    /// A stream. It may outlive its table.
    Stream(&'a StreamArn),
    /// Nothing in particular, or what only the request's execution will know.
    Any,
}

impl<'a> From<&'a TableRef> for Resource<'a> {
    fn from(table: &'a TableRef) -> Self {
        Self::Table(table)
    }
}

impl<'a> From<&'a NamedTable> for Resource<'a> {
    fn from(table: &'a NamedTable) -> Self {
        Self::Table(table.reference())
    }
}

impl<'a> From<&'a StreamArn> for Resource<'a> {
    fn from(stream: &'a StreamArn) -> Self {
        Self::Stream(stream)
    }
}

/// How much of a table or index an access reaches. Which of its attributes lead is the table's to
/// say; the values are here.
#[derive(Debug)]
pub enum Reach<'a> {
    /// The one item with this key; the map may be the whole item.
    Item(&'a AttributeMap),
    /// Items of one partition.
    Partition(&'a KeyCondition),
    /// Every item.
    Table,
    /// The declaration, and no item.
    Declaration,
}

impl<'a> Access<'a> {
    pub(crate) fn new(
        action: &'static str,
        resource: impl Into<Resource<'a>>,
        reach: Reach<'a>,
    ) -> Self {
        let resource = resource.into();
        Self { action, resource, index: None, reach, attributes: SmallVec::new() }
    }

    /// The one access of a request.
    pub(crate) fn alone(self) -> Accesses<'a> {
        SmallVec::from_iter([self])
    }

    /// The table and index that it is about.
    pub(super) fn table(&self) -> Option<(&'a TableRef, Option<&'a str>)> {
        match self.resource {
            Resource::Table(table) => Some((table, self.index)),
            Resource::Stream(_) | Resource::Any => None,
        }
    }

    pub(crate) fn through(mut self, index: Option<&'a String>) -> Self {
        self.index = index.map(String::as_str);
        self
    }

    pub(crate) fn condition(mut self, condition: Option<&'a Condition>) -> Self {
        self.attributes.extend(condition.into_iter().flat_map(Condition::attributes));
        self
    }

    pub(crate) fn projection(mut self, projection: Option<&'a Projection>) -> Self {
        self.attributes.extend(projection.into_iter().flat_map(Projection::attributes));
        self
    }

    pub(crate) fn update(mut self, update: Option<&'a Update>) -> Self {
        let paths = update.into_iter().flat_map(Update::paths);
        self.attributes.extend(paths.map(|path| path.attribute.as_str()));
        self
    }

    /// The names of all attributes that its key, item and expressions name, in order.
    pub(super) fn attributes(&self) -> BTreeSet<&'a str> {
        let (item, condition) = match &self.reach {
            Reach::Item(item) => (Some(*item), None),
            Reach::Partition(condition) => (None, Some(*condition)),
            Reach::Table | Reach::Declaration => (None, None),
        };
        let item = item.into_iter().flat_map(|item| item.keys().map(String::as_str));
        let tests = condition.into_iter().flat_map(|condition| &condition.tests);
        item.chain(tests.map(|(name, _)| name.as_str()))
            .chain(self.attributes.iter().copied())
            .collect()
    }
}
