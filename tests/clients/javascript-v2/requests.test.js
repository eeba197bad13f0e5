// Request objects: events, pages, retries and the checksum of answers.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { client, clientWithRetries, documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

let TableName;
before(async () => {
  TableName = await createTable();
  for (let c = 0; c < 7; c += 1) {
    await documents.put({ TableName, Item: { p: "paged", c } }).promise();
  }
});

const paged = () => ({
  TableName,
  KeyConditionExpression: "p = :p",
  ExpressionAttributeValues: { ":p": "paged" },
  Limit: 3,
});
const numbers = (page) => page.Items.map((item) => item.c);

test("a success fires sign, httpHeaders, success and complete in this order", async () => {
  const fired = [];
  const request = documents.get({ TableName, Key: { p: "paged", c: 1 } });
  const done = new Promise((resolve) => {
    request
      .on("sign", () => fired.push("sign"))
      .on("httpHeaders", (status) => fired.push(`httpHeaders ${status}`))
      .on("success", (response) => fired.push(`success ${response.data.Item.c}`))
      .on("error", () => fired.push("error"))
      .on("complete", (response) => {
        fired.push("complete");
        resolve(response);
      });
  });
  request.send();
  const { httpResponse } = await done;
  assert.deepEqual(fired, ["sign", "httpHeaders 200", "success 1", "complete"]);
  assert.equal(httpResponse.headers["content-type"], "application/x-amz-json-1.0");
});

test("a failure fires error and complete", async () => {
  const fired = [];
  const request = client.describeTable({ TableName: "no-such-table" });
  const done = new Promise((resolve) => {
    request
      .on("success", () => fired.push("success"))
      .on("error", (error) => fired.push(`error ${error.code}`))
      .on("complete", () => resolve(fired.push("complete")));
  });
  request.send();
  await done;
  assert.deepEqual(fired, ["error ResourceNotFoundException", "complete"]);
});

test("eachPage walks a query and ends with null", async () => {
  const pages = await new Promise((resolve, reject) => {
    const seen = [];
    documents.query(paged()).eachPage((error, page) => {
      if (error) return reject(error);
      seen.push(page && numbers(page));
      if (page === null) resolve(seen);
      return true;
    });
  });
  assert.deepEqual(pages, [[0, 1, 2], [3, 4, 5], [6], null]);
});

test("a response asks for its next page", async () => {
  const first = await documents.query(paged()).promise();
  assert.ok(first.$response.hasNextPage());
  const second = await first.$response.nextPage().promise();
  const third = await second.$response.nextPage().promise();
  assert.deepEqual([numbers(first), numbers(second), numbers(third)], [[0, 1, 2], [3, 4, 5], [6]]);
  assert.equal(third.$response.hasNextPage(), false);
});

test("an answer carries the CRC32 that the SDK checks", async () => {
  const { $response } = await client.describeTable({ TableName }).promise();
  assert.match($response.httpResponse.headers["x-amz-crc32"], /^\d+$/);
  assert.ok(client.crc32IsValid($response));
  $response.httpResponse.body[0] ^= 1;
  assert.equal(client.crc32IsValid($response), false);
});

test("an answer damaged on the way is asked for again", async () => {
  const request = clientWithRetries(2).describeTable({ TableName });
  const refused = [];
  request.on("httpDone", (response) => {
    if (refused.length === 0) response.httpResponse.body[0] ^= 1;
  });
  request.on("retry", (response) => refused.push(response.error.code));
  const { Table, $response } = await request.promise();
  assert.equal(Table.TableName, TableName);
  assert.deepEqual(refused, ["CRC32CheckFailed"]);
  assert.equal($response.retryCount, 1);
});

test("a refused request is not tried again", async () => {
  const request = clientWithRetries(5).describeTable({ TableName: "no-such-table" });
  await assert.rejects(request.promise(), { code: "ResourceNotFoundException" });
  assert.equal(request.response.retryCount, 0);
});
