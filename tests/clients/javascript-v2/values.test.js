// What values become and how they come back: the document client's own types.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import AWS from "aws-sdk";
import { client, documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

let TableName;
before(async () => {
  TableName = await createTable();
});

let last = 0;
async function roundTrip(v, through = documents) {
  last += 1;
  const Key = { p: "value", c: last };
  await through.put({ TableName, Item: { ...Key, v } }).promise();
  return (await through.get({ TableName, Key }).promise()).Item.v;
}
async function typed() {
  const Key = { p: { S: "value" }, c: { N: String(last) } };
  return (await client.getItem({ TableName, Key }).promise()).Item.v;
}

const plain = [
  ["text", "grüße, ☃, 𝄞", "S"],
  ["the empty text", "", "S"],
  ["a number", -12.5, "N"],
  ["a boolean", true, "BOOL"],
  ["null", null, "NULL"],
  ["binary", Buffer.from([0, 127, 128, 255]), "B"],
  ["a list", [1, "two", [null, { three: 3 }]], "L"],
  ["a map", { a: { b: [true] }, "odd name.": 1 }, "M"],
];
for (const [name, value, type] of plain) {
  test(`${name} is stored as ${type} and comes back`, async () => {
    assert.deepEqual(await roundTrip(value), value);
    assert.deepEqual(Object.keys(await typed()), [type]);
  });
}

const sets = [
  ["texts", ["a", "b"], "String", "SS"],
  ["numbers", [1, 2.5], "Number", "NS"],
  ["binaries", [Buffer.from([1]), Buffer.from([2])], "Binary", "BS"],
];
for (const [name, values, type, wire] of sets) {
  test(`a set of ${name} comes back as the client's set`, async () => {
    const back = await roundTrip(documents.createSet(values));
    assert.equal(back.wrapperName, "Set");
    assert.equal(back.type, type);
    assert.deepEqual([...back.values].sort(), values);
    assert.deepEqual(Object.keys(await typed()), [wire]);
  });
}

test("wrapped numbers keep 38 digits", async () => {
  const digits = "0.12345678901234567890123456789012345678";
  const exact = new AWS.DynamoDB.DocumentClient({ service: client, wrapNumbers: true });
  // v2 exports no constructor for such a number: the first is written typed.
  const Key = { p: { S: "value" }, c: { N: "1000" } };
  await client.putItem({ TableName, Item: { ...Key, v: { N: digits } } }).promise();
  const { Item } = await exact.get({ TableName, Key: { p: "value", c: 1000 } }).promise();
  assert.equal(Item.v.wrapperName, "NumberValue");
  assert.equal(Item.v.toString(), digits);
  assert.equal(await roundTrip(Item.v, exact).then(String), digits);
});

test("the converter reads and writes what the low-level client carries", async () => {
  const { marshall, unmarshall } = AWS.DynamoDB.Converter;
  const item = { p: "converted", c: 1, v: { list: [1, "a", null, false] } };
  await client.putItem({ TableName, Item: marshall(item) }).promise();
  const { Items } = await client
    .query({
      TableName,
      KeyConditionExpression: "p = :p",
      ExpressionAttributeValues: marshall({ ":p": "converted" }),
    })
    .promise();
  assert.deepEqual(
    Items.map((found) => unmarshall(found)),
    [item],
  );
});

test("convertEmptyValues turns empty texts into null", async () => {
  const service = client;
  const converting = new AWS.DynamoDB.DocumentClient({ service, convertEmptyValues: true });
  assert.equal(await roundTrip("", converting), null);
});
