//! The canonical form of plans: bytes by which plans are compared without being kept.
//!
//! Equal plans have equal forms and different plans have different ones: every choice begins with a
//! tag, every list with a count, every text and value with its length, so that a form could be read
//! back. Nothing in it is up to a compiler or a version. A long text or value stands as its digest,
//! which is taken once however often a plan uses it: a form is no longer than the expression. Whoever
//! keeps what was made of a form counts a version up when a line of this grammar changes.
//!
//! ```text
//! condition = 01 count step* | 02 joint count (text test)*    written as an expression | legacy
//! step      = 01 test | 02 (not) | 03 count (and also) | 04 count (or else)
//! test      = 01 comparator term term | 02 term term term (between) | 03 term count term* (in)
//!           | 04 path (exists) | 05 path (does not exist) | 06 term text (has type)
//!           | 07 term term (begins with) | 08 term term (contains)
//!           | 09 term term (does not contain)
//! comparator = 01 = | 02 <> | 03 < | 04 <= | 05 > | 06 >=
//! joint     = 01 and | 02 or
//! term      = 01 path | 02 value | 03 term (size of) | 04 (the attribute of a legacy test)
//!
//! update    = notation count (path edit)*
//! edit    = 01 set | 02 (remove) | 03 value (add) | 04 value (delete)
//! set       = 01 source | 02 source source (plus) | 03 source source (minus)
//! source    = 01 path | 02 value | 03 path source (if_not_exists) | 04 source source (list_append)
//!
//! path      = text count (01 text | 02 count (index))*
//! notation  = 01 expression | 02 legacy
//! text      = count byte*        up to 64 bytes
//!           | count digest       beyond: XXH3, 128 bits, big-endian
//! value     = text               the bytes of a value as in docs/format/item.md
//! count     = u64, big-endian
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use model::Operand;
use model::legacy::ConditionalOperator;
use xxhash_rust::xxh3::xxh3_128;

use crate::attribute_tests::{AttributeTest, AttributeTests};
use crate::condition::{Condition, Formula, Term, Test};
use crate::logic::{Logic, LogicStep};
use crate::lookup::Paths;
use crate::notation::Notation;
use crate::path::{Path, Step};
use crate::syntax::tree::{Arithmetic, Comparator};
use crate::update::{Edit, SetValue, Update, ValueSource};

/// Longest text that stands in a form itself.
const PLAIN_BYTES_MAX: usize = 64;

/// A canonical form that is being written.
#[derive(Debug, Default)]
pub struct CanonicalForm {
    bytes: Vec<u8>,
    digests: HashMap<usize, Digest>,
}

/// The digest of what a plan shares, which is kept so that nothing else comes to lie in its place.
#[derive(Debug)]
struct Digest {
    digest: u128,
    of: Shared,
}

#[derive(Debug, Clone)]
enum Shared {
    Value(Operand),
    Name(Arc<str>),
}

impl Shared {
    fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Value(value) => value.as_bytes(),
            Self::Name(name) => name.as_bytes(),
        }
    }
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
        match text.len() {
            ..=PLAIN_BYTES_MAX => self.bytes.extend_from_slice(text),
            _ => self.bytes.extend_from_slice(&xxh3_128(text).to_be_bytes()),
        }
    }

    /// What was written.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn value(&mut self, value: &Operand) {
        self.shared(value.as_bytes(), || Shared::Value(value.clone()));
    }

    fn name(&mut self, name: &Arc<str>) {
        self.shared(name.as_bytes(), || Shared::Name(Arc::clone(name)));
    }

    /// Writes a text that the plan shares.
    fn shared(&mut self, text: &[u8], of: impl FnOnce() -> Shared) {
        if text.len() <= PLAIN_BYTES_MAX {
            return self.text(text);
        }
        let entry = self.digests.entry(text.as_ptr().addr());
        let digest = entry.or_insert_with(|| Digest { digest: xxh3_128(text), of: of() });
        debug_assert_eq!(digest.of.as_bytes(), text, "what is kept stays where it is");
        let digest = digest.digest.to_be_bytes();
        self.count(text.len());
        self.bytes.extend_from_slice(&digest);
    }
}

/// What has a canonical form.
pub trait Canonical {
    /// Writes the form.
    fn write(&self, form: &mut CanonicalForm);
}

impl Canonical for Condition {
    fn write(&self, form: &mut CanonicalForm) {
        notation(form, self.notation());
        match &self.formula {
            Formula::Tests { tests, paths } => Plan { form, paths }.tests(tests),
            Formula::Attributes(tests) => attribute_tests(form, tests),
        }
    }
}

impl Canonical for Update {
    fn write(&self, form: &mut CanonicalForm) {
        let Self { actions, paths, notation: written } = self;
        notation(form, *written);
        form.count(actions.len());
        let mut plan = Plan { form, paths };
        for action in actions {
            plan.path(paths.get(action.path.id));
            plan.edit(&action.edit);
        }
    }
}

/// A plan whose parts name its paths.
struct Plan<'p, 'f> {
    form: &'f mut CanonicalForm,
    paths: &'p Paths,
}

impl Plan<'_, '_> {
    fn tests(&mut self, tests: &Logic<Test>) {
        self.form.count(tests.steps().len());
        for step in tests.steps() {
            match step {
                LogicStep::Test(test) => {
                    self.form.tag(1);
                    self.test(test);
                }
                LogicStep::Not => self.form.tag(2),
                LogicStep::AndAlso(target) => {
                    self.form.tag(3);
                    self.form.count(*target);
                }
                LogicStep::OrElse(target) => {
                    self.form.tag(4);
                    self.form.count(*target);
                }
            }
        }
    }

    fn test(&mut self, test: &Test) {
        match test {
            Test::Compare { comparator: how, left, right } => {
                self.form.tag(1);
                comparator(self.form, *how);
                self.terms([left, right]);
            }
            Test::Between { term, low, high } => {
                self.form.tag(2);
                self.terms([term, low, high]);
            }
            Test::In { term, list } => {
                self.form.tag(3);
                self.terms([term]);
                self.form.count(list.len());
                self.terms(list);
            }
            Test::Exists(path) => {
                self.form.tag(4);
                self.path(self.paths.get(*path));
            }
            Test::NotExists(path) => {
                self.form.tag(5);
                self.path(self.paths.get(*path));
            }
            Test::HasType(term, name) => {
                self.form.tag(6);
                self.terms([term]);
                self.form.text(name);
            }
            Test::BeginsWith { term, prefix } => {
                self.form.tag(7);
                self.terms([term, prefix]);
            }
            Test::Contains { term, element } => {
                self.form.tag(8);
                self.terms([term, element]);
            }
        }
    }

    fn terms<'t>(&mut self, terms: impl IntoIterator<Item = &'t Term>) {
        for term in terms {
            match term {
                Term::Path(path) => {
                    self.form.tag(1);
                    self.path(self.paths.get(*path));
                }
                Term::Value(value) => {
                    self.form.tag(2);
                    self.form.value(value);
                }
                Term::SizeOf(term) => {
                    self.form.tag(3);
                    self.terms([&**term]);
                }
            }
        }
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Set(value) => {
                self.form.tag(1);
                self.set_value(value);
            }
            Edit::Remove => self.form.tag(2),
            Edit::Add(value) => {
                self.form.tag(3);
                self.form.value(value);
            }
            Edit::Delete(value) => {
                self.form.tag(4);
                self.form.value(value);
            }
        }
    }

    fn set_value(&mut self, value: &SetValue) {
        match value {
            SetValue::Source(source) => {
                self.form.tag(1);
                self.source(source);
            }
            SetValue::Arithmetic { operator, left, right } => {
                self.form.tag(match operator {
                    Arithmetic::Plus => 2,
                    Arithmetic::Minus => 3,
                });
                self.source(left);
                self.source(right);
            }
        }
    }

    fn source(&mut self, source: &ValueSource) {
        match source {
            ValueSource::Path(path) => {
                self.form.tag(1);
                self.path(self.paths.get(*path));
            }
            ValueSource::Value(value) => {
                self.form.tag(2);
                self.form.value(value);
            }
            ValueSource::IfNotExists(path, otherwise) => {
                self.form.tag(3);
                self.path(self.paths.get(*path));
                self.source(otherwise);
            }
            ValueSource::ListAppend(first, second) => {
                self.form.tag(4);
                self.source(first);
                self.source(second);
            }
        }
    }

    fn path(&mut self, path: &Path) {
        self.form.name(&path.attribute);
        self.form.count(path.steps.len());
        for step in &path.steps {
            match step {
                Step::Name(name) => {
                    self.form.tag(1);
                    self.form.name(name);
                }
                Step::Index(index) => {
                    self.form.tag(2);
                    self.form.count(*index);
                }
            }
        }
    }
}

fn attribute_tests(form: &mut CanonicalForm, tests: &AttributeTests) {
    form.tag(match tests.joint() {
        ConditionalOperator::And => 1,
        ConditionalOperator::Or => 2,
    });
    form.count(tests.iter().len());
    for (attribute, test) in tests.iter() {
        form.name(attribute);
        attribute_test(form, test);
    }
}

fn attribute_test(form: &mut CanonicalForm, test: &AttributeTest) {
    let (tag, values) = match test {
        AttributeTest::Compare(_, value) => (1, std::slice::from_ref(value)),
        AttributeTest::Between(..) => (2, &[][..]),
        AttributeTest::In(list) => (3, &list[..]),
        AttributeTest::Exists => (4, &[][..]),
        AttributeTest::NotExists => (5, &[][..]),
        AttributeTest::BeginsWith(value) => (7, std::slice::from_ref(value)),
        AttributeTest::Contains(value) => (8, std::slice::from_ref(value)),
        AttributeTest::NotContains(value) => (9, std::slice::from_ref(value)),
    };
    form.tag(tag);
    if let AttributeTest::Compare(how, _) = test {
        comparator(form, *how);
    }
    form.tag(4);
    if let AttributeTest::In(list) = test {
        form.count(list.len());
    }
    let bounds = match test {
        AttributeTest::Between(low, high) => [Some(low), Some(high)],
        _ => [None, None],
    };
    for value in bounds.into_iter().flatten().chain(values) {
        form.tag(2);
        form.value(value);
    }
}

fn comparator(form: &mut CanonicalForm, comparator: Comparator) {
    form.tag(match comparator {
        Comparator::Equal => 1,
        Comparator::NotEqual => 2,
        Comparator::Less => 3,
        Comparator::LessOrEqual => 4,
        Comparator::Greater => 5,
        Comparator::GreaterOrEqual => 6,
    });
}

fn notation(form: &mut CanonicalForm, notation: Notation) {
    form.tag(match notation {
        Notation::Expression => 1,
        Notation::Legacy => 2,
    });
}
