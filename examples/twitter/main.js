// A small Twitter on one table. See README.md.

import { parseArgs } from "node:util";
import { Checks } from "../support/checks.js";
import { withServer } from "../support/server.js";
import { createTable, openDatabase } from "./src/database.js";
import { Expectation } from "./src/expectation.js";
import { load } from "./src/load.js";
import { generate } from "./src/seed.js";
import { verify } from "./src/verify.js";

const { values } = parseArgs({
  options: {
    users: { type: "string", default: "10000" },
    tweets: { type: "string", default: "200000" },
    table: { type: "string", default: "twitter" },
  },
});

const sizes = { users: Number(values.users), tweets: Number(values.tweets) };
if (!Object.values(sizes).every((size) => Number.isInteger(size) && size >= 10)) {
  throw new RangeError("--users and --tweets are whole numbers of at least 10");
}

await withServer(async (endpoint) => {
  const db = openDatabase(endpoint, values.table);
  await createTable(db);
  const data = generate(sizes);
  await load(db, data);
  console.log("\nChecking every answer against the plain data:");
  const checks = new Checks();
  await verify(db, new Expectation(data), checks);
  checks.conclude();
  db.client.destroy();
});
