//! A second protocol: a line of text for an input, a line for an output. It is small, and has nothing
//! of JSON: whatever a handler leans on besides its typed input would be missed here.
//!
//! ```text
//! table=films;item=film:S:Alien,year:N:1979      PutItem's input
//! -                                              PutItem's output: nothing to show
//! ```
//!
//! Only the members that the tests of `dispatch` need are there.

use std::collections::BTreeMap;

use model::api::*;
use model::{
    ApiError, AttributeDefinition, AttributeMap, AttributeValue, BillingMode, Item, KeyRole,
    KeySchemaElement, Number, Operand, ReturnValues, ScalarType, StreamArn, StreamDeclaration,
    StreamView, TableRef,
};
use wire::{Text, operations};

use super::{Codec, Protocol};

/// Lines of text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines;

impl Protocol for Lines {
    fn error(&self, error: &ApiError) -> Text {
        format!("refused: {error}").into_bytes().into()
    }
}

/// The members of an input.
struct Members<'a>(&'a str);

type Read<T> = Result<T, ApiError>;

impl<'a> Members<'a> {
    fn of(bytes: &'a [u8]) -> Read<Self> {
        std::str::from_utf8(bytes).map(Self).map_err(|error| malformed(&error.to_string()))
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        let mut members = self.0.split(';').filter_map(|member| member.split_once('='));
        members.find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    fn get(&self, name: &str) -> Read<&'a str> {
        self.find(name).ok_or_else(|| malformed(name))
    }

    fn text(&self, name: &str) -> Option<String> {
        self.find(name).map(str::to_owned)
    }

    fn table(&self) -> Read<TableRef> {
        self.get("table").map(TableRef::new)
    }

    fn resource(&self) -> Read<TableRef> {
        self.get("resource").map(TableRef::new)
    }

    fn stream(&self) -> Read<StreamArn> {
        StreamArn::parse(self.get("stream")?).ok_or_else(|| malformed("stream"))
    }

    fn item(&self, name: &str) -> Read<Item> {
        attributes(self.get(name)?).map(|attributes| Item::encode(&attributes))
    }

    fn values(&self) -> Read<Option<BTreeMap<String, Operand>>> {
        let values = self.find("values").map(attributes).transpose()?;
        let operand = |(name, value)| (format!(":{name}"), Operand::from(value));
        Ok(values.map(|values| values.into_iter().map(operand).collect()))
    }
}

fn malformed(what: &str) -> ApiError {
    ApiError::Serialization(format!("no line: {what}"))
}

/// `name:type:value,…`
fn attributes(text: &str) -> Read<AttributeMap> {
    let attribute = |text: &str| -> Option<(String, AttributeValue)> {
        let (name, typed) = text.split_once(':')?;
        let value = match typed.split_once(':')? {
            ("S", text) => AttributeValue::S(text.to_owned()),
            ("N", digits) => AttributeValue::N(Number::parse(digits).ok()?),
            _ => return None,
        };
        Some((name.to_owned(), value))
    };
    text.split(',').map(|text| attribute(text).ok_or_else(|| malformed(text))).collect()
}

/// What [`attributes`] reads.
fn shown(item: &Item) -> String {
    let attribute = |(name, value): (String, AttributeValue)| match value {
        AttributeValue::S(text) => format!("{name}:S:{text}"),
        AttributeValue::N(number) => format!("{name}:N:{number}"),
        other => format!("{name}:{other:?}"),
    };
    item.decode().into_iter().map(attribute).collect::<Vec<_>>().join(",")
}

fn each<'a>(items: impl IntoIterator<Item = &'a Item>) -> String {
    items.into_iter().map(shown).collect::<Vec<_>>().join(" + ")
}

/// Nothing to show, or what there is.
fn or_nothing<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}

fn count<T>(list: &Option<Vec<T>>) -> String {
    or_nothing(list.as_ref(), |list| list.len().to_string())
}

fn status(description: Option<&TableDescription>) -> String {
    or_nothing(description.and_then(|described| described.table_status), |s| format!("{s:?}"))
}

/// How an operation's input is read from its members, and its output shown.
macro_rules! lines {
    ($($name:ident: |$members:ident| $input:expr, |$output:ident| $shown:expr;)*) => {
        $(impl Codec<operations::$name> for Lines {
            fn input(
                &self,
                bytes: &[u8],
            ) -> Read<<operations::$name as wire::Operation>::Input> {
                let $members = Members::of(bytes)?;
                let _ = &$members;
                Ok($input)
            }

            fn output(&self, $output: &<operations::$name as wire::Operation>::Output) -> Text {
                String::into_bytes($shown).into()
            }
        })*
    };
}

lines! {
    BatchGetItem: |m| BatchGetItemInput::new(vec![
            (m.table()?, KeysAndAttributes::new(vec![m.item("key")?])),
        ]),
        |o| or_nothing(o.responses.as_ref(), |tables| {
            tables.iter().map(|(_, items)| each(items)).collect()
        });
    BatchWriteItem: |m| BatchWriteItemInput::new(vec![
            (m.table()?, vec![WriteRequest::put(m.item("item")?)]),
        ]),
        |o| count(&o.unprocessed_items);
    CreateTable: |m| {
            let name = m.get("key")?.to_owned();
            let view = Some(StreamView::NewImage);
            CreateTableInput {
                attribute_definitions: Some(vec![AttributeDefinition {
                    name: name.clone(),
                    scalar_type: ScalarType::S,
                }]),
                key_schema: Some(vec![KeySchemaElement { name, role: KeyRole::Hash }]),
                billing_mode: Some(BillingMode::PayPerRequest),
                stream_specification: Some(StreamDeclaration { enabled: true, view }),
                ..CreateTableInput::new(m.table()?)
            }
        },
        |o| status(o.table_description.as_ref());
    DeleteItem: |m| DeleteItemInput {
            return_values: Some(ReturnValues::AllOld),
            ..DeleteItemInput::new(m.item("key")?, m.table()?)
        },
        |o| or_nothing(o.attributes.as_ref(), shown);
    DeleteResourcePolicy: |m| DeleteResourcePolicyInput::new(m.resource()?),
        |o| or_nothing(o.revision_id.as_ref(), |_| "deleted".to_owned());
    DeleteTable: |m| DeleteTableInput { table_name: m.table()? },
        |o| status(o.table_description.as_ref());
    DescribeContinuousBackups: |m| DescribeContinuousBackupsInput { table_name: m.table()? },
        |o| or_nothing(o.continuous_backups_description.as_ref(), |described| {
            format!("{:?}", described.continuous_backups_status)
        });
    DescribeEndpoints: |m| DescribeEndpointsRequest {},
        |o| o.endpoints.iter().map(|endpoint| &endpoint.address[..]).collect();
    DescribeLimits: |m| DescribeLimitsInput {},
        |o| or_nothing(o.table_max_read_capacity_units, |units| units.to_string());
    DescribeStream: |m| DescribeStreamInput::new(m.stream()?),
        |o| or_nothing(o.stream_description.as_ref(), |described| {
            let shards = described.shards.iter().flatten();
            shards.filter_map(|shard| shard.shard_id.as_deref()).collect::<Vec<_>>().join(" ")
        });
    DescribeTable: |m| DescribeTableInput { table_name: m.table()? },
        |o| status(o.table.as_ref());
    DescribeTimeToLive: |m| DescribeTimeToLiveInput { table_name: m.table()? },
        |o| or_nothing(o.time_to_live_description.as_ref(), |described| {
            or_nothing(described.time_to_live_status, |status| format!("{status:?}"))
        });
    GetItem: |m| GetItemInput::new(m.item("key")?, m.table()?),
        |o| or_nothing(o.item.as_ref(), shown);
    GetRecords: |m| GetRecordsInput::new(m.get("iterator")?.to_owned()),
        |o| or_nothing(o.records.as_ref(), |records| {
            let images = records.iter().filter_map(|record| record.dynamodb.as_ref());
            each(images.filter_map(|record| record.new_image.as_ref()))
        });
    GetResourcePolicy: |m| GetResourcePolicyInput { resource_arn: m.resource()? },
        |o| or_nothing(o.policy.clone(), |policy| policy);
    GetShardIterator: |m| GetShardIteratorInput::new(
            m.get("shard")?.to_owned(),
            ShardIteratorType::TrimHorizon,
            m.stream()?,
        ),
        |o| or_nothing(o.shard_iterator.clone(), |iterator| iterator);
    ListStreams: |m| ListStreamsInput { table_name: m.text("table"), ..Default::default() },
        |o| {
            let streams = o.streams.iter().flatten();
            streams.filter_map(|stream| Some(stream.stream_arn.as_ref()?.to_string())).collect()
        };
    ListTables: |m| ListTablesInput::default(),
        |o| or_nothing(o.table_names.as_ref(), |names| names.join(","));
    ListTagsOfResource: |m| ListTagsOfResourceInput::new(m.resource()?),
        |o| count(&o.tags);
    PutItem: |m| PutItemInput {
            condition_expression: m.text("condition"),
            ..PutItemInput::new(m.item("item")?, m.table()?)
        },
        |o| or_nothing(o.attributes.as_ref(), shown);
    PutResourcePolicy: |m| {
            PutResourcePolicyInput::new(m.get("policy")?.to_owned(), m.resource()?)
        },
        |o| or_nothing(o.revision_id.as_ref(), |_| "kept".to_owned());
    Query: |m| QueryInput {
            key_condition_expression: m.text("where"),
            expression_attribute_values: m.values()?,
            ..QueryInput::new(m.table()?)
        },
        |o| or_nothing(o.items.as_ref(), each);
    Scan: |m| ScanInput {
            filter_expression: m.text("filter"),
            expression_attribute_values: m.values()?,
            ..ScanInput::new(m.table()?)
        },
        |o| or_nothing(o.items.as_ref(), each);
    TagResource: |m| TagResourceInput {
            resource_arn: m.resource()?,
            tags: vec![Tag { key: m.text("tag"), value: m.text("value") }],
        },
        |o| { let () = o; "-".to_owned() };
    TransactGetItems: |m| TransactGetItemsInput::new(vec![
            TransactGetItem { get: Get::new(m.item("key")?, m.table()?) },
        ]),
        |o| each(o.responses.iter().flatten().filter_map(|response| response.item.as_ref()));
    TransactWriteItems: |m| TransactWriteItemsInput::new(vec![
            TransactWriteItem::Put(Put::new(m.item("item")?, m.table()?)),
            TransactWriteItem::ConditionCheck(ConditionCheck::new(
                m.get("condition")?.to_owned(),
                m.item("key")?,
                m.table()?,
            )),
        ]),
        |o| count(&o.item_collection_metrics);
    UntagResource: |m| UntagResourceInput {
            resource_arn: m.resource()?,
            tag_keys: vec![m.get("tag")?.to_owned()],
        },
        |o| { let () = o; "-".to_owned() };
    UpdateItem: |m| UpdateItemInput {
            update_expression: m.text("update"),
            expression_attribute_values: m.values()?,
            return_values: Some(ReturnValues::AllNew),
            ..UpdateItemInput::new(m.item("key")?, m.table()?)
        },
        |o| or_nothing(o.attributes.as_ref(), shown);
    UpdateTable: |m| UpdateTableInput {
            deletion_protection_enabled: Some(m.get("protected")? == "yes"),
            ..UpdateTableInput::new(m.table()?)
        },
        |o| status(o.table_description.as_ref());
    UpdateTimeToLive: |m| UpdateTimeToLiveInput {
            table_name: m.table()?,
            time_to_live_specification: TimeToLiveSpecification {
                attribute_name: m.get("attribute")?.to_owned(),
                enabled: true,
            },
        },
        |o| or_nothing(o.time_to_live_specification.as_ref(), |kept| kept.attribute_name.clone());
}
