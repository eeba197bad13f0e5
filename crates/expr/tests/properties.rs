//! Random expressions: well-formed ones mean what a naive evaluator says, others are refused, and
//! none panics.

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{condition, key_condition, n, projection, update, values};
use model::{AttributeMap, AttributeValue, Item, Operand};
use proptest::prelude::*;
use stator_expr::{ConditionKind, Resolver};

/// A condition as a tree; an item maps attribute names to small numbers.
#[derive(Debug, Clone)]
enum Tree {
    /// Attribute, comparator, number.
    Compare(char, &'static str, u8),
    Exists(char),
    Between(char, u8, u8),
    In(char, Vec<u8>),
    Not(Box<Tree>),
    And(Box<Tree>, Box<Tree>),
    Or(Box<Tree>, Box<Tree>),
}

impl Tree {
    fn holds(&self, item: &BTreeMap<char, u8>) -> bool {
        match self {
            Self::Compare(attribute, comparator, right) => match item.get(attribute) {
                None => *comparator == "<>",
                Some(left) => match *comparator {
                    "=" => left == right,
                    "<>" => left != right,
                    "<" => left < right,
                    "<=" => left <= right,
                    ">" => left > right,
                    ">=" => left >= right,
                    other => panic!("{other}"),
                },
            },
            Self::Exists(attribute) => item.contains_key(attribute),
            Self::Between(attribute, low, high) => {
                item.get(attribute).is_some_and(|value| (low..=high).contains(&value))
            }
            Self::In(attribute, list) => {
                item.get(attribute).is_some_and(|value| list.contains(value))
            }
            Self::Not(tree) => !tree.holds(item),
            Self::And(left, right) => left.holds(item) && right.holds(item),
            Self::Or(left, right) => left.holds(item) || right.holds(item),
        }
    }

    /// The tree as text, with no more parentheses than `parentheses` asks for.
    fn text(&self, parentheses: Parentheses) -> String {
        let part = |tree: &Self| {
            let text = tree.text(parentheses);
            let needed = tree.looseness() > self.looseness();
            let grouped = match parentheses {
                Parentheses::Needed => needed,
                Parentheses::Everywhere => true,
            };
            if grouped { format!("( {text})") } else { text }
        };
        match self {
            Self::Compare(attribute, comparator, value) => {
                format!("{attribute}{comparator} :v{value}")
            }
            Self::Exists(attribute) => format!("attribute_exists ({attribute})"),
            Self::Between(attribute, low, high) => {
                format!("{attribute} between :v{low} And :v{high}")
            }
            Self::In(attribute, list) => {
                let list: Vec<_> = list.iter().map(|value| format!(":v{value}")).collect();
                format!("({attribute}) IN({})", list.join(" ,"))
            }
            Self::Not(tree) => format!("NOT {}", part(tree)),
            Self::And(left, right) => format!("{} AND {}", part(left), part(right)),
            Self::Or(left, right) => format!("{}\n or {}", part(left), part(right)),
        }
    }

    /// Looser operators inside tighter ones need parentheses.
    fn looseness(&self) -> u8 {
        match self {
            Self::Or(..) => 3,
            Self::And(..) => 2,
            Self::Not(_) => 1,
            _ => 0,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Parentheses {
    Needed,
    Everywhere,
}

fn attributes() -> impl Strategy<Value = char> {
    prop::sample::select(vec!['a', 'b', 'c', 'd'])
}

fn trees() -> impl Strategy<Value = Tree> {
    let comparators = prop::sample::select(vec!["=", "<>", "<", "<=", ">", ">="]);
    let leaf = prop_oneof![
        (attributes(), comparators, 0..5u8)
            .prop_map(|(attribute, comparator, value)| Tree::Compare(attribute, comparator, value)),
        attributes().prop_map(Tree::Exists),
        (attributes(), 0..3u8, 0..3u8).prop_map(|(attribute, low, more)| Tree::Between(
            attribute,
            low,
            low + more
        )),
        (attributes(), prop::collection::vec(0..5u8, 1..4))
            .prop_map(|(attribute, list)| Tree::In(attribute, list)),
    ];
    leaf.prop_recursive(6, 60, 2, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Tree::Not),
            (boxed(), boxed()).prop_map(|(left, right)| Tree::And(left, right)),
            (boxed(), boxed()).prop_map(|(left, right)| Tree::Or(left, right)),
        ]
    })
}

fn numbers() -> Option<BTreeMap<String, Operand>> {
    let numbers: Vec<_> = (0..5u8).map(|value| (format!(":v{value}"), value)).collect();
    let given: Vec<_> =
        numbers.iter().map(|(name, value)| (name.as_str(), n(&value.to_string()))).collect();
    values(&given)
}

/// One action of an update on an attribute of its own.
#[derive(Debug, Clone, Copy)]
enum EditTree {
    Set,
    /// From another attribute.
    Copy(char),
    Remove,
    Add,
    /// The entry `x` of a map.
    SetInside,
    RemoveInside,
}

impl EditTree {
    /// Section and action.
    fn text(self, attribute: char) -> (&'static str, String) {
        match self {
            Self::Set => ("SET", format!("{attribute} = :v")),
            Self::Copy(from) => ("SET", format!("{attribute} = {from}")),
            Self::Remove => ("REMOVE", attribute.to_string()),
            Self::Add => ("ADD", format!("{attribute} :v")),
            Self::SetInside => ("SET", format!("{attribute}.x = :v")),
            Self::RemoveInside => ("REMOVE", format!("{attribute}.x")),
        }
    }

    /// Makes of the item one that the action fits.
    fn prepare(self, attribute: char, item: &mut AttributeMap) {
        let mut ensure = |attribute: char, fits: fn(&AttributeValue) -> bool, otherwise| {
            if !item.get(&attribute.to_string()).is_some_and(fits) {
                item.insert(attribute.to_string(), otherwise);
            }
        };
        match self {
            Self::Set | Self::Remove => {}
            Self::Copy(from) => ensure(from, |_| true, n("5")),
            Self::Add => ensure(attribute, |value| matches!(value, AttributeValue::N(_)), n("5")),
            Self::SetInside | Self::RemoveInside => {
                ensure(attribute, |value| matches!(value, AttributeValue::M(_)), common::m([]));
            }
        }
    }

    fn apply(self, attribute: char, old: &AttributeMap, new: &mut AttributeMap) {
        let attribute = attribute.to_string();
        let value = match self {
            Self::Set => n("7"),
            Self::Copy(from) => old[&from.to_string()].clone(),
            Self::Remove => {
                new.remove(&attribute);
                return;
            }
            Self::Add => match old[&attribute] {
                AttributeValue::N(number) => {
                    let seven = model::Number::parse("7").expect("a number");
                    AttributeValue::N(number.add(seven).expect("small numbers"))
                }
                ref other => panic!("{other:?}"),
            },
            Self::SetInside | Self::RemoveInside => {
                let AttributeValue::M(mut map) = old[&attribute].clone() else { panic!("a map") };
                match self {
                    Self::SetInside => drop(map.insert("x".to_owned(), n("7"))),
                    _ => drop(map.remove("x")),
                }
                AttributeValue::M(map)
            }
        };
        new.insert(attribute, value);
    }
}

fn edits() -> impl Strategy<Value = EditTree> {
    prop_oneof![
        Just(EditTree::Set),
        attributes().prop_map(EditTree::Copy),
        Just(EditTree::Remove),
        Just(EditTree::Add),
        Just(EditTree::SetInside),
        Just(EditTree::RemoveInside),
    ]
}

/// Items of numbers and of maps of numbers, with more attributes than updates touch.
fn items_of_maps() -> impl Strategy<Value = AttributeMap> {
    let number = (0..300u32).prop_map(|value| n(&value.to_string()));
    let map = prop::collection::btree_map("[x-z]", number.clone(), 0..3);
    prop::collection::btree_map(
        "[a-f]b?",
        prop_oneof![number, map.prop_map(AttributeValue::M)],
        0..8,
    )
}

/// Texts made of the language's own tokens, most of them nonsense.
fn token_soup() -> impl Strategy<Value = String> {
    let tokens = prop::sample::select(vec![
        "a",
        "b.c",
        "d[3]",
        "name",
        "#n",
        "#",
        ":v",
        ":",
        ":w",
        "(",
        ")",
        "((",
        "))",
        "[",
        "]",
        ".",
        ",",
        "=",
        "<>",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "AND",
        "or",
        "NOT",
        "BETWEEN",
        "in",
        "SET",
        "REMOVE",
        "add",
        "DELETE",
        "size(",
        "attribute_exists(",
        "contains(",
        "begins_with(",
        "attribute_type(",
        "if_not_exists(",
        "list_append(",
        "f(",
        "0",
        "12",
        "99999999999",
        "é",
        "\u{0}",
        "'",
        "\"",
        "\n",
    ]);
    prop::collection::vec(tokens, 0..40).prop_map(|tokens| tokens.join(" "))
}

/// Resolves a text as every kind of expression and uses what comes of it.
fn try_everything(text: &str) {
    let resolver = || {
        Resolver::new(
            common::names(&[("#n", "x")]),
            values(&[(":v", n("1")), (":w", common::l([n("2")]))]),
        )
        .expect("placeholders are well formed")
    };
    let old = common::map([
        ("a", n("1")),
        ("b", common::m([("c", common::l([n("1"), n("2")]))])),
        ("d", common::l([common::s("x"), common::ns(["1"])])),
    ]);
    let item = Item::encode(&old);
    if let Ok(planned) = resolver().condition(ConditionKind::Filter, text) {
        planned.holds(item.attributes());
    }
    if let Ok(planned) = resolver().projection(text) {
        planned.apply(item.attributes());
    }
    if let Ok(planned) = resolver().update(text) {
        let _ = planned.apply(&item);
    }
    let _ = resolver().key_condition(text);
}

proptest! {
    #[test]
    fn conditions_mean_what_a_naive_evaluator_says(
        tree in trees(),
        items in prop::collection::vec(prop::collection::btree_map(attributes(), 0..5u8, 0..4), 1..8),
    ) {
        for parentheses in [Parentheses::Needed, Parentheses::Everywhere] {
            let text = tree.text(parentheses);
            let mut resolver = Resolver::new(None, numbers()).expect("values are well formed");
            let planned = resolver.condition(ConditionKind::Condition, &text).expect(&text);
            for numbers in &items {
                let stored: AttributeMap = numbers
                    .iter()
                    .map(|(name, value)| (name.to_string(), n(&value.to_string())))
                    .collect();
                let stored = Item::encode(&stored);
                prop_assert_eq!(tree.holds(numbers), planned.holds(stored.attributes()), "{}", text);
            }
        }
    }

    #[test]
    fn nonsense_never_panics(text in prop_oneof![token_soup(), ".{0,200}"]) {
        try_everything(&text);
    }

    #[test]
    fn a_cut_or_doubled_expression_never_panics(tree in trees(), from in 0..200usize, to in 0..200usize) {
        let text = tree.text(Parentheses::Needed);
        let cut = |at: usize| text.get(..at).unwrap_or(&text);
        try_everything(cut(from));
        try_everything(&format!("{}{}", cut(from), cut(to)));
    }

    #[test]
    fn repetition_of_any_token_never_panics(text in token_soup(), times in 1..400usize) {
        let token = text.split(' ').next().unwrap_or_default();
        let repeated = format!("{token} ").repeat(times);
        try_everything(&repeated);
        try_everything(&format!("a = {repeated}"));
        try_everything(&format!("SET a = {repeated}"));
    }

    #[test]
    fn list_updates_equal_a_model_with_gaps(
        length in 0..8usize,
        set in prop::collection::btree_map(0..12usize, 100..200u32, 0..5),
        removed in prop::collection::btree_set(0..12usize, 0..5),
    ) {
        let removed: BTreeSet<usize> =
            removed.into_iter().filter(|index| !set.contains_key(index)).collect();
        let number = |value: usize| n(&value.to_string());
        let old = AttributeMap::from([("a".to_owned(), AttributeValue::L((0..length).map(number).collect()))]);

        let mut text = String::new();
        let mut given = BTreeMap::new();
        if !set.is_empty() {
            // Written from the back, so that the order of the text is not that of the list.
            let actions: Vec<_> = set.iter().rev().map(|(index, value)| {
                given.insert(format!(":v{value}"), Operand::from(n(&value.to_string())));
                format!("a[{index}] = :v{value}")
            }).collect();
            text += &format!("SET {} ", actions.join(", "));
        }
        if !removed.is_empty() {
            let actions: Vec<_> = removed.iter().map(|index| format!("a[{index}]")).collect();
            text += &format!("REMOVE {}", actions.join(", "));
        }
        prop_assume!(!text.is_empty());

        let kept = (0..length).filter(|index| !removed.contains(index)).map(|index| {
            set.get(&index).map_or_else(|| number(index), |value| n(&value.to_string()))
        });
        let appended = set.range(length..).map(|(_, value)| n(&value.to_string()));
        let expected = AttributeValue::L(kept.chain(appended).collect());

        let values = (!given.is_empty()).then_some(given);
        let mut resolver = Resolver::new(None, values).expect("values are well formed");
        let planned = resolver.update(&text).expect(&text);
        let new = planned.apply(&Item::encode(&old)).expect(&text).decode();
        prop_assert_eq!(&new["a"], &expected, "{}", text);
    }

    #[test]
    fn updates_equal_a_model_of_trees(
        old in items_of_maps(),
        edits in prop::collection::btree_map(attributes(), edits(), 1..4),
    ) {
        // What an edit needs of the old item is put there first.
        let mut old = old;
        for (attribute, edit) in &edits {
            edit.prepare(*attribute, &mut old);
        }
        let mut new = old.clone();
        for (attribute, edit) in &edits {
            edit.apply(*attribute, &old, &mut new);
        }
        let text = |section: &str| {
            let actions: Vec<_> = edits.iter().filter_map(|(attribute, edit)| {
                let (of, action) = edit.text(*attribute);
                (of == section).then_some(action)
            }).collect();
            if actions.is_empty() { String::new() } else { format!("{section} {} ", actions.join(", ")) }
        };
        let text = text("SET") + &text("REMOVE") + &text("ADD");
        let values = values(&[(":v", n("7"))]);
        let planned = Resolver::new(None, values).expect("well formed").update(&text).expect(&text);
        prop_assert_eq!(planned.apply(&Item::encode(&old)), Ok(Item::encode(&new)), "{}", text);
    }

    #[test]
    fn whole_attributes_project_like_parts(
        item in prop::collection::btree_map("[a-d]", 0..9u8, 0..4),
        wanted in prop::collection::btree_set("[a-d]", 1..4),
    ) {
        let stored: AttributeMap =
            item.into_iter().map(|(name, value)| (name, n(&value.to_string()))).collect();
        let expected: AttributeMap = stored
            .iter()
            .filter(|(name, _)| wanted.contains(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let text = wanted.into_iter().collect::<Vec<_>>().join(",");
        let item = Item::encode(&stored);
        let whole = projection(&text).expect(&text).apply(item.attributes());
        let in_parts = projection(&format!("{text}, e.f")).expect(&text).apply(item.attributes());
        prop_assert_eq!(&whole, &Item::encode(&expected));
        prop_assert_eq!(&in_parts, &whole);
    }
}

#[test]
fn the_longest_texts_of_each_token_are_answered() {
    for token in [
        "(",
        ")",
        "NOT ",
        "a.",
        "a[",
        "size(",
        "a=(",
        "f(",
        "if_not_exists(a,",
        "SET ",
        "a<b OR ",
        ",",
    ] {
        let text = token.repeat(4096 / token.len());
        assert!(condition(&text, &[]).is_err(), "{token}");
        assert!(key_condition(&text, &[]).is_err(), "{token}");
        assert!(projection(&text).is_err(), "{token}");
        assert!(update(&text, &[]).is_err(), "{token}");
        assert!(update(&format!("SET a = {}", &text[..4000]), &[]).is_err(), "{token}");
    }
}
