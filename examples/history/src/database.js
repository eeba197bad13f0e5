// The two tables, and the clients that talk to them.

import { DynamoDB, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { clientSettings, textKey } from "../../support/database.js";

/** The pages of a wiki. */
export const PAGES = "pages";

/** Every version of every page. */
export const HISTORY = "pages-history";

/** The index that finds versions by time. */
export const BY_TIME = "by-time";

export function openDatabase(endpoint) {
  const settings = clientSettings(endpoint);
  return { client: new DynamoDB(settings), streams: new DynamoDBStreams(settings) };
}

/** Creates both tables; answers with the ARN of the stream of pages. */
export async function createTables({ client }) {
  const { TableDescription: pages } = await client.createTable({
    TableName: PAGES,
    BillingMode: "PAY_PER_REQUEST",
    ...textKey("wiki", "title"),
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" },
  });
  const { AttributeDefinitions, KeySchema } = textKey("pk", "sk");
  await client.createTable({
    TableName: HISTORY,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [
      ...AttributeDefinitions,
      { AttributeName: "moment", AttributeType: "S" },
    ],
    KeySchema,
    LocalSecondaryIndexes: [
      {
        IndexName: BY_TIME,
        KeySchema: textKey("pk", "moment").KeySchema,
        Projection: { ProjectionType: "ALL" },
      },
    ],
  });
  for (const TableName of [PAGES, HISTORY]) {
    await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
  }
  return pages.LatestStreamArn;
}

/** Switches the stream of pages off: it takes no more changes, and can be read to its end. */
export async function endStream({ client }) {
  await client.updateTable({ TableName: PAGES, StreamSpecification: { StreamEnabled: false } });
}
