//! Items: tree, byte form, JSON and back.
#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use model::{AttributeMap, Item};

fn check(attributes: &AttributeMap) {
    let item = Item::encode(attributes);
    let view = item.attributes();
    assert_eq!(item.decode(), *attributes);
    assert_eq!(view.len(), attributes.len());
    assert_eq!(item.item_bytes(), model::item_bytes(item.as_bytes()));
    for (name, value) in attributes {
        assert_eq!(view.get(name).map(|found| found.to_value()).as_ref(), Some(value));
        let mut encoded = Vec::new();
        value.encode(&mut encoded);
        assert_eq!(model::ValueRef::of_encoded(&encoded), view.get(name).expect("it is there"));
    }
    let without = item.retain(|name| Some(name) != attributes.keys().next().map(String::as_str));
    assert_eq!(without.decode().len(), attributes.len().saturating_sub(1));

    let mut json = Vec::new();
    wire::item::write(view, &mut json);
    // Names that are empty or too long are refused; nothing else is.
    match wire::item::read(&json) {
        Ok(read) => assert_eq!(read, item),
        Err(error) => assert!(error.to_string().contains("ttribute name"), "{error}"),
    }
}

fuzz_target!(|data: &[u8]| {
    if let Ok(item) = wire::item::read(data) {
        assert_eq!(item, Item::encode(&item.decode()));
        check(&item.decode());
    }
    if let Ok(attributes) = stator_fuzz::attributes(&mut Unstructured::new(data)) {
        check(&attributes);
    }
});
