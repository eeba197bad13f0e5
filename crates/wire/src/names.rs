//! The wire's words for the model's enumerations, each in one place for both directions.

use model::legacy::{ComparisonOperator, ConditionalOperator, UpdateAction};
use model::{
    BillingMode, ChangeKind, KeyRole, ProjectionType, ReturnConsumedCapacity,
    ReturnItemCollectionMetrics, ReturnValues, ReturnValuesOnConditionCheckFailure, ScalarType,
    Select, SseKind, StreamView, TableClass, TimeToLiveStatus,
};

/// A value that stands on the wire as a word.
pub(crate) trait WireName: Sized {
    /// The value of that word.
    fn parse(word: &str) -> Option<Self>;
    /// The word of this value.
    fn wire_name(&self) -> &'static str;
}

macro_rules! wire_names {
    ($($type:ident { $($variant:ident = $word:literal),* $(,)? })*) => {
        $(impl $crate::names::WireName for $type {
            fn parse(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            fn wire_name(&self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        $crate::names::word!($type);)*
    };
}

/// Reads and writes a type that has a word per value.
macro_rules! word {
    ($type:ident) => {
        impl $crate::decode::Decode for $type {
            fn decode(
                reader: &mut $crate::reader::Reader<'_>,
                _: &'static $crate::shape::Shape,
            ) -> $crate::reader::Fit<Self> {
                let word = reader.string()?;
                <Self as $crate::names::WireName>::parse(&word).ok_or($crate::reader::Unfit)
            }
        }

        impl $crate::encode::Encode for $type {
            fn encode(&self, out: &mut $crate::text::Text) {
                let word = $crate::names::WireName::wire_name(self);
                debug_assert!(
                    <Self as $crate::names::WireName>::parse(word).is_some(),
                    "{word} is a word that is read too"
                );
                $crate::encode::write_string(out, word);
            }
        }
    };
}

/// Types whose words `model` keeps, because messages have them too.
macro_rules! model_names {
    ($($type:ident)*) => {
        $(impl WireName for $type {
            fn parse(word: &str) -> Option<Self> {
                Self::named(word)
            }

            fn wire_name(&self) -> &'static str {
                self.name()
            }
        }

        word!($type);)*
    };
}

pub(crate) use {wire_names, word};

model_names! { ComparisonOperator ScalarType }

wire_names! {
    BillingMode { Provisioned = "PROVISIONED", PayPerRequest = "PAY_PER_REQUEST" }
    ChangeKind { Insert = "INSERT", Modify = "MODIFY", Remove = "REMOVE" }
    ConditionalOperator { And = "AND", Or = "OR" }
    KeyRole { Hash = "HASH", Range = "RANGE" }
    ProjectionType { KeysOnly = "KEYS_ONLY", Include = "INCLUDE", All = "ALL" }
    ReturnConsumedCapacity { None = "NONE", Total = "TOTAL", Indexes = "INDEXES" }
    ReturnItemCollectionMetrics { None = "NONE", Size = "SIZE" }
    ReturnValues {
        None = "NONE",
        AllOld = "ALL_OLD",
        UpdatedOld = "UPDATED_OLD",
        AllNew = "ALL_NEW",
        UpdatedNew = "UPDATED_NEW",
    }
    ReturnValuesOnConditionCheckFailure { None = "NONE", AllOld = "ALL_OLD" }
    Select {
        AllAttributes = "ALL_ATTRIBUTES",
        AllProjectedAttributes = "ALL_PROJECTED_ATTRIBUTES",
        SpecificAttributes = "SPECIFIC_ATTRIBUTES",
        Count = "COUNT",
    }
    SseKind { Aes256 = "AES256", Kms = "KMS" }
    StreamView {
        KeysOnly = "KEYS_ONLY",
        NewImage = "NEW_IMAGE",
        OldImage = "OLD_IMAGE",
        NewAndOldImages = "NEW_AND_OLD_IMAGES",
    }
    TableClass {
        Standard = "STANDARD",
        StandardInfrequentAccess = "STANDARD_INFREQUENT_ACCESS",
    }
    TimeToLiveStatus {
        Enabling = "ENABLING",
        Enabled = "ENABLED",
        Disabling = "DISABLING",
        Disabled = "DISABLED",
    }
    UpdateAction { Put = "PUT", Add = "ADD", Delete = "DELETE" }
}
