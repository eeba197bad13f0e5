//! Sets that are made of others: their elements, borrowed from where they lie.

use std::cmp::Ordering;

use super::SetRef;
use super::view::SetKind;

/// The elements of a set that is to be written: sorted, each once.
#[derive(Debug, Clone)]
pub struct Elements<'a> {
    pub(super) kind: SetKind,
    pub(super) texts: Vec<&'a [u8]>,
}

/// The elements of a set, to be asked for many others.
#[derive(Debug)]
pub struct SetIndex<'a> {
    kind: SetKind,
    texts: Vec<&'a [u8]>,
}

impl Elements<'_> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Bytes they count for in an item's size.
    pub fn item_bytes(&self) -> usize {
        self.texts.iter().map(|text| self.kind.element(text).item_bytes()).sum()
    }
}

impl<'a> SetRef<'a> {
    /// Whether the elements of both have one type.
    pub fn is_like(&self, other: &SetRef<'_>) -> bool {
        self.kind == other.kind
    }

    /// The elements, to be asked for many others.
    pub fn index(&self) -> SetIndex<'a> {
        SetIndex { kind: self.kind, texts: self.texts().collect() }
    }

    /// The elements of either of two sets of one type. O(elements of both).
    pub fn union(&self, other: &SetRef<'a>) -> Elements<'a> {
        debug_assert!(self.is_like(other), "sets of two types have no union");
        let (mut one, mut two) = (self.texts().peekable(), other.texts().peekable());
        let mut texts = Vec::new();
        while let (Some(a), Some(b)) = (one.peek(), two.peek()) {
            let order = a.cmp(b);
            let next = if order == Ordering::Greater { &mut two } else { &mut one };
            texts.extend(next.next());
            if order == Ordering::Equal {
                two.next();
            }
        }
        texts.extend(one.chain(two));
        Elements { kind: self.kind, texts }
    }

    /// The elements that another set of its type does not have. O(elements × log of the other's).
    pub fn without(&self, other: &SetIndex<'_>) -> Elements<'a> {
        debug_assert!(self.kind == other.kind, "sets of two types have no difference");
        let texts = self.texts().filter(|text| other.texts.binary_search(text).is_err()).collect();
        Elements { kind: self.kind, texts }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use crate::{AttributeValue, Operand, SetRef, ValueRef, ValueWriter};

    fn set(operand: &Operand) -> SetRef<'_> {
        match operand.value() {
            ValueRef::Ss(set) | ValueRef::Bs(set) | ValueRef::Ns(set) => set,
            other => panic!("{other:?}"),
        }
    }

    fn texts() -> impl Strategy<Value = BTreeSet<String>> {
        prop::collection::btree_set("[a-d]{0,2}", 1..8)
    }

    proptest! {
        #[test]
        fn sets_unite_and_differ_as_trees_do(one in texts(), two in texts()) {
            let operand = |texts: &BTreeSet<String>| Operand::new(&AttributeValue::Ss(texts.clone()));
            let (a, b) = (operand(&one), operand(&two));
            let written = |elements| {
                let mut out = ValueWriter::default();
                out.elements(&elements);
                out.into_operand()
            };
            let united = set(&a).union(&set(&b));
            let bytes = united.item_bytes();
            let united = written(united);
            prop_assert_eq!(&united, &operand(&(&one | &two)));
            prop_assert_eq!(united.measure().item_bytes, bytes);
            let left = set(&a).without(&set(&b).index());
            let expected = &one - &two;
            prop_assert_eq!(left.is_empty(), expected.is_empty());
            if !left.is_empty() {
                prop_assert_eq!(written(left), operand(&expected));
            }
        }
    }
}
