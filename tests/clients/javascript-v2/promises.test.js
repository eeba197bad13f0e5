// The document client with `.promise()`, as most code in v2 was written.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

describe("with promises", () => {
  let TableName;
  beforeEach(async () => {
    TableName = await createTable();
  });

  const put = (Item) => documents.put({ TableName, Item }).promise();
  const get = async (Key) =>
    (await documents.get({ TableName, Key, ConsistentRead: true }).promise()).Item;
  const numbers = (items) => items.map((item) => item.c);
  const count = (length) => Array.from({ length }, (_, i) => i);
  const fill = async (length, p = "x") => {
    for (const c of count(length)) await put({ p, c, g: c % 2 ? "odd" : "even" });
  };

  test("an item is put, read, updated and deleted", async () => {
    const Key = { p: "x", c: 1 };
    await put({ ...Key, title: "first", seen: { times: 1 } });
    const { Attributes } = await documents
      .update({
        TableName,
        Key,
        UpdateExpression: "SET #t = :t, seen.times = seen.times + :one REMOVE nothing",
        ExpressionAttributeNames: { "#t": "title" },
        ExpressionAttributeValues: { ":t": "second", ":one": 1 },
        ReturnValues: "UPDATED_NEW",
      })
      .promise();
    assert.deepEqual(Attributes, { title: "second", seen: { times: 2 } });
    assert.deepEqual(await get(Key), { ...Key, title: "second", seen: { times: 2 } });
    const gone = await documents.delete({ TableName, Key, ReturnValues: "ALL_OLD" }).promise();
    assert.equal(gone.Attributes.title, "second");
    assert.equal(await get(Key), undefined);
  });

  test("a failed condition rejects with code, status and a request id", async () => {
    await put({ p: "x", c: 1 });
    const attempt = documents.put({
      TableName,
      Item: { p: "x", c: 1 },
      ConditionExpression: "attribute_not_exists(p)",
    });
    await assert.rejects(attempt.promise(), (error) => {
      assert.equal(error.code, "ConditionalCheckFailedException");
      assert.equal(error.message, "The conditional request failed");
      assert.equal(error.statusCode, 400);
      assert.equal(error.retryable, false);
      assert.match(error.requestId, /^[A-Z0-9]{52}$/);
      return true;
    });
  });

  test("a query is paged by LastEvaluatedKey", async () => {
    await fill(7);
    const read = [];
    let ExclusiveStartKey;
    do {
      const page = await documents
        .query({
          TableName,
          KeyConditionExpression: "p = :p AND c < :last",
          ExpressionAttributeValues: { ":p": "x", ":last": 6 },
          ScanIndexForward: false,
          Limit: 2,
          ExclusiveStartKey,
        })
        .promise();
      read.push(...numbers(page.Items));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    assert.deepEqual(read, [5, 4, 3, 2, 1, 0]);
  });

  test("a global index answers in its own order, filtered", async () => {
    await fill(6, "x");
    await fill(6, "y");
    const { Items, Count, ScannedCount } = await documents
      .query({
        TableName,
        IndexName: "by-g",
        KeyConditionExpression: "g = :g AND c BETWEEN :from AND :to",
        FilterExpression: "p = :p",
        ExpressionAttributeValues: { ":g": "odd", ":from": 2, ":to": 9, ":p": "y" },
      })
      .promise();
    assert.deepEqual([numbers(Items), Count, ScannedCount], [[3, 5], 2, 4]);
  });

  test("segments of a scan together are the table", async () => {
    for (const c of count(20)) await put({ p: `p${c}`, c });
    const segment = (Segment) =>
      documents.scan({ TableName, Segment, TotalSegments: 4, ProjectionExpression: "c" }).promise();
    const pages = await Promise.all([0, 1, 2, 3].map(segment));
    const read = pages.flatMap((page) => numbers(page.Items)).sort((a, b) => a - b);
    assert.deepEqual(read, count(20));
  });

  test("a batch of 25 is written and read, missing keys left out", async () => {
    const PutRequest = (c) => ({ PutRequest: { Item: { p: "x", c } } });
    const RequestItems = { [TableName]: Array.from({ length: 25 }, (_, c) => PutRequest(c)) };
    const { UnprocessedItems } = await documents.batchWrite({ RequestItems }).promise();
    assert.deepEqual(UnprocessedItems, {});

    const Keys = Array.from({ length: 45 }, (_, c) => ({ p: "x", c }));
    const asked = { RequestItems: { [TableName]: { Keys, ConsistentRead: true } } };
    const { Responses, UnprocessedKeys } = await documents.batchGet(asked).promise();
    assert.deepEqual(
      numbers(Responses[TableName]).sort((a, b) => a - b),
      count(25),
    );
    assert.deepEqual(UnprocessedKeys, {});
  });

  test("what a batch of more than 16 MB leaves unprocessed is asked for again", async () => {
    const text = "t".repeat(390_000);
    for (const c of count(50)) await put({ p: "x", c, text });
    const Keys = count(50).map((c) => ({ p: "x", c }));
    let RequestItems = { [TableName]: { Keys, ConsistentRead: true } };
    const rounds = [];
    while (RequestItems[TableName]) {
      const page = await documents.batchGet({ RequestItems }).promise();
      rounds.push(numbers(page.Responses[TableName]));
      RequestItems = page.UnprocessedKeys;
    }
    assert.equal(rounds.length, 2);
    assert.deepEqual(
      rounds.flat().sort((a, b) => a - b),
      count(50),
    );
  });
});
