// Get, put, update and delete with the document client.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

describe("one item", () => {
  let TableName;
  beforeEach(async () => {
    TableName = await createTable("p:S");
  });

  const put = (Item, more) => documents.send(new PutCommand({ TableName, Item, ...more }));
  const get = async (p, more) =>
    (await documents.send(new GetCommand({ TableName, Key: { p }, ConsistentRead: true, ...more })))
      .Item;
  const update = (p, more) => documents.send(new UpdateCommand({ TableName, Key: { p }, ...more }));
  const remove = (p, more) => documents.send(new DeleteCommand({ TableName, Key: { p }, ...more }));

  test("is put and got", async () => {
    const item = {
      p: "x",
      text: "ä☃",
      n: 1.5,
      yes: true,
      none: null,
      list: [1, ["a"]],
      map: { k: {} },
    };
    await put(item);
    assert.deepEqual(await get("x"), item);
  });

  test("is undefined when absent", async () => {
    assert.equal(await get("absent"), undefined);
  });

  test("is replaced by put, which can answer the old one", async () => {
    assert.equal((await put({ p: "x", a: 1 }, { ReturnValues: "ALL_OLD" })).Attributes, undefined);
    const answer = await put({ p: "x", b: 2 }, { ReturnValues: "ALL_OLD" });
    assert.deepEqual(answer.Attributes, { p: "x", a: 1 });
    assert.deepEqual(await get("x"), { p: "x", b: 2 });
  });

  test("is deleted, and the old one answered", async () => {
    await put({ p: "x", a: 1 });
    const answer = await remove("x", { ReturnValues: "ALL_OLD" });
    assert.deepEqual(answer.Attributes, { p: "x", a: 1 });
    assert.equal(await get("x"), undefined);
  });

  test("is projected", async () => {
    await put({ p: "x", status: "s", map: { list: [1, 2, 3] }, other: 0 });
    const projected = await get("x", {
      ProjectionExpression: "#s, #m.#l[1]",
      ExpressionAttributeNames: { "#s": "status", "#m": "map", "#l": "list" },
    });
    assert.deepEqual(projected, { status: "s", map: { list: [2] } });
  });

  test("is not projected by reserved words without placeholders", async () => {
    await assert.rejects(get("x", { ProjectionExpression: "status" }), {
      name: "ValidationException",
      message:
        "Invalid ProjectionExpression: Attribute name is a reserved keyword; " +
        "reserved keyword: status",
    });
  });

  test("is updated by all four clauses at once", async () => {
    await put({ p: "x", n: 1, tags: new Set(["a", "b"]), former: true, doc: { list: [1] } });
    const answer = await update("x", {
      UpdateExpression:
        "SET doc.#l = list_append(doc.#l, :more), fresh = if_not_exists(fresh, :zero) " +
        "REMOVE former ADD n :two DELETE tags :a",
      ExpressionAttributeNames: { "#l": "list" },
      ExpressionAttributeValues: { ":more": [2], ":zero": 0, ":two": 2, ":a": new Set(["a"]) },
      ReturnValues: "ALL_NEW",
    });
    const expected = { p: "x", n: 3, tags: new Set(["b"]), doc: { list: [1, 2] }, fresh: 0 };
    assert.deepEqual(answer.Attributes, expected);
    assert.deepEqual(await get("x"), expected);
  });

  test("returns the updated attributes, old and new", async () => {
    await put({ p: "x", n: 1, other: 0 });
    const step = { UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": 1 } };
    assert.deepEqual((await update("x", { ...step, ReturnValues: "UPDATED_OLD" })).Attributes, {
      n: 1,
    });
    assert.deepEqual((await update("x", { ...step, ReturnValues: "UPDATED_NEW" })).Attributes, {
      n: 3,
    });
  });

  test("is created once under a condition", async () => {
    const once = { ConditionExpression: "attribute_not_exists(p)" };
    await put({ p: "x", v: 1 }, once);
    await assert.rejects(put({ p: "x", v: 2 }, once), ConditionalCheckFailedException);
    assert.deepEqual(await get("x"), { p: "x", v: 1 });
  });

  for (const [name, operation] of [
    ["put", (more) => put({ p: "x" }, more)],
    ["update", (more) => update("x", more)],
    ["delete", (more) => remove("x", more)],
  ]) {
    test(`comes with the error of a failed conditional ${name}`, async () => {
      await put({ p: "x", v: 1 });
      const attempt = operation({
        ConditionExpression: "attribute_not_exists(p)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      });
      await assert.rejects(attempt, (error) => {
        assert.ok(error instanceof ConditionalCheckFailedException);
        assert.equal(error.name, "ConditionalCheckFailedException");
        assert.equal(error.message, "The conditional request failed");
        // The error carries the item as it came over the wire.
        assert.deepEqual(error.Item, { p: { S: "x" }, v: { N: "1" } });
        return true;
      });
    });
  }

  test("can be changed by optimistic retries without losing a change", async () => {
    await put({ p: "x", version: 0, sum: 0 });
    const addOnce = async (amount) => {
      const seen = await get("x");
      await update("x", {
        UpdateExpression: "SET version = :next, #s = :sum",
        ConditionExpression: "version = :seen",
        ExpressionAttributeNames: { "#s": "sum" },
        ExpressionAttributeValues: {
          ":seen": seen.version,
          ":next": seen.version + 1,
          ":sum": seen.sum + amount,
        },
      });
    };
    const add = async (amount) => {
      for (;;) {
        try {
          return await addOnce(amount);
        } catch (error) {
          if (!(error instanceof ConditionalCheckFailedException)) throw error;
        }
      }
    };
    const amounts = Array.from({ length: 20 }, (_, i) => i + 1);
    await Promise.all(amounts.map(add));
    assert.deepEqual(await get("x"), { p: "x", version: 20, sum: 210 });
  });

  test("is refused without its key", async () => {
    await assert.rejects(put({ q: "x" }), {
      name: "ValidationException",
      message: "One or more parameter values were invalid: Missing the key p in the item",
    });
  });
});
