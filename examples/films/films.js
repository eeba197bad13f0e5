// 3,201 films, asked by director and by genre. See README.md.

import { parseArgs } from "node:util";
import { Checks } from "../support/checks.js";
import { withServer } from "../support/server.js";
import { createTable, load, openDatabase, queryIndex, scanAll } from "./src/database.js";
import { readFilms } from "./src/films-source.js";
import { byAttribute, grouped, sameAnswer } from "./src/plain.js";

const design = {
  types: { filmId: "S", director: "S", released: "S", genre: "S", rating: "N" },
  key: "filmId",
  indexes: {
    "by-director": { hash: ["director"], range: ["released"] },
    "by-genre": { hash: ["genre"], range: ["rating"] },
  },
};

const { values } = parseArgs({ options: { table: { type: "string", default: "films" } } });

await withServer(async (endpoint) => {
  const db = openDatabase(endpoint, values.table);
  const films = readFilms();
  await createTable(db, design);
  await load(db, films, "filmId");
  show(await queryIndex(db, "by-director", { director: "Woody Allen" }));
  console.log("\nChecking every answer against plain code over the source file:");
  const checks = new Checks();
  await checkTable(db, films, checks);
  await checkDirectors(db, films, checks);
  await checkGenres(db, films, checks);
  checks.conclude();
  db.client.destroy();
});

function show(films) {
  console.log("\nThe first films of Woody Allen in the data set:");
  for (const film of films.slice(0, 3)) console.log(`  ${film.released}  ${film.title}`);
}

async function checkTable(db, films, checks) {
  const stored = await scanAll(db);
  checks.equal("the table has every film", sorted(stored), sorted(films));
  const directed = films.filter((film) => film.director);
  const byDirector = await scanAll(db, "by-director");
  checks.equal("by-director lists films with a director", sorted(byDirector), sorted(directed));
  const rated = films.filter((film) => film.genre && film.rating !== undefined);
  const byGenre = await scanAll(db, "by-genre");
  checks.equal("by-genre lists films with genre and rating", sorted(byGenre), sorted(rated));
}

async function checkDirectors(db, films, checks) {
  const wrong = [];
  const wrongDecade = [];
  const order = { by: "released", key: "filmId" };
  const directors = grouped(films, "director");
  const range = "released BETWEEN :from AND :to";
  const nineties = { range, values: { ":from": "1990-01-01", ":to": "1999-12-31" } };
  for (const [director, theirs] of directors) {
    const expected = theirs.sort(byAttribute("released"));
    const found = await queryIndex(db, "by-director", { director });
    if (!sameAnswer(found, expected, order)) wrong.push(director);

    const inDecade = await queryIndex(db, "by-director", { director }, nineties);
    const expectedInDecade = expected.filter((film) => film.released.startsWith("199"));
    if (!sameAnswer(inDecade, expectedInDecade, order)) wrongDecade.push(director);
  }
  checks.none(`${directors.size} directors: their films in order of release`, wrong);
  checks.none(`${directors.size} directors: their films of the nineties`, wrongDecade);
}

async function checkGenres(db, films, checks) {
  const rated = films.filter((film) => film.rating !== undefined);
  const genres = grouped(rated, "genre");
  const order = { by: "rating", key: "filmId" };
  const wrong = [];
  const wrongBest = [];
  const atLeastEight = { range: "rating >= :least", values: { ":least": 8 } };
  for (const [genre, theirs] of genres) {
    const bestFirst = theirs.sort(byAttribute("rating")).reverse();
    const descending = { ScanIndexForward: false, Limit: 50 };
    const found = await queryIndex(db, "by-genre", { genre }, descending);
    if (!sameAnswer(found, bestFirst, order)) wrong.push(genre);

    const best = await queryIndex(db, "by-genre", { genre }, { ...descending, ...atLeastEight });
    const expectedBest = bestFirst.filter((film) => film.rating >= 8);
    if (!sameAnswer(best, expectedBest, order)) wrongBest.push(genre);
  }
  checks.none(`${genres.size} genres: all films from best to worst, 50 a page`, wrong);
  checks.none(`${genres.size} genres: films rated 8 or better`, wrongBest);
}

function sorted(films) {
  return films.toSorted(byAttribute("filmId"));
}
