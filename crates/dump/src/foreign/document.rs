//! One file: JSON documents, one after the other, each an object or an array, read as they stream.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};

use model::{Item, api};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::DumpError;

/// What a file had in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FileTotals {
    /// How many requests.
    pub count: u64,
    /// Whether the file says that it holds a part only: it has the token of a next page.
    pub is_partial: bool,
}

/// A request and its text's place.
#[derive(Debug, Clone, PartialEq)]
pub struct LocatedRequest {
    /// The request.
    pub request: api::WriteRequest,
    /// The line its text ends in, from 1.
    pub line: u64,
    /// Length of its text.
    pub text_bytes: usize,
}

/// Shows every request in `source` to `take`, until it refuses one. `table` is the one whose
/// requests a file of requests may hold.
///
/// # Errors
/// [`DumpError::Line`] for what is not JSON, no item, or refused by `take`; [`DumpError::Io`].
pub fn read_requests(
    source: impl BufRead,
    table: &str,
    take: &mut dyn FnMut(LocatedRequest) -> Result<(), String>,
) -> Result<FileTotals, DumpError> {
    let line = Cell::new(1);
    let mut reading = Reading { table, take, line: &line, totals: FileTotals::default() };
    let lines = Lines { source, line: &line };
    let mut documents = serde_json::Deserializer::from_reader(lines);
    // Between documents there is nothing but white space; at the file's end `end` finds that.
    while documents.end().is_err() {
        Document(&mut reading).deserialize(&mut documents).map_err(DumpError::json)?;
    }
    Ok(reading.totals)
}

/// Counts lines as they are read. The parser looks no further than one byte ahead.
struct Lines<'l, R> {
    source: R,
    line: &'l Cell<u64>,
}

impl<R: Read> Read for Lines<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(out)?;
        let ends = out[..read].iter().filter(|byte| **byte == b'\n').count();
        self.line.set(self.line.get() + ends as u64);
        Ok(read)
    }
}

/// The state of reading one file.
struct Reading<'r> {
    table: &'r str,
    take: &'r mut dyn FnMut(LocatedRequest) -> Result<(), String>,
    line: &'r Cell<u64>,
    totals: FileTotals,
}

impl Reading<'_> {
    fn put(&mut self, item: &RawValue) -> Result<(), String> {
        self.take_request(item, api::WriteRequest::put)
    }

    fn delete(&mut self, key: &RawValue) -> Result<(), String> {
        self.take_request(key, api::WriteRequest::delete)
    }

    fn request(&mut self, request: WriteRequest) -> Result<(), String> {
        match request {
            WriteRequest { put_request: Some(put), delete_request: None } => self.put(&put.item),
            WriteRequest { put_request: None, delete_request: Some(delete) } => {
                self.delete(&delete.key)
            }
            _ => Err("a request has either a PutRequest or a DeleteRequest".into()),
        }
    }

    fn take_request(
        &mut self,
        attributes: &RawValue,
        request: fn(Item) -> api::WriteRequest,
    ) -> Result<(), String> {
        let text = attributes.get();
        let attributes =
            wire::item::read(text.as_bytes()).map_err(|error| match error.to_string() {
                // The service has no words for it.
                words if words.is_empty() => "an item must be an object".into(),
                words => words,
            })?;
        let (request, line) = (request(attributes), self.line.get());
        (self.take)(LocatedRequest { request, line, text_bytes: text.len() })?;
        self.totals.count += 1;
        Ok(())
    }
}

/// A request of BatchWriteItem.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct WriteRequest {
    put_request: Option<PutRequest>,
    delete_request: Option<DeleteRequest>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRequest {
    item: Box<RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteRequest {
    key: Box<RawValue>,
}

/// A document: an object whose members say what it is, or an array of items.
struct Document<'d, 'r>(&'d mut Reading<'r>);

/// What a line of an incremental export says of an item.
#[derive(Default)]
struct Images {
    keys: Option<Box<RawValue>>,
    new: Option<Box<RawValue>>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with an Item, Items or requests, or an array of items")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, elements: S) -> Result<(), S::Error> {
        items(self.0).visit_seq(elements)
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        let reading = self.0;
        let mut images = Images::default();
        while let Some(name) = members.next_key::<String>()? {
            match name.as_str() {
                "Item" => {
                    let item: Box<RawValue> = members.next_value()?;
                    reading.put(&item).map_err(M::Error::custom)?;
                }
                "Items" => members.next_value_seed(items(reading))?,
                "RequestItems" => members.next_value_seed(RequestItems(reading))?,
                "Keys" => images.keys = Some(members.next_value()?),
                "NewImage" => images.new = Some(members.next_value()?),
                "NextToken" | "LastEvaluatedKey" => {
                    let token: Option<IgnoredAny> = members.next_value()?;
                    reading.totals.is_partial |= token.is_some();
                }
                "OldImage" | "Metadata" | "Count" | "ScannedCount" | "ConsumedCapacity" => {
                    members.next_value::<IgnoredAny>()?;
                }
                table => requests_of(table, reading, &mut members)?,
            }
        }
        match images {
            Images { new: Some(item), .. } => reading.put(&item),
            Images { keys: Some(key), new: None } => reading.delete(&key),
            Images { keys: None, new: None } => Ok(()),
        }
        .map_err(M::Error::custom)
    }
}

/// `RequestItems`: requests by table.
struct RequestItems<'d, 'r>(&'d mut Reading<'r>);

impl<'de> DeserializeSeed<'de> for RequestItems<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RequestItems<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("requests by table")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<(), M::Error> {
        while let Some(table) = members.next_key::<String>()? {
            requests_of(&table, self.0, &mut members)?;
        }
        Ok(())
    }
}

/// Reads a member that is named as a table: its requests.
fn requests_of<'de, M: MapAccess<'de>>(
    name: &str,
    reading: &mut Reading<'_>,
    members: &mut M,
) -> Result<(), M::Error> {
    if name != reading.table {
        let table = reading.table;
        return Err(M::Error::custom(format!(
            "\"{name}\" is neither a member of a file of items nor the table \"{table}\""
        )));
    }
    let expecting = "the table's requests";
    members.next_value_seed(Elements { reading, apply: Reading::request, expecting })
}

fn items<'d, 'r>(reading: &'d mut Reading<'r>) -> Elements<'d, 'r, Box<RawValue>> {
    let apply = |reading: &mut Reading<'_>, item: Box<RawValue>| reading.put(&item);
    Elements { reading, apply, expecting: "an array of items" }
}

/// An array, read element by element.
struct Elements<'d, 'r, T> {
    reading: &'d mut Reading<'r>,
    apply: fn(&mut Reading<'r>, T) -> Result<(), String>,
    expecting: &'static str,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Elements<'_, '_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut elements: S) -> Result<(), S::Error> {
        while let Some(element) = elements.next_element()? {
            (self.apply)(self.reading, element).map_err(S::Error::custom)?;
        }
        Ok(())
    }
}
