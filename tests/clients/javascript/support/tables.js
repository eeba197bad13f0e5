// Uniquely named tables, one or more for each test, deleted when the test file ends.

import { randomUUID } from "node:crypto";
import { after } from "node:test";
import {
  CreateTableCommand,
  DeleteTableCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { client } from "./connection.js";

/** A name that no other test uses. */
export function uniqueName() {
  return `test-${randomUUID()}`;
}

/** "p:S c:N" → the key attributes [["p", "S"], ["c", "N"]]. */
function parseKeys(keys) {
  return keys.split(" ").map((key) => key.split(":"));
}

function keySchema(pairs) {
  return pairs.map(([AttributeName], position) => ({
    AttributeName,
    KeyType: position === 0 ? "HASH" : "RANGE",
  }));
}

/** The arguments of CreateTable; `indexes` maps a global index name to its keys. */
export function tableRequest(TableName, keys, indexes = {}) {
  const pairs = parseKeys(keys);
  const indexed = Object.entries(indexes).map(([name, its]) => [name, parseKeys(its)]);
  const types = new Map([...pairs, ...indexed.flatMap(([, its]) => its)]);
  return {
    TableName,
    KeySchema: keySchema(pairs),
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => ({
      AttributeName,
      AttributeType,
    })),
    BillingMode: "PAY_PER_REQUEST",
    ...(indexed.length > 0 && {
      GlobalSecondaryIndexes: indexed.map(([IndexName, its]) => ({
        IndexName,
        KeySchema: keySchema(its),
        Projection: { ProjectionType: "ALL" },
      })),
    }),
  };
}

const created = [];

/** Creates a table and answers its name. */
export async function createTable(keys, indexes) {
  const { TableName } = await create(tableRequest(uniqueName(), keys, indexes));
  return TableName;
}

/** Creates a table with a stream of this view and answers its description. */
export function createStreamedTable(keys, StreamViewType) {
  const StreamSpecification = { StreamEnabled: true, StreamViewType };
  return create({ ...tableRequest(uniqueName(), keys), StreamSpecification });
}

async function create(request) {
  const { TableDescription } = await client.send(new CreateTableCommand(request));
  const { TableName } = TableDescription;
  created.push(TableName);
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  return TableDescription;
}

after(async () => {
  for (const TableName of created) {
    await client.send(new DeleteTableCommand({ TableName }));
  }
});
