// electrodb: entities and collections of a service, whose keys it composes.

import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { Entity, Service } from "electrodb";
import { client } from "./support/connection.js";
import { createTable } from "./support/tables.js";

let film;
let showing;
let cinema;

before(async () => {
  const options = { client, table: await createTable() };
  film = new Entity(filmModel, options);
  showing = new Entity(showingModel, options);
  cinema = new Service({ film, showing });
});

const filmModel = {
  model: { entity: "film", version: "1", service: "cinema" },
  attributes: {
    id: { type: "string", required: true },
    studio: { type: "string", required: true },
    title: { type: "string", required: true },
    votes: { type: "number", default: 0 },
    tags: { type: "set", items: "string" },
    scenes: { type: "list", items: { type: "map", properties: { name: { type: "string" } } } },
    version: { type: "number", default: 1 },
    subtitle: { type: "string" },
  },
  indexes: {
    primary: {
      collection: "programme",
      pk: { field: "pk", composite: ["id"] },
      sk: { field: "sk", composite: [] },
    },
    byStudio: {
      index: "gsi1",
      pk: { field: "gsi1pk", composite: ["studio"] },
      sk: { field: "gsi1sk", composite: ["title"] },
    },
  },
};

const showingModel = {
  model: { entity: "showing", version: "1", service: "cinema" },
  attributes: {
    id: { type: "string", required: true },
    at: { type: "string", required: true },
    seats: { type: "number", required: true },
  },
  indexes: {
    primary: {
      collection: "programme",
      pk: { field: "pk", composite: ["id"] },
      sk: { field: "sk", composite: ["at"] },
    },
  },
};

let id;
let last = 0;
beforeEach(() => {
  last += 1;
  id = `film-${last}`;
});

const filmNamed = (title, more) => ({ id, studio: `studio of ${id}`, title, ...more });
const create = (title, more) => film.create(filmNamed(title, more)).go();
const get = async () => (await film.get({ id }).go({ consistent: true })).data;
const at = (day) => `2026-01-0${day}`;
const addShowings = async (count) => {
  for (let day = 1; day <= count; day += 1) {
    await showing.put({ id, at: at(day), seats: 100 + day }).go();
  }
};
const days = (data) => data.map((found) => found.at);

test("an entity is created with defaults and read back", async () => {
  const { data } = await create("Metropolis", { tags: ["silent"], scenes: [{ name: "one" }] });
  assert.deepEqual(data, {
    ...filmNamed("Metropolis"),
    votes: 0,
    version: 1,
    tags: ["silent"],
    scenes: [{ name: "one" }],
  });
  assert.deepEqual(await get(), data);
});

test("creating an entity twice is refused by the condition that create adds", async () => {
  await create("Once");
  await assert.rejects(create("Twice"), (error) => {
    assert.ok(error.isElectroError);
    assert.equal(error.code, 4001);
    assert.equal(error.cause.name, "ConditionalCheckFailedException");
    return true;
  });
  assert.equal((await get()).title, "Once");
});

test("a rejected condition can come back as data, with the item as it was", async () => {
  await create("Kept", { votes: 3 });
  const { rejected, data } = await film
    .update({ id })
    .set({ votes: 9 })
    .where(({ votes }, { gt }) => gt(votes, 5))
    .go({ returnOnConditionCheckFailure: "all_old" });
  assert.equal(rejected, true);
  assert.equal(data.votes, 3);
});

test("patch needs the item, update and upsert do not", async () => {
  await assert.rejects(film.patch({ id }).add({ votes: 1 }).go(), (error) => {
    assert.equal(error.cause.name, "ConditionalCheckFailedException");
    return true;
  });
  await film.upsert(filmNamed("Upserted", { votes: 2 })).go();
  const { data } = await film.patch({ id }).add({ votes: 1 }).go({ response: "all_new" });
  assert.equal(data.votes, 3);
});

test("an update sets, adds, appends, deletes from sets and removes at once", async () => {
  await create("M", { votes: 5, tags: ["noir", "old"], scenes: [{ name: "one" }] });
  await film
    .patch({ id })
    .set({ title: "M (1931)", studio: `studio of ${id}` })
    .add({ votes: 2 })
    .append({ scenes: [{ name: "two" }] })
    .delete({ tags: ["old"] })
    .remove(["version"])
    .go();
  const { data } = await film.query.byStudio({ studio: `studio of ${id}` }).go();
  assert.deepEqual(data, [
    {
      ...filmNamed("M (1931)"),
      votes: 7,
      tags: ["noir"],
      scenes: [{ name: "one" }, { name: "two" }],
    },
  ]);
});

test("data() addresses elements and takes another attribute's value", async () => {
  await create("Faust", { votes: 4, scenes: [{ name: "one" }, { name: "two" }] });
  await film
    .patch({ id })
    .data(({ votes, scenes, version, subtitle, title }, { set, subtract, ifNotExists, name }) => {
      set(scenes[1].name, "second");
      set(subtitle, name(title));
      subtract(votes, 1);
      ifNotExists(version, 9);
    })
    .go();
  assert.deepEqual(await get(), {
    ...filmNamed("Faust", { subtitle: "Faust" }),
    votes: 3,
    version: 1,
    scenes: [{ name: "one" }, { name: "second" }],
  });
});

test("an optimistic lock lets one of two writers through", async () => {
  await create("Locked");
  const save = (version, title) =>
    film
      .patch({ id })
      .set({ title, studio: `studio of ${id}` })
      .add({ version: 1 })
      .where((attributes, { eq }) => eq(attributes.version, version))
      .go();
  const outcomes = await Promise.allSettled([save(1, "left"), save(1, "right")]);
  const kept = outcomes.filter((outcome) => outcome.status === "fulfilled");
  const lost = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.deepEqual([kept.length, lost.length], [1, 1]);
  assert.equal(lost[0].reason.cause.name, "ConditionalCheckFailedException");
  assert.equal((await get()).version, 2);
});

test("sort key conditions are composed of the key's attributes", async () => {
  await addShowings(6);
  const query = showing.query.primary({ id });
  assert.deepEqual(days((await query.between({ at: at(2) }, { at: at(4) }).go()).data), [
    at(2),
    at(3),
    at(4),
  ]);
  const after = showing.query.primary({ id }).gt({ at: at(4) });
  assert.deepEqual(days((await after.go()).data), [at(5), at(6)]);
  const begins = showing.query.primary({ id }).begins({ at: "2026-01" });
  assert.deepEqual(days((await begins.go({ order: "desc", limit: 2 })).data), [at(6), at(5)]);
});

test("a cursor continues where a page ended", async () => {
  await addShowings(5);
  const read = [];
  let cursor = null;
  do {
    const page = await showing.query.primary({ id }).go({ cursor, limit: 2 });
    assert.ok(page.data.length <= 2);
    read.push(...days(page.data));
    ({ cursor } = page);
  } while (cursor !== null);
  assert.deepEqual(read, [1, 2, 3, 4, 5].map(at));
});

test("a query over all pages filters what it reads", async () => {
  await addShowings(6);
  const { data, cursor } = await showing.query
    .primary({ id })
    .where(({ seats }, { gte, ne }) => `${gte(seats, 103)} AND ${ne(seats, 105)}`)
    .go({ pages: "all", limit: 2 });
  assert.equal(cursor, null);
  assert.deepEqual(days(data), [at(3), at(4), at(6)]);
});

test("a collection answers each of its entities", async () => {
  await create("Programme");
  await addShowings(2);
  const { data } = await cinema.collections.programme({ id }).go();
  assert.deepEqual(
    [data.film.map((found) => found.title), days(data.showing)],
    [["Programme"], [at(1), at(2)]],
  );
});

test("match and scan find by any attribute", async () => {
  await create("Needle", { votes: 77 });
  const matched = await film.match({ studio: `studio of ${id}`, votes: 77 }).go();
  assert.deepEqual(
    matched.data.map((found) => found.id),
    [id],
  );
  const scanned = await film.scan.where(({ votes }, { eq }) => eq(votes, 77)).go({ pages: "all" });
  assert.deepEqual(
    scanned.data.map((found) => found.id),
    [id],
  );
});

test("batches of more than 25 writes and 100 reads are split", async () => {
  const all = Array.from({ length: 130 }, (_, i) => ({ id, at: `day ${1000 + i}`, seats: i }));
  const { unprocessed } = await showing.put(all).go({ concurrent: 2 });
  assert.deepEqual(unprocessed, []);
  const keys = [...all.map(({ at }) => ({ id, at })), { id, at: "never" }];
  const read = await showing.get(keys).go({ preserveBatchOrder: true });
  assert.deepEqual(read.data, [...all, null]);
  assert.deepEqual((await showing.delete(keys).go()).unprocessed, []);
  assert.deepEqual((await showing.query.primary({ id }).go()).data, []);
});

test("a transaction spans entities", async () => {
  await create("Guard");
  await addShowings(2);
  const written = await cinema.transaction
    .write(({ film: films, showing: showings }) => [
      films
        .check({ id })
        .where(({ title }, { eq }) => eq(title, "Guard"))
        .commit(),
      showings
        .patch({ id, at: at(1) })
        .subtract({ seats: 1 })
        .commit(),
      showings.delete({ id, at: at(2) }).commit(),
      showings.create({ id, at: at(3), seats: 7 }).commit(),
    ])
    .go();
  assert.equal(written.canceled, false);
  const read = await cinema.transaction
    .get(({ showing: showings }) =>
      [1, 2, 3].map((day) => showings.get({ id, at: at(day) }).commit()),
    )
    .go();
  assert.deepEqual(
    read.data.map((found) => found.item?.seats),
    [100, undefined, 7],
  );
});

test("a cancelled transaction says which action, and with which item", async () => {
  await create("Taken");
  const { canceled, data } = await cinema.transaction
    .write(({ film: films, showing: showings }) => [
      showings.put({ id, at: at(1), seats: 1 }).commit(),
      films.create(filmNamed("Other")).commit({ response: "all_old" }),
    ])
    .go();
  assert.equal(canceled, true);
  assert.deepEqual(
    data.map(({ rejected, code }) => [rejected, code]),
    [
      [false, "None"],
      [true, "ConditionalCheckFailed"],
    ],
  );
  assert.equal(data[1].item.title, "Taken");
});
