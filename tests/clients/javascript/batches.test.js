// Batches with the document client.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ResourceNotFoundException } from "@aws-sdk/client-dynamodb";
import { BatchGetCommand, BatchWriteCommand, PutCommand, ScanCommand } from "@aws-sdk/lib-dynamodb";
import { documents } from "./support/connection.js";
import { createTable, uniqueName } from "./support/tables.js";

const putRequest = (Item) => ({ PutRequest: { Item } });
const deleteRequest = (Key) => ({ DeleteRequest: { Key } });
const write = (RequestItems) => documents.send(new BatchWriteCommand({ RequestItems }));
const get = (RequestItems) => documents.send(new BatchGetCommand({ RequestItems }));

describe("two tables", () => {
  let one;
  let two;
  beforeEach(async () => {
    [one, two] = [await createTable("p:S"), await createTable("p:N")];
  });

  const scan = async (TableName) =>
    (await documents.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items;

  test("are written to and deleted from in one batch", async () => {
    await documents.send(new PutCommand({ TableName: one, Item: { p: "former" } }));
    const answer = await write({
      [one]: [putRequest({ p: "x", tags: new Set([1, 2]) }), deleteRequest({ p: "former" })],
      [two]: [putRequest({ p: 1 }), deleteRequest({ p: 2 })],
    });
    assert.deepEqual(answer.UnprocessedItems, {});
    assert.deepEqual(await scan(one), [{ p: "x", tags: new Set([1, 2]) }]);
    assert.deepEqual(await scan(two), [{ p: 1 }]);
  });

  test("are read from in one batch, absent keys left out", async () => {
    await write({ [one]: [putRequest({ p: "x", v: 1, w: 2 })], [two]: [putRequest({ p: 7 })] });
    const answer = await get({
      [one]: { Keys: [{ p: "x" }, { p: "absent" }], ProjectionExpression: "w" },
      [two]: { Keys: [{ p: 7 }], ConsistentRead: true },
    });
    assert.deepEqual(answer.Responses, { [one]: [{ w: 2 }], [two]: [{ p: 7 }] });
    assert.deepEqual(answer.UnprocessedKeys, {});
  });

  test("take 25 writes and give back 100 reads", async () => {
    const keys = Array.from({ length: 100 }, (_, p) => ({ p }));
    for (let start = 0; start < keys.length; start += 25) {
      await write({ [two]: keys.slice(start, start + 25).map(putRequest) });
    }
    const { Responses } = await get({ [two]: { Keys: keys } });
    assert.deepEqual(
      Responses[two].map((item) => item.p).sort((a, b) => a - b),
      keys.map((key) => key.p),
    );
  });

  test("refuse 26 writes", async () => {
    const many = Array.from({ length: 26 }, (_, p) => putRequest({ p }));
    await assert.rejects(write({ [two]: many }), { name: "ValidationException" });
    assert.deepEqual(await scan(two), []);
  });

  test("refuse a key named twice", async () => {
    const message = "Provided list of item keys contains duplicates";
    await assert.rejects(write({ [one]: [putRequest({ p: "x" }), deleteRequest({ p: "x" })] }), {
      message,
    });
    await assert.rejects(get({ [one]: { Keys: [{ p: "x" }, { p: "x" }] } }), { message });
  });

  test("leave unprocessed keys beyond 16 megabytes, which a loop fetches", async () => {
    const Keys = Array.from({ length: 45 }, (_, p) => ({ p }));
    const value = "a".repeat(399_000);
    for (const key of Keys) {
      await documents.send(new PutCommand({ TableName: two, Item: { ...key, value } }));
    }
    const seen = [];
    let rounds = 0;
    for (let request = { [two]: { Keys } }; Object.keys(request).length > 0; rounds += 1) {
      const answer = await get(request);
      assert.ok(answer.Responses[two].length > 0);
      seen.push(...answer.Responses[two].map((item) => item.p));
      request = answer.UnprocessedKeys;
    }
    assert.deepEqual(
      seen.sort((a, b) => a - b),
      Keys.map((key) => key.p),
    );
    assert.ok(rounds > 1);
  });

  test("are not touched by a batch that names a missing one", async () => {
    const batch = write({
      [one]: [putRequest({ p: "x" })],
      [uniqueName()]: [putRequest({ p: "x" })],
    });
    await assert.rejects(batch, ResourceNotFoundException);
    assert.deepEqual(await scan(one), []);
  });
});
