//! The paths of a plan, and what an item has at them.
//!
//! A few paths are followed one by one, and only when somebody asks. Many are found together, before
//! anybody asks, in one walk through the item: two thousand paths into a list of 400 KB cost what two
//! do.

use model::{ListRef, MapRef, ValueRef};

use crate::path::{Path, Step};

/// Paths that are followed one by one.
const FOLLOWED_MAX: usize = 8;

/// The paths of a plan, in the order written.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Paths {
    list: Vec<Path>,
    /// Where they stand in the list, in their own order; empty while they are few.
    sorted: Vec<u32>,
}

/// One of the paths of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PathId(u32);

/// What an item has at the paths of a plan.
pub(crate) struct Found<'a> {
    paths: &'a Paths,
    item: MapRef<'a>,
    /// One per path; empty while they are few.
    values: Vec<Option<ValueRef<'a>>>,
}

impl Paths {
    /// Adds a path. Whoever has added all calls [`Paths::settle`].
    pub(crate) fn add(&mut self, path: Path) -> PathId {
        debug_assert!(self.sorted.is_empty(), "paths are added before they are settled");
        let id = u32::try_from(self.list.len()).expect("a request has fewer paths than bytes");
        self.list.push(path);
        PathId(id)
    }

    /// Makes ready to find what was added.
    pub(crate) fn settle(&mut self) {
        let count = u32::try_from(self.list.len()).expect("a request has fewer paths than bytes");
        if self.list.len() > FOLLOWED_MAX {
            let mut sorted: Vec<u32> = (0..count).collect();
            sorted.sort_unstable_by(|one, two| self.at(*one).cmp(self.at(*two)));
            self.sorted = sorted;
        }
    }

    pub(crate) fn get(&self, id: PathId) -> &Path {
        self.at(id.0)
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// All of them, in the order added.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Path> {
        self.list.iter()
    }

    /// Finds what an item has at the paths.
    pub(crate) fn find<'a>(&'a self, item: MapRef<'a>) -> Found<'a> {
        debug_assert!(
            !self.sorted.is_empty() || self.list.len() <= FOLLOWED_MAX,
            "whoever added many paths has settled them"
        );
        let mut values = Vec::new();
        if !self.sorted.is_empty() {
            values.resize(self.list.len(), None);
            self.attributes(item, &mut values);
        }
        Found { paths: self, item, values }
    }

    fn at(&self, place: u32) -> &Path {
        &self.list[place as usize]
    }

    fn attributes<'a>(&self, item: MapRef<'a>, values: &mut [Option<ValueRef<'a>>]) {
        let name = |place: u32| &*self.at(place).attribute;
        entries(item, &self.sorted, name, |value, rest| self.inside(value, 0, rest, values));
    }

    /// Finds what `rest`, paths that have led to `value` by their first `taken` steps, find there.
    fn inside<'a>(
        &self,
        value: ValueRef<'a>,
        taken: usize,
        rest: &[u32],
        values: &mut [Option<ValueRef<'a>>],
    ) {
        // A path sorts before those that go on, and a name before an index.
        let ended = rest.partition_point(|place| self.at(*place).steps.len() == taken);
        let (ended, rest) = rest.split_at(ended);
        for place in ended {
            values[*place as usize] = Some(value);
        }
        let is_name = |place: &u32| matches!(self.at(*place).steps[taken], Step::Name(_));
        let (names, indexes) = rest.split_at(rest.partition_point(is_name));
        match value {
            ValueRef::M(map) if !names.is_empty() => {
                let name = |place: u32| match &self.at(place).steps[taken] {
                    Step::Name(name) => &**name,
                    Step::Index(_) => unreachable!("these are names"),
                };
                entries(map, names, name, |value, rest| {
                    self.inside(value, taken + 1, rest, values)
                });
            }
            ValueRef::L(list) if !indexes.is_empty() => {
                let index = |place: u32| match &self.at(place).steps[taken] {
                    Step::Index(index) => *index,
                    Step::Name(_) => unreachable!("these are indexes"),
                };
                elements(list, indexes, index, |value, rest| {
                    self.inside(value, taken + 1, rest, values);
                });
            }
            _ => {}
        }
    }
}

/// Goes through a map and the names that `sorted` asks for side by side; shows each entry that is
/// asked for, and who asks.
fn entries<'a, 'p>(
    map: MapRef<'a>,
    sorted: &[u32],
    name: impl Fn(u32) -> &'p str,
    mut show: impl FnMut(ValueRef<'a>, &[u32]),
) {
    let mut entries = map.iter();
    let mut next = entries.next();
    for asking in sorted.chunk_by(|one, two| name(*one) == name(*two)) {
        let wanted = name(asking[0]).as_bytes();
        while next.as_ref().is_some_and(|(name, _)| name.as_bytes() < wanted) {
            next = entries.next();
        }
        match next {
            None => return,
            Some((name, value)) if name.as_bytes() == wanted => show(value, asking),
            Some(_) => {}
        }
    }
}

/// The same for a list.
fn elements<'a>(
    list: ListRef<'a>,
    sorted: &[u32],
    index: impl Fn(u32) -> usize,
    mut show: impl FnMut(ValueRef<'a>, &[u32]),
) {
    let mut elements = list.iter();
    let mut passed = 0;
    for asking in sorted.chunk_by(|one, two| index(*one) == index(*two)) {
        let wanted = index(asking[0]);
        let Some(value) = elements.nth(wanted - passed) else { return };
        passed = wanted + 1;
        show(value, asking);
    }
}

impl<'a> Found<'a> {
    /// The value at a path, if the item has one.
    pub(crate) fn value(&self, id: PathId) -> Option<ValueRef<'a>> {
        match self.values.get(id.0 as usize) {
            Some(value) => *value,
            None => self.paths.get(id).find(self.item),
        }
    }

    pub(crate) fn item(&self) -> MapRef<'a> {
        self.item
    }
}

#[cfg(test)]
mod tests {
    use model::{AttributeMap, AttributeValue, Item};
    use proptest::prelude::*;

    use super::*;

    fn documents() -> impl Strategy<Value = AttributeValue> {
        let leaf = Just(AttributeValue::Null);
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(AttributeValue::L),
                prop::collection::btree_map("[x-z]", inner, 0..4).prop_map(AttributeValue::M),
            ]
        })
    }

    fn paths() -> impl Strategy<Value = Vec<Path>> {
        let name = "[x-z]".prop_map(|name| Step::Name(name.into()));
        let step = prop_oneof![name, (0..4usize).prop_map(Step::Index)];
        let path = ("[a-c]", prop::collection::vec(step, 0..4))
            .prop_map(|(attribute, steps)| Path { attribute: attribute.into(), steps });
        prop::collection::vec(path, 0..40)
    }

    proptest! {
        #[test]
        fn many_paths_find_together_what_each_finds_alone(
            attributes in prop::collection::btree_map("[a-c]", documents(), 0..4),
            list in paths(),
        ) {
            let item = Item::encode(&AttributeMap::from_iter(attributes));
            let mut paths = Paths::default();
            let ids: Vec<PathId> = list.iter().map(|path| paths.add(path.clone())).collect();
            paths.settle();
            let found = paths.find(item.attributes());
            for (id, path) in ids.into_iter().zip(&list) {
                prop_assert_eq!(found.value(id), path.find(item.attributes()), "{}", path);
            }
        }
    }
}
