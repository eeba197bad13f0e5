//! Whatever the bytes, `decode` answers or refuses; it never panics.

use proptest::prelude::*;
use stator_wire::Operation;

macro_rules! declare_decode_all {
    ($(($name:ident, $class:ident, $($handling:tt)*),)*) => {
        /// How many operations accept the body.
        fn accepting(body: &[u8]) -> usize {
            let mut count = 0;
            $(count += usize::from(accepts::<stator_wire::operations::$name>(body));)*
            count
        }
    };
}

stator_wire::for_each_operation!(declare_decode_all);

fn accepts<O: Operation>(body: &[u8]) -> bool {
    stator_wire::decode::<O>(body).is_ok()
}

/// Names that mean something, so that random documents get past the first checks.
const NAMES: &[&str] = &[
    "TableName",
    "Key",
    "Item",
    "Limit",
    "Keys",
    "RequestItems",
    "TransactItems",
    "Put",
    "Get",
    "Update",
    "PutRequest",
    "ExclusiveStartKey",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "AttributeDefinitions",
    "KeySchema",
    "ProvisionedThroughput",
    "Expected",
    "AttributeUpdates",
    "KeyConditions",
    "QueryFilter",
    "ScanFilter",
    "AttributesToGet",
    "ConditionalOperator",
    "ComparisonOperator",
    "AttributeValueList",
    "Value",
    "Exists",
    "EQ",
    "OR",
    "S",
    "N",
    "B",
    "SS",
    "NS",
    "BS",
    "L",
    "M",
    "BOOL",
    "NULL",
    "abc",
];

fn json() -> impl Strategy<Value = String> {
    let text = prop_oneof![
        "[a-z=+/ \\\\\"é😀]{0,5}".prop_map(|text| format!("{text:?}").replace("\\u{", "\\\\u{")),
        proptest::sample::select(NAMES).prop_map(|name| format!("{name:?}")),
        Just("\"123.5e-7\"".to_owned()),
        Just("\"YWJj\"".to_owned()),
    ];
    let leaf = prop_oneof![
        4 => text,
        1 => any::<i64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| format!("{number:e}")),
        1 => proptest::sample::select(&["null", "true", "false"][..]).prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 64, 6, |inner| {
        let name = proptest::sample::select(NAMES);
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|elements| format!("[{}]", elements.join(","))),
            proptest::collection::vec((name, inner), 0..6).prop_map(|entries| {
                let entries = entries.iter().map(|(name, value)| format!("{name:?}:{value}"));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn random_documents(document in json()) {
        accepting(document.as_bytes());
    }

    #[test]
    fn random_members_of_a_request(members in proptest::collection::vec(
        (proptest::sample::select(NAMES), json()), 0..6,
    )) {
        let members = members.iter().map(|(name, value)| format!("{name:?}:{value}"));
        let body = format!("{{\"TableName\":\"abc\",{}}}", members.collect::<Vec<_>>().join(","));
        accepting(body.as_bytes());
    }

    #[test]
    fn random_bytes(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(accepting(&body) <= 1, "only ListTables needs nothing");
    }

    #[test]
    fn every_prefix_of_a_request_is_refused(cut in 0usize..PUT.len()) {
        prop_assert_eq!(accepting(&PUT.as_bytes()[..cut]), 0);
    }
}

const PUT: &str = r#"{"TableName":"abc","Item":{"a":{"M":{"b":{"L":[{"N":"1"},{"SS":["x"]}]}}}}}"#;

#[test]
fn the_whole_request_is_accepted() {
    assert!(accepts::<stator_wire::operations::PutItem>(PUT.as_bytes()));
}
