// What a version is in the history table, and the questions that people ask.
//
// Values stay in DynamoDB's own notation ({ S: … }, { N: … }): nothing is lost on the way.

import { BY_TIME, HISTORY } from "./database.js";

/** Sequence numbers have 21 to 40 digits: of equal length they sort as text. */
const sequenceDigits = 40;

/** The history's partition of an item: its key as JSON, partition key first, without spaces. */
export function partitionOf({ wiki, title }) {
  return JSON.stringify({ wiki, title });
}

/** The version that a record of the stream tells of; without an image if it is a deletion. */
export function versionOf({ eventName, dynamodb: change }) {
  const sequence = change.SequenceNumber.padStart(sequenceDigits, "0");
  const version = {
    pk: { S: partitionOf(change.Keys) },
    sk: { S: sequence },
    moment: { S: `${secondOf(change.ApproximateCreationDateTime)}#${sequence}` },
    event: { S: eventName },
  };
  if (change.NewImage) version.image = { M: change.NewImage };
  return version;
}

/** All versions of an item, oldest first. */
export async function versions({ client }, key) {
  const found = [];
  let ExclusiveStartKey;
  do {
    const page = await client.query({
      TableName: HISTORY,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: partitionOf(key) } },
      ConsistentRead: true,
      ExclusiveStartKey,
    });
    found.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

/** An item as it was at the end of a second; undefined if it was not there. */
export async function asOf({ client }, key, date) {
  const { Items: last } = await client.query({
    TableName: HISTORY,
    IndexName: BY_TIME,
    KeyConditionExpression: "pk = :pk AND moment < :end",
    ExpressionAttributeValues: {
      ":pk": { S: partitionOf(key) },
      // "$" follows "#": behind every version of that second.
      ":end": { S: `${secondOf(date)}$` },
    },
    ScanIndexForward: false,
    Limit: 1,
    ConsistentRead: true,
  });
  return last[0]?.image?.M;
}

/** `2026-11-23T18:00:00Z` */
function secondOf(date) {
  return `${date.toISOString().slice(0, 19)}Z`;
}
