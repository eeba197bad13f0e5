// Transactions with the document client.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import {
  IdempotentParameterMismatchException,
  TransactionCanceledException,
} from "@aws-sdk/client-dynamodb";
import {
  GetCommand,
  PutCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
} from "@aws-sdk/lib-dynamodb";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

describe("a transaction", () => {
  let TableName;
  beforeEach(async () => {
    TableName = await createTable("p:S");
  });

  const write = (TransactItems, more) =>
    documents.send(new TransactWriteCommand({ TransactItems, ...more }));
  const put = (Item, more) => ({ Put: { TableName, Item, ...more } });
  const putOnce = (Item, more) =>
    put(Item, { ConditionExpression: "attribute_not_exists(p)", ...more });
  const remove = (p) => ({ Delete: { TableName, Key: { p } } });
  const requireExisting = (p) => ({
    ConditionCheck: { TableName, Key: { p }, ConditionExpression: "attribute_exists(p)" },
  });
  const add = (p, n) => ({
    Update: {
      TableName,
      Key: { p },
      UpdateExpression: "ADD n :n",
      ExpressionAttributeValues: { ":n": n },
    },
  });
  const store = (Item) => documents.send(new PutCommand({ TableName, Item }));
  const get = async (p) =>
    (await documents.send(new GetCommand({ TableName, Key: { p }, ConsistentRead: true }))).Item;
  const names = async () =>
    (await documents.send(new ScanCommand({ TableName }))).Items.map((item) => item.p).sort();

  test("does all four actions at once", async () => {
    await store({ p: "guard" });
    await store({ p: "former" });
    await write([
      putOnce({ p: "new" }),
      remove("former"),
      requireExisting("guard"),
      add("count", 3),
    ]);
    assert.deepEqual(await names(), ["count", "guard", "new"]);
    assert.deepEqual(await get("count"), { p: "count", n: 3 });
  });

  test("is cancelled with a reason for each action", async () => {
    await store({ p: "taken", v: 1 });
    const attempt = write([
      put({ p: "a" }),
      putOnce({ p: "taken" }, { ReturnValuesOnConditionCheckFailure: "ALL_OLD" }),
      requireExisting("absent"),
    ]);
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof TransactionCanceledException);
      assert.equal(
        error.message,
        "Transaction cancelled, please refer cancellation reasons for specific reasons " +
          "[None, ConditionalCheckFailed, ConditionalCheckFailed]",
      );
      assert.deepEqual(
        error.CancellationReasons.map((reason) => [reason.Code, reason.Message]),
        [
          ["None", undefined],
          ["ConditionalCheckFailed", "The conditional request failed"],
          ["ConditionalCheckFailed", "The conditional request failed"],
        ],
      );
      // The reasons carry items as they came over the wire.
      assert.deepEqual(error.CancellationReasons[1].Item, { p: { S: "taken" }, v: { N: "1" } });
      assert.equal(error.CancellationReasons[2].Item, undefined);
      return true;
    });
    assert.deepEqual(await names(), ["taken"]);
  });

  test("with a token happens once", async () => {
    const ClientRequestToken = randomUUID();
    await write([add("count", 1)], { ClientRequestToken });
    await write([add("count", 1)], { ClientRequestToken });
    assert.equal((await get("count")).n, 1);
    await assert.rejects(
      write([add("count", 2)], { ClientRequestToken }),
      IdempotentParameterMismatchException,
    );
  });

  test("names an item once", async () => {
    await assert.rejects(write([add("x", 1), remove("x")]), {
      name: "ValidationException",
      message: "Transaction request cannot include multiple operations on one item",
    });
  });

  test("reads in the order asked, with gaps", async () => {
    await store({ p: "x", v: 1, tags: new Set(["a"]) });
    const read = (p) => ({ Get: { TableName, Key: { p } } });
    const { Responses } = await documents.send(
      new TransactGetCommand({
        TransactItems: [read("absent"), read("x"), read("gone")],
      }),
    );
    assert.deepEqual(
      Responses.map((response) => response.Item),
      [undefined, { p: "x", v: 1, tags: new Set(["a"]) }, undefined],
    );
  });

  test("projects what it reads", async () => {
    await store({ p: "x", v: 1, w: { deep: [1, 2] } });
    const Get = { TableName, Key: { p: "x" }, ProjectionExpression: "w.deep[1]" };
    const { Responses } = await documents.send(
      new TransactGetCommand({ TransactItems: [{ Get }] }),
    );
    assert.deepEqual(Responses, [{ Item: { w: { deep: [2] } } }]);
  });

  test("repeated after conflicts loses nothing", async () => {
    const isConflict = (error) =>
      error instanceof TransactionCanceledException &&
      error.CancellationReasons.some((reason) => reason.Code === "TransactionConflict");
    const transfer = async () => {
      for (;;) {
        try {
          return await write([add("left", -1), add("right", 1)]);
        } catch (error) {
          if (!isConflict(error)) throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 40 }, transfer));
    assert.deepEqual([(await get("left")).n, (await get("right")).n], [-40, 40]);
  });

  test("takes a hundred actions and refuses 101", async () => {
    const many = Array.from({ length: 101 }, (_, i) => put({ p: `p${i}` }));
    await write(many.slice(0, 100));
    assert.equal((await names()).length, 100);
    await assert.rejects(write(many), { name: "ValidationException" });
  });
});
