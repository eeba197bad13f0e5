//! A table in use: its declaration, and where its rows lie.
//!
//! A [`Table`] is one version of it, and never changes. Versions that maintain the same indexes and
//! entries of expiry and write to the same stream are one era: they share a [`Gate`]. When one of
//! these comes or goes the next era begins: the old gate closes, and writers that come with an old
//! version are led on to the new one. When the last one has left the old gate, nobody writes
//! without what came, or to what went.
//!
//! ```text
//! version   1 ── 2 ───────────────→ 3 ──── 4
//!           tags  tags              index  tags
//!           │ era A: one gate │     │ era B: one gate │
//!
//! writer of version 1:  inside gate A ─ queues its atom ─ leaves
//! UpdateTable:          commit of version 3 ─ shows it ─ closes gate A, waits ─────┐
//! writer of version 2:                                   gate A is closed → enters B by version 3
//!                                                                 walk of the index begins ←┘
//! ```

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use model::{ApiError, IndexKind, KeySchema, TableDefinition};
use store::Space;

use super::expiry::{Expiry, Tally};
use super::gate::{Closing, Gate, Pass};
use super::index::{self, Index};
use super::spaces::Spaces;
use super::stream::Stream;
use crate::error::{in_use, index_missing, table_missing};
use crate::layout::keys::{Place, kind};

/// Whether a table may be used. What else its status says follows from the phases of its indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoredStatus {
    /// It is being filled: it can be seen, and nothing else.
    Creating,
    /// It is in use.
    Active,
}

/// One version of a table that requests run on.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) status: StoredStatus,
    pub(crate) definition: Arc<TableDefinition>,
    pub(crate) arn: String,
    pub(crate) place: Place,
    /// Those that writers maintain.
    pub(crate) indexes: Vec<Arc<Index>>,
    pub(crate) spaces: Spaces,
    /// The stream that takes the changes of its items.
    pub(crate) stream: Option<Arc<Stream>>,
    /// What lets its items expire.
    pub(crate) expiry: Option<Expiry>,
    /// What has become of items that expired.
    pub(crate) expired: Arc<Tally>,
    era: Arc<Era>,
}

/// The versions of a table whose writers maintain the same.
#[derive(Debug, Default)]
struct Era {
    /// Writers are inside; a drop closes it, and so does the next era.
    gate: Arc<Gate>,
    next: OnceLock<Arc<Table>>,
}

/// A table with a writer inside.
#[derive(Debug)]
pub(crate) struct Entered {
    table: Arc<Table>,
    _pass: Pass,
}

impl Table {
    pub(crate) fn new(
        status: StoredStatus,
        definition: TableDefinition,
        arn: String,
        spaces: Spaces,
        stream: Option<Arc<Stream>>,
    ) -> Self {
        let indexes = index::maintained(&definition, &spaces);
        let place = Place { space: spaces.table, kind: kind::ITEM };
        let expiry = Expiry::of(&definition, spaces.table);
        let definition = Arc::new(definition);
        Self {
            status,
            definition,
            arn,
            place,
            indexes,
            spaces,
            stream,
            expiry,
            expired: Arc::default(),
            era: Arc::default(),
        }
    }

    /// Whether it is more than to be seen.
    pub(crate) fn is_in_use(&self) -> bool {
        self.status == StoredStatus::Active
    }

    /// The same table with another definition. It has the same key.
    pub(crate) fn amended(
        &self,
        definition: TableDefinition,
        spaces: Spaces,
        stream: Option<Arc<Stream>>,
    ) -> Self {
        let mut amended = Self::new(self.status, definition, self.arn.clone(), spaces, stream);
        amended.expired = Arc::clone(&self.expired);
        if amended.maintains_as(self) {
            amended.era = Arc::clone(&self.era);
        }
        amended
    }

    /// Lets the next version take over. When this returns, nobody writes by the indexes of this
    /// version any more, if they are others.
    pub(crate) async fn hand_over(&self, next: &Arc<Self>) {
        if !Arc::ptr_eq(&self.era, &next.era) {
            let first = self.era.next.set(Arc::clone(next));
            first.expect("the catalog changes one version at a time");
            self.close().await.for_good();
        }
    }

    /// Goes in to write, to this version or to the one that took over; `None` when the table has
    /// been dropped. A drop that is under way is waited for: it may fail.
    pub(crate) async fn enter(self: &Arc<Self>) -> Option<Entered> {
        let mut table = self;
        loop {
            if let Some(pass) = table.era.gate.enter() {
                return Some(Entered { table: Arc::clone(table), _pass: pass });
            }
            match table.era.next.get() {
                Some(next) => table = next,
                None if table.era.gate.decided().await => {}
                None => return None,
            }
        }
    }

    /// Lets no writer in any more and waits until all have left. The table is as it was when the
    /// answer is dropped, and has been dropped when that is for good.
    pub(crate) async fn close(&self) -> Closing {
        self.era.gate.close().await
    }

    /// Keeps writers of every version out, and waits until all have left, until the answer is
    /// dropped.
    pub(crate) async fn pause(&self) -> Closing {
        self.era.gate.pause().await
    }

    /// Checks that requests may read and write its items. A table that is being created is not
    /// there for them (ExtendDB's pull request 204, measured on AWS, 2026-07).
    pub(crate) fn check_in_use(&self) -> Result<(), ApiError> {
        match self.status {
            StoredStatus::Active => Ok(()),
            StoredStatus::Creating => Err(table_missing()),
        }
    }

    /// Checks that it may be changed or dropped (ack-api-quirks, IMPORT-001, 2026-11; the words of
    /// DeleteTable: vdesabou/kafka-docker-playground issue 8703, 2026-07).
    pub(crate) fn check_changeable(&self) -> Result<(), ApiError> {
        let name = &self.definition.name;
        match self.status {
            StoredStatus::Active => Ok(()),
            StoredStatus::Creating => Err(in_use(format!("Table is being created: {name}"))),
        }
    }

    /// Checks, after a read, that no drop was removing rows meanwhile.
    pub(crate) async fn check_still_there(&self) -> Result<(), ApiError> {
        self.latest().await.map(drop)
    }

    /// Checks the same after a read of an index.
    pub(crate) async fn check_index_still_there(&self, index: &Index) -> Result<(), ApiError> {
        let mut maintained = self.latest().await?.indexes.iter();
        match maintained.any(|other| other.place == index.place) {
            true => Ok(()),
            false => Err(index_missing(&index.definition.name)),
        }
    }

    /// A version of the era that is now.
    async fn latest(&self) -> Result<&Self, ApiError> {
        let mut table = self;
        while table.era.gate.is_closed() {
            match table.era.next.get() {
                Some(next) => table = next,
                None if table.era.gate.decided().await => {}
                None => return Err(table_missing()),
            }
        }
        Ok(table)
    }

    /// The primary key.
    pub(crate) fn key(&self) -> &KeySchema {
        &self.definition.key
    }

    /// What is durable of it, and whether it takes writers.
    pub(crate) fn held(&self) -> impl std::fmt::Debug {
        let places: Vec<Place> = self.indexes.iter().map(|index| index.place).collect();
        let stream = self.stream.as_ref().map(|stream| stream.arn.clone());
        let takes_writers = !self.era.gate.is_closed();
        let (definition, spaces) = (Arc::clone(&self.definition), self.spaces.clone());
        let about = (self.arn.clone(), self.status, definition, spaces, places);
        (about, stream, self.expiry.clone(), takes_writers)
    }

    /// Whether writes report item collections: they exist where local indexes do.
    pub(crate) fn has_item_collections(&self) -> bool {
        self.indexes.iter().any(|index| index.definition.kind == IndexKind::Local)
    }

    /// The index of that name.
    pub(crate) fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().map(|index| &**index).find(|index| index.definition.name == name)
    }

    /// Every space its rows lie in.
    pub(crate) fn all_spaces(&self) -> Vec<Space> {
        self.spaces.all().collect()
    }

    fn maintains_as(&self, other: &Self) -> bool {
        let places =
            |table: &Self| table.indexes.iter().map(|index| index.place).collect::<Vec<_>>();
        let stream = |table: &Self| table.stream.as_ref().map(|stream| stream.space);
        places(self) == places(other)
            && stream(self) == stream(other)
            && self.expiry == other.expiry
    }
}

impl Deref for Entered {
    type Target = Arc<Table>;

    fn deref(&self) -> &Arc<Table> {
        &self.table
    }
}
