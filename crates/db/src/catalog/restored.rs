//! The check of a definition that comes from elsewhere: an export may have been edited.
//!
//! What CreateTable would refuse is refused, in its words; what a table became afterwards is kept.

use std::collections::BTreeSet;

use model::api::{CreateTableInput, LocalSecondaryIndex};
use model::{
    ApiError, BillingMode, IndexDeclaration, IndexDefinition, IndexKind, Scope, StreamDeclaration,
    TableDefinition, TableRef,
};

use super::declare::{Creation, declare};
use crate::error::validation;
use crate::schema::key_names;

/// Most bytes of a table's name, an account or a region: far above what any has.
const NAME_BYTES_MAX: usize = 255;

/// Checks that a table can have the definition.
///
/// # Errors
/// [`ApiError::Validation`].
pub(crate) fn check_restored(scope: &Scope, definition: &TableDefinition) -> Result<(), ApiError> {
    for name in [&definition.name, &scope.account, &scope.region] {
        let known = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.chars().all(known) {
            return Err(validation(format!("\"{}\" names no table", name.escape_debug())));
        }
    }
    let creation =
        Creation { table_id: definition.table_id.clone(), created_at_ms: definition.created_at_ms };
    let declared = declare(declaration(definition), creation)?;
    let indexes = declared.indexes.iter().zip(&definition.indexes);
    let same = declared.key == definition.key
        && declared.indexes.len() == definition.indexes.len()
        && indexes.into_iter().all(|(one, other)| is_alike(one, other));
    if same {
        Ok(())
    } else {
        Err(validation("the table's keys and indexes contradict themselves"))
    }
}

fn is_alike(one: &IndexDefinition, other: &IndexDefinition) -> bool {
    (&one.name, one.kind, &one.key, &one.projection)
        == (&other.name, other.kind, &other.key, &other.projection)
}

/// What would have to be declared to get such a table.
fn declaration(definition: &TableDefinition) -> CreateTableInput {
    let of = |kind| definition.indexes.iter().filter(move |index| index.kind == kind);
    let local: Vec<_> = of(IndexKind::Local).map(local_index).collect();
    let local = (!local.is_empty()).then_some(local);
    let global = of(IndexKind::Global).map(|index| index_declaration(definition, index));
    let global: Vec<_> = global.collect();
    let global = (!global.is_empty()).then_some(global);
    let keys = definition.indexes.iter().map(|index| &index.key).chain([&definition.key]);
    let used: BTreeSet<&str> = keys.flat_map(key_names).collect();
    // An attribute may have outlived the index that it was defined for.
    let attributes = definition.attributes.iter().filter(|one| used.contains(one.name.as_str()));
    let is_provisioned = definition.billing_mode == BillingMode::Provisioned;
    CreateTableInput {
        attribute_definitions: Some(attributes.cloned().collect()),
        key_schema: Some(definition.key.declared()),
        local_secondary_indexes: local,
        global_secondary_indexes: global,
        billing_mode: Some(definition.billing_mode),
        provisioned_throughput: is_provisioned.then_some(definition.throughput),
        stream_specification: definition
            .stream
            .map(|stream| StreamDeclaration { enabled: true, view: Some(stream.view) }),
        table_class: definition.table_class,
        deletion_protection_enabled: Some(definition.deletion_protection),
        // Figures and tags that were taken once are not judged again.
        ..CreateTableInput::new(TableRef::new(&definition.name))
    }
}

fn index_declaration(table: &TableDefinition, index: &IndexDefinition) -> IndexDeclaration {
    let is_provisioned = table.billing_mode == BillingMode::Provisioned;
    IndexDeclaration {
        name: index.name.clone(),
        key_schema: index.key.declared(),
        projection: index.projection.declared(),
        throughput: index.throughput.filter(|_| is_provisioned),
        on_demand: None,
        warm: None,
    }
}

fn local_index(index: &IndexDefinition) -> LocalSecondaryIndex {
    LocalSecondaryIndex {
        index_name: index.name.clone(),
        key_schema: index.key.declared(),
        projection: index.projection.declared(),
    }
}
