"""Tables from a short notation: "p:S c:N" is a string partition key and a number sort key."""

import uuid


def unique_name(prefix="test"):
    return f"{prefix}-{uuid.uuid4().hex}"


def key_schema(keys):
    """Splits "p:S c:N" into the key schema and the attribute types."""
    pairs = [key.split(":") for key in keys.split()]
    roles = ["HASH", "RANGE"]
    schema = [{"AttributeName": name, "KeyType": role} for (name, _), role in zip(pairs, roles)]
    return schema, dict(pairs)


def index(name, keys, projection="ALL", include=None):
    """An index; `keys` separates several partition from several sort attributes by "|"."""
    hash_keys, _, range_keys = keys.partition("|")
    pairs = [(key.split(":"), "HASH") for key in hash_keys.split()]
    pairs += [(key.split(":"), "RANGE") for key in range_keys.split()]
    projected = {"ProjectionType": projection}
    if include:
        projected = {"ProjectionType": "INCLUDE", "NonKeyAttributes": include}
    return {
        "types": dict(pair for pair, _ in pairs),
        "definition": {
            "IndexName": name,
            "KeySchema": [{"AttributeName": pair[0], "KeyType": role} for pair, role in pairs],
            "Projection": projected,
        },
    }


def table_request(name, keys, gsis=(), lsis=()):
    """The arguments of CreateTable."""
    schema, types = key_schema(keys)
    for described in [*gsis, *lsis]:
        types |= described["types"]
    request = {
        "TableName": name,
        "KeySchema": schema,
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": kind} for attribute, kind in types.items()
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
    if gsis:
        request["GlobalSecondaryIndexes"] = [gsi["definition"] for gsi in gsis]
    if lsis:
        request["LocalSecondaryIndexes"] = [lsi["definition"] for lsi in lsis]
    return request


class TableFactory:
    """Creates tables, waits until each is active, and deletes them all at the end."""

    def __init__(self, dynamodb):
        self.dynamodb = dynamodb
        self.names = []

    def create(self, keys, gsis=(), lsis=()):
        name = unique_name()
        table = self.dynamodb.create_table(**table_request(name, keys, gsis, lsis))
        self.names.append(name)
        self.dynamodb.meta.client.get_waiter("table_exists").wait(
            TableName=name, WaiterConfig={"Delay": 1}
        )
        return table

    def delete_all(self):
        for name in self.names:
            try:
                self.dynamodb.meta.client.delete_table(TableName=name)
            except self.dynamodb.meta.client.exceptions.ResourceNotFoundException:
                pass  # The test deleted it itself.
