//! The regular expressions of the service model, matched by hand.
//!
//! The model has a handful; a regex engine for them would be the largest dependency here. A test
//! checks that every pattern of the generated table is known.

/// Whether `text` as a whole matches `pattern`; `None` when the pattern is not known here.
pub(crate) fn matches(pattern: &str, text: &str) -> Option<bool> {
    match pattern {
        "[a-zA-Z0-9_.-]+" => {
            let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
            Some(!text.is_empty() && text.as_bytes().iter().all(allowed))
        }
        _ => None,
    }
}
