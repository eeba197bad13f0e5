// Archives sessions that expire, until the stream ends. Any number may run at a time.
//
//     node consumer.js STREAM_ARN        with the server at STATOR_ENDPOINT

import { StreamCopy } from "../support/copy.js";
import { followStream } from "../support/stream.js";
import { archived } from "./src/archive.js";
import { ARCHIVE, openDatabase } from "./src/database.js";

const [stream] = process.argv.slice(2);
const { client, streams } = openDatabase(process.env.STATOR_ENDPOINT);
const copy = new StreamCopy({
  client,
  table: ARCHIVE,
  stream,
  rowOf: archived,
  noted: (count) => console.log(`${count} sessions`),
});
await followStream(streams, stream, copy);
