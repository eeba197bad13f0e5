// Every version of every page of a wiki, kept by consumers that are killed. See README.md.

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Checks } from "../support/checks.js";
import { startConsumer } from "../support/child.js";
import { scanAll } from "../support/database.js";
import { Progress } from "../support/progress.js";
import { withOwnServer } from "../support/server.js";
import { PAGES, createTables, endStream, openDatabase } from "./src/database.js";
import { Editors } from "./src/editors.js";
import { installPython } from "./src/python.js";
import { verify } from "./src/verify.js";

const editorCount = 8;
const kills = 6;
const generations = 4;
const shardAge = "1s";
const secondMs = 1000;

const programs = consumerPrograms();
await withOwnServer(["--stream-shard-age", shardAge], async (endpoint) => {
  const db = openDatabase(endpoint);
  const stream = await createTables(db);
  const consume = (program) => startConsumer([...program, stream], { STATOR_ENDPOINT: endpoint });
  const editors = new Editors(db, editorCount);

  const snapshot = await editWhileKilling(db, editors, consume);
  const shards = await editThroughRollovers(db, editors, stream);
  await endStream(db);
  // They share the rest, and end by themselves.
  await Promise.all(programs.map((program) => consume(program).finish()));

  console.log("\nChecking the history against what the editors know:");
  const checks = new Checks();
  await verify(db, { changes: editors.changes, stream, shards, snapshot }, checks);
  checks.conclude();
  db.client.destroy();
  db.streams.destroy();
});

/** The consumers in JavaScript and, where there is Python, in Python. */
function consumerPrograms() {
  const here = (file) => fileURLToPath(new URL(file, import.meta.url));
  const programs = [[process.execPath, here("consumer.js")]];
  const python = installPython();
  if (python) programs.push([python, here("consumer.py")]);
  else console.log("python3 is not installed: consumer.js is on its own");
  return programs;
}

/** Edits while one consumer after the other is killed; answers with the pages at some moment. */
async function editWhileKilling(db, editors, consume) {
  const progress = new Progress("killed", kills);
  let snapshot;
  for (let killed = 0; killed < kills; killed += 1) {
    const consumer = consume(programs[killed % programs.length]);
    let alive = true;
    const death = consumer.killAfter(3 + killed).finally(() => (alive = false));
    while (alive) await editors.work();
    await death;
    snapshot ??= await takeSnapshot(db);
    progress.advance();
  }
  progress.finish();
  return snapshot;
}

/** Edits until the stream's shards have been followed by others often enough. */
async function editThroughRollovers(db, editors, StreamArn) {
  for (;;) {
    await editors.work();
    const { StreamDescription } = await db.streams.describeStream({ StreamArn });
    const shards = StreamDescription.Shards;
    const open = shards.filter((shard) => !shard.SequenceNumberRange.EndingSequenceNumber);
    if (shards.length >= generations * open.length) return shards;
  }
}

/** All pages, and a second at whose end they were like this: times in a stream have no fractions. */
async function takeSnapshot(db) {
  const date = new Date();
  const items = await scanAll(db.client, PAGES);
  await delay(secondMs - (date.getTime() % secondMs));
  return { date, items };
}
