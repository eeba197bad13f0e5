// Sessions that expire are archived; those that users end are not. See README.md.

import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Checks } from "../support/checks.js";
import { startConsumer } from "../support/child.js";
import { scanAll } from "../support/database.js";
import { Progress } from "../support/progress.js";
import { withOwnServer } from "../support/server.js";
import { ARCHIVE, SESSIONS, createTables, endStream, openDatabase } from "./src/database.js";
import { useSessions } from "./src/users.js";

const sessions = 2000;
const shardAge = "2s";
const pollMs = 100;

const program = [process.execPath, fileURLToPath(new URL("consumer.js", import.meta.url))];
await withOwnServer(["--stream-shard-age", shardAge], async (endpoint) => {
  const db = openDatabase(endpoint);
  const stream = await createTables(db);
  const consume = () => startConsumer([...program, stream], { STATOR_ENDPOINT: endpoint });

  const progress = new Progress("sessions", sessions);
  const [fate] = await Promise.all([useSessions(db, sessions, progress), consume().killAfter(5)]);
  progress.finish();
  await Promise.all([removed(db, fate), consume().killAfter(5)]);
  await endStream(db);
  await consume().finish();

  console.log("\nChecking the archive against what the users know:");
  const checks = new Checks();
  await verify(db, fate, stream, checks);
  checks.conclude();
  db.client.destroy();
  db.streams.destroy();
});

/** Waits until no session is left that must expire. */
async function removed({ client }, { expired }) {
  const progress = new Progress("expired", expired.length);
  const last = new Set(expired.map(({ id }) => id.S));
  while (last.size > 0) {
    const [id] = last;
    const { Item } = await client.getItem({
      TableName: SESSIONS,
      Key: { id: { S: id } },
      ConsistentRead: true,
    });
    if (Item) {
      await delay(pollMs);
    } else {
      last.delete(id);
      progress.advance();
    }
  }
  progress.finish();
}

async function verify(db, { kept, deleted, expired }, stream, checks) {
  checks.equal(
    "sessions that were renewed are still there",
    byId(await scanAll(db.client, SESSIONS)),
    byId(kept),
  );
  const entries = (await scanAll(db.client, ARCHIVE)).filter(({ pk }) => pk.S !== stream);
  const archived = entries.map(({ session }) => session.M);
  checks.equal("every expired session is archived once, as it was", byId(archived), byId(expired));
  const ended = new Set(deleted.map(({ id }) => id.S));
  checks.equal("users ended sessions, too", ended.size > 0, true);
  checks.none(
    "no session that a user ended is archived",
    archived.filter(({ id }) => ended.has(id.S)),
  );
}

function byId(items) {
  const sorted = items.map((item) => Object.fromEntries(Object.entries(item).sort()));
  return sorted.sort((a, b) => (a.id.S < b.id.S ? -1 : 1));
}
