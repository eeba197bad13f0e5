//! Writing the new item: the old one with the effects of an update, in the order of their paths.
//!
//! Of each document that a path reaches into, the parts before, between and behind are copied as they
//! lie. In a list, indexes mean the old elements: what is removed is left out, and what is written
//! beyond the end is appended in the order of its index.

use std::cmp::Ordering;

use model::{Item, ListRef, MapRef, ValueRef, ValueWriter};

use super::Effect;
use crate::path::Step;

/// Effects, sorted by path, that have their first steps in common.
#[derive(Clone, Copy)]
struct Inside<'e, 'a> {
    effects: &'e [Effect<'a>],
    /// How many steps these are.
    taken: usize,
}

/// The item with the effects.
pub(super) fn item(old: &Item, effects: &[Effect<'_>]) -> Item {
    let changed = effects.chunk_by(|one, two| one.path.attribute == two.path.attribute);
    let changes = changed.map(|effects| {
        let name = &*effects[0].path.attribute;
        let inside = Inside { effects, taken: 0 };
        (name, (!inside.removes()).then_some(inside))
    });
    old.with_changes(changes, Inside::write)
}

impl<'e, 'a> Inside<'e, 'a> {
    /// The one effect on the value that the steps lead to; `None` where all reach into it.
    fn end(self) -> Option<&'e Effect<'a>> {
        let [effect] = self.effects else { return None };
        (effect.path.steps.len() == self.taken).then_some(effect)
    }

    fn removes(self) -> bool {
        self.end().is_some_and(|effect| effect.value.is_none())
    }

    /// Writes the value, which is not removed. `old` is what is there.
    fn write(self, old: Option<ValueRef<'_>>, out: &mut ValueWriter) {
        match self.end() {
            Some(effect) => effect.value.iter().for_each(|value| value.write(out)),
            None => match old {
                Some(ValueRef::M(map)) => self.map(map, out),
                Some(ValueRef::L(list)) => self.list(list, out),
                _ => unreachable!("a path with steps has a parent, which no other path touches"),
            },
        }
    }

    /// The effects by the next step.
    fn by_step(self) -> impl Iterator<Item = (&'e Step, Self)> {
        let taken = self.taken;
        let same = move |one: &Effect<'_>, two: &Effect<'_>| {
            one.path.steps[taken] == two.path.steps[taken]
        };
        self.effects
            .chunk_by(same)
            .map(move |effects| (&effects[0].path.steps[taken], Self { effects, taken: taken + 1 }))
    }

    fn map(self, old: MapRef<'_>, out: &mut ValueWriter) {
        let mut out = out.map();
        let mut entries = old.iter().peekable();
        for (step, inside) in self.by_step() {
            let Step::Name(wanted) = step else { unreachable!("a map has names") };
            while let Some((name, value)) =
                entries.next_if(|(name, _)| name.as_bytes() < wanted.as_bytes())
            {
                out.entry(name.as_str()).view(value);
            }
            let existing = entries.next_if(|(name, _)| *name == **wanted);
            if !inside.removes() {
                inside.write(existing.map(|(_, value)| value), out.entry(wanted));
            }
        }
        entries.for_each(|(name, value)| out.entry(name.as_str()).view(value));
        out.close().expect("names of a map and of its paths are merged in their order");
    }

    fn list(self, old: ListRef<'_>, out: &mut ValueWriter) {
        let mut out = out.list();
        let mut elements = old.iter().enumerate().peekable();
        for (step, inside) in self.by_step() {
            let Step::Index(wanted) = step else { unreachable!("a list has indexes") };
            while let Some((_, value)) =
                elements.next_if(|(index, _)| index.cmp(wanted) == Ordering::Less)
            {
                out.element().view(value);
            }
            let existing = elements.next_if(|(index, _)| index == wanted);
            if !inside.removes() {
                inside.write(existing.map(|(_, value)| value), out.element());
            }
        }
        elements.for_each(|(_, value)| out.element().view(value));
        out.close();
    }
}
