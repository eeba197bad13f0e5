//! The canonical form of plans: bytes by which plans are compared without being kept.
//!
//! Equal plans have equal forms and different plans have different ones: every choice begins with a
//! tag, every list with a count, every text and value with its length, so that a form could be read
//! back. Nothing in it is up to a compiler or a version. Whoever keeps what was made of a form
//! counts a version up when a line of this grammar changes.
//!
//! ```text
//! condition = notation count step*
//! step      = 01 test | 02 (not) | 03 count (and also) | 04 count (or else)
//! test      = 01 comparator term term | 02 term term term (between) | 03 term count term* (in)
//!           | 04 path (exists) | 05 path (does not exist) | 06 term text (has type)
//!           | 07 term term (begins with) | 08 term term (contains)
//! comparator = 01 = | 02 <> | 03 < | 04 <= | 05 > | 06 >=
//! term      = 01 path | 02 value | 03 term (size of)
//!
//! update    = notation count (path edit)*
//! edit    = 01 set | 02 (remove) | 03 value (add) | 04 value (delete)
//! set       = 01 source | 02 source source (plus) | 03 source source (minus)
//! source    = 01 path | 02 value | 03 path source (if_not_exists) | 04 source source (list_append)
//!
//! path      = text count (01 text | 02 count (index))*
//! notation  = 01 expression | 02 legacy
//! text      = count byte*
//! value     = count byte*        the bytes of a value as in docs/format/item.md
//! count     = u64, big-endian
//! ```

use model::AttributeValue;

use crate::condition::{Condition, Term, Test};
use crate::logic::LogicStep;
use crate::notation::Notation;
use crate::path::{Path, Step};
use crate::syntax::tree::{Arithmetic, Comparator};
use crate::update::{Edit, SetValue, Update, ValueSource};

/// A canonical form that is being written.
#[derive(Debug, Default)]
pub struct CanonicalForm {
    bytes: Vec<u8>,
}

impl CanonicalForm {
    /// Writes which of several things comes next.
    pub fn tag(&mut self, tag: u8) {
        self.bytes.push(tag);
    }

    /// Writes how many things come next.
    pub fn count(&mut self, count: usize) {
        self.bytes.extend_from_slice(&(count as u64).to_be_bytes());
    }

    /// Writes a text, or other bytes, with its length.
    pub fn text(&mut self, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        self.count(text.len());
        self.bytes.extend_from_slice(text);
    }

    /// Writes a value with its length.
    pub fn value(&mut self, value: &AttributeValue) {
        let mut bytes = Vec::new();
        value.encode(&mut bytes);
        self.text(bytes);
    }

    /// What was written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn list<T: Canonical>(&mut self, list: &[T]) {
        self.count(list.len());
        list.iter().for_each(|element| element.write(self));
    }

    fn tagged(&mut self, tag: u8, parts: &[&dyn Canonical]) {
        self.tag(tag);
        parts.iter().for_each(|part| part.write(self));
    }
}

/// What has a canonical form.
pub trait Canonical {
    /// Writes the form.
    fn write(&self, form: &mut CanonicalForm);
}

impl Canonical for Condition {
    fn write(&self, form: &mut CanonicalForm) {
        let Self { formula, notation } = self;
        notation.write(form);
        form.list(formula.steps());
    }
}

impl Canonical for LogicStep<Test> {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Test(test) => form.tagged(1, &[test]),
            Self::Not => form.tag(2),
            Self::AndAlso(target) => {
                form.tag(3);
                form.count(*target);
            }
            Self::OrElse(target) => {
                form.tag(4);
                form.count(*target);
            }
        }
    }
}

impl Canonical for Test {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Compare { comparator, left, right } => form.tagged(1, &[comparator, left, right]),
            Self::Between { term, low, high } => form.tagged(2, &[term, low, high]),
            Self::In { term, list } => {
                form.tagged(3, &[term]);
                form.list(list);
            }
            Self::Exists(path) => form.tagged(4, &[path]),
            Self::NotExists(path) => form.tagged(5, &[path]),
            Self::HasType(term, name) => {
                form.tagged(6, &[term]);
                form.text(name);
            }
            Self::BeginsWith { term, prefix } => form.tagged(7, &[term, prefix]),
            Self::Contains { term, element } => form.tagged(8, &[term, element]),
        }
    }
}

impl Canonical for Comparator {
    fn write(&self, form: &mut CanonicalForm) {
        form.tag(match self {
            Self::Equal => 1,
            Self::NotEqual => 2,
            Self::Less => 3,
            Self::LessOrEqual => 4,
            Self::Greater => 5,
            Self::GreaterOrEqual => 6,
        });
    }
}

impl Canonical for Term {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Path(path) => form.tagged(1, &[path]),
            Self::Value(operand) => {
                form.tag(2);
                form.text(operand.as_bytes());
            }
            Self::SizeOf(term) => form.tagged(3, &[&**term]),
        }
    }
}

impl Canonical for Update {
    fn write(&self, form: &mut CanonicalForm) {
        let Self { actions, notation } = self;
        notation.write(form);
        form.count(actions.len());
        for action in actions {
            action.path.write(form);
            action.edit.write(form);
        }
    }
}

impl Canonical for Edit {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Set(value) => form.tagged(1, &[value]),
            Self::Remove => form.tag(2),
            Self::Add(value) => {
                form.tag(3);
                form.value(value);
            }
            Self::Delete(value) => {
                form.tag(4);
                form.value(value);
            }
        }
    }
}

impl Canonical for SetValue {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Source(source) => form.tagged(1, &[source]),
            Self::Arithmetic { operator: Arithmetic::Plus, left, right } => {
                form.tagged(2, &[left, right]);
            }
            Self::Arithmetic { operator: Arithmetic::Minus, left, right } => {
                form.tagged(3, &[left, right]);
            }
        }
    }
}

impl Canonical for ValueSource {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Path(path) => form.tagged(1, &[path]),
            Self::Value(value) => {
                form.tag(2);
                form.value(value);
            }
            Self::IfNotExists(path, otherwise) => form.tagged(3, &[path, &**otherwise]),
            Self::ListAppend(first, second) => form.tagged(4, &[&**first, &**second]),
        }
    }
}

impl Canonical for Path {
    fn write(&self, form: &mut CanonicalForm) {
        let Self { attribute, steps } = self;
        form.text(attribute);
        form.list(steps);
    }
}

impl Canonical for Step {
    fn write(&self, form: &mut CanonicalForm) {
        match self {
            Self::Name(name) => {
                form.tag(1);
                form.text(name);
            }
            Self::Index(index) => {
                form.tag(2);
                form.count(*index);
            }
        }
    }
}

impl Canonical for Notation {
    fn write(&self, form: &mut CanonicalForm) {
        form.tag(match self {
            Self::Expression => 1,
            Self::Legacy => 2,
        });
    }
}
