// dynamoose: models that create their own table, query by conditions and save items.

import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import dynamoose from "dynamoose";
import { client } from "./support/connection.js";
import { deleteAtEnd, uniqueName } from "./support/tables.js";

dynamoose.aws.ddb.set(client);

const TableName = uniqueName();
let Film;
let Showing;

before(async () => {
  Film = dynamoose.model("Film", filmSchema());
  Showing = dynamoose.model("Showing", showingSchema());
  const table = new dynamoose.Table(TableName, [Film, Showing], {
    initialize: false,
    throughput: "ON_DEMAND",
    tags: { team: "films" },
    expires: { ttl: 3600, attribute: "expires", items: { returnExpired: true } },
  });
  await table.initialize();
  deleteAtEnd(TableName);
  await waitUntilTableExists({ client, maxWaitTime: 30, minDelay: 1 }, { TableName });
});

function filmSchema() {
  return new dynamoose.Schema(
    {
      pk: { type: String, hashKey: true },
      sk: { type: String, rangeKey: true, default: "film" },
      studio: {
        type: String,
        index: { type: "global", name: "by-studio", rangeKey: "votes", project: true },
      },
      votes: { type: Number, default: 0 },
      title: String,
      premiere: Date,
      poster: Buffer,
      tags: { type: Set, schema: [String] },
      scenes: { type: Array, schema: [{ type: Object, schema: { name: String } }] },
      credits: { type: Object, schema: { music: String } },
    },
    { timestamps: true },
  );
}

function showingSchema() {
  return new dynamoose.Schema({
    pk: { type: String, hashKey: true },
    sk: { type: String, rangeKey: true },
    seats: Number,
  });
}

let pk;
let last = 0;
beforeEach(() => {
  last += 1;
  pk = `film-${last}`;
});

const key = (sk = "film") => ({ pk, sk });
const create = (title, more, settings) =>
  Film.create({ pk, title, studio: `studio of ${pk}`, ...more }, settings);
const addShowings = (count) =>
  Showing.batchPut(Array.from({ length: count }, (_, i) => ({ ...key(`day-${i}`), seats: i })));
const absent = () => new dynamoose.Condition().where("pk").not().exists();

test("a model's table is made with its index, tags and time to live", async () => {
  const { Table } = await client.describeTable({ TableName });
  assert.deepEqual(
    Table.KeySchema.map((found) => found.AttributeName),
    ["pk", "sk"],
  );
  assert.equal(Table.BillingModeSummary.BillingMode, "PAY_PER_REQUEST");
  assert.deepEqual(
    Table.GlobalSecondaryIndexes.map((index) => index.IndexName),
    ["by-studio"],
  );
  const { Tags } = await client.listTagsOfResource({ ResourceArn: Table.TableArn });
  assert.deepEqual(Tags, [{ Key: "team", Value: "films" }]);
  const { TimeToLiveDescription } = await client.describeTimeToLive({ TableName });
  assert.equal(TimeToLiveDescription.AttributeName, "expires");
});

test("an item is created, found, changed, saved and deleted", async () => {
  const created = await create("Metropolis");
  const found = await Film.get(key(), { consistent: true });
  assert.equal(found.title, "Metropolis");
  assert.equal(Number(found.createdAt), Number(created.createdAt));
  found.title = "Metropolis (1927)";
  await found.save();
  assert.equal((await Film.get(key())).title, "Metropolis (1927)");
  await found.delete();
  assert.equal(await Film.get(key()), undefined);
});

test("every type of a schema comes back as it was", async () => {
  const values = {
    premiere: new Date("1927-01-10T00:00:00.000Z"),
    poster: Buffer.from([0, 127, 255]),
    tags: new Set(["silent", "long"]),
    scenes: [{ name: "one" }, { name: "two" }],
    credits: { music: "Huppertz" },
  };
  await create("Metropolis", values);
  const found = await Film.get(key());
  for (const [name, value] of Object.entries(values)) {
    const back = name === "poster" ? Buffer.from(found[name]) : found[name];
    assert.deepEqual(back, value, name);
  }
});

test("creating an item twice is refused unless it may be overwritten", async () => {
  await create("Once");
  await assert.rejects(create("Twice"), { name: "ConditionalCheckFailedException" });
  await create("Thrice", {}, { overwrite: true });
  assert.equal((await Film.get(key())).title, "Thrice");
});

test("an update sets, adds, appends and removes", async () => {
  await create("M", { votes: 5, credits: { music: "Grieg" }, scenes: [{ name: "one" }] });
  const updated = await Film.update(key(), {
    $SET: { title: "M (1931)" },
    $ADD: { votes: 2, scenes: [{ name: "two" }] },
    $REMOVE: ["credits"],
  });
  assert.equal(updated.votes, 7);
  const found = await Film.get(key());
  assert.deepEqual(
    [found.title, found.votes, found.scenes, found.credits],
    ["M (1931)", 7, [{ name: "one" }, { name: "two" }], undefined],
  );
});

test("an update's condition guards against a second writer", async () => {
  await create("Locked", { votes: 1 });
  const vote = () =>
    Film.update(key(), { votes: 2 }, { condition: new dynamoose.Condition().where("votes").eq(1) });
  const outcomes = await Promise.allSettled([vote(), vote()]);
  const lost = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.equal(lost.length, 1);
  assert.equal(lost[0].reason.name, "ConditionalCheckFailedException");
});

test("a delete's condition is checked", async () => {
  await create("Kept");
  await assert.rejects(Film.delete(key(), { condition: absent() }), {
    name: "ConditionalCheckFailedException",
  });
  assert.equal((await Film.get(key())).title, "Kept");
});

test("a query takes ranges, sorts and pages by lastKey", async () => {
  await addShowings(7);
  const page = (startAt) => {
    const query = Showing.query("pk").eq(pk).where("sk").between("day-1", "day-5");
    return query.sort("descending").limit(2).startAt(startAt).exec();
  };
  const read = [];
  let lastKey;
  do {
    const found = await page(lastKey);
    read.push(...found.map((showing) => showing.seats));
    ({ lastKey } = found);
  } while (lastKey);
  assert.deepEqual(read, [5, 4, 3, 2, 1]);
});

test("all() follows the pages, and filters count what they kept", async () => {
  await addShowings(6);
  const found = await Showing.query("pk").eq(pk).filter("seats").gt(2).limit(2).all().exec();
  assert.deepEqual(
    found.map((showing) => showing.seats),
    [3, 4, 5],
  );
  const { count } = await Showing.query("pk").eq(pk).filter("seats").gt(2).count().exec();
  assert.equal(count, 3);
});

test("an index is chosen by the attributes asked for", async () => {
  await create("Indexed", { votes: 3 });
  const found = await Film.query("studio").eq(`studio of ${pk}`).where("votes").ge(3).exec();
  assert.deepEqual(
    found.map((film) => [film.title, film.votes]),
    [["Indexed", 3]],
  );
});

test("a parallel scan meets each item once", async () => {
  await addShowings(9);
  const found = await Showing.scan("pk").eq(pk).parallel(3).all().exec();
  assert.deepEqual(found.map((showing) => showing.seats).sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a scan combines groups of conditions", async () => {
  await addShowings(6);
  const found = await Showing.scan()
    .where("pk")
    .eq(pk)
    .and()
    .parenthesis((either) => either.where("seats").lt(1).or().where("sk").beginsWith("day-4"))
    .exec();
  assert.deepEqual(found.map((showing) => showing.seats).sort(), [0, 4]);
});

test("batches put, get and delete", async () => {
  assert.deepEqual((await addShowings(3)).unprocessedItems, []);
  const keys = [0, 1, 9].map((day) => key(`day-${day}`));
  const found = await Showing.batchGet(keys);
  assert.deepEqual(found.map((showing) => showing.seats).sort(), [0, 1]);
  assert.deepEqual(found.unprocessedKeys, []);
  await Showing.batchDelete(keys);
  assert.equal((await Showing.query("pk").eq(pk).count().exec()).count, 1);
});

test("a transaction spans models", async () => {
  await create("Guard", { votes: 1 });
  await addShowings(1);
  await dynamoose.transaction([
    Film.transaction.update(key(), { $ADD: { votes: 1 } }),
    Showing.transaction.delete(key("day-0")),
    Showing.transaction.create({ ...key("day-1"), seats: 7 }),
  ]);
  const found = await dynamoose.transaction([
    Film.transaction.get(key()),
    Showing.transaction.get(key("day-1")),
  ]);
  assert.deepEqual([found[0].votes, found[1].seats], [2, 7]);
  assert.equal(await Showing.get(key("day-0")), undefined);
});

test("a cancelled transaction changes nothing and names its reasons", async () => {
  await create("Taken");
  const attempt = dynamoose.transaction([
    Showing.transaction.create({ ...key("day-1"), seats: 7 }),
    Film.transaction.create({ pk, title: "Other" }, { overwrite: false }),
  ]);
  await assert.rejects(attempt, (error) => {
    assert.equal(error.name, "TransactionCanceledException");
    assert.deepEqual(
      error.CancellationReasons.map((reason) => reason.Code),
      ["None", "ConditionalCheckFailed"],
    );
    return true;
  });
  assert.equal(await Showing.get(key("day-1")), undefined);
});

test("a callback is given the item", (_, done) => {
  Film.create({ pk, title: "Called back" }, (failure, created) => {
    if (failure) return done(failure);
    assert.equal(created.title, "Called back");
    Film.get(key(), (error, found) => {
      assert.equal(error, null);
      assert.equal(found.title, "Called back");
      done();
    });
  });
});

test("a model that changes changes its table: an index comes backfilled, and goes", async () => {
  const name = uniqueName();
  const reopen = async (schema) => {
    const model = dynamoose.model(`Model-${uniqueName()}`, new dynamoose.Schema(schema));
    const waitForActive = { enabled: true, check: { timeout: 30_000, frequency: 0 } };
    const options = { initialize: false, throughput: "ON_DEMAND", update: true, waitForActive };
    await new dynamoose.Table(name, [model], options).initialize();
    return model;
  };
  const plain = { id: { type: String, hashKey: true }, color: String };
  const index = { type: "global", name: "by-color", project: ["id"] };
  const indexed = { ...plain, color: { type: String, index } };

  const before = await reopen(plain);
  deleteAtEnd(name);
  await before.batchPut([
    { id: "1", color: "red" },
    { id: "2", color: "blue" },
    { id: "3", color: "red" },
  ]);
  const after = await reopen(indexed);
  const found = await after.query("color").eq("red").exec();
  assert.deepEqual(found.map((item) => item.id).sort(), ["1", "3"]);
  await reopen(plain);
  const { Table } = await client.describeTable({ TableName: name });
  assert.equal(Table.GlobalSecondaryIndexes, undefined);
});
