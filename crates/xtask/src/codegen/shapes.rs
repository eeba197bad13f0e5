//! The shapes of inputs with their constraints, as statics of `wire`'s vocabulary.

use std::fmt::Write as _;

use anyhow::{bail, ensure};
use serde_json::Value;

use super::service::Service;
use super::{Generated, head};

/// Where the file lies, from the root.
const FILE: &str = "crates/wire/src/generated/shapes.rs";

/// Enumerations that the service prints in another order than the model lists them in, as logs of
/// its refusals show (for example serverless issue 4728 for the attribute types; public code that
/// repeats them for the comparison operators; 2026-11).
const PRINTED: [(&str, &[&str]); 6] = [
    (
        "ComparisonOperator",
        &[
            "IN",
            "NULL",
            "BETWEEN",
            "LT",
            "NOT_CONTAINS",
            "EQ",
            "GT",
            "NOT_NULL",
            "NE",
            "LE",
            "BEGINS_WITH",
            "GE",
            "CONTAINS",
        ],
    ),
    ("ConditionalOperator", &["OR", "AND"]),
    ("ProjectionType", &["ALL", "INCLUDE", "KEYS_ONLY"]),
    ("ReturnValue", &["ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"]),
    ("ScalarAttributeType", &["B", "N", "S"]),
    ("Select", &["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"]),
];

/// The file.
pub(super) fn generate(service: &Service) -> anyhow::Result<Generated> {
    let mut text = head("The shapes of the operations' inputs");
    text += "use crate::shape::{ShapeKind, Member, Range, Shape, Text};\n";
    let inputs = service.operations.iter().map(|operation| operation.input.as_str());
    for name in service.below(inputs)? {
        let (constant, kind) = (constant(&name), kind(service, &name)?);
        write!(
            text,
            "\npub(crate) static {constant}: Shape = Shape {{ name: {name:?}, kind: {kind} }};\n"
        )?;
    }
    Ok((FILE.to_owned(), text))
}

/// The expression of a shape's kind.
fn kind(service: &Service, name: &str) -> anyhow::Result<String> {
    let shape = service.shape(name)?;
    let range = range(shape);
    let part = |part: &str| service.part(name, part).map(constant);
    Ok(match service.kind(name)? {
        "structure" if name == "AttributeValue" => {
            format!("ShapeKind::Value(&[{}])", members(service, name)?)
        }
        "structure" => format!("ShapeKind::Structure(&[{}])", members(service, name)?),
        "list" => {
            format!("ShapeKind::List {{ element: &{}, length: {range} }}", part("member")?)
        }
        "map" => format!(
            "ShapeKind::Map {{ key: &{}, value: &{}, length: {range} }}",
            part("key")?,
            part("value")?
        ),
        "string" if name == "TableArn" => "ShapeKind::TableReference".into(),
        "string" => format!(
            "ShapeKind::Text(Text {{ length: {range}, pattern: {:?}, words: &{:?} }})",
            shape["pattern"].as_str(),
            words(name, shape)?
        ),
        "integer" => format!("ShapeKind::Integer({range})"),
        "long" => format!("ShapeKind::Long({range})"),
        "timestamp" => "ShapeKind::Timestamp".into(),
        "boolean" => "ShapeKind::Boolean".into(),
        "blob" => "ShapeKind::Blob".into(),
        other => bail!("{name} is a {other}, which wire::shape has no kind for"),
    })
}

fn members(service: &Service, name: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    for member in service.members(name)? {
        let constructor = if member.required { "required" } else { "optional" };
        write!(text, "Member::{constructor}({:?}, &{}),", member.name, constant(member.shape))?;
    }
    Ok(text)
}

fn range(shape: &Value) -> String {
    match (shape["min"].as_i64(), shape["max"].as_i64()) {
        (None, None) => "Range::ANY".into(),
        (Some(min), None) => format!("Range::at_least({min})"),
        (None, Some(max)) => format!("Range::at_most({max})"),
        (Some(min), Some(max)) => format!("Range::between({min}, {max})"),
    }
}

/// The words of an enumeration in the order in which the service prints them.
fn words<'a>(name: &str, shape: &'a Value) -> anyhow::Result<Vec<&'a str>> {
    let words = shape["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut words: Vec<_> = words.collect();
    if let Some((_, printed)) = PRINTED.iter().find(|(shape, _)| *shape == name) {
        let place = |word: &str| printed.iter().position(|other| *other == word);
        ensure!(
            words.len() == printed.len() && words.iter().all(|word| place(word).is_some()),
            "the model's {name} has other words than the printed order here"
        );
        words.sort_by_key(|word| place(word));
    }
    Ok(words)
}

/// `GetItemInput` as `GET_ITEM_INPUT`.
pub(super) fn constant(name: &str) -> String {
    let mut constant = String::new();
    let mut previous = 'A';
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && previous.is_ascii_lowercase() {
            constant.push('_');
        }
        constant.push(letter.to_ascii_uppercase());
        previous = letter;
    }
    constant
}
