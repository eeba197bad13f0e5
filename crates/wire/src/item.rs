//! Items outside requests: one JSON object of typed values, as files of items hold them.
//!
//! The same form as an `Item` member on the wire, read with the same refusals.

use model::{ApiError, Item, MapRef};

use crate::decode::decode_shape;
use crate::generated::shapes;
use crate::{encode, types, value};

/// Reads `{"name":{"S":"…"},…}`.
///
/// # Errors
/// `Serialization` for what is not JSON or has the wrong types, `Validation` for malformed values,
/// in the words that PutItem has for them.
pub fn read(json: &[u8]) -> Result<Item, ApiError> {
    decode_shape(json, &shapes::PUT_ITEM_INPUT_ATTRIBUTE_MAP, |json| {
        types::check(json, &shapes::PUT_ITEM_INPUT_ATTRIBUTE_MAP)?;
        value::attributes(json.members()).map(drop)
    })
}

/// Appends `{"name":{"S":"…"},…}`, attributes sorted by name.
pub fn write(item: MapRef<'_>, out: &mut Vec<u8>) {
    encode::write_item(out, item);
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn what_is_written_reads_back() {
        let text = r#"{"b":{"B":"AP8="},"l":{"L":[{"NULL":true},{"M":{}}]},"n":{"NS":["-0.5","1"]},"s":{"S":"é\n"}}"#;
        let item = read(text.as_bytes()).unwrap();
        let mut written = Vec::new();
        write(item.attributes(), &mut written);
        assert_eq!(String::from_utf8(written).unwrap(), text);
    }

    #[test]
    fn refusals_are_those_of_put_item() {
        for (text, words) in [
            (r#"{"n":{"N":"x"}}"#, "The parameter cannot be converted to a numeric value: x"),
            (r#"{"s":{"S":1}}"#, "NUMBER_VALUE cannot be converted to String"),
            ("[]", ""),
            ("{", ""),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().to_string(), words, "{text}");
        }
    }
}
