//! What a request touches, said before it touches anything.
//!
//! Facts borrow from the resolved request and hold nothing of the stored data: authorization and
//! admission must decide before the first read.

use std::collections::BTreeSet;

use expr::{Condition, KeyCondition, Projection, Update};
use model::{AttributeMap, TableRef};
use smallvec::SmallVec;

/// Everything one request touches.
#[derive(Debug, Default)]
pub struct Facts<'a> {
    /// One per item, partition or table the request names. Empty for requests that name no table.
    pub accesses: SmallVec<[Access<'a>; 1]>,
}

/// One place that a request touches.
#[derive(Debug)]
pub struct Access<'a> {
    /// The table, as the request names it.
    pub table: &'a TableRef,
    /// The index through which it is read.
    pub index: Option<&'a str>,
    /// How much of it.
    pub reach: Reach<'a>,
    /// Top-level attributes that expressions name; with repetitions.
    pub attributes: SmallVec<[&'a str; 4]>,
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

impl<'a> Facts<'a> {
    /// The names of all attributes that keys, items and expressions name, in order.
    pub fn attributes(&self) -> BTreeSet<&'a str> {
        self.accesses.iter().flat_map(Access::attributes).collect()
    }
}

impl<'a> FromIterator<Access<'a>> for Facts<'a> {
    fn from_iter<I: IntoIterator<Item = Access<'a>>>(accesses: I) -> Self {
        Self { accesses: accesses.into_iter().collect() }
    }
}

impl<'a> From<Access<'a>> for Facts<'a> {
    fn from(access: Access<'a>) -> Self {
        Self { accesses: SmallVec::from_iter([access]) }
    }
}

impl<'a> Access<'a> {
    pub(crate) fn new(table: &'a TableRef, reach: Reach<'a>) -> Self {
        Self { table, index: None, reach, attributes: SmallVec::new() }
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

    fn attributes(&self) -> impl Iterator<Item = &'a str> {
        let (item, condition) = match &self.reach {
            Reach::Item(item) => (Some(*item), None),
            Reach::Partition(condition) => (None, Some(*condition)),
            Reach::Table | Reach::Declaration => (None, None),
        };
        let item = item.into_iter().flat_map(|item| item.keys().map(String::as_str));
        let tests = condition.into_iter().flat_map(|condition| &condition.tests);
        item.chain(tests.map(|(name, _)| name.as_str())).chain(self.attributes.iter().copied())
    }
}
