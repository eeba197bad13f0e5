//! From a declaration to a definition: the checks of CreateTable.
//!
//! Order: tags → billing → attribute definitions → table key → local indexes → global indexes → unused
//! definitions → ceilings → warm throughput → stream → encryption. Messages: the API reference, test_table.py, test_lsi.py, test_gsi.py,
//! test_gsi_composite_keys.py and public bug reports against AWS, 2026-11.

pub(super) mod index;
mod key;

use std::collections::BTreeSet;

use model::api::CreateTableInput;
use model::{
    ApiError, AttributeDefinition, BillingMode, GoalPhase, ProvisionedThroughput,
    StreamDeclaration, StreamSpecification, TableClass, TableDefinition, ThroughputChanges,
};

pub(super) use self::key::Definitions;
use super::capacity::Subject;
use super::encryption;
use crate::error::{invalid, validation};
use crate::tags;

/// What a definition has that a declaration has not.
#[derive(Debug)]
pub(crate) struct Creation {
    pub(crate) table_id: String,
    pub(crate) created_at_ms: u64,
}

/// Checks a declaration.
pub(crate) fn declare(
    mut declaration: CreateTableInput,
    creation: Creation,
) -> Result<TableDefinition, ApiError> {
    let tags = tags::checked(declaration.tags.take().unwrap_or_default())?;
    let billing_mode = check_billing(&declaration)?;
    let table_key = declaration.key_schema.unwrap_or_default();
    // A list that is not there is refused in other words than one without the key's attributes, and
    // the words name it (test_table.py::test_create_table_lacking_attribute_definitions, 2026-11).
    let Some(attributes) = declaration.attribute_definitions else {
        return Err(key::not_defined(&table_key, &Definitions::of(&[])));
    };
    check_duplicate_definitions(&attributes)?;
    let definitions = Definitions::of(&attributes);
    let key = key::table_key(&table_key, &definitions)?;
    let indexes = index::indexes(
        &key,
        &definitions,
        declaration.local_secondary_indexes,
        declaration.global_secondary_indexes,
        billing_mode,
    )?;
    let keys = [&key].into_iter().chain(indexes.iter().map(|index| &index.key));
    let used: BTreeSet<&str> = keys.flat_map(crate::schema::key_names).collect();
    check_unused_definitions(&attributes, &used, indexes.is_empty())?;
    let throughput = declaration.provisioned_throughput.unwrap_or(ProvisionedThroughput::ZERO);
    Subject::Table.check_new_ceilings(declaration.on_demand_throughput, billing_mode)?;
    let warm = Subject::Table.new_warmth(declaration.warm_throughput, billing_mode, throughput)?;
    Ok(TableDefinition {
        name: declaration.table_name.name().to_owned(),
        table_id: creation.table_id,
        attributes,
        key,
        indexes,
        billing_mode,
        throughput,
        throughput_changes: ThroughputChanges::default(),
        warm,
        on_demand_since_ms: (billing_mode == BillingMode::PayPerRequest)
            .then_some(creation.created_at_ms),
        created_at_ms: creation.created_at_ms,
        deletion_protection: declaration.deletion_protection_enabled.unwrap_or_default(),
        on_demand: declaration.on_demand_throughput,
        table_class: declaration.table_class.filter(|class| *class != TableClass::Standard),
        stream: declaration.stream_specification.map(stream).transpose()?.flatten(),
        latest_stream_label: None,
        sse: declaration.sse_specification.map(encryption::declared).transpose()?.flatten(),
        tags,
        expiry_attribute: None,
        expiry_phase: GoalPhase::Active,
        expiry_changed_at_ms: None,
    })
}

fn check_billing(declaration: &CreateTableInput) -> Result<BillingMode, ApiError> {
    let mode = declaration.billing_mode.unwrap_or(BillingMode::Provisioned);
    match (mode, declaration.provisioned_throughput) {
        (BillingMode::PayPerRequest, Some(_)) => Err(invalid(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is \
             PAY_PER_REQUEST",
        )),
        (BillingMode::Provisioned, None) => Err(invalid(
            "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is \
             PROVISIONED",
        )),
        _ => Ok(mode),
    }
}

/// Words: ack-api-quirks, DDB-TABLE-127 and DDB-TABLE-042, 2026-11.
fn check_duplicate_definitions(attributes: &[AttributeDefinition]) -> Result<(), ApiError> {
    let mut seen = BTreeSet::new();
    match attributes.iter().find(|attribute| !seen.insert(&attribute.name)) {
        Some(twice) => Err(validation(format!("Attribute Name is duplicated: {}", twice.name))),
        None => Ok(()),
    }
}

/// Words: ack-api-quirks, DDB-TABLE-442, 2026-11.
fn stream(declared: StreamDeclaration) -> Result<Option<StreamSpecification>, ApiError> {
    match (declared.enabled, declared.view) {
        (true, None) => {
            Err(invalid("Table is being created with a stream enabled, UpdateViewType is required"))
        }
        (false, Some(_)) => Err(invalid(
            "Table is being created with a stream disabled, UpdateViewType should not be specified",
        )),
        (_, view) => Ok(view.map(|view| StreamSpecification { view })),
    }
}

fn check_unused_definitions(
    attributes: &[AttributeDefinition],
    used: &BTreeSet<&str>,
    without_indexes: bool,
) -> Result<(), ApiError> {
    if attributes.len() == used.len() {
        return Ok(());
    }
    if without_indexes {
        return Err(invalid(
            "Number of attributes in KeySchema does not exactly match number of attributes defined \
             in AttributeDefinitions",
        ));
    }
    let used: Vec<&str> = used.iter().copied().collect();
    Err(invalid(format!(
        "Some AttributeDefinitions are not used. AttributeDefinitions: [{}], keys used: [{}]",
        names(attributes),
        used.join(", ")
    )))
}

fn names(attributes: &[AttributeDefinition]) -> String {
    let names: Vec<&str> = attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    names.join(", ")
}

fn schema_error(detail: &str) -> ApiError {
    validation(format!("Invalid KeySchema: {detail}"))
}
