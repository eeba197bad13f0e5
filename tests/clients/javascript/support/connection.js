// Connections to the server under test, whose address is in STATOR_ENDPOINT.

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient } from "@aws-sdk/client-dynamodb-streams";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

const endpoint = process.env.STATOR_ENDPOINT;
if (!endpoint) {
  throw new Error("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000");
}

const options = {
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test-secret" },
  maxAttempts: 1, // A retry would hide a failure of the server.
};

/** The low-level client: explicitly typed values. */
export const client = new DynamoDBClient(options);

/** The client that reads streams. */
export const streams = new DynamoDBStreamsClient(options);

/** The document client with its defaults. */
export const documents = DynamoDBDocumentClient.from(client);

/** A document client with translation options of its own. */
export function documentsWith(translation) {
  return DynamoDBDocumentClient.from(client, translation);
}
