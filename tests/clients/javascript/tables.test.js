// Table operations, waiters and the table paginator of the low-level client.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  paginateListTables,
  ResourceInUseException,
  ResourceNotFoundException,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { client } from "./support/connection.js";
import { createTable, tableRequest, uniqueName } from "./support/tables.js";

test("a table can be created, awaited, described, deleted and awaited again", async () => {
  const TableName = uniqueName();
  const created = await client.send(new CreateTableCommand(tableRequest(TableName, "p:S c:N")));
  assert.equal(created.TableDescription.TableStatus, "CREATING");
  assert.ok(created.TableDescription.CreationDateTime instanceof Date);

  const patience = { client, maxWaitTime: 30, minDelay: 1 };
  const exists = await waitUntilTableExists(patience, { TableName });
  assert.equal(exists.state, "SUCCESS");
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  assert.equal(Table.TableStatus, "ACTIVE");
  assert.deepEqual(Table.KeySchema, [
    { AttributeName: "p", KeyType: "HASH" },
    { AttributeName: "c", KeyType: "RANGE" },
  ]);

  await client.send(new DeleteTableCommand({ TableName }));
  const gone = await waitUntilTableNotExists(patience, { TableName });
  assert.equal(gone.state, "SUCCESS");
});

test("creating a table twice throws ResourceInUseException", async () => {
  const name = await createTable("p:S");
  await assert.rejects(client.send(new CreateTableCommand(tableRequest(name, "p:S"))), (error) => {
    assert.ok(error instanceof ResourceInUseException);
    assert.equal(error.message, `Table already exists: ${name}`);
    return true;
  });
});

test("describing a missing table throws ResourceNotFoundException", async () => {
  const TableName = uniqueName();
  await assert.rejects(client.send(new DescribeTableCommand({ TableName })), (error) => {
    assert.ok(error instanceof ResourceNotFoundException);
    assert.equal(error.message, `Requested resource not found: Table: ${TableName} not found`);
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.match(error.$metadata.requestId, /^[A-Z0-9]{52}$/);
    return true;
  });
});

test("the table paginator lists every table once", async () => {
  const names = [];
  for (let i = 0; i < 3; i += 1) names.push(await createTable("p:S"));
  const listed = [];
  for await (const page of paginateListTables({ client, pageSize: 2 }, {})) {
    assert.ok(page.TableNames.length <= 2);
    listed.push(...page.TableNames);
  }
  assert.equal(new Set(listed).size, listed.length);
  for (const name of names) assert.ok(listed.includes(name));
});

test("a global index is described", async () => {
  const name = await createTable("p:S", { "by-g": "g:S n:N" });
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  const [index] = Table.GlobalSecondaryIndexes;
  assert.equal(index.IndexName, "by-g");
  assert.equal(index.IndexStatus, "ACTIVE");
  assert.deepEqual(
    index.KeySchema.map((key) => key.AttributeName),
    ["g", "n"],
  );
});
