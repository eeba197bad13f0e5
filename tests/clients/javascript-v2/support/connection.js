// Connections to the server under test, whose address is in STATOR_ENDPOINT.

import AWS from "aws-sdk";
import maintenance from "aws-sdk/lib/maintenance_mode_message.js";

maintenance.suppress = true; // That v2 has a successor is no news to a test of v2.

const endpoint = process.env.STATOR_ENDPOINT;
if (!endpoint) {
  throw new Error("STATOR_ENDPOINT must name the server, e.g. http://127.0.0.1:8000");
}

const options = {
  endpoint,
  region: "us-east-1",
  accessKeyId: "test",
  secretAccessKey: "test-secret",
  maxRetries: 0, // A retry would hide a failure of the server.
};

/** The low-level client: explicitly typed values. */
export const client = new AWS.DynamoDB(options);

/** The document client with its defaults. */
export const documents = new AWS.DynamoDB.DocumentClient({ service: client });

/** A low-level client that tries again after each failure, at once. */
export function clientWithRetries(maxRetries) {
  return new AWS.DynamoDB({ ...options, maxRetries, retryDelayOptions: { base: 1 } });
}
