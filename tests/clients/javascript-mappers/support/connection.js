// Connections to the server under test, whose address is in STATOR_ENDPOINT.

import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

const endpoint = process.env.STATOR_ENDPOINT;
if (!endpoint) {
  throw new Error("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000");
}

/** The client that each library is given. */
export const client = new DynamoDB({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test-secret" },
  maxAttempts: 1, // A retry would hide a failure of the server.
});

/** The document client, as dynamodb-toolbox wants it. */
export const documents = DynamoDBDocumentClient.from(client, {
  marshallOptions: { removeUndefinedValues: true },
});
