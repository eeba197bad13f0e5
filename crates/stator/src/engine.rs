//! The engines, composed: the one place that knows them by name.

use std::ops::ControlFlow;

use bytes::Bytes;
use local::{LocalGuard, LocalSnapshot, LocalStore};
use store::{
    AtomId, Consistency, Direction, Figure, Guard, Health, MemoryGuard, MemorySnapshot,
    MemoryStore, Outcome, Row, RowKey, RowRange, Snapshot, Store, StoreError, Ticket, Write,
};

/// A store whose engine is chosen when the process starts. `db` is compiled once, over this.
#[derive(Debug)]
pub enum Engine {
    /// Nothing outlives the process.
    Memory(MemoryStore),
    /// Durable and encrypted, in files of this machine.
    Local(LocalStore),
}

/// The latches of whichever engine.
pub enum EngineGuard {
    /// Of [`Engine::Memory`].
    Memory(MemoryGuard),
    /// Of [`Engine::Local`].
    Local(LocalGuard),
}

/// One moment of whichever engine.
#[derive(Debug)]
pub enum EngineSnapshot {
    /// Of [`Engine::Memory`].
    Memory(MemorySnapshot),
    /// Of [`Engine::Local`].
    Local(LocalSnapshot),
}

impl Store for Engine {
    type Guard = EngineGuard;
    type Snapshot = EngineSnapshot;

    async fn get(
        &self,
        key: &RowKey,
        consistency: Consistency,
    ) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Memory(store) => store.get(key, consistency).await,
            Self::Local(store) => store.get(key, consistency).await,
        }
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        consistency: Consistency,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        match self {
            Self::Memory(store) => store.range(range, direction, consistency, visit).await,
            Self::Local(store) => store.range(range, direction, consistency, visit).await,
        }
    }

    async fn read_atomically(&self, keys: &[RowKey]) -> Result<Vec<Option<Bytes>>, StoreError> {
        match self {
            Self::Memory(store) => store.read_atomically(keys).await,
            Self::Local(store) => store.read_atomically(keys).await,
        }
    }

    async fn snapshot(&self) -> Result<Option<EngineSnapshot>, StoreError> {
        Ok(match self {
            Self::Memory(store) => store.snapshot().await?.map(EngineSnapshot::Memory),
            Self::Local(store) => store.snapshot().await?.map(EngineSnapshot::Local),
        })
    }

    async fn lock(&self, keys: &[RowKey]) -> EngineGuard {
        match self {
            Self::Memory(store) => EngineGuard::Memory(store.lock(keys).await),
            Self::Local(store) => EngineGuard::Local(store.lock(keys).await),
        }
    }

    async fn outcome_of(&self, id: AtomId) -> Result<Outcome, StoreError> {
        match self {
            Self::Memory(store) => store.outcome_of(id).await,
            Self::Local(store) => store.outcome_of(id).await,
        }
    }

    async fn delete_range(&self, range: &RowRange) -> Result<(), StoreError> {
        match self {
            Self::Memory(store) => store.delete_range(range).await,
            Self::Local(store) => store.delete_range(range).await,
        }
    }

    async fn close(&self) -> Result<(), StoreError> {
        match self {
            Self::Memory(store) => store.close().await,
            Self::Local(store) => store.close().await,
        }
    }

    fn health(&self) -> Health {
        match self {
            Self::Memory(store) => store.health(),
            Self::Local(store) => store.health(),
        }
    }

    fn figures(&self) -> Vec<Figure> {
        match self {
            Self::Memory(store) => store.figures(),
            Self::Local(store) => store.figures(),
        }
    }
}

impl Guard for EngineGuard {
    async fn read(&mut self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Memory(guard) => guard.read(key).await,
            Self::Local(guard) => guard.read(key).await,
        }
    }

    fn submit(self, id: AtomId, writes: Vec<Write>) -> Ticket {
        match self {
            Self::Memory(guard) => guard.submit(id, writes),
            Self::Local(guard) => guard.submit(id, writes),
        }
    }
}

impl Snapshot for EngineSnapshot {
    async fn get(&self, key: &RowKey) -> Result<Option<Bytes>, StoreError> {
        match self {
            Self::Memory(snapshot) => snapshot.get(key).await,
            Self::Local(snapshot) => snapshot.get(key).await,
        }
    }

    async fn range(
        &self,
        range: &RowRange,
        direction: Direction,
        visit: impl FnMut(Row<'_>) -> ControlFlow<()> + Send,
    ) -> Result<(), StoreError> {
        match self {
            Self::Memory(snapshot) => snapshot.range(range, direction, visit).await,
            Self::Local(snapshot) => snapshot.range(range, direction, visit).await,
        }
    }
}
