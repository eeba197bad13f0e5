//! How the generated lists of members become code: one macro for what is read, one for what is
//! written, one for structures of which exactly one member may be there.
//!
//! A list names each member's field, its name on the wire, its shape, and how it stands:
//! `required`; `optional`; `or_default`, where the field has what absence means; `moment`, an
//! optional time in an answer; `second`, one that is shown without its fraction.

/// Reads a structure. `never` lists members that may not be there together.
macro_rules! input {
    ($type:ty {
        $($field:ident: $name:literal $shape:ident $how:ident,)*
    } $(never [$($one:ident)*] [$($other:ident)*])*) => {
        impl $crate::decode::Decode for $type {
            fn decode(
                reader: &mut $crate::reader::Reader<'_>,
                _: &'static $crate::shape::Shape,
            ) -> $crate::reader::Fit<Self> {
                $(let mut $field = None;)*
                // A structure that is null has no members.
                if !reader.takes_null()? {
                    reader.enter(b'{')?;
                    let mut is_first = true;
                    while let Some(name) = reader.next_member(&mut is_first)? {
                        match &*name {
                            $($name => {
                                reader.member(&mut $field, &$crate::generated::shapes::$shape)?;
                            })*
                            _ => reader.skip()?,
                        }
                    }
                }
                $(if ($($one.is_some())||*) && ($($other.is_some())||*) {
                    return Err($crate::reader::Unfit);
                })*
                Ok(Self { $($field: $crate::structure::input!(@$how $field),)* })
            }
        }
    };
    (@required $field:ident) => { $field.ok_or($crate::reader::Unfit)? };
    (@optional $field:ident) => { $field };
    (@or_default $field:ident) => { $field.unwrap_or_default() };
}

/// Writes a structure, its members in the order of the list.
macro_rules! output {
    ($type:ty { $($field:ident: $name:literal $how:ident,)* }) => {
        impl $crate::encode::Encode for $type {
            fn encode(&self, out: &mut $crate::text::Text) {
                let mut object = $crate::encode::ObjectWriter::open(out);
                $($crate::structure::output!(@$how object, $name, &self.$field);)*
                object.close();
            }

            fn expected_bytes(&self) -> usize {
                $crate::encode::SMALL_BYTES
                    $(+ $crate::structure::output!(@expected $how $name, &self.$field))*
            }
        }
    };
    (@expected required $name:literal, $value:expr) => { $name.len() + $value.expected_bytes() };
    (@expected optional $name:literal, $value:expr) => {
        $value.as_ref().map_or(0, |value| $name.len() + value.expected_bytes())
    };
    (@expected $how:ident $name:literal, $value:expr) => { 2 * $name.len() };
    (@required $object:ident, $name:literal, $value:expr) => { $object.named(concat!("\"", $name, "\":"), $value); };
    (@optional $object:ident, $name:literal, $value:expr) => {
        if let Some(value) = $value {
            $object.named(concat!("\"", $name, "\":"), value);
        }
    };
    (@moment $object:ident, $name:literal, $value:expr) => {
        if let Some(milliseconds) = $value {
            $crate::encode::write_seconds($object.key($name), *milliseconds);
        }
    };
    (@second $object:ident, $name:literal, $value:expr) => {
        if let Some(milliseconds) = $value {
            $object.named(concat!("\"", $name, "\":"), &(*milliseconds / 1000));
        }
    };
}

/// Reads and writes a structure that stands as the one member it has.
macro_rules! choice {
    ($type:ty { $($variant:ident $place:ident: $name:literal $shape:ident,)* }) => {
        impl $crate::decode::Decode for $type {
            fn decode(
                reader: &mut $crate::reader::Reader<'_>,
                _: &'static $crate::shape::Shape,
            ) -> $crate::reader::Fit<Self> {
                $(let mut $place = None;)*
                let (mut chosen, mut is_first) = (None, true);
                reader.enter(b'{')?;
                while let Some(name) = reader.next_member(&mut is_first)? {
                    match &*name {
                        $($name => {
                            reader.member(&mut $place, &$crate::generated::shapes::$shape)?;
                        })*
                        _ => reader.skip()?,
                    }
                }
                $(if let Some(member) = $place {
                    if chosen.replace(Self::$variant(member)).is_some() {
                        return Err($crate::reader::Unfit);
                    }
                })*
                chosen.ok_or($crate::reader::Unfit)
            }
        }
    };
    ($type:ty { $($variant:ident $place:ident: $name:literal $shape:ident,)* } answered) => {
        $crate::structure::choice!($type { $($variant $place: $name $shape,)* });

        impl $crate::encode::Encode for $type {
            fn encode(&self, out: &mut $crate::text::Text) {
                let mut object = $crate::encode::ObjectWriter::open(out);
                match self {
                    $(Self::$variant(member) => object.member($name, member),)*
                }
                object.close();
            }
        }
    };
}

pub(crate) use {choice, input, output};
