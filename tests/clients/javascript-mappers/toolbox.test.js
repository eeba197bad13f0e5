// dynamodb-toolbox: entities in a single table, and the update expressions it generates.

import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import {
  $add,
  $append,
  $delete,
  $get,
  $remove,
  $subtract,
  $sum,
  BatchGetCommand,
  BatchGetRequest,
  BatchPutRequest,
  BatchWriteCommand,
  ConditionCheck,
  DeleteItemCommand,
  DeletePartitionCommand,
  DeleteTransaction,
  Entity,
  executeBatchGet,
  executeBatchWrite,
  executeTransactGet,
  executeTransactWrite,
  GetItemCommand,
  GetTransaction,
  isConditionCheckFailed,
  isTransactionCancelled,
  item,
  list,
  map,
  number,
  prefix,
  PutItemCommand,
  PutTransaction,
  QueryCommand,
  record,
  ScanCommand,
  set,
  string,
  Table,
  UpdateItemCommand,
  UpdateTransaction,
} from "dynamodb-toolbox";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

let table;
let Film;
let Showing;
before(async () => {
  table = new Table({
    documentClient: documents,
    name: await createTable(),
    partitionKey: { name: "pk", type: "string" },
    sortKey: { name: "sk", type: "string" },
    indexes: {
      gsi1: {
        type: "global",
        partitionKey: { name: "gsi1pk", type: "string" },
        sortKey: { name: "gsi1sk", type: "string" },
      },
    },
  });
  Film = new Entity({
    name: "film",
    table,
    schema: item({
      id: string().key().savedAs("pk").transform(prefix("FILM")),
      kind: string().key().savedAs("sk").default("FILM"),
      director: string().savedAs("gsi1pk"),
      title: string().savedAs("gsi1sk"),
      votes: number().default(0),
      tags: set(string()).optional(),
      scenes: list(map({ name: string(), minutes: number() })).optional(),
      awards: record(string(), number()).optional(),
    }),
  });
  Showing = new Entity({
    name: "showing",
    table,
    schema: item({
      film: string().key().savedAs("pk").transform(prefix("FILM")),
      at: string().key().savedAs("sk").transform(prefix("AT")),
      seats: number(),
    }),
    timestamps: false,
  });
});

let id;
let last = 0;
beforeEach(() => {
  last += 1;
  id = `film-${last}`;
});

const filmNamed = (title, more) => ({ id, director: `director of ${id}`, title, ...more });
const put = (film) => Film.build(PutItemCommand).item(film).send();
const get = async () =>
  (await Film.build(GetItemCommand).key({ id }).options({ consistent: true }).send()).Item;
const update = (changes, options = {}) =>
  Film.build(UpdateItemCommand)
    .item({ id, ...changes })
    .options(options)
    .send();
const addShowings = async (count) => {
  for (let i = 0; i < count; i += 1) {
    await Showing.build(PutItemCommand)
      .item({ film: id, at: `2026-01-0${i + 1}`, seats: 100 + i })
      .send();
  }
};
const partition = () => ({ partition: `FILM#${id}` });

test("an entity is put with defaults and timestamps, and read back formatted", async () => {
  await put(filmNamed("Metropolis", { tags: new Set(["silent"]) }));
  const { created, modified, ...film } = await get();
  assert.ok(Date.parse(created) <= Date.parse(modified));
  assert.deepEqual(film, {
    ...filmNamed("Metropolis"),
    kind: "FILM",
    votes: 0,
    tags: new Set(["silent"]),
  });
});

test("a unique put fails the second time", async () => {
  const putOnce = () =>
    Film.build(PutItemCommand)
      .item(filmNamed("Once"))
      .options({ condition: { attr: "id", exists: false } })
      .send();
  await putOnce();
  await assert.rejects(putOnce(), isConditionCheckFailed);
});

test("an update adds, appends, deletes and removes in one expression", async () => {
  await put(
    filmNamed("M", {
      votes: 5,
      tags: new Set(["noir", "old"]),
      scenes: [{ name: "one", minutes: 3 }],
      awards: { venice: 1, cannes: 2 },
    }),
  );
  const { Attributes } = await update(
    {
      votes: $add(2),
      tags: $delete(new Set(["old"])),
      scenes: $append([{ name: "two", minutes: 4 }]),
      awards: { venice: $sum($get("votes"), 10), cannes: $remove() },
    },
    { returnValues: "ALL_NEW" },
  );
  assert.equal(Attributes.votes, 7);
  assert.deepEqual(Attributes.tags, new Set(["noir"]));
  assert.deepEqual(Attributes.scenes, [
    { name: "one", minutes: 3 },
    { name: "two", minutes: 4 },
  ]);
  // Every operand of an update is read as it was before: 5 votes.
  assert.deepEqual(Attributes.awards, { venice: 15 });
});

test("an update addresses a list's element and subtracts", async () => {
  await put(
    filmNamed("Faust", {
      votes: 9,
      scenes: [
        { name: "one", minutes: 3 },
        { name: "two", minutes: 4 },
      ],
    }),
  );
  await update({ votes: $subtract($get("votes"), 4), scenes: { 1: { minutes: 40 } } });
  const film = await get();
  assert.equal(film.votes, 5);
  assert.deepEqual(film.scenes[1], { name: "two", minutes: 40 });
});

test("an update's condition sees nested attributes, sizes and types", async () => {
  await put(filmNamed("Nosferatu", { scenes: [{ name: "ship", minutes: 12 }] }));
  const condition = {
    and: [
      { attr: "scenes[0].minutes", between: [10, 20] },
      { attr: "scenes[0].name", beginsWith: "sh" },
      { size: "scenes", eq: 1 },
      { attr: "votes", type: "N" },
      { not: { attr: "title", in: ["Faust", "M"] } },
    ],
  };
  await update({ votes: 1 }, { condition });
  await assert.rejects(
    update({ votes: 2 }, { condition: { attr: "votes", gt: 1 } }),
    isConditionCheckFailed,
  );
  assert.equal((await get()).votes, 1);
});

test("a delete answers what it deleted", async () => {
  await put(filmNamed("Gone"));
  const { Attributes } = await Film.build(DeleteItemCommand)
    .key({ id })
    .options({ returnValues: "ALL_OLD" })
    .send();
  assert.equal(Attributes.title, "Gone");
  assert.equal(await get(), undefined);
});

test("one partition's entities are told apart", async () => {
  await put(filmNamed("Two kinds"));
  await addShowings(2);
  const { Items } = await table
    .build(QueryCommand)
    .entities(Film, Showing)
    .query(partition())
    .options({ tagEntities: true, showEntityAttr: true })
    .send();
  assert.deepEqual(
    Items.map((found) => found.entity),
    ["showing", "showing", "film"],
  );
});

test("a query filters its entity, in reverse, and is paged", async () => {
  await put(filmNamed("Paged"));
  await addShowings(5);
  const read = [];
  let exclusiveStartKey;
  do {
    const page = await table
      .build(QueryCommand)
      .entities(Showing)
      .query({ ...partition(), range: { beginsWith: "AT#" } })
      .options({
        limit: 2,
        reverse: true,
        exclusiveStartKey,
        filters: { showing: { attr: "seats", gte: 101 } },
      })
      .send();
    read.push(...page.Items.map((showing) => showing.seats));
    exclusiveStartKey = page.LastEvaluatedKey;
  } while (exclusiveStartKey);
  assert.deepEqual(read, [104, 103, 102, 101]);
});

test("a global index is queried by its own name and keys", async () => {
  await put(filmNamed("Indexed"));
  const { Items } = await table
    .build(QueryCommand)
    .entities(Film)
    .query({ index: "gsi1", partition: `director of ${id}`, range: { beginsWith: "Ind" } })
    .send();
  assert.deepEqual(
    Items.map((film) => film.title),
    ["Indexed"],
  );
});

test("a scan in segments meets every item of an entity", async () => {
  await addShowings(4);
  const segment = (number) =>
    table
      .build(ScanCommand)
      .entities(Showing)
      .options({ segment: number, totalSegments: 3, maxPages: Infinity })
      .send();
  const pages = await Promise.all([0, 1, 2].map(segment));
  const films = pages.flatMap((page) => page.Items).map((showing) => showing.film);
  assert.equal(films.filter((film) => film === id).length, 4);
});

test("batches write and read several entities", async () => {
  const at = "2026-02-01";
  await executeBatchWrite(
    table
      .build(BatchWriteCommand)
      .requests(
        Film.build(BatchPutRequest).item(filmNamed("Batched")),
        Showing.build(BatchPutRequest).item({ film: id, at, seats: 1 }),
      ),
  );
  const { Responses } = await executeBatchGet(
    table
      .build(BatchGetCommand)
      .requests(
        Showing.build(BatchGetRequest).key({ film: id, at: "never" }),
        Showing.build(BatchGetRequest).key({ film: id, at }),
        Film.build(BatchGetRequest).key({ id }),
      ),
  );
  const [absent, showing, film] = Responses[0];
  assert.equal(absent, undefined);
  assert.deepEqual(showing, { film: id, at, seats: 1 });
  assert.equal(film.title, "Batched");
});

test("a transaction writes all four kinds and reads them at once", async () => {
  await put(filmNamed("Guard"));
  await addShowings(2);
  const first = { film: id, at: "2026-01-01" };
  const second = { film: id, at: "2026-01-02" };
  const third = { film: id, at: "2026-01-03" };
  await executeTransactWrite(
    Film.build(ConditionCheck).key({ id }).condition({ attr: "title", eq: "Guard" }),
    Showing.build(UpdateTransaction).item({ ...first, seats: $add(-1) }),
    Showing.build(DeleteTransaction).key(second),
    Showing.build(PutTransaction).item({ ...third, seats: 7 }),
  );
  const read = (key) => Showing.build(GetTransaction).key(key);
  const { Responses } = await executeTransactGet(read(first), read(second), read(third));
  assert.deepEqual(
    Responses.map((response) => response.Item?.seats),
    [99, undefined, 7],
  );
});

test("a cancelled transaction names the action at fault", async () => {
  await put(filmNamed("Taken"));
  const attempt = executeTransactWrite(
    Showing.build(PutTransaction).item({ film: id, at: "x", seats: 1 }),
    Film.build(PutTransaction)
      .item(filmNamed("Other"))
      .options({ condition: { attr: "id", exists: false } }),
  );
  await assert.rejects(attempt, (error) => {
    assert.ok(isTransactionCancelled(error));
    assert.deepEqual(
      error.CancellationReasons.map((reason) => reason.Code),
      ["None", "ConditionalCheckFailed"],
    );
    return true;
  });
});

test("a partition is deleted as a whole", async () => {
  await put(filmNamed("Doomed"));
  await addShowings(3);
  await table.build(DeletePartitionCommand).entities(Film, Showing).query(partition()).send();
  const { Count } = await table.build(QueryCommand).query(partition()).send();
  assert.equal(Count, 0);
});
