//! Attribute values on the good path: from the body into the byte form of items. What a value may
//! not be is [`crate::value`]'s to say, which has the words for it.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::limits::DOCUMENT_DEPTH_MAX;
use model::{Item, ItemWriter, Number, Operand, Repeated, SetWriter, ValueWriter};

use super::{Decode, is_attribute_name};
use crate::generated::shapes;
use crate::reader::{Fit, Reader, Unfit};
use crate::shape::{Range, Shape, ShapeKind};
use crate::value;

/// Items, and keys of items.
impl Decode for Item {
    fn decode(reader: &mut Reader<'_>, shape: &'static Shape) -> Fit<Self> {
        debug_assert!(
            matches!(shape.kind, ShapeKind::Map { key, .. } if is_attribute_name(key)),
            "{} is read as an item",
            shape.name
        );
        // No value takes more bytes than its JSON.
        let mut item = ItemWriter::new(reader.rest_bytes());
        reader.attributes(|reader, name| reader.attribute(item.attribute(name), 1))?;
        Ok(item.finish()?)
    }
}

/// Values in expressions and in the parameters from before them.
impl Decode for Operand {
    fn decode(reader: &mut Reader<'_>, _: &'static Shape) -> Fit<Self> {
        let mut value = ValueWriter::default();
        reader.attribute(&mut value, 1)?;
        Ok(value.into_operand())
    }
}

impl From<Repeated> for Unfit {
    fn from(_: Repeated) -> Self {
        Self
    }
}

impl Reader<'_> {
    /// Reads one attribute value: `{"S":"…"}` and so on.
    pub(super) fn attribute(&mut self, out: &mut ValueWriter, depth: usize) -> Fit<()> {
        if depth > DOCUMENT_DEPTH_MAX {
            return Err(Unfit);
        }
        self.enter(b'{')?;
        let (mut is_first, mut written) = (true, None::<Cow<'_, str>>);
        while let Some(kind) = self.next_member(&mut is_first)? {
            if self.takes_null()? {
                // Absence, unless it takes back what was there.
                if written.as_ref() == Some(&kind) {
                    return Err(Unfit);
                }
            } else if self.typed_value(&kind, out, depth)? && written.replace(kind).is_some() {
                return Err(Unfit);
            }
        }
        written.map(drop).ok_or(Unfit)
    }

    /// Reads the value under one type descriptor; `false` when the descriptor is not one, and so
    /// ignored.
    fn typed_value(&mut self, kind: &str, out: &mut ValueWriter, depth: usize) -> Fit<bool> {
        match kind {
            "S" => out.string(&self.string()?),
            "N" => out.number(self.parsed_number()?),
            "B" => out.binary(&self.binary()?),
            "BOOL" => out.boolean(self.truth()?),
            "NULL" if self.truth()? => out.null(),
            "NULL" => return Err(Unfit),
            "SS" => self.set(out.string_set(), Self::string, |set, text| set.string(&text))?,
            "NS" => self.set(out.number_set(), Self::parsed_number, SetWriter::number)?,
            "BS" => self.set(out.binary_set(), Self::binary, |set, bytes| set.binary(&bytes))?,
            "L" => {
                let mut list = out.list();
                self.elements(&Range::ANY, |reader| reader.attribute(list.element(), depth + 1))?;
                list.close();
            }
            "M" => {
                let mut map = out.map();
                self.attributes(|reader, name| reader.attribute(map.entry(name), depth + 1))?;
                map.close()?;
            }
            _ => {
                self.skip()?;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Attributes by name. What names may be is stricter than the constraints of their shape.
    fn attributes(&mut self, mut read: impl FnMut(&mut Self, &str) -> Fit<()>) -> Fit<()> {
        self.members(|reader, name| match value::check_name(name) {
            Ok(()) => read(reader, name),
            Err(_) => Err(Unfit),
        })
        .map(drop)
    }

    /// A set, which has an element at least and none twice.
    fn set<'w, T>(
        &mut self,
        mut set: SetWriter<'w>,
        read: impl Fn(&mut Self) -> Fit<T>,
        write: impl Fn(&mut SetWriter<'w>, T),
    ) -> Fit<()> {
        self.elements(&Range::at_least(1), |reader| {
            write(&mut set, read(reader)?);
            Ok(())
        })?;
        Ok(set.close()?)
    }

    fn parsed_number(&mut self) -> Fit<Number> {
        Number::parse(&self.string()?).map_err(|_| Unfit)
    }

    /// The engine's decoder is as strict about length, alphabet and padding as the service's.
    fn binary(&mut self) -> Fit<Vec<u8>> {
        STANDARD.decode(&*self.string()?).map_err(|_| Unfit)
    }

    fn truth(&mut self) -> Fit<bool> {
        bool::decode(self, &shapes::BOOLEAN_ATTRIBUTE_VALUE)
    }
}
