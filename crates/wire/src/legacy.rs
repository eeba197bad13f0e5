//! Parameters from before there were expressions: how they are read, and that no request mixes them
//! with expressions.

use std::collections::BTreeMap;

use model::legacy::{
    AttributeUpdate, AttributeUpdates, Comparison, Conditions, Expected, ExpectedAttribute, Filter,
    KeyConditions,
};
use model::{ApiError, AttributeValue};

use crate::json::{Json, Members};
use crate::shape::Shape;
use crate::value;

/// In the order in which the service lists them.
const LEGACY: [&str; 6] = [
    "AttributeUpdates",
    "AttributesToGet",
    "Expected",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
];

/// In the order in which the service lists them.
const EXPRESSIONS: [&str; 5] = [
    "UpdateExpression",
    "ProjectionExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
];

/// Refuses legacy parameters beside expressions.
///
/// KeyConditions may stand beside expressions other than its own successor: AWS's DAX clients
/// (`RequestValidator.js`, whose order of names this is) and Alternator's test_query.py, run against
/// AWS; 2026-11.
pub(crate) fn check_unmixed(body: Members<'_, '_>, shape: &Shape) -> Result<(), ApiError> {
    let given = |name: &&str| body.get(name).is_some() && shape.has_member(name);
    let mut legacy: Vec<&str> = LEGACY.into_iter().filter(given).collect();
    if given(&"KeyConditions") && given(&"KeyConditionExpression") {
        legacy.push("KeyConditions");
    }
    if legacy.is_empty() {
        return Ok(());
    }
    let expressions: Vec<&str> = EXPRESSIONS.into_iter().filter(given).collect();
    if expressions.is_empty() {
        return Ok(());
    }
    Err(ApiError::Validation(format!(
        "Can not use both expression and non-expression parameters in the same request: \
         Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
        legacy.join(", "),
        expressions.join(", ")
    )))
}

/// What operations read of a body that has passed its shape's checks.
impl Members<'_, '_> {
    /// `Expected` and `ConditionalOperator`.
    pub(crate) fn expected(self) -> Result<Expected, ApiError> {
        self.conditions("Expected", expected_attribute)
    }

    /// `QueryFilter` or `ScanFilter`, and `ConditionalOperator`.
    pub(crate) fn filter(self, name: &str) -> Result<Filter, ApiError> {
        self.conditions(name, comparison)
    }

    /// `KeyConditions`.
    pub(crate) fn key_conditions(self) -> Result<Option<KeyConditions>, ApiError> {
        self.get("KeyConditions").map(|json| by_attribute(json, comparison)).transpose()
    }

    /// `AttributeUpdates`.
    pub(crate) fn attribute_updates(self) -> Result<AttributeUpdates, ApiError> {
        let updates = self.get("AttributeUpdates");
        updates
            .map(|json| by_attribute(json, attribute_update))
            .transpose()
            .map(Option::unwrap_or_default)
    }

    /// `AttributesToGet`.
    pub(crate) fn attributes_to_get(self) -> Result<Option<Vec<String>>, ApiError> {
        let Some(names) = self.get("AttributesToGet") else { return Ok(None) };
        let names = names.elements().iter().map(|name| {
            let name = name.text().unwrap_or_default();
            value::check_name(name)?;
            Ok(name.to_owned())
        });
        names.collect::<Result<_, _>>().map(Some)
    }

    fn conditions<T>(
        self,
        name: &str,
        read: fn(Members<'_, '_>) -> Result<T, ApiError>,
    ) -> Result<Conditions<T>, ApiError> {
        let attributes = self.get(name).map(|json| by_attribute(json, read)).transpose()?;
        Ok(Conditions {
            attributes: attributes.unwrap_or_default(),
            operator: self.choice("ConditionalOperator"),
        })
    }
}

fn by_attribute<T>(
    map: &Json<'_>,
    read: fn(Members<'_, '_>) -> Result<T, ApiError>,
) -> Result<BTreeMap<String, T>, ApiError> {
    let entries = map.members().iter().map(|(name, json)| {
        value::check_name(name)?;
        Ok((name.to_owned(), read(json.members())?))
    });
    entries.collect()
}

fn expected_attribute(members: Members<'_, '_>) -> Result<ExpectedAttribute, ApiError> {
    Ok(ExpectedAttribute {
        operator: members.choice("ComparisonOperator"),
        values: values(members)?,
        value: members.get("Value").map(value::attribute).transpose()?,
        exists: members.boolean("Exists"),
    })
}

fn comparison(members: Members<'_, '_>) -> Result<Comparison, ApiError> {
    let operator = members.choice("ComparisonOperator");
    Ok(Comparison {
        operator: operator.expect("the shape requires it and lists its words"),
        values: values(members)?.unwrap_or_default(),
    })
}

fn attribute_update(members: Members<'_, '_>) -> Result<AttributeUpdate, ApiError> {
    Ok(AttributeUpdate {
        action: members.choice("Action").unwrap_or_default(),
        value: members.get("Value").map(value::attribute).transpose()?,
    })
}

fn values(members: Members<'_, '_>) -> Result<Option<Vec<AttributeValue>>, ApiError> {
    let Some(list) = members.get("AttributeValueList") else { return Ok(None) };
    list.elements().iter().map(value::attribute).collect::<Result<_, _>>().map(Some)
}
