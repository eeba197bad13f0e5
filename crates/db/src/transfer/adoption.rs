//! Tables, in: with the settings, the id and the age that they had elsewhere.
//!
//! Until [`Adoption::publish`] their spaces are remembered as those of dropped tables are: whatever
//! interrupts the adoption, the next open removes what was written. Nobody has seen any of it,
//! unless [`Adoption::announce`] showed the tables as such that are being created.

use model::api::CreateTableInput;
use model::{ApiError, GoalPhase, IndexDefinition, Scope, TableDefinition};
use store::Store;

use super::loading::Target;
use super::{Fidelity, Loader};
use crate::catalog::{self, Adopted, Creation};
use crate::database::Db;

/// Tables on their way in.
#[derive(Debug)]
pub struct Adoption<'d, S: Store> {
    db: &'d Db<S>,
    adopted: Vec<Adopted>,
}

impl<S: Store> Db<S> {
    /// Begins to take tables over. Nothing else may create tables meanwhile.
    pub fn adopt(&self) -> Adoption<'_, S> {
        Adoption { db: self, adopted: Vec::new() }
    }
}

impl<'d, S: Store> Adoption<'d, S> {
    /// Takes over a table as it was elsewhere, without its items, which the loader takes.
    ///
    /// # Errors
    /// [`ApiError::ResourceInUse`] when the name is taken, [`ApiError::Validation`] when no table
    /// can have such a definition, [`ApiError::InternalServerError`] when the store fails.
    pub async fn restore(
        &mut self,
        scope: &Scope,
        mut definition: TableDefinition,
    ) -> Result<Loader<'d, S>, ApiError> {
        // What was on its way arrives here, for all items are yet to come.
        definition.indexes.retain(IndexDefinition::is_maintained);
        for index in &mut definition.indexes {
            index.phase = GoalPhase::Active;
        }
        if std::mem::take(&mut definition.expiry_phase) == GoalPhase::Deleting {
            definition.expiry_attribute = None;
        }
        catalog::check_restored(scope, &definition)?;
        self.add(scope, definition, Fidelity::Restore).await
    }

    /// Creates a table, as CreateTable does, but not to be seen yet.
    ///
    /// # Errors
    /// Those of CreateTable.
    pub async fn create(
        &mut self,
        scope: &Scope,
        declaration: CreateTableInput,
    ) -> Result<Loader<'d, S>, ApiError> {
        let table_id = self.db.ids().table_id();
        let creation = Creation { table_id, created_at_ms: self.db.moment_ms() };
        let definition = catalog::declare(declaration, creation)?;
        self.add(scope, definition, Fidelity::Put).await
    }

    /// Lets everybody see the tables that were taken over so far, durably, as tables that are being
    /// created: they are listed and described, their names are taken, and nothing else is done with
    /// them. Those that are never published stay so until the database is opened again; then they
    /// are gone.
    ///
    /// # Errors
    /// [`ApiError::InternalServerError`] when the store fails.
    pub async fn announce(&self) -> Result<(), ApiError> {
        self.db.catalog().announce(&self.adopted).await
    }

    /// Lets everybody use all of the tables, durably and at once. Their loaders are finished.
    ///
    /// # Errors
    /// [`ApiError::InternalServerError`] when the store fails.
    pub async fn publish(self) -> Result<(), ApiError> {
        self.db.catalog().publish(self.adopted).await
    }

    async fn add(
        &mut self,
        scope: &Scope,
        definition: TableDefinition,
        fidelity: Fidelity,
    ) -> Result<Loader<'d, S>, ApiError> {
        let name = &definition.name;
        if self.adopted.iter().any(|adopted| adopted.is_called(scope, name)) {
            return Err(catalog::name_taken(name));
        }
        let db = self.db;
        let adopted = db.catalog().adopt(scope, definition).await?;
        let loader = Loader::new(db, adopted.table(), Target::Unpublished, fidelity);
        self.adopted.push(adopted);
        Ok(loader)
    }
}
