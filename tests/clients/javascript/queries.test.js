// Query and Scan with the document client, page by page and through paginators.

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import {
  BatchWriteCommand,
  paginateQuery,
  paginateScan,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/lib-dynamodb";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

const letters = ["a", "b", "c", "d"];

/** Forty items: partitions a to d with ten numbers each; `g` groups by parity, three have none. */
function items() {
  return letters.flatMap((p, i) =>
    Array.from({ length: 10 }, (_, c) => ({
      p,
      c,
      total: i * 10 + c,
      ...(c < 9 && { g: c % 2 === 0 ? "even" : "odd" }),
    })),
  );
}

async function collect(paginator) {
  const pages = [];
  for await (const page of paginator) pages.push(page);
  return { pages, items: pages.flatMap((page) => page.Items) };
}

describe("a filled table", () => {
  let TableName;
  before(async () => {
    TableName = await createTable("p:S c:N", { "by-g": "g:S total:N" });
    const requests = items().map((Item) => ({ PutRequest: { Item } }));
    for (let start = 0; start < requests.length; start += 25) {
      const RequestItems = { [TableName]: requests.slice(start, start + 25) };
      await documents.send(new BatchWriteCommand({ RequestItems }));
    }
  });

  const query = (input) => documents.send(new QueryCommand({ TableName, ...input }));
  const scan = (input) => documents.send(new ScanCommand({ TableName, ...input }));
  const partition = (p, more = "", values = {}) => ({
    KeyConditionExpression: `p = :p${more}`,
    ExpressionAttributeValues: { ":p": p, ...values },
  });

  test("answers one partition in order, forward and backward", async () => {
    const forward = await query(partition("b"));
    assert.deepEqual(
      forward.Items.map((item) => item.c),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
    assert.equal(forward.Count, 10);
    const backward = await query({ ...partition("b"), ScanIndexForward: false });
    assert.deepEqual(backward.Items, forward.Items.toReversed());
  });

  test("answers a range of the sort key", async () => {
    const input = partition("b", " AND c BETWEEN :a AND :z", { ":a": 3, ":z": 5 });
    assert.deepEqual(
      (await query(input)).Items.map((item) => item.total),
      [13, 14, 15],
    );
  });

  test("filters and counts", async () => {
    const input = partition("b", "", { ":min": 17 });
    const answer = await query({
      ...input,
      FilterExpression: "#t >= :min",
      ExpressionAttributeNames: { "#t": "total" },
    });
    assert.deepEqual([answer.Count, answer.ScannedCount], [3, 10]);
    const counted = await query({ ...partition("b"), Select: "COUNT" });
    assert.deepEqual([counted.Count, counted.Items], [10, undefined]);
  });

  for (const pageSize of [1, 3, 10, 100]) {
    test(`is paged through by query, ${pageSize} at a time`, async () => {
      const all = await collect(
        paginateQuery({ client: documents, pageSize }, { TableName, ...partition("c") }),
      );
      assert.deepEqual(
        all.items.map((item) => item.c),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
      assert.ok(all.pages.every((page) => page.Count <= pageSize));
    });
  }

  test("is paged through by a global index, ties and all", async () => {
    const input = {
      TableName,
      IndexName: "by-g",
      KeyConditionExpression: "g = :g",
      ExpressionAttributeValues: { ":g": "odd" },
    };
    const { items: found } = await collect(
      paginateQuery({ client: documents, pageSize: 3 }, input),
    );
    const expected = items()
      .filter((item) => item.g === "odd")
      .map((item) => item.total);
    assert.deepEqual(
      found.map((item) => item.total),
      expected,
    );
  });

  test("lists in its index only what has the index key", async () => {
    const { items: found } = await collect(
      paginateScan({ client: documents, pageSize: 7 }, { TableName, IndexName: "by-g" }),
    );
    assert.equal(found.length, 36);
    assert.ok(found.every((item) => item.g !== undefined));
  });

  test("is scanned completely, page by page", async () => {
    const { items: found, pages } = await collect(
      paginateScan({ client: documents, pageSize: 6 }, { TableName }),
    );
    assert.deepEqual(
      found.map((item) => item.total).sort((a, b) => a - b),
      items().map((item) => item.total),
    );
    assert.ok(pages.length >= 7);
  });

  test("is scanned completely by parallel segments", async () => {
    const TotalSegments = 5;
    const parts = await Promise.all(
      Array.from({ length: TotalSegments }, (_, Segment) =>
        collect(
          paginateScan({ client: documents, pageSize: 4 }, { TableName, Segment, TotalSegments }),
        ),
      ),
    );
    const totals = parts.flatMap((part) => part.items.map((item) => item.total));
    assert.deepEqual(
      totals.sort((a, b) => a - b),
      items().map((item) => item.total),
    );
  });

  test("continues from a start key that a client kept as JSON", async () => {
    const first = await query({ ...partition("d"), Limit: 4 });
    const cursor = JSON.parse(JSON.stringify(first.LastEvaluatedKey));
    assert.deepEqual(cursor, { p: "d", c: 3 });
    const rest = await query({ ...partition("d"), ExclusiveStartKey: cursor });
    assert.deepEqual(
      rest.Items.map((item) => item.c),
      [4, 5, 6, 7, 8, 9],
    );
    assert.equal(rest.LastEvaluatedKey, undefined);
  });

  test("reports capacity on request", async () => {
    const answer = await query({ ...partition("a"), ReturnConsumedCapacity: "TOTAL" });
    assert.deepEqual(answer.ConsumedCapacity, { TableName, CapacityUnits: 0.5 });
  });

  test("refuses a key condition without its partition key", async () => {
    const input = { KeyConditionExpression: "c = :c", ExpressionAttributeValues: { ":c": 1 } };
    await assert.rejects(query(input), {
      name: "ValidationException",
      message: "Query condition missed key schema element: p",
    });
  });

  test("refuses a lone segment", async () => {
    await assert.rejects(scan({ Segment: 1 }), { name: "ValidationException" });
  });
});
