// Table operations and waiters.

import assert from "node:assert/strict";
import { test } from "node:test";
import { client } from "./support/connection.js";
import { createTable, patience, tableRequest, uniqueName } from "./support/tables.js";

test("a table can be created, awaited, described, deleted and awaited again", async () => {
  const TableName = uniqueName();
  const { TableDescription } = await client.createTable(tableRequest(TableName)).promise();
  assert.equal(TableDescription.TableStatus, "CREATING");
  assert.ok(TableDescription.CreationDateTime instanceof Date);

  const named = { TableName, $waiter: patience };
  const { Table } = await client.waitFor("tableExists", named).promise();
  assert.equal(Table.TableStatus, "ACTIVE");
  assert.deepEqual(
    Table.GlobalSecondaryIndexes.map((index) => [index.IndexName, index.IndexStatus]),
    [["by-g", "ACTIVE"]],
  );

  await client.deleteTable({ TableName }).promise();
  await client.waitFor("tableNotExists", named).promise();
  await assert.rejects(client.describeTable({ TableName }).promise(), {
    code: "ResourceNotFoundException",
    message: `Requested resource not found: Table: ${TableName} not found`,
    statusCode: 400,
    retryable: false,
  });
});

test("creating a table twice is refused", async () => {
  const TableName = await createTable();
  await assert.rejects(client.createTable(tableRequest(TableName)).promise(), {
    code: "ResourceInUseException",
    message: `Table already exists: ${TableName}`,
  });
});

test("eachPage walks the list of tables", async () => {
  const names = [await createTable(), await createTable(), await createTable()];
  const listed = await new Promise((resolve, reject) => {
    const seen = [];
    client.listTables({ Limit: 2 }).eachPage((error, page) => {
      if (error) return reject(error);
      if (page === null) return resolve(seen);
      assert.ok(page.TableNames.length <= 2);
      seen.push(...page.TableNames);
      return true;
    });
  });
  assert.deepEqual(listed.filter((name) => names.includes(name)).sort(), names.sort());
});

test("a table keeps its tags and its time to live", async () => {
  const TableName = await createTable();
  const { Table } = await client.describeTable({ TableName }).promise();
  const ResourceArn = Table.TableArn;
  const Tags = [{ Key: "team", Value: "films" }];
  await client.tagResource({ ResourceArn, Tags }).promise();
  assert.deepEqual((await client.listTagsOfResource({ ResourceArn }).promise()).Tags, Tags);
  await client.untagResource({ ResourceArn, TagKeys: ["team"] }).promise();
  assert.deepEqual((await client.listTagsOfResource({ ResourceArn }).promise()).Tags, []);

  const TimeToLiveSpecification = { AttributeName: "expires", Enabled: true };
  await client.updateTimeToLive({ TableName, TimeToLiveSpecification }).promise();
  const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName }).promise();
  assert.equal(TimeToLiveDescription.AttributeName, "expires");
});
