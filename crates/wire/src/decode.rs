//! From a body straight to a typed input: the good path.
//!
//! ```text
//! bytes ── reader: tokens ── Decode: the shape's types and constraints ──> typed input
//!                  └──────────── Unfit ───────────> explanation: a tree ──> the refusal's words
//! ```
//!
//! Reading and checking are one pass, which answers *fine* or *not fine* and nothing more. A body
//! that is not fine is parsed once more, into a tree, and [`crate::explanation`] finds the refusal
//! that comes first in the service's order of checks. Both follow the same table of shapes. Where
//! the explanation finds nothing wrong, the body repeats a member: of a repeated member the last
//! stands, which only the tree can tell, so that the tree is printed without its repetitions and
//! read again. What is unfit even then is a fault of ours: it is logged, and answered as one.
//!
//! Invariants: both paths give the same verdict on every body (`decode/tests.rs`); what a shape is
//! read as is what it is, which codegen sees to and each reader asserts.

mod attribute;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use model::{ApiError, StreamArn, TableRef, Unsupported, ValueWriter};

use crate::constraints::{fits_count, fits_text, fits_value};
use crate::generated::shapes;
use crate::operation::Operation;
use crate::reader::{Fit, Reader, Unfit};
use crate::shape::{Member, Range, Shape, ShapeKind};
use crate::text::Text;
use crate::{explanation, value};

/// What can be read from a body.
pub trait Decode: Sized {
    /// Reads a value of that shape, within its constraints.
    ///
    /// # Errors
    /// [`Unfit`] for any other value, and for one that repeats a member.
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self>;
}

/// Decodes a request body.
///
/// # Errors
/// `Serialization` for what is not JSON or has the wrong types; `Validation` for what breaks the
/// model's constraints or holds malformed values.
pub fn decode<O: Operation>(body: &[u8]) -> Result<O::Input, ApiError> {
    decode_shape(body, O::SHAPE, |json| explanation::check_request(json, O::CLASS, O::SHAPE))
}

/// Decodes a body of that shape; `explain` finds what is wrong with a tree.
pub(crate) fn decode_shape<T: Decode>(
    body: &[u8],
    shape: &'static Shape,
    explain: impl FnOnce(&crate::json::Json<'_>) -> Result<(), ApiError>,
) -> Result<T, ApiError> {
    if let Ok(decoded) = read(body, shape) {
        return Ok(decoded);
    }
    let json = explanation::parse(body)?;
    explain(&json)?;
    let mut without_repetitions = Text::from(Vec::with_capacity(body.len()));
    json.print(&mut without_repetitions);
    read(&without_repetitions, shape).map_err(|Unfit| {
        tracing::error!(shape = shape.name, "a body is unfit for no reason");
        ApiError::InternalServerError
    })
}

fn read<T: Decode>(body: &[u8], shape: &'static Shape) -> Fit<T> {
    let mut reader = Reader::new(body)?;
    if reader.peek()? != b'{' {
        return Err(Unfit);
    }
    let decoded = T::decode(&mut reader, shape)?;
    reader.finish()?;
    Ok(decoded)
}

impl Reader<'_> {
    /// Reads a member's value into its place. A `null` is absence.
    pub(crate) fn member<T: Decode>(
        &mut self,
        place: &mut Option<T>,
        shape: &'static Shape,
    ) -> Fit<()> {
        if place.is_some() {
            return Err(Unfit);
        }
        if !self.takes_null()? {
            *place = Some(T::decode(self, shape)?);
        }
        Ok(())
    }

    /// Checks a value without keeping it.
    fn check(&mut self, shape: &'static Shape) -> Fit<()> {
        match &shape.kind {
            ShapeKind::Structure(members) => self.check_structure(members),
            ShapeKind::List { element, length } => {
                self.elements(length, |reader| reader.check(element)).map(drop)
            }
            ShapeKind::Map { key, value, length } => {
                self.entries(key, length, |reader, _| reader.check(value)).map(drop)
            }
            ShapeKind::Value(_) => self.attribute(&mut ValueWriter::default(), 1),
            ShapeKind::Text(_) | ShapeKind::TableReference => String::decode(self, shape).map(drop),
            ShapeKind::Integer(_) | ShapeKind::Long(_) => i64::decode(self, shape).map(drop),
            ShapeKind::Timestamp => self.decimal().map(drop),
            ShapeKind::Boolean => bool::decode(self, shape).map(drop),
            ShapeKind::Blob => value::is_base64(&self.string()?).then_some(()).ok_or(Unfit),
        }
    }

    fn check_structure(&mut self, members: &'static [Member]) -> Fit<()> {
        let mut missing: Vec<bool> = members.iter().map(|member| member.required).collect();
        if !self.takes_null()? {
            self.enter(b'{')?;
            let mut is_first = true;
            while let Some(name) = self.next_member(&mut is_first)? {
                let Some(place) = members.iter().position(|member| member.name == name) else {
                    self.skip()?;
                    continue;
                };
                let is_null = self.takes_null()?;
                missing[place] = is_null && members[place].required;
                if !is_null {
                    self.check(members[place].shape)?;
                }
            }
        }
        if missing.contains(&true) { Err(Unfit) } else { Ok(()) }
    }

    /// Reads the elements of an array; answers with how many there are.
    fn elements(
        &mut self,
        length: &Range,
        mut read: impl FnMut(&mut Self) -> Fit<()>,
    ) -> Fit<usize> {
        self.enter(b'[')?;
        let (mut is_first, mut count) = (true, 0);
        while self.next_element(&mut is_first)?.is_some() {
            read(self)?;
            count += 1;
        }
        fits_count(length, count).then_some(count).ok_or(Unfit)
    }

    /// Reads the entries of a map; answers with how many there are.
    fn entries(
        &mut self,
        key: &'static Shape,
        length: &Range,
        mut read: impl FnMut(&mut Self, &str) -> Fit<()>,
    ) -> Fit<usize> {
        let count = self.members(|reader, name| match fits_text(key, name) {
            true => read(reader, name),
            false => Err(Unfit),
        })?;
        fits_count(length, count).then_some(count).ok_or(Unfit)
    }

    /// Reads the members of an object, whatever their names; answers with how many there are.
    fn members(&mut self, mut read: impl FnMut(&mut Self, &str) -> Fit<()>) -> Fit<usize> {
        self.enter(b'{')?;
        let (mut is_first, mut count) = (true, 0);
        while let Some(name) = self.next_member(&mut is_first)? {
            read(self, &name)?;
            count += 1;
        }
        Ok(count)
    }
}

impl Decode for String {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        let text = reader.string()?;
        let fits = fits_text(shape, &text)
            && (!is_attribute_name(shape) || value::check_name(&text).is_ok());
        fits.then(|| text.into_owned()).ok_or(Unfit)
    }
}

impl Decode for TableRef {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        String::decode(reader, shape).map(Self::new)
    }
}

impl Decode for StreamArn {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        let text = reader.string()?;
        Self::parse(&text).filter(|_| fits_text(shape, &text)).ok_or(Unfit)
    }
}

impl Decode for bool {
    fn decode(reader: &mut Reader<'_>, _: &'static Shape) -> Fit<Self> {
        if reader.peek()? != b'"' {
            return reader.boolean();
        }
        // Words count too, as in the service's own parser.
        let word = reader.string()?;
        match word.eq_ignore_ascii_case("true") {
            true => Ok(true),
            false => word.eq_ignore_ascii_case("false").then_some(false).ok_or(Unfit),
        }
    }
}

impl Decode for i64 {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        let whole = reader.whole()?;
        fits_value(shape, whole).then_some(whole).ok_or(Unfit)
    }
}

/// A number that its shape does not allow to be negative, or a moment in milliseconds since the
/// epoch.
impl Decode for u64 {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        match shape.kind {
            ShapeKind::Timestamp => reader.decimal().map(milliseconds),
            _ => u64::try_from(i64::decode(reader, shape)?).map_err(|_| Unfit),
        }
    }
}

impl Decode for Unsupported {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        reader.check(shape).map(|()| Self)
    }
}

impl<T: Decode> Decode for Vec<T> {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        let ShapeKind::List { element, length } = &shape.kind else {
            unreachable!("{} is read as a list", shape.name)
        };
        let mut list = Vec::new();
        reader.elements(length, |reader| {
            list.push(T::decode(reader, element)?);
            Ok(())
        })?;
        Ok(list)
    }
}

impl<T: Decode> Decode for BTreeMap<String, T> {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        let ShapeKind::Map { key, value, length } = &shape.kind else {
            unreachable!("{} is read as a map", shape.name)
        };
        let mut map = Self::new();
        reader.entries(key, length, |reader, name| {
            if is_attribute_name(key) && value::check_name(name).is_err() {
                return Err(Unfit);
            }
            let repeated = map.insert(name.to_owned(), T::decode(reader, value)?);
            if repeated.is_some() { Err(Unfit) } else { Ok(()) }
        })?;
        Ok(map)
    }
}

/// Parts of a request by the table that they are about, in the order written.
impl<T: Decode> Decode for Vec<(TableRef, T)> {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        let ShapeKind::Map { key, value, length } = &shape.kind else {
            unreachable!("{} is read as a map", shape.name)
        };
        let mut map: Self = Vec::new();
        reader.entries(key, length, |reader, name| {
            // So few that each is compared with all.
            let is_repeated = map.iter().any(|(table, _)| table.as_str() == name);
            if is_repeated || !fits_at_most(length, map.len()) {
                return Err(Unfit);
            }
            map.push((TableRef::new(name), T::decode(reader, value)?));
            Ok(())
        })?;
        Ok(map)
    }
}

fn fits_at_most(length: &Range, count: usize) -> bool {
    fits_count(&Range { min: None, max: length.max }, count)
}

/// Whether a shape's texts name attributes, which may be neither empty nor too long in bytes.
pub(crate) fn is_attribute_name(shape: &'static Shape) -> bool {
    std::ptr::eq(shape, &shapes::ATTRIBUTE_NAME)
}

/// Seconds as milliseconds; before the epoch, the epoch.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast ends at the bounds of what it casts to"
)]
pub(crate) fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1000.0) as u64
}
