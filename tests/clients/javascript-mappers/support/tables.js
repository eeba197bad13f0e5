// Uniquely named single-table designs, deleted when the test file ends.

import { randomUUID } from "node:crypto";
import { after } from "node:test";
import { waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { client } from "./connection.js";

const created = [];

/** Deletes the table when the test file ends. */
export function deleteAtEnd(TableName) {
  created.push(TableName);
}

/** A name that no other test uses. */
export function uniqueName() {
  return `test-${randomUUID()}`;
}

/** Creates a table with the keys pk and sk, and a global index gsi1 with gsi1pk and gsi1sk. */
export async function createTable() {
  const TableName = uniqueName();
  const keys = (...names) => [
    { AttributeName: names[0], KeyType: "HASH" },
    { AttributeName: names[1], KeyType: "RANGE" },
  ];
  await client.createTable({
    TableName,
    KeySchema: keys("pk", "sk"),
    AttributeDefinitions: ["pk", "sk", "gsi1pk", "gsi1sk"].map((AttributeName) => ({
      AttributeName,
      AttributeType: "S",
    })),
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes: [
      {
        IndexName: "gsi1",
        KeySchema: keys("gsi1pk", "gsi1sk"),
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
  deleteAtEnd(TableName);
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  return TableName;
}

after(async () => {
  for (const TableName of created) await client.deleteTable({ TableName });
});
