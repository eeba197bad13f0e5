// Following a table's stream from its first shard to its last: parents before their children.

import { setTimeout as delay } from "node:timers/promises";

const pauseMs = 50;

/**
 * Hands every record of a stream to `consumer`, and returns once the stream was switched off and
 * has been read to its end.
 *
 * A consumer knows its own places: `place(shardId)` answers { sequence, done } or nothing, and
 * `take(shardId, { records, done, after })` keeps records and the new place, and answers whether it
 * did: somebody else may have moved the place meanwhile.
 */
export async function followStream(streams, StreamArn, consumer) {
  const following = new Map();
  let failure;
  for (;;) {
    const { shards, ended } = await describe(streams, StreamArn);
    for (const shard of shards.values()) {
      if (following.has(shard.ShardId) || !(await mayBegin(shard, shards, consumer))) continue;
      const read = readShard(streams, StreamArn, shard.ShardId, consumer);
      following.set(shard.ShardId, read);
      read.catch((error) => (failure ??= error));
    }
    if (failure) throw failure;
    if (ended && shards.size === following.size) break;
    await delay(pauseMs);
  }
  await Promise.all(following.values());
}

/** All shards by their ids, and whether there will be no more. */
async function describe(streams, StreamArn) {
  const shards = new Map();
  let ExclusiveStartShardId;
  let status;
  do {
    const { StreamDescription: page } = await streams.describeStream({
      StreamArn,
      ExclusiveStartShardId,
    });
    for (const shard of page.Shards) shards.set(shard.ShardId, shard);
    status = page.StreamStatus;
    ExclusiveStartShardId = page.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
  return { shards, ended: status === "DISABLED" };
}

/** Whether the shard's parent has been read to its end, or is no longer kept. */
async function mayBegin({ ParentShardId }, shards, consumer) {
  return !shards.has(ParentShardId) || Boolean((await consumer.place(ParentShardId))?.done);
}

/** Reads one shard from the consumer's place to its end. */
async function readShard(streams, StreamArn, ShardId, consumer) {
  for (;;) {
    const place = await consumer.place(ShardId);
    if (place?.done) return;
    await readFrom(streams, { StreamArn, ShardId, place }, consumer);
  }
}

/** Reads on from a place until the shard ends, or until the place is no longer ours. */
async function readFrom(streams, { StreamArn, ShardId, place }, consumer) {
  let after = place?.sequence;
  let { ShardIterator } = await streams.getShardIterator({
    StreamArn,
    ShardId,
    ...(after
      ? { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after }
      : { ShardIteratorType: "TRIM_HORIZON" }),
  });
  while (ShardIterator) {
    const page = await streams.getRecords({ ShardIterator, Limit: consumer.recordsMax });
    const { Records: records, NextShardIterator } = page;
    const done = NextShardIterator === undefined;
    if (records.length > 0 || done) {
      if (!(await consumer.take(ShardId, { records, done, after }))) return;
      after = records.at(-1)?.dynamodb.SequenceNumber ?? after;
    } else {
      await delay(pauseMs);
    }
    ShardIterator = NextShardIterator;
  }
}
