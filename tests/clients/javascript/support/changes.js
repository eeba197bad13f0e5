// A stream, followed as a consumer follows it: each shard to its end, children after their parents.

import { setTimeout as pause } from "node:timers/promises";
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from "@aws-sdk/client-dynamodb-streams";
import { streams } from "./connection.js";

const PATIENCE_MS = 60_000; // Only a hang takes so long.
const POLL_MS = 50;

/** Asks again until the answer is not undefined. */
export async function until(ask) {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await pause(POLL_MS)) {
    const answer = await ask();
    if (answer !== undefined) {
      return answer;
    }
  }
  throw new Error("no end in sight; was the server started with --stream-shard-age 5s?");
}

/** All shards of a stream, page by page; parents come before their children. */
export async function shardsOf(StreamArn) {
  const shards = [];
  let ExclusiveStartShardId;
  do {
    const page = new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId, Limit: 3 });
    const { StreamDescription } = await streams.send(page);
    shards.push(...StreamDescription.Shards);
    ExclusiveStartShardId = StreamDescription.LastEvaluatedShardId;
  } while (ExclusiveStartShardId);
  return shards;
}

/** Where reading a shard begins: a type, with a sequence number if the type wants one. */
export async function iteratorAt(StreamArn, ShardId, ShardIteratorType, SequenceNumber) {
  const place = { StreamArn, ShardId, ShardIteratorType, SequenceNumber };
  const { ShardIterator } = await streams.send(new GetShardIteratorCommand(place));
  return ShardIterator;
}

/** The records behind an iterator until an answer has none, and the iterator to go on with. */
export async function read(ShardIterator) {
  const records = [];
  let next = ShardIterator;
  while (next) {
    const answer = await streams.send(new GetRecordsCommand({ ShardIterator: next }));
    records.push(...answer.Records);
    next = answer.NextShardIterator;
    if (answer.Records.length === 0) {
      break;
    }
  }
  return { records, next };
}

/** What a stream has shown so far, in the order of its shards. */
export async function allRecords(StreamArn) {
  const records = [];
  for (const { ShardId } of await shardsOf(StreamArn)) {
    records.push(...(await read(await iteratorAt(StreamArn, ShardId, "TRIM_HORIZON"))).records);
  }
  return records;
}
