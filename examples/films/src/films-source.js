// The films as the data set has them, cleaned: the README tells which gaps it has.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** The data set was made in 2010 from two-digit years: what lies beyond is a century early. */
const lastYear = 2011;

/** Every film, with no attribute where the data set has null. */
export function readFilms() {
  const main = fileURLToPath(import.meta.resolve("vega-datasets"));
  const file = new URL("../data/movies.json", `file://${main}`);
  return JSON.parse(readFileSync(file, "utf8")).map(clean);
}

function clean(raw) {
  // Nine titles are numbers in the file (1776, 2012, …), one is null.
  const title = raw.Title === null ? undefined : String(raw.Title);
  const released = isoDate(raw["Release Date"]);
  const film = {
    filmId: `${slug(title ?? "untitled")}-${released.slice(0, 4)}`,
    title,
    released,
    director: raw.Director,
    genre: raw["Major Genre"],
    rating: raw["IMDB Rating"],
    votes: raw["IMDB Votes"],
    distributor: raw.Distributor,
    minutes: raw["Running Time min"],
    budgetDollars: raw["Production Budget"],
    grossDollars: raw["Worldwide Gross"],
  };
  return Object.fromEntries(Object.entries(film).filter(([, value]) => value != null));
}

/** "Jun 12 1998" → "1998-06-12". */
function isoDate(text) {
  const [month, day, year] = text.split(" ");
  const fullYear = Number(year) > lastYear ? Number(year) - 100 : Number(year);
  return `${fullYear}-${String(months.indexOf(month) + 1).padStart(2, "0")}-${day}`;
}

/** "20,000 Leagues Under the Sea" → "20-000-leagues-under-the-sea". */
function slug(text) {
  const words = text
    .normalize("NFKD")
    .toLowerCase()
    .match(/[a-z0-9]+/g);
  return words.join("-");
}
