//! The map from the service's shapes to Stator's nouns, and what else the model does not say.

/// Shapes of which codegen makes no type, because `model` has the noun.
pub(super) const NOUNS: &[(&str, &str)] = &[
    ("ArchivalSummary", "Unsupported"),
    ("AttributeAction", "legacy::UpdateAction"),
    ("AttributeDefinition", "AttributeDefinition"),
    ("AttributeMap", "Item"),
    ("AttributeValue", "Operand"),
    ("AttributeValueUpdate", "legacy::AttributeUpdate"),
    ("BillingMode", "BillingMode"),
    ("ComparisonOperator", "legacy::ComparisonOperator"),
    ("Condition", "legacy::Comparison"),
    ("ConditionalOperator", "legacy::ConditionalOperator"),
    ("ConsumedCapacity", "CapacityReport"),
    ("CreateGlobalSecondaryIndexAction", "IndexDeclaration"),
    ("ExpectedAttributeValue", "legacy::ExpectedAttribute"),
    ("GlobalSecondaryIndex", "IndexDeclaration"),
    ("GlobalTableSettingsReplicationMode", "Unsupported"),
    ("GlobalTableWitnessDescriptionList", "Unsupported"),
    ("GlobalTableWitnessGroupUpdateList", "Unsupported"),
    ("ItemCollectionMetrics", "ItemCollectionMetrics"),
    ("Key", "Item"),
    ("KeySchemaElement", "KeySchemaElement"),
    ("KeyType", "KeyRole"),
    ("MultiRegionConsistency", "Unsupported"),
    ("OnDemandThroughput", "OnDemandThroughput"),
    ("OperationType", "ChangeKind"),
    ("Projection", "ProjectionDeclaration"),
    ("ProjectionType", "ProjectionType"),
    ("ProvisionedThroughput", "ProvisionedThroughput"),
    ("PutItemInputAttributeMap", "Item"),
    ("ReplicaDescriptionList", "Unsupported"),
    ("ReplicationGroupUpdateList", "Unsupported"),
    ("ResourceArnString", "TableRef"),
    ("RestoreSummary", "Unsupported"),
    ("ReturnConsumedCapacity", "ReturnConsumedCapacity"),
    ("ReturnItemCollectionMetrics", "ReturnItemCollectionMetrics"),
    ("ReturnValue", "ReturnValues"),
    ("ReturnValuesOnConditionCheckFailure", "ReturnValuesOnConditionCheckFailure"),
    ("ScalarAttributeType", "ScalarType"),
    ("Select", "Select"),
    ("SSESpecification", "SseDeclaration"),
    ("SSEType", "SseKind"),
    ("StreamArn", "StreamArn"),
    ("StreamSpecification", "StreamDeclaration"),
    ("StreamViewType", "StreamView"),
    ("TableArn", "TableRef"),
    ("TableClass", "TableClass"),
    ("TimeToLiveStatus", "TimeToLiveStatus"),
    ("UpdateGlobalSecondaryIndexAction", "IndexSettings"),
    ("VectorIndexDescriptionList", "Unsupported"),
    ("VectorIndexList", "Unsupported"),
    ("VectorIndexUpdateList", "Unsupported"),
    ("WarmThroughput", "WarmThroughput"),
];

/// Structures among the nouns, and the fields of their members.
pub(super) const FIELDS: &[(&str, &[(&str, &str)])] = &[
    ("AttributeDefinition", &[("AttributeName", "name"), ("AttributeType", "scalar_type")]),
    ("AttributeValueUpdate", &[("Action", "action"), ("Value", "value")]),
    ("Condition", &[("AttributeValueList", "values"), ("ComparisonOperator", "operator")]),
    (
        "ExpectedAttributeValue",
        &[
            ("AttributeValueList", "values"),
            ("ComparisonOperator", "operator"),
            ("Exists", "exists"),
            ("Value", "value"),
        ],
    ),
    (
        "GlobalSecondaryIndex",
        &[
            ("IndexName", "name"),
            ("KeySchema", "key_schema"),
            ("OnDemandThroughput", "on_demand"),
            ("Projection", "projection"),
            ("ProvisionedThroughput", "throughput"),
            ("WarmThroughput", "warm"),
        ],
    ),
    ("KeySchemaElement", &[("AttributeName", "name"), ("KeyType", "role")]),
    ("OnDemandThroughput", &[("MaxReadRequestUnits", "read"), ("MaxWriteRequestUnits", "write")]),
    (
        "Projection",
        &[("NonKeyAttributes", "non_key_attributes"), ("ProjectionType", "projection_type")],
    ),
    ("ProvisionedThroughput", &[("ReadCapacityUnits", "read"), ("WriteCapacityUnits", "write")]),
    (
        "SSESpecification",
        &[("Enabled", "enabled"), ("KMSMasterKeyId", "kms_key"), ("SSEType", "kind")],
    ),
    ("StreamSpecification", &[("StreamEnabled", "enabled"), ("StreamViewType", "view")]),
    (
        "UpdateGlobalSecondaryIndexAction",
        &[
            ("IndexName", "name"),
            ("OnDemandThroughput", "on_demand"),
            ("ProvisionedThroughput", "throughput"),
            ("WarmThroughput", "warm"),
        ],
    ),
    ("WarmThroughput", &[("ReadUnitsPerSecond", "read"), ("WriteUnitsPerSecond", "write")]),
];

/// Members whose field has what absence means: an empty list, the usual action.
pub(super) const DEFAULTS: &[(&str, &str)] =
    &[("AttributeValueUpdate", "Action"), ("Condition", "AttributeValueList")];

/// What answers alone have of a shape: a number that a request gives as text, which is still to be
/// checked, is one.
pub(super) const ANSWERED: &[(&str, &str)] = &[("SequenceNumber", "SequenceNumber")];

/// Structures of which exactly one member may be there.
pub(super) const CHOICES: &[&str] = &["TransactWriteItem", "WriteRequest"];

/// Numbers of which the model does not say that they cannot be negative.
pub(super) const COUNTS: &[&str] = &["Integer", "Long", "LongObject"];

/// Times that answers show in whole seconds (API reference, StreamRecord: "UNIX epoch time format
/// and rounded down to the closest second", 2026-11).
pub(super) const WHOLE_SECONDS: &[(&str, &str)] =
    &[("StreamRecord", "ApproximateCreationDateTime")];

/// Texts of answers that are not built anew for each, and what has them instead: those that are
/// the same in every answer, or in every record of a page, or short when they are no text yet.
pub(super) const TEXTS: &[(&str, &str, &str)] = &[
    ("Identity", "PrincipalId", "&'static str"),
    ("Identity", "Type", "&'static str"),
    ("Record", "awsRegion", "std::sync::Arc<str>"),
    ("Record", "eventID", "EventId"),
    ("Record", "eventSource", "&'static str"),
    ("Record", "eventVersion", "&'static str"),
];

/// Members in another order than that of their names, in answers; the rest follows behind them.
pub(super) const ORDER: &[(&str, &[&str])] = &[
    (
        "GlobalSecondaryIndexDescription",
        &[
            "IndexName",
            "IndexArn",
            "ItemCount",
            "IndexSizeBytes",
            "KeySchema",
            "Projection",
            "IndexStatus",
            "Backfilling",
            "ProvisionedThroughput",
        ],
    ),
    (
        "GlobalSecondaryIndexWarmThroughputDescription",
        &["ReadUnitsPerSecond", "WriteUnitsPerSecond"],
    ),
    (
        "KeysAndAttributes",
        &[
            "ConsistentRead",
            "ExpressionAttributeNames",
            "ProjectionExpression",
            "AttributesToGet",
            "Keys",
        ],
    ),
    ("LocalSecondaryIndexDescription", &["IndexName", "IndexArn", "ItemCount", "IndexSizeBytes"]),
    ("ProvisionedThroughputDescription", &["LastIncreaseDateTime"]),
    ("SSEDescription", &["Status", "SSEType", "KMSMasterKeyArn"]),
    (
        "TableDescription",
        &[
            "TableName",
            "TableStatus",
            "TableArn",
            "TableId",
            "ItemCount",
            "TableSizeBytes",
            "DeletionProtectionEnabled",
            "ProvisionedThroughput",
            "CreationDateTime",
            "AttributeDefinitions",
            "KeySchema",
            "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
            "BillingModeSummary",
            "OnDemandThroughput",
            "LatestStreamArn",
            "LatestStreamLabel",
            "StreamSpecification",
            "SSEDescription",
            "TableClassSummary",
            "WarmThroughput",
        ],
    ),
    ("TableWarmThroughputDescription", &["ReadUnitsPerSecond", "WriteUnitsPerSecond"]),
];

/// Parameters from before there were expressions, and expressions: no request may mix them.
pub(super) const LEGACY: &[&str] = &[
    "AttributeUpdates",
    "AttributesToGet",
    "Expected",
    "QueryFilter",
    "ScanFilter",
    "ConditionalOperator",
];
pub(super) const EXPRESSIONS: &[&str] = &[
    "UpdateExpression",
    "ProjectionExpression",
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
];
/// Only these two of the others exclude each other.
pub(super) const KEY_CONDITIONS: (&str, &str) = ("KeyConditions", "KeyConditionExpression");
