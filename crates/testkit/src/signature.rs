//! Requests with a true signature, for servers that verify it.
//!
//! Signature Version 4 (IAM user guide, "Create a signed AWS API request"), as far as a POST of JSON
//! to `/` needs it: no query, four headers, one region. A signature holds for some minutes, so a
//! request may be signed once and sent again and again.

use std::time::SystemTime;

use ring::{digest, hmac};
use time::OffsetDateTime;

use crate::http::{CONTENT_TYPE, HOST, request_with, target};

/// Whose requests they are: AWS's documented example. Servers that verify are told the secret.
pub const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// The secret of [`KEY_ID`].
pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

const REGION: &str = "us-east-1";
const SERVICE: &str = "dynamodb";
const SIGNED_HEADERS: &str = "content-type;host;x-amz-date;x-amz-target";

/// The bytes of a call of `operation`, signed at `now`.
///
/// # Panics
/// With a time before the year 1 or behind the year 9999.
pub fn signed_request(operation: &str, body: &str, now: SystemTime) -> Vec<u8> {
    let now = OffsetDateTime::from(now);
    let day = format!("{:04}{:02}{:02}", now.year(), u8::from(now.month()), now.day());
    let date = format!("{day}T{:02}{:02}{:02}Z", now.hour(), now.minute(), now.second());
    let target = target(operation);
    let canonical = format!(
        "POST\n/\n\ncontent-type:{CONTENT_TYPE}\nhost:{HOST}\nx-amz-date:{date}\n\
         x-amz-target:{target}\n\n{SIGNED_HEADERS}\n{}",
        hash(body)
    );
    let scope = format!("{day}/{REGION}/{SERVICE}/aws4_request");
    let signed = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hash(&canonical));
    let signature = signature(SECRET, [&day, REGION, SERVICE], &signed);
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={KEY_ID}/{scope}, SignedHeaders={SIGNED_HEADERS}, \
         Signature={signature}"
    );
    request_with(&target, &date, &authorization, body)
}

/// The signature of a text, under the key of a day, a region and a service.
fn signature(secret: &str, scope: [&str; 3], text: &str) -> String {
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in scope.into_iter().chain(["aws4_request"]) {
        key = keyed(&key, part);
    }
    hex(&keyed(&key, text))
}

fn keyed(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn hash(text: &str) -> String {
    hex(digest::digest(&digest::SHA256, text.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The example of AWS's General Reference, "Task 3: Calculate the signature".
    #[test]
    fn a_signature_is_that_of_the_documented_example() {
        let text = "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n\
            f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59";
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        assert_eq!(
            signature(secret, ["20150830", "us-east-1", "iam"], text),
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
        );
    }

    #[test]
    fn a_request_bears_the_date_of_its_signing() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);
        let request = String::from_utf8(signed_request("ListTables", "{}", now)).unwrap();
        for part in ["x-amz-date: 20150830T123600Z", "/20150830/us-east-1/dynamodb/aws4_request,"] {
            assert!(request.contains(part), "{request}");
        }
        let later = signed_request("ListTables", "{}", now + Duration::from_secs(1));
        assert_ne!(request.into_bytes(), later, "a signature holds for one moment");
    }
}
