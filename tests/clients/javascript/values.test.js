// What JavaScript values become and how they come back, under the client's translation options.

import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetCommand, NumberValue, PutCommand } from "@aws-sdk/lib-dynamodb";
import { client, documents, documentsWith } from "./support/connection.js";
import { createTable } from "./support/tables.js";

describe("a value", () => {
  let TableName;
  beforeEach(async () => {
    TableName = await createTable("p:S");
  });

  const put = (v, through = documents) =>
    through.send(new PutCommand({ TableName, Item: { p: "x", v } }));
  const get = async (through = documents) =>
    (await through.send(new GetCommand({ TableName, Key: { p: "x" } }))).Item.v;
  const typed = async () =>
    (await client.send(new GetItemCommand({ TableName, Key: { p: { S: "x" } } }))).Item.v;

  const values = [
    ["text", "grüße, ☃, 𝄞, \u0000", "S"],
    ["the empty text", "", "S"],
    ["an integer", 42, "N"],
    ["a fraction", -0.125, "N"],
    ["the largest safe integer", Number.MAX_SAFE_INTEGER, "N"],
    ["a boolean", false, "BOOL"],
    ["null", null, "NULL"],
    ["binary", new Uint8Array([0, 127, 128, 255]), "B"],
    ["empty binary", new Uint8Array(), "B"],
    ["a list", [1, "two", [null, { three: 3 }]], "L"],
    ["the empty list", [], "L"],
    ["a map", { a: { b: { c: [true] } }, "odd name.": 1 }, "M"],
    ["the empty map", {}, "M"],
    ["a set of texts", new Set(["a", "b"]), "SS"],
    ["a set of numbers", new Set([1, 2.5, -3]), "NS"],
    ["a set of binaries", new Set([new Uint8Array([1]), new Uint8Array([2])]), "BS"],
  ];
  for (const [name, value, type] of values) {
    test(`that is ${name} is stored as ${type} and comes back`, async () => {
      await put(value);
      assert.deepEqual(await get(), value);
      assert.deepEqual(Object.keys(await typed()), [type]);
    });
  }

  test("that is a bigint keeps its digits", async () => {
    const big = 12345678901234567890123456789012345678n;
    await put(big);
    assert.deepEqual(await typed(), { N: big.toString() });
    assert.equal(await get(), big);
  });

  test("that is a NumberValue keeps 38 digits", async () => {
    const exact = "0.12345678901234567890123456789012345678";
    const wrapped = documentsWith({ unmarshallOptions: { wrapNumbers: true } });
    await put(NumberValue.from(exact), wrapped);
    const back = await get(wrapped);
    assert.ok(back instanceof NumberValue);
    assert.equal(back.toString(), exact);
  });

  test("that is undefined is refused, or left out on request", async () => {
    await assert.rejects(put({ a: undefined }), /removeUndefinedValues/);
    const sparing = documentsWith({ marshallOptions: { removeUndefinedValues: true } });
    await put({ a: undefined, b: [1, undefined, 2] }, sparing);
    assert.deepEqual(await get(), { b: [1, 2] });
  });

  test("that is empty becomes null on request", async () => {
    const nulling = documentsWith({ marshallOptions: { convertEmptyValues: true } });
    await put({ text: "", set: new Set(), binary: new Uint8Array() }, nulling);
    assert.deepEqual(await get(), { text: null, set: null, binary: null });
  });

  test("that is a class instance becomes a map on request", async () => {
    class Point {
      constructor(x, y) {
        this.x = x;
        this.y = y;
      }
    }
    const lenient = documentsWith({ marshallOptions: { convertClassInstanceToMap: true } });
    await put(new Point(1, 2), lenient);
    assert.deepEqual(await get(), { x: 1, y: 2 });
  });

  test("that is nested 31 lists deep comes back", async () => {
    let nested = "core";
    for (let level = 0; level < 31; level += 1) nested = [nested];
    await put(nested);
    assert.deepEqual(await get(), nested);
  });

  test("that is nested too deep is refused", async () => {
    let nested = "core";
    for (let level = 0; level < 40; level += 1) nested = [nested];
    await assert.rejects(put(nested), {
      name: "ValidationException",
      message:
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested " +
        "levels beyond supported limit",
    });
  });

  test("that is a number out of range is refused", async () => {
    const Item = { p: { S: "x" }, v: { N: "1E+126" } };
    await assert.rejects(client.send(new PutItemCommand({ TableName, Item })), {
      name: "ValidationException",
      message:
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    });
  });
});
