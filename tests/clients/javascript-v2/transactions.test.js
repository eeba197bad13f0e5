// Transactions: cancellation reasons are on the error.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { beforeEach, describe, test } from "node:test";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

describe("a transaction", () => {
  let TableName;
  beforeEach(async () => {
    TableName = await createTable();
  });

  const key = (c) => ({ p: "x", c });
  const write = (TransactItems, more) =>
    documents.transactWrite({ TransactItems, ...more }).promise();
  const add = (c, n) => ({
    Update: {
      TableName,
      Key: key(c),
      UpdateExpression: "ADD n :n",
      ExpressionAttributeValues: { ":n": n },
    },
  });
  const read = async (...numbers) => {
    const TransactItems = numbers.map((c) => ({ Get: { TableName, Key: key(c) } }));
    const { Responses } = await documents.transactGet({ TransactItems }).promise();
    return Responses.map((response) => response.Item);
  };

  test("writes all or nothing", async () => {
    await write([
      { Put: { TableName, Item: { ...key(1), v: "one" } } },
      { Put: { TableName, Item: key(2) } },
    ]);
    await write([
      {
        ConditionCheck: { TableName, Key: key(1), ConditionExpression: "attribute_exists(v)" },
      },
      { Delete: { TableName, Key: key(2) } },
      add(3, 5),
    ]);
    assert.deepEqual(await read(1, 2, 3), [
      { ...key(1), v: "one" },
      undefined,
      { ...key(3), n: 5 },
    ]);
  });

  test("is cancelled with a reason for each action", async () => {
    await write([{ Put: { TableName, Item: { ...key(1), v: "old" } } }]);
    const taken = {
      Put: {
        TableName,
        Item: key(1),
        ConditionExpression: "attribute_not_exists(p)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    };
    await assert.rejects(write([add(2, 1), taken]), (error) => {
      assert.equal(error.code, "TransactionCanceledException");
      assert.equal(error.statusCode, 400);
      assert.equal(
        error.message,
        "Transaction cancelled, please refer cancellation reasons for specific reasons " +
          "[None, ConditionalCheckFailed]",
      );
      assert.deepEqual(error.CancellationReasons, [
        { Code: "None" },
        {
          Code: "ConditionalCheckFailed",
          Message: "The conditional request failed",
          Item: { p: { S: "x" }, c: { N: "1" }, v: { S: "old" } },
        },
      ]);
      return true;
    });
    assert.deepEqual(await read(2), [undefined]);
  });

  test("with a token happens once", async () => {
    const token = { ClientRequestToken: randomUUID() };
    await write([add(1, 1)], token);
    await write([add(1, 1)], token);
    assert.deepEqual(await read(1), [{ ...key(1), n: 1 }]);
    await assert.rejects(write([add(1, 2)], token), {
      code: "IdempotentParameterMismatchException",
    });
  });
});
