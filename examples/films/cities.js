// More than 130,000 cities, asked by name and by region. See README.md.

import { parseArgs } from "node:util";
import { Checks } from "../support/checks.js";
import { withServer } from "../support/server.js";
import { readCities } from "./src/cities-source.js";
import {
  createTable,
  load,
  openDatabase,
  queryFirstPage,
  queryIndex,
  scanAll,
} from "./src/database.js";
import { byAttribute, grouped, sameAnswer } from "./src/plain.js";

const design = {
  types: { cityId: "N", name: "S", country: "S", area: "S", population: "N" },
  key: "cityId",
  indexes: {
    "by-name": { hash: ["name"], range: ["country"] },
    "by-region": { hash: ["country", "area"], range: ["population"] },
  },
};
const sharedNames = 500;
const largestRegions = 3;

const { values } = parseArgs({
  options: {
    table: { type: "string", default: "cities" },
    records: { type: "string", default: "200000" },
  },
});

await withServer(async (endpoint) => {
  const db = openDatabase(endpoint, values.table);
  const cities = readCities().slice(0, Number(values.records));
  await createTable(db, design);
  await load(db, cities, "cityId");
  console.log("\nChecking every answer against plain code over the source file:");
  const checks = new Checks();
  await checkTable(db, cities, checks);
  await checkNames(db, cities, checks);
  await checkRegions(db, cities, checks);
  checks.conclude();
  db.client.destroy();
});

async function checkTable(db, cities, checks) {
  checks.equal("the table has every city", sorted(await scanAll(db)), sorted(cities));
  const known = cities.filter((city) => city.area && city.population);
  checks.equal(
    "by-region lists cities with area and population",
    sorted(await scanAll(db, "by-region")),
    sorted(known),
  );
}

/** The names that most cities share: where they are, and how many lie in one country. */
async function checkNames(db, cities, checks) {
  const order = { by: "country", key: "cityId" };
  const wrong = [];
  const wrongCountry = [];
  const shared = [...grouped(cities, "name")].sort(bySize).slice(0, sharedNames);
  for (const [name, theirs] of shared) {
    const expected = theirs.sort(byAttribute("country"));
    const found = await queryIndex(db, "by-name", { name });
    if (!sameAnswer(found, expected, order)) wrong.push(name);

    const { country } = expected[0];
    const there = await queryIndex(db, "by-name", { name, country });
    const expectedThere = expected.filter((city) => city.country === country);
    if (!sameAnswer(there, expectedThere, order)) wrongCountry.push(name);
  }
  checks.none(`${shared.length} shared names: their cities by country`, wrong);
  checks.none(`${shared.length} shared names: their cities in one country`, wrongCountry);
}

/** Every region's largest city; all cities of the regions that have most, and the large ones. */
async function checkRegions(db, cities, checks) {
  const order = { by: "population", key: "cityId" };
  const known = cities.filter((city) => city.population);
  const byRegion = grouped(known, "country", "area");
  const wrongLargest = [];
  for (const [region, theirs] of byRegion) {
    const [largest] = theirs.sort(byAttribute("population")).reverse();
    const [found] = await queryFirstPage(db, "by-region", regionOf(largest), {
      ScanIndexForward: false,
      Limit: 1,
    });
    if (found?.population !== largest.population) wrongLargest.push(region);
  }
  checks.none(`${byRegion.size} regions: the largest city`, wrongLargest);

  const wrong = [];
  for (const [region, theirs] of [...byRegion].sort(bySize).slice(0, largestRegions)) {
    const found = await queryIndex(db, "by-region", regionOf(theirs[0]), { Limit: 100 });
    if (!sameAnswer(found, theirs.toReversed(), order)) wrong.push(region);
  }
  checks.none(`${largestRegions} regions: all cities by population, 100 a page`, wrong);
}

function regionOf({ country, area }) {
  return { country, area };
}

function bySize([, one], [, other]) {
  return other.length - one.length;
}

function sorted(cities) {
  return cities.toSorted(byAttribute("cityId"));
}
