// A table with two global indexes, filled by BatchWriteItem and read page by page.

import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  paginateQuery,
  paginateScan,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { setTimeout as delay } from "node:timers/promises";
import { forEachConcurrently } from "../../support/pool.js";
import { Progress } from "../../support/progress.js";

const batchItemsMax = 25;
const pauseMs = 50;

/** A connection that keeps its sockets open. */
export function openDatabase(endpoint, TableName) {
  const client = new DynamoDBClient({
    endpoint,
    region: process.env.AWS_REGION ?? "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  return { client, documents: DynamoDBDocumentClient.from(client), TableName };
}

/**
 * Creates the table and waits until it can be used. `types` maps each key attribute to S or N;
 * `key` names the partition key; `indexes` maps a name to { hash: [...], range: [...] }.
 */
export async function createTable({ client, TableName }, { types, key, indexes }) {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: Object.entries(types).map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
      GlobalSecondaryIndexes: Object.entries(indexes).map(([IndexName, { hash, range }]) => ({
        IndexName,
        KeySchema: [
          ...hash.map((AttributeName) => ({ AttributeName, KeyType: "HASH" })),
          ...range.map((AttributeName) => ({ AttributeName, KeyType: "RANGE" })),
        ],
        Projection: { ProjectionType: "ALL" },
      })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
}

/** Writes all items, 25 in a batch. Keys must differ: a batch would silently keep the last item. */
export async function load(db, items, key) {
  const keys = new Set(items.map((item) => item[key]));
  if (keys.size !== items.length) throw new Error(`${items.length - keys.size} repeated keys`);
  const progress = new Progress(db.TableName, items.length);
  await forEachConcurrently(batches(items), async (batch) => {
    await writeBatch(db, batch);
    progress.advance(batch.length);
  });
  progress.finish();
}

function* batches(items) {
  for (let start = 0; start < items.length; start += batchItemsMax) {
    yield items.slice(start, start + batchItemsMax);
  }
}

/** Writes one batch, and again what the server left unprocessed, until nothing is left. */
async function writeBatch({ documents, TableName }, items) {
  let requests = items.map((Item) => ({ PutRequest: { Item } }));
  while (requests.length > 0) {
    const RequestItems = { [TableName]: requests };
    const answer = await documents.send(new BatchWriteCommand({ RequestItems }));
    requests = answer.UnprocessedItems?.[TableName] ?? [];
    if (requests.length > 0) await delay(Math.random() * pauseMs);
  }
}

/**
 * Every item that an index has under `equal`, an object of attributes, in the index's order.
 * `options` are arguments of Query; their `range` is a condition on the sort key with `values`.
 */
export async function queryIndex(db, IndexName, equal, options) {
  const request = indexRequest(db, IndexName, equal, options);
  const items = [];
  for await (const page of paginateQuery({ client: db.documents }, request)) {
    items.push(...page.Items);
  }
  return items;
}

/** The first page of the same. */
export async function queryFirstPage(db, IndexName, equal, options) {
  const request = indexRequest(db, IndexName, equal, options);
  return (await db.documents.send(new QueryCommand(request))).Items;
}

function indexRequest({ TableName }, IndexName, equal, { range, values, ...options } = {}) {
  const names = Object.keys(equal);
  const conditions = names.map((name) => `#${name} = :${name}`);
  return {
    TableName,
    IndexName,
    KeyConditionExpression: [...conditions, ...(range ? [range] : [])].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name) => [`:${name}`, equal[name]])),
      ...values,
    },
    ...options,
  };
}

/** Every item of the table, or of one of its indexes, by parallel segments. */
export async function scanAll({ documents, TableName }, IndexName) {
  const TotalSegments = 4;
  const parts = Array.from({ length: TotalSegments }, async (_, Segment) => {
    const items = [];
    const request = { TableName, IndexName, Segment, TotalSegments };
    for await (const page of paginateScan({ client: documents }, request)) {
      items.push(...page.Items);
    }
    return items;
  });
  return (await Promise.all(parts)).flat();
}
