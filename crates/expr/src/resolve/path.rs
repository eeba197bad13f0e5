//! Paths: reserved words, list indexes, names behind placeholders.

use std::sync::Arc;

use model::limits::DOCUMENT_DEPTH_MAX;

use crate::fault::Fault;
use crate::path::{Path, Step};
use crate::placeholders::Placeholders;
use crate::reserved::is_reserved;
use crate::syntax::tree;

/// Refuses bare names that are reserved, and indexes out of range.
pub(super) fn check_words<'t, 'a: 't>(
    paths: impl IntoIterator<Item = &'t tree::Path<'a>>,
) -> Result<(), Fault> {
    for element in paths.into_iter().flat_map(|path| &path.elements) {
        match element {
            tree::Element::Word(word) if is_reserved(word) => return Err(Fault::reserved(word)),
            tree::Element::Index(digits) => {
                index(digits)?;
            }
            tree::Element::Word(_) | tree::Element::Name(_) => {}
        }
    }
    Ok(())
}

/// Refuses names that are not defined.
pub(super) fn check_names<'t, 'a: 't>(
    placeholders: &Placeholders,
    paths: impl IntoIterator<Item = &'t tree::Path<'a>>,
) -> Result<(), Fault> {
    for element in paths.into_iter().flat_map(|path| &path.elements) {
        if let tree::Element::Name(placeholder) = element {
            placeholders.name(placeholder)?;
        }
    }
    Ok(())
}

/// The path with its placeholders replaced.
pub(super) fn resolve(placeholders: &Placeholders, path: &tree::Path<'_>) -> Result<Path, Fault> {
    let mut attribute = None;
    let mut steps = Vec::with_capacity(path.elements.len() - 1);
    for element in &path.elements {
        let name = match element {
            tree::Element::Word(word) => Arc::from(*word),
            tree::Element::Name(placeholder) => Arc::clone(placeholders.name(placeholder)?),
            tree::Element::Index(digits) => {
                steps.push(Step::Index(index(digits)?));
                continue;
            }
        };
        match attribute {
            None => attribute = Some(name),
            Some(_) => steps.push(Step::Name(name)),
        }
    }
    let levels = path.elements.len();
    if levels > DOCUMENT_DEPTH_MAX {
        return Err(Fault::path_too_deep(levels));
    }
    Ok(Path { attribute: attribute.expect("a path begins with a name"), steps })
}

/// Indexes are Java's: up to 2^31 - 1 (Alternator's test_projection_expression_list_index, run
/// against AWS, 2026-11, has one that is refused).
fn index(digits: &str) -> Result<usize, Fault> {
    let index = digits.parse::<i32>().ok().and_then(|index| usize::try_from(index).ok());
    index.ok_or_else(|| Fault::index_range(digits))
}
