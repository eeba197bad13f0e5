//! Tables as requests name them, and what requests may know of them before they are carried out.
//!
//! What it is: a [`NamedTable`] is a request's word for a table together with the version that was
//! found under it. A [`SchemaView`] finds it: once, whoever asks first. So what authorization and
//! admission saw of a table is what the request runs on, however the table changes meanwhile. A
//! table that is not there is a value, too, and the operation itself refuses it.
//!
//! What it is not: it promises nothing about the table's life. An operation still goes through the
//! table's gate to write, and asks after a read whether the table is still there.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

use model::{KeySchema, Scope, TableRef};
use parking_lot::RwLock;

use super::{Tables, find};
use crate::schema::Table;

/// A table as a request names it, and the version of it that the request runs on.
#[derive(Clone)]
pub struct NamedTable {
    reference: TableRef,
    found: OnceCell<Option<Arc<Table>>>,
}

/// The tables of one scope, to be looked at.
#[derive(Debug, Clone, Copy)]
pub struct SchemaView<'a> {
    tables: &'a RwLock<Tables>,
    scope: &'a Scope,
}

impl NamedTable {
    /// The request's own words.
    pub fn reference(&self) -> &TableRef {
        &self.reference
    }

    /// The request's own words, for an answer to repeat.
    pub fn into_reference(self) -> TableRef {
        self.reference
    }
}

impl From<TableRef> for NamedTable {
    fn from(reference: TableRef) -> Self {
        Self { reference, found: OnceCell::new() }
    }
}

impl PartialEq for NamedTable {
    fn eq(&self, other: &Self) -> bool {
        self.reference == other.reference
    }
}

impl fmt::Debug for NamedTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reference.fmt(f)
    }
}

impl<'a> SchemaView<'a> {
    pub(super) fn new(tables: &'a RwLock<Tables>, scope: &'a Scope) -> Self {
        Self { tables, scope }
    }

    /// The account and region whose tables these are.
    pub fn scope(&self) -> &'a Scope {
        self.scope
    }

    /// The key that orders a table, or one of its indexes; `None` where there is no such thing.
    pub fn key<'t>(&self, table: &'t NamedTable, index: Option<&str>) -> Option<&'t KeySchema> {
        let table = self.find(table)?;
        match index {
            None => Some(table.key()),
            Some(name) => table.index(name).map(|index| &index.definition.key),
        }
    }

    /// The version that was found first, now or before.
    pub(crate) fn find<'t>(&self, table: &'t NamedTable) -> Option<&'t Arc<Table>> {
        let NamedTable { reference, found } = table;
        found.get_or_init(|| find(self.tables, self.scope, reference)).as_ref()
    }
}
