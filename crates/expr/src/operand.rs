//! Values as messages show them.

use std::fmt;

use model::ValueRef;

/// A scalar as messages show it: `{S:text}`.
pub(crate) struct Shown<'a>(pub(crate) ValueRef<'a>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let type_name = self.0.type_name();
        match self.0 {
            ValueRef::S(text) => write!(f, "{{{type_name}:{}}}", text.as_str()),
            ValueRef::N(number) => write!(f, "{{{type_name}:{}}}", number.to_number()),
            // Bounds of BETWEEN are S, N or B. How AWS shows a binary is not known.
            _ => write!(f, "{{{type_name}:…}}"),
        }
    }
}
