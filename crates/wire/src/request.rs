//! From a body to an operation's input: the stages, and what every operation reads alike.

use std::collections::BTreeMap;

use model::legacy::Expected;
use model::{
    ApiError, AttributeMap, ReturnConsumedCapacity, ReturnItemCollectionMetrics, ReturnValues,
    ReturnValuesOnConditionCheckFailure, TableRef,
};

use crate::json::{Json, Members};
use crate::names::WireName;
use crate::{Class, Operation, constraints, legacy, streams, table, types, value};

/// Decodes a request body.
///
/// # Errors
/// `Serialization` for what is not JSON or has the wrong types; `Validation` for what breaks the
/// model's constraints or holds malformed values.
pub fn decode<O: Operation>(body: &[u8]) -> Result<O::Input, ApiError> {
    let json = Json::parse(body).ok_or_else(types::not_an_object)?;
    if !matches!(json, Json::Object(_)) {
        return Err(types::not_an_object());
    }
    types::check(&json, O::SHAPE)?;
    if O::CLASS == Class::Control {
        table::check_name(json.members(), O::SHAPE)?;
    }
    if O::CLASS == Class::Stream {
        streams::check_arn(json.members())?;
    }
    constraints::check(&json, O::SHAPE)?;
    legacy::check_unmixed(json.members(), O::SHAPE)?;
    O::decode(json.members())
}

/// The expression attribute names and values of a request, or of one action in it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Placeholders {
    /// `#name` to attribute name.
    pub names: Option<BTreeMap<String, String>>,
    /// `:value` to attribute value.
    pub values: Option<AttributeMap>,
}

impl Placeholders {
    /// Names and values.
    ///
    /// # Errors
    /// `Validation` for a malformed value.
    pub(crate) fn of(body: Members<'_, '_>) -> Result<Self, ApiError> {
        let values = body.get("ExpressionAttributeValues");
        Ok(Self {
            values: values.map(|values| value::expression_values(values.members())).transpose()?,
            ..Self::names_of(body)
        })
    }

    /// Names alone, where the shape has no values.
    pub(crate) fn names_of(body: Members<'_, '_>) -> Self {
        let names = body.get("ExpressionAttributeNames").map(|names| {
            let names = names.members().iter();
            names.map(|(k, v)| (k.to_owned(), v.text().unwrap_or_default().to_owned())).collect()
        });
        Self { names, values: None }
    }
}

/// On which terms one item is written, and what of it to answer with.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteTerms {
    /// What must hold for the item there is.
    pub condition_expression: Option<String>,
    /// The same, as older requests have it.
    pub expected: Expected,
    /// Which attributes to answer with.
    pub return_values: ReturnValues,
    /// Whether a failed condition shows the item.
    pub on_condition_check_failure: ReturnValuesOnConditionCheckFailure,
    /// Whether to report capacity.
    pub return_consumed_capacity: ReturnConsumedCapacity,
    /// Whether to estimate the item collection.
    pub return_item_collection_metrics: ReturnItemCollectionMetrics,
}

impl WriteTerms {
    /// The terms a body states.
    ///
    /// # Errors
    /// `Validation` for a malformed value.
    pub(crate) fn of(body: Members<'_, '_>) -> Result<Self, ApiError> {
        Ok(Self {
            condition_expression: body.string("ConditionExpression"),
            expected: body.expected()?,
            return_values: body.choice("ReturnValues").unwrap_or_default(),
            on_condition_check_failure: body
                .choice("ReturnValuesOnConditionCheckFailure")
                .unwrap_or_default(),
            return_consumed_capacity: body.choice("ReturnConsumedCapacity").unwrap_or_default(),
            return_item_collection_metrics: body
                .choice("ReturnItemCollectionMetrics")
                .unwrap_or_default(),
        })
    }
}

/// What operations read of a body that has passed its shape's checks: a member of another type
/// cannot occur, and reads as absent.
impl<'j, 'a> Members<'j, 'a> {
    pub(crate) fn text(self, name: &str) -> Option<&'j str> {
        self.get(name).and_then(Json::text)
    }

    pub(crate) fn string(self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(crate) fn table(self, name: &str) -> TableRef {
        TableRef::new(self.text(name).unwrap_or_default())
    }

    pub(crate) fn boolean(self, name: &str) -> Option<bool> {
        self.get(name).map(Json::truth)
    }

    /// A number that its shape does not allow to be negative.
    pub(crate) fn count(self, name: &str) -> Option<u64> {
        self.integer(name).map(|value| u64::try_from(value).unwrap_or_default())
    }

    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        self.get(name).and_then(Json::whole)
    }

    /// A value of an enumeration.
    pub(crate) fn choice<T: WireName>(self, name: &str) -> Option<T> {
        self.text(name).and_then(T::parse)
    }

    pub(crate) fn structure(self, name: &str) -> Option<Members<'j, 'a>> {
        self.get(name).map(Json::members)
    }

    /// The elements of a list; none when it is absent.
    pub(crate) fn elements(self, name: &str) -> &'j [Json<'a>] {
        self.get(name).map(Json::elements).unwrap_or_default()
    }

    /// The entries of a map in the order written; none when it is absent.
    pub(crate) fn entries(self, name: &str) -> impl Iterator<Item = (&'j str, &'j Json<'a>)> {
        self.get(name).into_iter().flat_map(|map| map.members().iter())
    }

    /// A map of attribute values.
    pub(crate) fn attributes(self, name: &str) -> Result<Option<AttributeMap>, ApiError> {
        self.get(name).map(|map| map.members().to_attributes()).transpose()
    }

    /// A key after which to continue.
    pub(crate) fn start_key(self, name: &str) -> Result<Option<AttributeMap>, ApiError> {
        self.get(name).map(|map| value::start_key(map.members())).transpose()
    }

    /// These members themselves as attribute values.
    pub(crate) fn to_attributes(self) -> Result<AttributeMap, ApiError> {
        value::attributes(self)
    }
}
