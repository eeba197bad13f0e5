// Streams: records as the client shows them, and shards followed over a rollover.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  DeleteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  ListStreamsCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-dynamodb-streams";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { allRecords, iteratorAt, read, shardsOf, until } from "./support/changes.js";
import { client, streams } from "./support/connection.js";
import { createStreamedTable } from "./support/tables.js";

/** Adds one to an item's count. */
function countUp(TableName, id) {
  return client.send(
    new UpdateItemCommand({
      TableName,
      Key: { id: { S: id } },
      UpdateExpression: "ADD #count :one",
      ExpressionAttributeNames: { "#count": "count" },
      ExpressionAttributeValues: { ":one": { N: "1" } },
    }),
  );
}

test("a record has images that unmarshall, a Date, and no user", async () => {
  const table = await createStreamedTable("id:S", "NEW_AND_OLD_IMAGES");
  const { TableName, LatestStreamArn } = table;
  const Item = { id: { S: "a" }, n: { N: "1.50" }, tags: { SS: ["x"] }, raw: { B: Buffer.from("b") } };
  await client.send(new PutItemCommand({ TableName, Item }));
  await client.send(new DeleteItemCommand({ TableName, Key: { id: Item.id } }));

  const [inserted, removed] = await allRecords(LatestStreamArn);
  const image = { id: "a", n: 1.5, tags: new Set(["x"]), raw: new Uint8Array(Buffer.from("b")) };
  assert.deepEqual([inserted.eventName, removed.eventName], ["INSERT", "REMOVE"]);
  assert.deepEqual(unmarshall(inserted.dynamodb.NewImage), image);
  assert.deepEqual(unmarshall(removed.dynamodb.OldImage), image);
  assert.deepEqual(unmarshall(removed.dynamodb.Keys), { id: "a" });
  assert.ok(inserted.dynamodb.ApproximateCreationDateTime instanceof Date);
  assert.equal(typeof inserted.dynamodb.SizeBytes, "number");
  assert.equal(removed.userIdentity, undefined);
});

test("every change comes once and in order when shards are followed over a rollover", async () => {
  const { TableName, LatestStreamArn } = await createStreamedTable("id:S", "NEW_IMAGE");
  const ids = ["a", "b", "c", "d", "e", "f", "g", "h"];
  let rounds = 0;
  const shards = await until(async () => {
    await Promise.all(ids.map((id) => countUp(TableName, id)));
    rounds += 1;
    const shards = await shardsOf(LatestStreamArn);
    return shards.some((shard) => shard.ParentShardId) ? shards : undefined;
  });
  await Promise.all(ids.map((id) => countUp(TableName, id)));
  rounds += 1;

  const counts = new Map(ids.map((id) => [id, []]));
  const ended = new Set();
  for (const { ShardId, ParentShardId, SequenceNumberRange } of await shardsOf(LatestStreamArn)) {
    assert.ok(!ParentShardId || ended.has(ParentShardId), "parents come first, and are closed");
    const { records, next } = await read(await iteratorAt(LatestStreamArn, ShardId, "TRIM_HORIZON"));
    if (next === undefined) {
      ended.add(ShardId);
    }
    assert.ok(ended.has(ShardId) || !SequenceNumberRange.EndingSequenceNumber, "it is closed");
    for (const record of records) {
      const { id, count } = unmarshall(record.dynamodb.NewImage);
      counts.get(id).push(count);
    }
  }
  const each = Array.from({ length: rounds }, (_, round) => round + 1);
  assert.deepEqual(counts, new Map(ids.map((id) => [id, each])));

  const child = shards.find((shard) => shard.ParentShardId);
  const ShardFilter = { Type: "CHILD_SHARDS", ShardId: child.ParentShardId };
  const children = new DescribeStreamCommand({ StreamArn: LatestStreamArn, ShardFilter });
  const { StreamDescription } = await streams.send(children);
  assert.deepEqual(StreamDescription.Shards.map((shard) => shard.ShardId), [child.ShardId]);
});

test("iterators begin where their type says", async () => {
  const { TableName, LatestStreamArn } = await createStreamedTable("id:S", "KEYS_ONLY");
  for (let change = 0; change < 3; change += 1) {
    await countUp(TableName, "a");
  }
  for (const { ShardId } of await shardsOf(LatestStreamArn)) {
    const at = async (type, number) => {
      const { records } = await read(await iteratorAt(LatestStreamArn, ShardId, type, number));
      return records.map((record) => record.dynamodb.SequenceNumber);
    };
    const numbers = await at("TRIM_HORIZON");
    assert.deepEqual(await at("LATEST"), []);
    if (numbers.length > 0) {
      assert.deepEqual(await at("AT_SEQUENCE_NUMBER", numbers[0]), numbers);
      assert.deepEqual(await at("AFTER_SEQUENCE_NUMBER", numbers[0]), numbers.slice(1));
    }
  }
  assert.equal((await allRecords(LatestStreamArn)).length, 3);
});

test("an item whose time has come leaves a record that names the service", async () => {
  const { TableName, LatestStreamArn } = await createStreamedTable("id:S", "OLD_IMAGE");
  const TimeToLiveSpecification = { AttributeName: "until", Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  const past = String(Math.floor(Date.now() / 1000) - 60);
  const Item = { id: { S: "a" }, until: { N: past } };
  await client.send(new PutItemCommand({ TableName, Item }));

  const removed = await until(async () =>
    (await allRecords(LatestStreamArn)).find((record) => record.eventName === "REMOVE"),
  );
  assert.deepEqual(removed.userIdentity, {
    PrincipalId: "dynamodb.amazonaws.com",
    Type: "Service",
  });
  assert.deepEqual(unmarshall(removed.dynamodb.OldImage), { id: "a", until: Number(past) });
});

test("streams are listed by table, and one that is not there is refused", async () => {
  const { TableName, LatestStreamArn } = await createStreamedTable("id:S", "KEYS_ONLY");
  const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
  assert.deepEqual(Streams.map((stream) => stream.StreamArn), [LatestStreamArn]);
  const StreamArn = LatestStreamArn.replace(/\.\d+$/, ".xyz");
  await assert.rejects(
    streams.send(new DescribeStreamCommand({ StreamArn })),
    ResourceNotFoundException,
  );
});
