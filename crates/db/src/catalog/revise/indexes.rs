//! Global indexes: which come, go and change.
//!
//! An index that comes or goes is given its first phase here; `leaders` do the rest.

use std::collections::BTreeSet;

use model::api::{GlobalSecondaryIndexUpdate, UpdateTableInput};
use model::limits::GLOBAL_INDEXES_MAX;
use model::{
    ApiError, AttributeDefinition, BillingMode, GoalPhase, IndexDeclaration, IndexDefinition,
    IndexKind, IndexSettings, KeySchema, ProvisionedThroughput, TableDefinition,
};

use super::super::capacity::Subject;
use super::super::declare::Definitions;
use super::super::declare::index::{check_projected_total, global_index};
use super::capacity::check_differs;
use crate::error::{in_use, invalid, limit_exceeded, validation};

/// Checks what can be said without the table (DDB-TABLE-160, DDB-TABLE-162).
pub(super) fn check_request(update: &UpdateTableInput) -> Result<(), ApiError> {
    let mut names = BTreeSet::new();
    for index in update.global_secondary_index_updates.iter().flatten() {
        let name = only_name(index)?;
        if !names.insert(name) {
            return Err(invalid(format!(
                "Only one global secondary index update per index is allowed simultaneously. \
                 Index: {name}"
            )));
        }
        let is_undefined = update.attribute_definitions.as_ref().is_none_or(Vec::is_empty);
        if index.create.is_some() && is_undefined {
            return Err(invalid(format!(
                "AttributeDefinitions is not specified for index: {name}"
            )));
        }
    }
    Ok(())
}

/// Refuses changes of the table that an index on its way forbids (DDB-TABLE-163, -375, -458).
pub(super) fn check_not_in_the_way(
    definition: &TableDefinition,
    update: &UpdateTableInput,
) -> Result<(), ApiError> {
    let on_its_way = [
        (GoalPhase::Allocating, "created", "creation"),
        (GoalPhase::Deleting, "deleted", "deletion"),
    ];
    for (phase, participle, noun) in on_its_way {
        let indexes = definition.indexes.iter().filter(|index| index.phase == phase);
        let names: Vec<&str> = indexes.map(|index| index.name.as_str()).collect();
        if names.is_empty() {
            continue;
        }
        let (table, names) = (&definition.name, names.join(", "));
        let switched = update.billing_mode.is_some_and(|mode| mode != definition.billing_mode);
        if update.provisioned_throughput.is_some() || switched {
            return Err(in_use(format!(
                "Can't change table IOPS when an index is being {participle}. Table: {table} \
                 Indexes: [{names}]"
            )));
        }
        if update.stream_specification.is_some() {
            return Err(in_use(format!(
                "Can't change stream status when an index is being {participle}. Table: {table} \
                 Indexes: [{names}]"
            )));
        }
        if update.on_demand_throughput.is_some() {
            return Err(in_use(format!(
                "OnDemandThroughput cannot be updated while index {noun} is in progress for \
                 indexes: [{names}]"
            )));
        }
    }
    Ok(())
}

/// Carries out the updates, one after the other.
pub(super) fn revise(
    definition: &mut TableDefinition,
    update: &UpdateTableInput,
    now_ms: u64,
) -> Result<(), ApiError> {
    let updates = update.global_secondary_index_updates.as_deref().unwrap_or_default();
    if updates.iter().filter(|index| index.update.is_none()).count() > 1 {
        return Err(one_at_a_time());
    }
    for index in updates {
        match index {
            GlobalSecondaryIndexUpdate { create: Some(index), .. } => {
                let attributes = update.attribute_definitions.as_deref().unwrap_or_default();
                create(definition, index, attributes)?;
            }
            GlobalSecondaryIndexUpdate { update: Some(settings), .. } => {
                change(definition, settings, now_ms)?
            }
            GlobalSecondaryIndexUpdate { delete: Some(one), .. } => {
                delete(definition, &one.index_name)?;
            }
            GlobalSecondaryIndexUpdate { .. } => {}
        }
    }
    Ok(())
}

fn only_name(index: &GlobalSecondaryIndexUpdate) -> Result<&str, ApiError> {
    let names = [
        index.create.as_ref().map(|index| &index.name),
        index.update.as_ref().map(|index| &index.name),
        index.delete.as_ref().map(|index| &index.index_name),
    ];
    let mut names = names.into_iter().flatten();
    match (names.next(), names.next()) {
        (Some(name), None) => Ok(name),
        (None, _) => Err(invalid(
            "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, \
             GlobalSecondaryIndexUpdate.Delete must not be null",
        )),
        (Some(_), Some(_)) => Err(invalid(
            "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate \
             object",
        )),
    }
}

/// Checks: the name is free → no other index comes or goes → there are not too many → units → as
/// CreateTable checks an index → its attributes are what they were (DDB-TABLE-152, -159, -163,
/// -169, -174; that the name comes first: test_gsi_updatetable.py).
fn create(
    definition: &mut TableDefinition,
    index: &IndexDeclaration,
    attributes: &[AttributeDefinition],
) -> Result<(), ApiError> {
    if let Some(known) = definition.indexes.iter().find(|known| known.name == index.name) {
        return Err(name_taken(definition, known));
    }
    check_nothing_comes_or_goes(definition)?;
    let global = definition.indexes.iter().filter(|index| index.kind == IndexKind::Global);
    if global.count() >= GLOBAL_INDEXES_MAX {
        return Err(limit_exceeded(format!(
            "Number of global secondary indexes exceeds per-table limit of {GLOBAL_INDEXES_MAX}"
        )));
    }
    check_units(index, definition.billing_mode)?;
    let created = global_index(index, &Definitions::of(attributes), definition.billing_mode)?;
    check_not_redefined(definition, &created)?;
    define_attributes(definition, &created.key);
    definition.indexes.push(IndexDefinition { phase: GoalPhase::Allocating, ..created });
    check_projected_total(&definition.indexes)
}

/// Checks: it is there → it is global → it does not come or go → no other does (DDB-TABLE-149,
/// -159, -161, -163).
fn delete(definition: &mut TableDefinition, name: &str) -> Result<(), ApiError> {
    let index = find(definition, name, "delete")?;
    match definition.indexes[index].phase {
        GoalPhase::Deleting => return Err(being_deleted(definition, name)),
        GoalPhase::Allocating => {
            return Err(in_use(format!(
                "Index creation is in resource allocation phase. Retry deletion during \
                 backfilling phase or when the index is active. Table: {} Index: {name}",
                definition.name
            )));
        }
        // Its building gives way to its deletion.
        GoalPhase::Backfilling => {}
        GoalPhase::Active => check_nothing_comes_or_goes(definition)?,
    }
    definition.indexes[index].phase = GoalPhase::Deleting;
    Ok(())
}

/// Checks: it is there → it is global → it is in use → what its settings are (DDB-TABLE-152, -155,
/// -161, -163, -164).
fn change(
    definition: &mut TableDefinition,
    settings: &IndexSettings,
    now_ms: u64,
) -> Result<(), ApiError> {
    let name = &settings.name;
    let position = find(definition, name, "update")?;
    match definition.indexes[position].phase {
        GoalPhase::Deleting => return Err(being_deleted(definition, name)),
        GoalPhase::Allocating => {
            return Err(in_use(format!(
                "Index is being created but is not backfilling yet. Table: {} Index: {name}",
                definition.name
            )));
        }
        GoalPhase::Backfilling | GoalPhase::Active => {}
    }
    let mode = definition.billing_mode;
    let index = &mut definition.indexes[position];
    let subject = Subject::Index(name);
    if let Some(to) = settings.throughput {
        check_provisioned(name, mode)?;
        let from = index.throughput.unwrap_or(ProvisionedThroughput::ZERO);
        check_differs(&format!("the index {name}"), &format!("index {name}"), from, to)?;
        index.warm = Some(to.max(Some(index.warm(mode))));
        index.throughput_changes.note(from, to, now_ms);
        index.throughput = Some(to);
    }
    if let Some(ceilings) = settings.on_demand {
        index.on_demand = subject.changed_ceilings(index.on_demand, ceilings, mode)?;
    }
    if let Some(warm) = settings.warm {
        index.warm = Some(subject.changed_warmth(warm, index.warm(mode))?);
    }
    Ok(())
}

/// The position of a global index.
fn find(definition: &TableDefinition, name: &str, verb: &str) -> Result<usize, ApiError> {
    let position = definition.indexes.iter().position(|index| index.name == name);
    match position {
        None => Err(ApiError::ResourceNotFound(format!(
            "Requested resource not found: Index {name} for table {}",
            definition.name
        ))),
        Some(position) if definition.indexes[position].kind == IndexKind::Local => Err(validation(
            format!("Cannot {verb} an index that is not a GlobalSecondaryIndex: {name}"),
        )),
        Some(position) => Ok(position),
    }
}

/// The words for an index being created have two blanks, as was measured on AWS (ExtendDB's notes
/// on vector indexes, 2026-08).
fn name_taken(definition: &TableDefinition, known: &IndexDefinition) -> ApiError {
    match known.phase {
        GoalPhase::Active => validation("Attempting to create an index which already exists"),
        GoalPhase::Deleting => being_deleted(definition, &known.name),
        GoalPhase::Allocating | GoalPhase::Backfilling => in_use(format!(
            "Index is being created.  Table: {} Index: {}",
            definition.name, known.name
        )),
    }
}

fn being_deleted(definition: &TableDefinition, name: &str) -> ApiError {
    in_use(format!("Index is being deleted. Table: {} Index: {name}", definition.name))
}

fn check_nothing_comes_or_goes(definition: &TableDefinition) -> Result<(), ApiError> {
    match definition.indexes.iter().all(|index| index.phase == GoalPhase::Active) {
        true => Ok(()),
        false => Err(one_at_a_time()),
    }
}

fn one_at_a_time() -> ApiError {
    limit_exceeded("Only 1 online index can be created or deleted simultaneously per table")
}

fn check_units(index: &IndexDeclaration, mode: BillingMode) -> Result<(), ApiError> {
    let name = &index.name;
    match (mode, index.throughput) {
        (BillingMode::PayPerRequest, Some(_)) => Err(invalid(format!(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {name} \
             when BillingMode is PAY_PER_REQUEST"
        ))),
        (BillingMode::Provisioned, None) => Err(invalid(format!(
            "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {name}"
        ))),
        _ => Ok(()),
    }
}

fn check_provisioned(name: &str, mode: BillingMode) -> Result<(), ApiError> {
    match mode {
        BillingMode::Provisioned => Ok(()),
        BillingMode::PayPerRequest => Err(invalid(format!(
            "The only Updates for index: {name} when TableThroughputMode is PAY_PER_REQUEST can be \
             to OnDemandThroughput, WarmThroughput"
        ))),
    }
}

/// An attribute keeps its type as long as a key names it (words for keys of one attribute:
/// test_gsi_updatetable.py::test_gsi_key_type_conflict_on_update; for more they are a guess).
fn check_not_redefined(
    definition: &TableDefinition,
    created: &IndexDefinition,
) -> Result<(), ApiError> {
    let existing = definition.indexes.iter().map(|index| &index.key);
    let mut existing = existing.chain([&definition.key]);
    let conflicting = |existing: &&KeySchema| {
        let mut elements = created.key.hash.iter().chain(&created.key.range);
        elements.any(|new| {
            let mut known = existing.hash.iter().chain(&existing.range);
            known.any(|known| known.name == new.name && known.scalar_type != new.scalar_type)
        })
    };
    match existing.find(conflicting) {
        None => Ok(()),
        Some(existing) => Err(invalid(format!(
            "Attributes cannot be redefined. Please check that your attribute has the same type \
             as previously defined. Existing schema: {} New schema: {}",
            schema(existing),
            schema(&created.key)
        ))),
    }
}

fn schema(key: &KeySchema) -> String {
    let with_role = |role: &'static str| move |element| (element, role);
    let hash = key.hash.iter().map(with_role("HASH"));
    let elements = hash.chain(key.range.iter().map(with_role("RANGE")));
    let elements = elements.map(|(element, role)| {
        format!("SchemaElement: key{{{}:{}:{role}}}", element.name, element.scalar_type.name())
    });
    format!("Schema:[{}]", elements.collect::<Vec<_>>().join(", "))
}

/// Takes in the definitions that the key needs. Others that the request has are ignored, as AWS
/// does (DDB-TABLE-162).
fn define_attributes(definition: &mut TableDefinition, key: &KeySchema) {
    for element in key.hash.iter().chain(&key.range) {
        if definition.attributes.iter().all(|known| known.name != element.name) {
            let (name, scalar_type) = (element.name.clone(), element.scalar_type);
            definition.attributes.push(AttributeDefinition { name, scalar_type });
        }
    }
}
