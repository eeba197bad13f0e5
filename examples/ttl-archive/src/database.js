// The two tables, and the clients that talk to them.

import { DynamoDB, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { clientSettings, textKey } from "../../support/database.js";

/** Sessions, until they expire or their users log out. */
export const SESSIONS = "sessions";

/** Sessions that expired. */
export const ARCHIVE = "sessions-archive";

export function openDatabase(endpoint) {
  const settings = clientSettings(endpoint);
  return { client: new DynamoDB(settings), streams: new DynamoDBStreams(settings) };
}

/** Creates both tables and lets sessions expire; answers with the ARN of their stream. */
export async function createTables({ client }) {
  const { TableDescription: sessions } = await client.createTable({
    TableName: SESSIONS,
    BillingMode: "PAY_PER_REQUEST",
    ...textKey("id"),
    // What was removed is the old image.
    StreamSpecification: { StreamEnabled: true, StreamViewType: "OLD_IMAGE" },
  });
  await client.createTable({
    TableName: ARCHIVE,
    BillingMode: "PAY_PER_REQUEST",
    ...textKey("pk", "sk"),
  });
  for (const TableName of [SESSIONS, ARCHIVE]) {
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  }
  await client.updateTimeToLive({
    TableName: SESSIONS,
    TimeToLiveSpecification: { Enabled: true, AttributeName: "expires" },
  });
  return sessions.LatestStreamArn;
}

/** Switches the stream of sessions off: it takes no more changes, and can be read to its end. */
export async function endStream({ client }) {
  await client.updateTable({ TableName: SESSIONS, StreamSpecification: { StreamEnabled: false } });
}
