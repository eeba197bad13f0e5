// Keeps every version of every page, until the stream ends. Any number may run at a time.
//
//     node consumer.js STREAM_ARN        with the server at STATOR_ENDPOINT

import { StreamCopy } from "../support/copy.js";
import { followStream } from "../support/stream.js";
import { HISTORY, openDatabase } from "./src/database.js";
import { versionOf } from "./src/history.js";

const [stream] = process.argv.slice(2);
const { client, streams } = openDatabase(process.env.STATOR_ENDPOINT);
const copy = new StreamCopy({
  client,
  table: HISTORY,
  stream,
  rowOf: versionOf,
  noted: (count) => console.log(`${count} versions`),
});
await followStream(streams, stream, copy);
