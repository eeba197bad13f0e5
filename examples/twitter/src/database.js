// The one table, its inverse index, and the client that talks to it.

import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** The index that answers every relation from its other end: sort key first. */
export const INVERSE = "inverse";

/** A connection that keeps its sockets open, and the table's name. */
export function openDatabase(endpoint, TableName = "twitter") {
  const client = new DynamoDBClient({
    endpoint,
    region: process.env.AWS_REGION ?? "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 64 } },
  });
  return { client, documents: DynamoDBDocumentClient.from(client), TableName };
}

/** Creates the table and waits until it can be used. */
export async function createTable({ client, TableName }) {
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: keySchema("pk", "sk"),
      GlobalSecondaryIndexes: [
        {
          IndexName: INVERSE,
          KeySchema: keySchema("sk", "pk"),
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
}

function keySchema(hash, range) {
  return [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
}
