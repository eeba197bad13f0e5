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

#[cfg(test)]
mod tests {
    use super::matches;
    use crate::generated::shapes::INDEX_NAME;
    use crate::operation::Operation;
    use crate::shape::{Shape, ShapeKind};

    /// Collects the patterns of a shape and of those below it.
    fn patterns(shape: &'static Shape, seen: &mut Vec<&'static str>, found: &mut Vec<&str>) {
        if seen.contains(&shape.name) {
            return;
        }
        seen.push(shape.name);
        match &shape.kind {
            ShapeKind::Structure(members) => {
                members.iter().for_each(|member| patterns(member.shape, seen, found));
            }
            ShapeKind::List { element, .. } => patterns(element, seen, found),
            ShapeKind::Map { key, value, .. } => {
                patterns(key, seen, found);
                patterns(value, seen, found);
            }
            ShapeKind::Text(text) => found.extend(text.pattern),
            _ => {}
        }
    }

    macro_rules! declare_all_patterns {
        ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
            fn all_patterns() -> Vec<&'static str> {
                let (mut seen, mut found) = (Vec::new(), Vec::new());
                $(patterns(crate::operations::$name::SHAPE, &mut seen, &mut found);)*
                found
            }
        };
    }

    crate::for_each_operation!(declare_all_patterns);

    #[test]
    fn every_pattern_of_the_table_is_known() {
        let patterns = all_patterns();
        assert!(!patterns.is_empty());
        for pattern in patterns {
            assert!(matches(pattern, "").is_some(), "{pattern}");
        }
    }

    #[test]
    fn names_are_letters_digits_and_three_signs() {
        let ShapeKind::Text(text) = &INDEX_NAME.kind else { panic!("an index name is a string") };
        let pattern = text.pattern.unwrap();
        for (name, holds) in [("aZ09_.-", true), ("", false), ("a b", false), ("ä", false)] {
            assert_eq!(matches(pattern, name), Some(holds), "{name}");
        }
    }
}
