//! One text as each kind of expression, evaluated against an item that has every type.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use expr::{ConditionKind, Resolver};
use libfuzzer_sys::fuzz_target;
use model::{AttributeMap, AttributeValue, Item, MapRef, Operand};

const ITEM: &str = r#"{"a":{"S":"text"},"b":{"N":"12.5"},"c":{"B":"AP8="},"d":{"BOOL":true},
    "e":{"NULL":true},"f":{"SS":["text","x"]},"g":{"NS":["1","12.5"]},"h":{"BS":["AP8="]},
    "i":{"L":[{"N":"1"},{"L":[{"S":"x"}]},{"M":{"a":{"N":"2"}}}]},
    "j":{"M":{"a":{"M":{"b":{"L":[{"N":"3"}]}}},"c":{"N":"9E+125"}}}}"#;

/// The item as a tree and as it is stored.
static EVALUATED: LazyLock<(AttributeMap, Item)> = LazyLock::new(|| {
    let stored = wire::item::read(ITEM.as_bytes()).expect("the item is well formed");
    (stored.decode(), stored)
});

/// `#a` to `#j` are the item's names, `:a` to `:j` its values.
fn resolver(item: &AttributeMap) -> Resolver {
    let names: BTreeMap<_, _> =
        item.keys().map(|name| (format!("#{name}"), name.clone())).collect();
    let values: BTreeMap<_, _> =
        item.iter().map(|(name, value)| (format!(":{name}"), Operand::new(value))).collect();
    Resolver::new(Some(names), Some(values)).expect("the placeholders are well formed")
}

fuzz_target!(|text: &str| {
    let (attributes, stored) = &*EVALUATED;
    let mut resolver = resolver(attributes);
    if let Ok(condition) = resolver.condition(ConditionKind::Filter, text) {
        condition.holds(stored.attributes());
        condition.holds(MapRef::EMPTY);
        assert!(condition.attributes().len() <= condition.paths().len());
    }
    let _ = resolver.key_condition(text);
    if let Ok(projection) = resolver.projection(text) {
        let projected = projection.apply(stored.attributes()).decode();
        assert!(projected.keys().all(|name| attributes.contains_key(name)));
    }
    if let Ok(update) = resolver.update(text) {
        let key = Item::encode(&AttributeMap::from([("k".into(), AttributeValue::Null)]));
        for before in [stored, &key] {
            if let Ok(after) = update.apply(before) {
                assert_eq!(Item::encode(&after.decode()), after);
            }
        }
    }
});
