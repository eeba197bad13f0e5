//! What is written: values where they lie, and what ADD, DELETE and the functions make of them.

use std::collections::HashMap;

use model::{
    ApiError, Elements, ListRef, Measure, Number, NumberError, Operand, SetIndex, SetRef, ValueRef,
    ValueWriter,
};

use super::super::{SetValue, ValueSource};
use super::invalid;
use crate::lookup::{Found, PathId};
use crate::notation::Notation;
use crate::syntax::tree::Arithmetic;
use model::limits::ITEM_BYTES_MAX;

/// Values whose measure is remembered: to take that of a smaller one again is as quick.
const REMEMBERED_BYTES_MIN: usize = 256;

/// A value to be written.
pub(super) struct Written<'a> {
    content: Content<'a>,
    measure: Measure,
}

enum Content<'a> {
    View(ValueRef<'a>),
    Number(Number),
    /// A list behind another.
    Joined(ListRef<'a>, ListRef<'a>),
    Elements(Elements<'a>),
    /// More than an item may have, or nobody will write it: nothing is known but its size.
    Unwritten,
}

/// The old item, as operands look at it.
pub(super) struct Values<'a> {
    pub(super) found: Found<'a>,
    notation: Notation,
    /// Whether nobody will write what is made here.
    only_checked: bool,
    /// Of large values, by where they lie.
    measures: HashMap<usize, Measure>,
    /// Of sets that are taken away from others, by where they lie.
    indexes: HashMap<usize, SetIndex<'a>>,
}

impl<'a> Written<'a> {
    pub(super) fn of_operand(operand: &'a Operand) -> Self {
        Self { content: Content::View(operand.value()), measure: operand.measure() }
    }

    fn of_number(result: Result<Number, NumberError>) -> Result<Self, ApiError> {
        let number = result.map_err(|error| invalid(&error.to_string()))?;
        let measure = Measure { item_bytes: number.item_bytes(), depth: 0 };
        Ok(Self { content: Content::Number(number), measure })
    }

    fn of_elements(elements: Elements<'a>) -> Self {
        let measure = Measure { item_bytes: elements.item_bytes(), depth: 0 };
        Self { content: Content::Elements(elements), measure }
    }

    fn unwritten(measure: Measure) -> Self {
        Self { content: Content::Unwritten, measure }
    }

    /// Bytes it counts for in an item's size; at least, where it is more than an item may have.
    pub(super) fn item_bytes(&self) -> usize {
        self.measure.item_bytes
    }

    /// Levels of nesting.
    pub(super) fn depth(&self) -> usize {
        self.measure.depth
    }

    pub(super) fn write(&self, out: &mut ValueWriter) {
        match &self.content {
            Content::View(view) => out.view(*view),
            Content::Number(number) => out.number(*number),
            Content::Joined(first, second) => {
                let mut list = out.list();
                list.extend(*first);
                list.extend(*second);
                list.close();
            }
            Content::Elements(elements) => out.elements(elements),
            Content::Unwritten => unreachable!("an update that is too large is not written"),
        }
    }
}

impl<'a> Values<'a> {
    pub(super) fn new(found: Found<'a>, notation: Notation) -> Self {
        let (measures, indexes) = (HashMap::new(), HashMap::new());
        Self { found, notation, only_checked: false, measures, indexes }
    }

    /// From now on nobody writes what is made here.
    pub(super) fn are_only_checked(&mut self) {
        self.only_checked = true;
    }

    /// The value to set.
    pub(super) fn set(&mut self, value: &'a SetValue) -> Result<Written<'a>, ApiError> {
        match value {
            SetValue::Source(source) => self.source(source),
            SetValue::Arithmetic { operator, left, right } => {
                let (left, right) = (self.number(left)?, self.number(right)?);
                Written::of_number(match operator {
                    Arithmetic::Plus => left.add(right),
                    Arithmetic::Minus => left.subtract(right),
                })
            }
        }
    }

    fn source(&mut self, source: &'a ValueSource) -> Result<Written<'a>, ApiError> {
        match source {
            ValueSource::Path(path) => {
                let value = self.existing(*path)?;
                Ok(self.copied(value))
            }
            ValueSource::Value(operand) => Ok(Written::of_operand(operand)),
            ValueSource::IfNotExists(path, otherwise) => match self.found.value(*path) {
                Some(value) => Ok(self.copied(value)),
                None => self.source(otherwise),
            },
            ValueSource::ListAppend(first, second) => {
                let (first, one) = self.list(first)?;
                let (second, two) = self.list(second)?;
                Ok(Written { content: Content::Joined(first, second), measure: one.joined(two) })
            }
        }
    }

    fn number(&mut self, source: &'a ValueSource) -> Result<Number, ApiError> {
        match self.source(source)?.content {
            Content::View(ValueRef::N(number)) => Ok(number.to_number()),
            _ => Err(wrong_type(Notation::Expression)),
        }
    }

    fn list(&mut self, source: &'a ValueSource) -> Result<(ListRef<'a>, Measure), ApiError> {
        let Written { content, measure } = self.source(source)?;
        match content {
            Content::View(ValueRef::L(list)) => Ok((list, measure)),
            _ => Err(wrong_type(Notation::Expression)),
        }
    }

    fn existing(&self, path: PathId) -> Result<ValueRef<'a>, ApiError> {
        self.found.value(path).ok_or_else(|| {
            invalid(
                "The provided expression refers to an attribute that does not exist in the item",
            )
        })
    }

    /// A value of the old item. To measure a large one takes a look at all of it, so that it is done
    /// once.
    fn copied(&mut self, value: ValueRef<'a>) -> Written<'a> {
        let measure = match value.encoded_bytes() {
            ..REMEMBERED_BYTES_MIN => value.measure(),
            _ => *self.measures.entry(value.address()).or_insert_with(|| value.measure()),
        };
        Written { content: Content::View(value), measure }
    }

    /// ADD: the sum of two numbers, the union of two sets of one type, one list after the other
    /// (which only legacy updates can ask for).
    pub(super) fn added(
        &mut self,
        existing: ValueRef<'a>,
        operand: &'a Operand,
    ) -> Result<Written<'a>, ApiError> {
        match (existing, operand.value()) {
            (ValueRef::N(existing), ValueRef::N(number)) => {
                Written::of_number(existing.to_number().add(number.to_number()))
            }
            (ValueRef::L(first), ValueRef::L(second)) => {
                let measure = self.copied(existing).measure.joined(operand.measure());
                Ok(Written { content: Content::Joined(first, second), measure })
            }
            (existing, operand_value) => match (set(existing), set(operand_value)) {
                // The union has as many bytes as the operand at least.
                (Some(one), Some(two)) if one.is_like(&two) => {
                    let is_too_large = operand.measure().item_bytes > ITEM_BYTES_MAX;
                    Ok(match is_too_large || self.only_checked {
                        true => Written::unwritten(operand.measure()),
                        false => Written::of_elements(one.union(&two)),
                    })
                }
                _ => Err(wrong_type(self.notation)),
            },
        }
    }

    /// DELETE: the difference of two sets of one type; `None` when nothing is left, for there are no
    /// empty sets.
    pub(super) fn without(
        &mut self,
        existing: ValueRef<'a>,
        operand: &'a Operand,
    ) -> Result<Option<Written<'a>>, ApiError> {
        let (Some(one), Some(two)) = (set(existing), set(operand.value())) else {
            return Err(wrong_type(self.notation));
        };
        if !one.is_like(&two) {
            return Err(wrong_type(self.notation));
        }
        if self.only_checked {
            return Ok(None);
        }
        let at = operand.value().address();
        let left = one.without(self.indexes.entry(at).or_insert_with(|| two.index()));
        Ok((!left.is_empty()).then(|| Written::of_elements(left)))
    }
}

fn set(value: ValueRef<'_>) -> Option<SetRef<'_>> {
    match value {
        ValueRef::Ss(set) | ValueRef::Ns(set) | ValueRef::Bs(set) => Some(set),
        _ => None,
    }
}

/// The refusal of an operand that does not go with the value there is. Legacy updates have words of
/// their own (API reference, TransactionCanceledException; test_item.py, 2026-11).
fn wrong_type(notation: Notation) -> ApiError {
    invalid(match notation {
        Notation::Expression => "An operand in the update expression has an incorrect data type",
        Notation::Legacy => "Type mismatch for attribute to update",
    })
}
