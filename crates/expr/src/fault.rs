//! What can be wrong with an expression, in DynamoDB's words.
//!
//! The texts are AWS's wire messages without the leading "Invalid …Expression: ". Their evidence is
//! what AWS answered in Alternator's tests (test/alternator/test_*_expression.py and test_limits.py)
//! and in public reports, 2026-11.

use std::fmt::Display;

use model::ApiError;

/// A fault of one expression; the caller adds which expression it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    message: String,
}

impl Fault {
    fn new(message: String) -> Self {
        Self { message }
    }

    /// The fault as the client sees it; `parameter` is for example `FilterExpression`.
    pub(crate) fn of(self, parameter: &str) -> ApiError {
        ApiError::Validation(format!("Invalid {parameter}: {}", self.message))
    }

    pub(crate) fn empty() -> Self {
        Self::new("The expression can not be empty;".to_owned())
    }

    pub(crate) fn too_long(bytes: usize) -> Self {
        Self::new(format!(
            "Expression size has exceeded the maximum allowed size; expression size: {bytes}"
        ))
    }

    /// AWS stops counting at the first operator too many (test_limits.py,
    /// test_deeply_nested_expression_2: 301 for an expression of 909).
    pub(crate) fn too_many_operators() -> Self {
        let count = model::limits::EXPRESSION_OPERATORS_MAX + 1;
        Self::new(format!("The expression contains too many operators; operator count: {count}"))
    }

    pub(crate) fn syntax(token: &str, near: &str) -> Self {
        Self::new(format!("Syntax error; token: \"{token}\", near: \"{near}\""))
    }

    pub(crate) fn redundant_parentheses() -> Self {
        Self::new("The expression has redundant parentheses;".to_owned())
    }

    pub(crate) fn reserved(word: &str) -> Self {
        Self::new(format!("Attribute name is a reserved keyword; reserved keyword: {word}"))
    }

    pub(crate) fn index_range(index: &str) -> Self {
        Self::new(format!("List index is not within the allowable range; index: [{index}]"))
    }

    pub(crate) fn path_too_deep(levels: usize) -> Self {
        Self::new(format!(
            "The document path has too many nesting levels; nesting levels: {levels}"
        ))
    }

    pub(crate) fn undefined_name(placeholder: &str) -> Self {
        Self::new(format!(
            "An expression attribute name used in the document path is not defined; \
             attribute name: {placeholder}"
        ))
    }

    pub(crate) fn undefined_value(placeholder: &str) -> Self {
        Self::new(format!(
            "An expression attribute value used in expression is not defined; \
             attribute value: {placeholder}"
        ))
    }

    pub(crate) fn unknown_function(name: &str) -> Self {
        Self::new(format!("Invalid function name; function: {name}"))
    }

    pub(crate) fn function_not_in_condition(name: &str) -> Self {
        Self::new(format!(
            "The function is not allowed in a condition expression; function: {name}"
        ))
    }

    pub(crate) fn function_not_in_update(name: &str) -> Self {
        Self::new(format!("The function is not allowed in an update expression; function: {name}"))
    }

    pub(crate) fn misplaced_function(name: &str) -> Self {
        Self::new(format!(
            "The function is not allowed to be used this way in an expression; function: {name}"
        ))
    }

    pub(crate) fn operand_count(function: &str, count: usize) -> Self {
        Self::new(format!(
            "Incorrect number of operands for operator or function; \
             operator or function: {function}, number of operands: {count}"
        ))
    }

    pub(crate) fn operand_type(operator: &str, type_name: &str) -> Self {
        Self::new(format!(
            "Incorrect operand type for operator or function; \
             operator or function: {operator}, operand type: {type_name}"
        ))
    }

    /// ADD and DELETE have a wording of their own: "operator: ADD, operand type: STRING, typeSet:
    /// ALLOWED_FOR_ADD_OPERAND" (quoted with AWS request ids in public reports, 2026-11).
    pub(crate) fn section_operand_type(section: &str, type_word: &str) -> Self {
        Self::new(format!(
            "Incorrect operand type for operator or function; operator: {section}, \
             operand type: {type_word}, typeSet: ALLOWED_FOR_{section}_OPERAND"
        ))
    }

    pub(crate) fn path_required(function: &str) -> Self {
        Self::new(format!(
            "Operator or function requires a document path; operator or function: {function}"
        ))
    }

    pub(crate) fn operands_not_distinct(operator: &str, first: &impl Display) -> Self {
        Self::new(format!(
            "The first operand must be distinct from the remaining operands for this operator or \
             function; operator: {operator}, first operand: {first}"
        ))
    }

    pub(crate) fn attribute_type_name(name: &str) -> Self {
        Self::new(format!(
            "Invalid attribute type name found; type: {name}, \
             valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}"
        ))
    }

    pub(crate) fn too_many_in_operands(count: usize) -> Self {
        Self::new(format!(
            "The IN operator is provided with too many operands; number of operands: {count}"
        ))
    }

    pub(crate) fn between_types(low: &impl Display, high: &impl Display) -> Self {
        Self::new(format!(
            "The BETWEEN operator requires same data type for lower and upper bounds; \
             lower bound operand: AttributeValue: {low}, upper bound operand: AttributeValue: {high}"
        ))
    }

    pub(crate) fn between_order(low: &impl Display, high: &impl Display) -> Self {
        Self::new(format!(
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; \
             lower bound operand: AttributeValue: {low}, upper bound operand: AttributeValue: {high}"
        ))
    }

    pub(crate) fn section_twice(section: &str) -> Self {
        Self::new(format!(
            "The \"{section}\" section can only be used once in an update expression;"
        ))
    }

    pub(crate) fn paths_overlap(one: &impl Display, two: &impl Display) -> Self {
        Self::new(format!(
            "Two document paths overlap with each other; must remove or rewrite one of these \
             paths; path one: {one}, path two: {two}"
        ))
    }

    pub(crate) fn paths_conflict(one: &impl Display, two: &impl Display) -> Self {
        Self::new(format!(
            "Two document paths conflict with each other; must remove or rewrite one of these \
             paths; path one: {one}, path two: {two}"
        ))
    }
}
