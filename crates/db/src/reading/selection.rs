//! What of the matching items to answer, and whether the index has it.

use expr::{Condition, Notation, Projection};
use model::{ApiError, IndexProjection, Select};

use super::Source;
use crate::error::{invalid, validation};

/// What a page answers.
#[derive(Debug)]
pub(crate) struct Selection {
    /// How many items matched, and nothing else.
    pub(crate) count_only: bool,
    /// What of each item; everything read when absent.
    pub(crate) projection: Option<Projection>,
    /// A local index lacks something asked for: the items come from the table.
    pub(crate) from_table: bool,
}

/// Checks `Select` against the presence of its companions: needs no table.
///
/// Messages: test_query.py::test_query_select and public bug reports against AWS, 2026-11.
pub(crate) fn check_select(
    select: Option<Select>,
    projection: Option<&Projection>,
    index: Option<&str>,
) -> Result<(), ApiError> {
    let chosen = match select {
        None => return Ok(()),
        Some(Select::SpecificAttributes) if projection.is_some() => return Ok(()),
        Some(Select::SpecificAttributes) => {
            return Err(validation(
                "Must specify the AttributesToGet or ProjectionExpression when choosing to get \
                 SPECIFIC_ATTRIBUTES",
            ));
        }
        Some(Select::Count) => "only the Count",
        Some(Select::AllAttributes) => "ALL_ATTRIBUTES",
        Some(Select::AllProjectedAttributes) => "ALL_PROJECTED_ATTRIBUTES",
    };
    if let Some(projection) = projection {
        let parameter = match projection.notation() {
            Notation::Expression => "ProjectionExpression",
            Notation::Legacy => "AttributesToGet",
        };
        return Err(validation(format!(
            "Cannot specify the {parameter} when choosing to get {chosen}"
        )));
    }
    if select == Some(Select::AllProjectedAttributes) && index.is_none() {
        return Err(validation(
            "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        ));
    }
    Ok(())
}

impl Selection {
    /// Checks what is asked for against what the source has.
    pub(crate) fn new(
        source: &Source<'_>,
        select: Option<Select>,
        projection: Option<Projection>,
        filter: Option<&Condition>,
    ) -> Result<Self, ApiError> {
        let projected = projection.as_ref().map(Projection::attributes).unwrap_or_default();
        let lacking: Vec<&str> = projected.into_iter().filter(|name| !source.has(name)).collect();
        let everything = select == Some(Select::AllAttributes) && !source.has_everything();
        if source.is_global() {
            check_global(source, everything, &lacking)?;
        }
        let filtered = filter.map(Condition::attributes).unwrap_or_default();
        let filter_lacks = filtered.into_iter().any(|name| !source.has(name));
        let lacks = everything || !lacking.is_empty() || filter_lacks;
        let from_table = lacks && !source.is_global();
        Ok(Self { count_only: select == Some(Select::Count), projection, from_table })
    }
}

/// A global index does not fetch from its table.
fn check_global(source: &Source<'_>, everything: bool, lacking: &[&str]) -> Result<(), ApiError> {
    let Some(index) = source.index else { return Ok(()) };
    let name = &index.definition.name;
    if everything && index.definition.projection != IndexProjection::All {
        return Err(invalid(format!(
            "Select type ALL_ATTRIBUTES is not supported for global secondary index {name} because \
             its projection type is not ALL"
        )));
    }
    if !lacking.is_empty() {
        return Err(invalid(format!(
            "Global secondary index {name} does not project [{}]",
            lacking.join(", ")
        )));
    }
    Ok(())
}
