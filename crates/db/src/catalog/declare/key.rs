//! Key schemas.

use std::collections::{BTreeSet, HashMap};

use model::limits::GLOBAL_INDEX_KEY_ATTRIBUTES_MAX;
use model::{
    ApiError, AttributeDefinition, KeyElement, KeyRole, KeySchema, KeySchemaElement, ScalarType,
};

use super::{names, schema_error};
use crate::error::{invalid, validation};

/// Attribute definitions, found by name: a request may have a hundred thousand, and as many elements
/// of keys that name them.
pub(in crate::catalog) struct Definitions<'a> {
    list: &'a [AttributeDefinition],
    by_name: HashMap<&'a str, ScalarType>,
}

impl<'a> Definitions<'a> {
    pub(in crate::catalog) fn of(list: &'a [AttributeDefinition]) -> Self {
        let mut by_name = HashMap::with_capacity(list.len());
        for definition in list {
            by_name.entry(definition.name.as_str()).or_insert(definition.scalar_type);
        }
        Self { list, by_name }
    }

    fn find(&self, name: &str) -> Option<KeyElement> {
        let scalar_type = *self.by_name.get(name)?;
        Some(KeyElement { name: name.to_owned(), scalar_type })
    }
}

/// The key of a table.
pub(super) fn table_key(
    elements: &[KeySchemaElement],
    attributes: &Definitions<'_>,
) -> Result<KeySchema, ApiError> {
    if elements.iter().any(|element| attributes.find(&element.name).is_none()) {
        return Err(schema_error("Some index key attribute have no definition"));
    }
    simple_key(elements, attributes)
}

/// The key of a local index.
pub(super) fn local_index_key(
    elements: &[KeySchemaElement],
    attributes: &Definitions<'_>,
) -> Result<KeySchema, ApiError> {
    check_index_definitions(elements, attributes)?;
    simple_key(elements, attributes)
}

/// The key of a global index: up to four hash attributes, then up to four range attributes.
pub(super) fn global_index_key(
    elements: &[KeySchemaElement],
    attributes: &Definitions<'_>,
) -> Result<KeySchema, ApiError> {
    check_index_definitions(elements, attributes)?;
    if elements.len() <= 2 && !is_hash(elements.get(1)) {
        return simple_key(elements, attributes);
    }
    check_first_is_hash(elements)?;
    let hashes = elements.iter().take_while(|element| element.role == KeyRole::Hash).count();
    let (hash, range) = elements.split_at(hashes);
    if range.iter().any(|element| element.role == KeyRole::Hash) {
        return Err(invalid(
            "All HASH key attributes must precede RANGE key attributes in the KeySchema",
        ));
    }
    for (role, part) in [("HASH", hash), ("RANGE", range)] {
        if part.len() > GLOBAL_INDEX_KEY_ATTRIBUTES_MAX {
            return Err(invalid(format!(
                "The KeySchema exceeds the maximum allowed number of {role} key attributes"
            )));
        }
    }
    let mut seen = BTreeSet::new();
    if !elements.iter().all(|element| seen.insert(&element.name)) {
        return Err(validation(
            "The KeySchema contains multiple key attributes with the same name",
        ));
    }
    Ok(resolved(elements, attributes))
}

/// A key of one hash attribute and at most one range attribute.
fn simple_key(
    elements: &[KeySchemaElement],
    attributes: &Definitions<'_>,
) -> Result<KeySchema, ApiError> {
    check_first_is_hash(elements)?;
    if let [hash, range] = elements {
        if range.role != KeyRole::Range {
            return Err(schema_error("The second KeySchemaElement is not a RANGE key type"));
        }
        if hash.name == range.name {
            return Err(validation(
                "Both the Hash Key and the Range Key element in the KeySchema have the same name",
            ));
        }
    } else if elements.len() > 2 {
        return Err(schema_error("The KeySchema has more than two elements"));
    }
    Ok(resolved(elements, attributes))
}

fn check_first_is_hash(elements: &[KeySchemaElement]) -> Result<(), ApiError> {
    if is_hash(elements.first()) {
        Ok(())
    } else {
        Err(schema_error("The first KeySchemaElement is not a HASH key type"))
    }
}

fn is_hash(element: Option<&KeySchemaElement>) -> bool {
    element.is_some_and(|element| element.role == KeyRole::Hash)
}

fn check_index_definitions(
    elements: &[KeySchemaElement],
    attributes: &Definitions<'_>,
) -> Result<(), ApiError> {
    match elements.iter().all(|element| attributes.find(&element.name).is_some()) {
        true => Ok(()),
        false => Err(not_defined(elements, attributes)),
    }
}

/// The refusal of a key of which some attributes are not defined.
pub(super) fn not_defined(elements: &[KeySchemaElement], attributes: &Definitions<'_>) -> ApiError {
    let undefined = elements.iter().filter(|e| attributes.find(&e.name).is_none());
    let undefined: Vec<&str> = undefined.map(|element| element.name.as_str()).collect();
    invalid(format!(
        "Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], \
         AttributeDefinitions: [{}]",
        undefined.join(", "),
        names(attributes.list)
    ))
}

fn resolved(elements: &[KeySchemaElement], attributes: &Definitions<'_>) -> KeySchema {
    let of_role = |role| {
        let elements = elements.iter().filter(move |element| element.role == role);
        elements.filter_map(|element| attributes.find(&element.name)).collect()
    };
    KeySchema { hash: of_role(KeyRole::Hash), range: of_role(KeyRole::Range) }
}
