//! Where a value stands in a request, as the service writes it:
//! `requestItems.books.member.keys`, `transactItems.1.member.put.tableName`.

use std::fmt;

use crate::shape::Member;

/// A place, built on the stack on the way down and written out only for a violation.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

/// One step down.
#[derive(Clone, Copy)]
pub(super) enum Step<'p> {
    /// The request itself.
    Root,
    /// To a member of a structure.
    Member(&'static Member),
    /// To an element of a list, counted from 0.
    Element(usize),
    /// To an entry of a map.
    Entry(&'p str),
}

impl Path<'_> {
    /// The request.
    pub(super) const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    /// A place one step below.
    pub(super) fn then<'p>(&'p self, step: Step<'p>) -> Path<'p> {
        debug_assert!(!matches!(step, Step::Root), "the request lies below nothing");
        Path { parent: Some(self), step }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
            if !matches!(parent.step, Step::Root) {
                f.write_str(".")?;
            }
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Member(member) => member.fmt(f),
            Step::Element(index) => write!(f, "{}.member", index + 1),
            Step::Entry(name) => write!(f, "{name}.member"),
        }
    }
}
