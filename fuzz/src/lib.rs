//! What the fuzz targets share: items made of a fuzzer's bytes.

use std::collections::BTreeSet;

use arbitrary::{Result, Unstructured};
use model::{AttributeMap, AttributeValue, Number};

/// Deepest nesting of what is made here.
const DEPTH_MAX: usize = 6;

/// An item.
pub fn attributes(bytes: &mut Unstructured<'_>) -> Result<AttributeMap> {
    map(bytes, 0)
}

/// A number that DynamoDB can hold.
pub fn number(bytes: &mut Unstructured<'_>) -> Result<Number> {
    let digits = bytes.arbitrary::<u128>()? >> bytes.int_in_range(0..=127_u32)?;
    let exponent = bytes.int_in_range(-170..=130_i16)?;
    let sign = if bytes.arbitrary()? { "-" } else { "" };
    Ok(Number::parse(&format!("{sign}{digits}E{exponent}")).unwrap_or(Number::ZERO))
}

fn map(bytes: &mut Unstructured<'_>, depth: usize) -> Result<AttributeMap> {
    let mut map = AttributeMap::new();
    while bytes.arbitrary()? {
        map.insert(bytes.arbitrary()?, value(bytes, depth + 1)?);
    }
    Ok(map)
}

fn value(bytes: &mut Unstructured<'_>, depth: usize) -> Result<AttributeValue> {
    let kinds = if depth < DEPTH_MAX { 9 } else { 7 };
    Ok(match bytes.int_in_range(0..=kinds)? {
        0 => AttributeValue::S(bytes.arbitrary()?),
        1 => AttributeValue::N(number(bytes)?),
        2 => AttributeValue::B(bytes.arbitrary()?),
        3 => AttributeValue::Bool(bytes.arbitrary()?),
        4 => AttributeValue::Null,
        5 => AttributeValue::Ss(set(bytes, Unstructured::arbitrary)?),
        6 => AttributeValue::Ns(set(bytes, number)?),
        7 => AttributeValue::Bs(set(bytes, Unstructured::arbitrary)?),
        8 => {
            let mut list = Vec::new();
            while bytes.arbitrary()? {
                list.push(value(bytes, depth + 1)?);
            }
            AttributeValue::L(list)
        }
        _ => AttributeValue::M(map(bytes, depth)?),
    })
}

/// A set: at least one element, as validation demands.
fn set<'b, T: Ord>(
    bytes: &mut Unstructured<'b>,
    mut element: impl FnMut(&mut Unstructured<'b>) -> Result<T>,
) -> Result<BTreeSet<T>> {
    let mut set = BTreeSet::from([element(bytes)?]);
    while bytes.arbitrary()? {
        set.insert(element(bytes)?);
    }
    Ok(set)
}
