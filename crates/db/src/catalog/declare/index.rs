//! Local and global indexes.

use std::collections::BTreeSet;

use model::api::LocalSecondaryIndex;
use model::limits::{GLOBAL_INDEXES_MAX, LOCAL_INDEXES_MAX, TABLE_NON_KEY_ATTRIBUTES_MAX};
use model::{
    ApiError, BillingMode, GoalPhase, IndexDeclaration, IndexDefinition, IndexKind,
    IndexProjection, KeySchema, ProjectionDeclaration, ProjectionType, ProvisionedThroughput,
    ThroughputChanges,
};

use super::key::{self, Definitions};
use crate::catalog::capacity::Subject;
use crate::error::invalid;

/// The indexes of a table: local, then global, in the order declared.
pub(super) fn indexes(
    table_key: &KeySchema,
    attributes: &Definitions<'_>,
    local: Option<Vec<LocalSecondaryIndex>>,
    global: Option<Vec<IndexDeclaration>>,
    billing_mode: BillingMode,
) -> Result<Vec<IndexDefinition>, ApiError> {
    let mut indexes = Vec::new();
    let mut names = BTreeSet::new();
    if let Some(declared) = local {
        check_not_empty(&declared, "LocalSecondaryIndexes")?;
        if table_key.range.is_empty() {
            return Err(invalid(
                "Table KeySchema does not have a range key, which is required when specifying a \
                 LocalSecondaryIndex",
            ));
        }
        check_count(&declared, "LocalSecondaryIndex", LOCAL_INDEXES_MAX, |index| {
            let definition = local_index(index, table_key, attributes)?;
            check_name(&mut names, &definition)?;
            indexes.push(definition);
            Ok(())
        })?;
    }
    if let Some(declared) = global {
        check_not_empty(&declared, "GlobalSecondaryIndexes")?;
        check_count(&declared, "GlobalSecondaryIndex", GLOBAL_INDEXES_MAX, |index| {
            check_throughput(index, billing_mode)?;
            let definition = global_index(index, attributes, billing_mode)?;
            check_name(&mut names, &definition)?;
            indexes.push(definition);
            Ok(())
        })?;
    }
    check_projected_total(&indexes)?;
    Ok(indexes)
}

/// A global index as declared, by CreateTable or UpdateTable. Its throughput was checked.
pub(in crate::catalog) fn global_index(
    index: &IndexDeclaration,
    attributes: &Definitions<'_>,
    billing_mode: BillingMode,
) -> Result<IndexDefinition, ApiError> {
    let key = key::global_index_key(&index.key_schema, attributes)?;
    let subject = Subject::Index(&index.name);
    let provisioned = index.throughput.unwrap_or(ProvisionedThroughput::ZERO);
    subject.check_new_ceilings(index.on_demand, billing_mode)?;
    let warm = subject.new_warmth(index.warm, billing_mode, provisioned)?;
    let definition = index_definition(&index.name, IndexKind::Global, key, &index.projection)?;
    let (throughput, on_demand) = (index.throughput, index.on_demand);
    Ok(IndexDefinition { throughput, on_demand, warm, ..definition })
}

fn local_index(
    index: &LocalSecondaryIndex,
    table_key: &KeySchema,
    attributes: &Definitions<'_>,
) -> Result<IndexDefinition, ApiError> {
    let name = &index.index_name;
    let key = key::local_index_key(&index.key_schema, attributes)?;
    if key.range.is_empty() {
        return Err(invalid(format!(
            "Index KeySchema does not have a range key for index: {name}"
        )));
    }
    let (table_hash, index_hash) = (&table_key.hash[0].name, &key.hash[0].name);
    if index_hash != table_hash {
        return Err(invalid(format!(
            "Index KeySchema does not have the same leading hash key as table KeySchema for \
             index: {name}. index hash key: {index_hash}, table hash key: {table_hash}"
        )));
    }
    index_definition(name, IndexKind::Local, key, &index.projection)
}

fn index_definition(
    name: &str,
    kind: IndexKind,
    key: KeySchema,
    declared: &ProjectionDeclaration,
) -> Result<IndexDefinition, ApiError> {
    Ok(IndexDefinition {
        name: name.to_owned(),
        kind,
        key,
        projection: projection(declared)?,
        throughput: None,
        on_demand: None,
        warm: None,
        throughput_changes: ThroughputChanges::default(),
        phase: GoalPhase::Active,
    })
}

fn check_name(names: &mut BTreeSet<String>, index: &IndexDefinition) -> Result<(), ApiError> {
    if names.insert(index.name.clone()) {
        return Ok(());
    }
    Err(invalid(format!("Duplicate index name: {}", index.name)))
}

fn projection(declared: &ProjectionDeclaration) -> Result<IndexProjection, ApiError> {
    // The model calls the type optional; AWS does not (test_gsi.py, 2026-11).
    let Some(projection_type) = declared.projection_type else {
        return Err(invalid("Unknown ProjectionType: null"));
    };
    let superfluous =
        |name| Err(invalid(format!("ProjectionType is {name}, but NonKeyAttributes is specified")));
    match (projection_type, &declared.non_key_attributes) {
        (ProjectionType::Include, Some(names)) if !names.is_empty() => {
            check_included_once(names)?;
            Ok(IndexProjection::Include(names.clone()))
        }
        (ProjectionType::Include, _) => {
            Err(invalid("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"))
        }
        (ProjectionType::KeysOnly, None) => Ok(IndexProjection::KeysOnly),
        (ProjectionType::All, None) => Ok(IndexProjection::All),
        (ProjectionType::KeysOnly, Some(_)) => superfluous("KEYS_ONLY"),
        (ProjectionType::All, Some(_)) => superfluous("ALL"),
    }
}

fn check_included_once(names: &[String]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    match names.iter().find(|name| !seen.insert(*name)) {
        // ack-api-quirks, DDB-TABLE-126, 2026-11.
        Some(twice) => Err(invalid(format!("Duplicate element in NonKeyAttributes: {twice}"))),
        None => Ok(()),
    }
}

fn check_throughput(index: &IndexDeclaration, billing_mode: BillingMode) -> Result<(), ApiError> {
    match (billing_mode, index.throughput) {
        (BillingMode::PayPerRequest, Some(_)) => Err(invalid(format!(
            "ProvisionedThroughput should not be specified for index: {} when BillingMode is \
             PAY_PER_REQUEST",
            index.name
        ))),
        (BillingMode::Provisioned, None) => Err(invalid(format!(
            "ProvisionedThroughput is not specified for index: {}",
            index.name
        ))),
        _ => Ok(()),
    }
}

fn check_not_empty<T>(declared: &[T], member: &str) -> Result<(), ApiError> {
    if declared.is_empty() {
        return Err(invalid(format!("List of {member} is empty")));
    }
    Ok(())
}

/// Visits the declared indexes; AWS counts them after looking at each.
fn check_count<T>(
    declared: &[T],
    kind: &str,
    most: usize,
    mut visit: impl FnMut(&T) -> Result<(), ApiError>,
) -> Result<(), ApiError> {
    declared.iter().try_for_each(&mut visit)?;
    if declared.len() > most {
        return Err(invalid(format!("{kind} count exceeds the per-table limit of {most}")));
    }
    Ok(())
}

/// Checks what all indexes of a table include together.
pub(in crate::catalog) fn check_projected_total(
    indexes: &[IndexDefinition],
) -> Result<(), ApiError> {
    let included = indexes.iter().map(|index| match &index.projection {
        IndexProjection::Include(names) => names.len(),
        IndexProjection::KeysOnly | IndexProjection::All => 0,
    });
    if included.sum::<usize>() > TABLE_NON_KEY_ATTRIBUTES_MAX {
        return Err(invalid(format!(
            "The number of NonKeyAttributes projected into all indexes of a table exceeds the \
             limit of {TABLE_NON_KEY_ATTRIBUTES_MAX}"
        )));
    }
    Ok(())
}
