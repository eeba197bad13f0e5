//! Operands with their placeholders replaced, and what is checked of them.

use model::Operand;

use super::path;
use crate::fault::Fault;
use crate::function::FunctionName;
use crate::path::Path;
use crate::placeholders::Placeholders;
use crate::syntax::tree;

/// An operand whose meaning is known but not yet checked.
#[derive(Debug)]
pub(super) enum Resolved<'p> {
    Path(Path),
    Value(&'p Operand),
    Function { name: FunctionName, arguments: Vec<Resolved<'p>> },
}

impl<'p> Resolved<'p> {
    /// Replaces placeholders, in the order written.
    pub(super) fn new(
        placeholders: &'p Placeholders,
        operand: &tree::Operand<'_>,
    ) -> Result<Self, Fault> {
        match operand {
            tree::Operand::Path(path) => path::resolve(placeholders, path).map(Self::Path),
            tree::Operand::Value(placeholder) => placeholders.value(placeholder).map(Self::Value),
            tree::Operand::Function(function) => Ok(Self::Function {
                name: FunctionName::of(function.name)?,
                arguments: Self::all(placeholders, &function.arguments)?,
            }),
        }
    }

    /// Replaces the placeholders of several operands.
    pub(super) fn all(
        placeholders: &'p Placeholders,
        operands: &[tree::Operand<'_>],
    ) -> Result<Vec<Self>, Fault> {
        operands.iter().map(|operand| Self::new(placeholders, operand)).collect()
    }

    /// The type of a value given with the request; of anything else nothing is known.
    pub(super) fn value_type(&self) -> Option<&'static str> {
        match self {
            Self::Value(value) => Some(value.type_name()),
            Self::Path(_) | Self::Function { .. } => None,
        }
    }

    /// The type as far as the expression alone says: `size` makes a number.
    pub(super) fn static_type(&self) -> Option<&'static str> {
        match self {
            Self::Function { name: FunctionName::Size, .. } => Some("N"),
            _ => self.value_type(),
        }
    }
}

/// Refuses an operand whose known type is none of `types`.
pub(super) fn check_type(
    operator: &str,
    known: Option<&'static str>,
    types: &[&str],
) -> Result<(), Fault> {
    match known {
        Some(known) if !types.contains(&known) => Err(Fault::operand_type(operator, known)),
        _ => Ok(()),
    }
}

/// Refuses a path that is compared with itself (Alternator's
/// test_update_condition_contains_same_attribute, run against AWS, 2026-11).
pub(super) fn check_distinct<'o, 'p: 'o>(
    operator: &str,
    first: &Resolved<'p>,
    rest: impl IntoIterator<Item = &'o Resolved<'p>>,
) -> Result<(), Fault> {
    let Resolved::Path(first) = first else { return Ok(()) };
    let same = |operand: &Resolved<'_>| matches!(operand, Resolved::Path(path) if path == first);
    if rest.into_iter().any(same) {
        return Err(Fault::operands_not_distinct(operator, first));
    }
    Ok(())
}
