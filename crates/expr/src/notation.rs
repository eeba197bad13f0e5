//! How a request wrote what became a plan.

/// Plans of both notations mean the same; what is wrong with them is said in other words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// As an expression.
    Expression,
    /// In the parameters from before there were expressions.
    Legacy,
}
