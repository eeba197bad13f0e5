//! The functions of the language. Their names are case-sensitive.

use crate::fault::Fault;

/// The name of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FunctionName {
    AttributeExists,
    AttributeNotExists,
    AttributeType,
    BeginsWith,
    Contains,
    Size,
    IfNotExists,
    ListAppend,
}

impl FunctionName {
    /// The function called `text`.
    pub(crate) fn of(text: &str) -> Result<Self, Fault> {
        match text {
            "attribute_exists" => Ok(Self::AttributeExists),
            "attribute_not_exists" => Ok(Self::AttributeNotExists),
            "attribute_type" => Ok(Self::AttributeType),
            "begins_with" => Ok(Self::BeginsWith),
            "contains" => Ok(Self::Contains),
            "size" => Ok(Self::Size),
            "if_not_exists" => Ok(Self::IfNotExists),
            "list_append" => Ok(Self::ListAppend),
            _ => Err(Fault::unknown_function(text)),
        }
    }

    /// As it is written.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::AttributeExists => "attribute_exists",
            Self::AttributeNotExists => "attribute_not_exists",
            Self::AttributeType => "attribute_type",
            Self::BeginsWith => "begins_with",
            Self::Contains => "contains",
            Self::Size => "size",
            Self::IfNotExists => "if_not_exists",
            Self::ListAppend => "list_append",
        }
    }

    /// Whether it belongs to update expressions; all others belong to conditions.
    pub(crate) fn is_of_updates(self) -> bool {
        matches!(self, Self::IfNotExists | Self::ListAppend)
    }
}
