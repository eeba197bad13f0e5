use model::ApiError;

use crate::{Caller, Claim, authenticate};

const CREDENTIAL: &str = "AKIDEXAMPLE/20261123/eu-west-1/dynamodb/aws4_request";

fn header(authorization: &str) -> Claim<'_> {
    Claim {
        authorization: Some(authorization),
        amz_date: Some("20261123T150405Z"),
        ..Claim::default()
    }
}

fn signed(credential: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, Signature=0a1b"
    )
}

fn incomplete(message: &str) -> ApiError {
    ApiError::IncompleteSignature(message.to_owned())
}

fn invalid(message: &str) -> ApiError {
    ApiError::InvalidSignature(message.to_owned())
}

fn caller(access_key_id: &'static str, region: &'static str) -> Caller<'static> {
    Caller { access_key_id: access_key_id.into(), region: region.into() }
}

#[test]
fn a_complete_header_names_key_and_region() {
    assert_eq!(authenticate(header(&signed(CREDENTIAL))), Ok(caller("AKIDEXAMPLE", "eu-west-1")));
}

#[test]
fn separators_may_be_commas_or_blanks_alone() {
    for separator in [",", " ", ",  "] {
        let authorization = [
            &format!("AWS4-HMAC-SHA256 Credential={CREDENTIAL}"),
            "SignedHeaders=host",
            "Signature=0a1b",
        ]
        .join(separator);
        assert_eq!(
            authenticate(header(&authorization)),
            Ok(caller("AKIDEXAMPLE", "eu-west-1")),
            "{separator:?}"
        );
    }
}

#[test]
fn a_date_header_may_stand_for_the_amazon_one() {
    let authorization = signed(CREDENTIAL);
    let claim = Claim {
        amz_date: None,
        date: Some("Mon, 23 Nov 2026 15:04:05 GMT"),
        ..header(&authorization)
    };
    assert_eq!(authenticate(claim), Ok(caller("AKIDEXAMPLE", "eu-west-1")));
}

#[test]
fn no_signature_is_a_missing_token() {
    assert_eq!(
        authenticate(Claim { query: "a=b", ..Claim::default() }),
        Err(ApiError::MissingAuthenticationToken("Request is missing Authentication Token".into()))
    );
}

#[test]
fn a_signature_in_two_places_is_invalid() {
    let authorization = signed(CREDENTIAL);
    let claim = Claim { query: "X-Amz-Algorithm=AWS4-HMAC-SHA256", ..header(&authorization) };
    assert_eq!(
        authenticate(claim),
        Err(invalid(
            "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
        ))
    );
}

#[test]
fn every_missing_part_of_the_header_is_told() {
    let claim = Claim { authorization: Some("AWS4-HMAC-SHA256"), ..Claim::default() };
    assert_eq!(
        authenticate(claim),
        Err(incomplete(
            "Authorization header requires 'Credential' parameter. Authorization header requires \
             'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. \
             Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. \
             Authorization=AWS4-HMAC-SHA256"
        ))
    );
    let authorization = format!("AWS4-HMAC-SHA256 Credential={CREDENTIAL}, Signature=");
    assert_eq!(
        authenticate(header(&authorization)),
        Err(incomplete(&format!(
            "Authorization header requires 'Signature' parameter. Authorization header requires \
             'SignedHeaders' parameter. Authorization={authorization}"
        )))
    );
}

#[test]
fn a_piece_without_an_equal_sign_is_named() {
    let authorization = "AWS4-HMAC-SHA256 Credential=AKID /20261123, Signature=1";
    assert_eq!(
        authenticate(header(authorization)),
        Err(incomplete(&format!(
            "'/20261123' not a valid key=value pair (missing equal-sign) in Authorization header: \
             '{authorization}'."
        )))
    );
}

#[test]
fn other_algorithms_are_unsupported() {
    let authorization = signed(CREDENTIAL).replace("SHA256", "SHA512");
    assert_eq!(
        authenticate(header(&authorization)),
        Err(incomplete("Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'."))
    );
}

#[test]
fn a_date_of_another_form_is_quoted() {
    let authorization = signed(CREDENTIAL);
    for date in ["201", "2026-11-23T15:04:05Z", "20261123T150405", "20261123T15040\u{e9}Z"] {
        let claim = Claim { amz_date: Some(date), ..header(&authorization) };
        assert_eq!(
            authenticate(claim),
            Err(incomplete(&format!(
                "Date must be in ISO-8601 'basic format'. Got '{date}'. See \
                 http://en.wikipedia.org/wiki/ISO_8601"
            )))
        );
    }
}

#[test]
fn a_credential_has_five_parts() {
    assert_eq!(
        authenticate(header(&signed("a/b/c/d"))),
        Err(incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got 'a/b/c/d'"
        ))
    );
}

#[test]
fn a_credential_for_another_service_is_invalid() {
    assert_eq!(
        authenticate(header(&signed("a/20261123//s3/aws3_request"))),
        Err(invalid(
            "Credential should be scoped to a valid region. Credential should be scoped to \
             correct service: 'dynamodb'. Credential should be scoped with a valid terminator: \
             'aws4_request', not 'aws3_request'. "
        ))
    );
}

#[test]
fn a_region_is_a_regions_name() {
    for region in ["eu-west-1", "localhost", "us-gov-east-1", "local", "a1"] {
        let authorization = signed(&format!("AKID/20261123/{region}/dynamodb/aws4_request"));
        assert_eq!(authenticate(header(&authorization)).unwrap().region, region);
    }
    let long = "a".repeat(64);
    for other in ["", "US-EAST-1", "eu_west_1", "eu--1", "-1", "eu-", "eu.1", "e\u{fc}", &long] {
        let authorization = signed(&format!("AKID/20261123/{other}/dynamodb/aws4_request"));
        let expected = invalid("Credential should be scoped to a valid region. ");
        assert_eq!(authenticate(header(&authorization)), Err(expected), "{other}");
    }
}

#[test]
fn a_presigned_request_names_key_and_region() {
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256\
                 &X-Amz-Credential=AKID%2F20261123%2Flocalhost%2Fdynamodb%2faws4_request\
                 &X-Amz-Date=20261123T150405Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0a1b";
    assert_eq!(authenticate(Claim { query, ..Claim::default() }), Ok(caller("AKID", "localhost")));
}

#[test]
fn every_missing_part_of_a_presigned_request_is_told() {
    let query = "X-Amz-Algorithm&X-Amz-Date=20261123T150405Z";
    assert_eq!(
        authenticate(Claim { query, ..Claim::default() }),
        Err(incomplete(
            "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string \
             parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
             'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. \
             Re-examine the query-string parameters."
        ))
    );
}

#[test]
fn broken_percent_escapes_are_taken_as_text() {
    let query = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%2%zz%C3%\
                 &X-Amz-Date=20261123T150405Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0a1b";
    assert_eq!(
        authenticate(Claim { query, ..Claim::default() }),
        Err(incomplete(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '%2%zz\u{fffd}%'"
        ))
    );
}

#[test]
fn a_key_of_twelve_digits_names_an_account_and_no_other_does() {
    assert_eq!(caller("123456789012", "eu-west-1").account(), Some("123456789012"));
    for other in ["AKIDEXAMPLE", "12345678901", "1234567890123", "12345678901a", ""] {
        assert_eq!(caller(other, "eu-west-1").account(), None, "{other}");
    }
}
