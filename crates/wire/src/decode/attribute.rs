//! Attribute values on the good path. What a value may not be is [`crate::value`]'s to say, which
//! has the words for it.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::limits::DOCUMENT_DEPTH_MAX;
use model::{AttributeMap, AttributeValue, Number};

use super::Decode;
use crate::generated::shapes;
use crate::reader::{Fit, Reader, Unfit};
use crate::value;

impl Reader<'_> {
    /// Reads one attribute value: `{"S":"…"}` and so on.
    pub(super) fn attribute(&mut self, depth: usize) -> Fit<AttributeValue> {
        if depth > DOCUMENT_DEPTH_MAX {
            return Err(Unfit);
        }
        self.enter(b'{')?;
        let (mut is_first, mut value) = (true, None::<AttributeValue>);
        while let Some(kind) = self.next_member(&mut is_first)? {
            if self.takes_null()? {
                // Absence, unless it takes back what was there.
                if value.as_ref().is_some_and(|value| value.type_name() == kind) {
                    return Err(Unfit);
                }
                continue;
            }
            let Some(one) = self.typed_value(&kind, depth)? else { continue };
            if value.replace(one).is_some() {
                return Err(Unfit);
            }
        }
        value.ok_or(Unfit)
    }

    /// The value under one type descriptor; `None` when the descriptor is not one, and so ignored.
    fn typed_value(&mut self, kind: &str, depth: usize) -> Fit<Option<AttributeValue>> {
        Ok(Some(match kind {
            "S" => AttributeValue::S(self.string()?.into_owned()),
            "N" => AttributeValue::N(self.parsed_number()?),
            "B" => AttributeValue::B(self.binary()?),
            "BOOL" => AttributeValue::Bool(self.truth()?),
            "NULL" if self.truth()? => AttributeValue::Null,
            "NULL" => return Err(Unfit),
            "SS" => AttributeValue::Ss(self.set(|reader| Ok(reader.string()?.into_owned()))?),
            "NS" => AttributeValue::Ns(self.set(Self::parsed_number)?),
            "BS" => AttributeValue::Bs(self.set(Self::binary)?),
            "L" => {
                let mut list = Vec::new();
                self.enter(b'[')?;
                let mut is_first = true;
                while self.next_element(&mut is_first)?.is_some() {
                    list.push(self.attribute(depth + 1)?);
                }
                AttributeValue::L(list)
            }
            "M" => AttributeValue::M(self.attributes(depth + 1)?),
            _ => {
                self.skip()?;
                return Ok(None);
            }
        }))
    }

    fn attributes(&mut self, depth: usize) -> Fit<AttributeMap> {
        let mut map = AttributeMap::new();
        self.enter(b'{')?;
        let mut is_first = true;
        while let Some(name) = self.next_member(&mut is_first)? {
            value::check_name(&name).map_err(|_| Unfit)?;
            if map.insert(name.into_owned(), self.attribute(depth)?).is_some() {
                return Err(Unfit);
            }
        }
        Ok(map)
    }

    /// A set, which has a member at least and none twice.
    fn set<T: Ord>(&mut self, mut read: impl FnMut(&mut Self) -> Fit<T>) -> Fit<BTreeSet<T>> {
        let mut set = BTreeSet::new();
        self.enter(b'[')?;
        let mut is_first = true;
        while self.next_element(&mut is_first)?.is_some() {
            if !set.insert(read(self)?) {
                return Err(Unfit);
            }
        }
        if set.is_empty() { Err(Unfit) } else { Ok(set) }
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
