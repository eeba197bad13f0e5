// Uniquely named tables, one or more for each test, deleted when the test file ends.

import { randomUUID } from "node:crypto";
import { after } from "node:test";
import { client } from "./connection.js";

/** The waiters' own delay is 20 s. */
export const patience = { delay: 1, maxAttempts: 30 };

/** A name that no other test uses. */
export function uniqueName() {
  return `test-${randomUUID()}`;
}

/** A table with the keys p and c, and the global index "by-g" with the key g. */
export function tableRequest(TableName) {
  const key = (AttributeName, KeyType) => ({ AttributeName, KeyType });
  const attribute = (AttributeName, AttributeType) => ({ AttributeName, AttributeType });
  return {
    TableName,
    KeySchema: [key("p", "HASH"), key("c", "RANGE")],
    AttributeDefinitions: [attribute("p", "S"), attribute("c", "N"), attribute("g", "S")],
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes: [
      {
        IndexName: "by-g",
        KeySchema: [key("g", "HASH"), key("c", "RANGE")],
        Projection: { ProjectionType: "ALL" },
      },
    ],
  };
}

const created = [];

/** Creates a table and answers its name. */
export async function createTable() {
  const TableName = uniqueName();
  await client.createTable(tableRequest(TableName)).promise();
  created.push(TableName);
  await client.waitFor("tableExists", { TableName, $waiter: patience }).promise();
  return TableName;
}

after(async () => {
  for (const TableName of created) {
    await client.deleteTable({ TableName }).promise();
  }
});
