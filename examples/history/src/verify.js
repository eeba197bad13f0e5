// Compares the history with what the editors know.
//
// Each write was told what it replaced. So the editors have, for every page, the pairs of an image
// and the next one, and the history must have the same pairs, each as often. Every image is unique,
// by the number of its edit.

import { isDeepStrictEqual } from "node:util";
import { scanAll } from "../../support/database.js";
import { HISTORY, PAGES } from "./database.js";
import { asOf, partitionOf, versions } from "./history.js";

export async function verify(db, { changes, stream, shards, snapshot }, checks) {
  // Deleting a page that is not there changes nothing, and is no version.
  const real = changes.filter(({ before, after }) => before || after);
  const pages = await readHistory(db, real);
  const kept = pages.flatMap((page) => page.versions);

  checks.equal("there is a version for each change", kept.length, real.length);
  checks.equal("each is there once, and in order", pairsKept(pages), pairsMade(real));
  checks.none(
    "each editor's changes of a page are in the editor's order",
    pages.filter((page) => !isInOrder(page.versions)),
  );
  const deleted = real.filter(({ after }) => !after).length;
  const tombstones = kept.filter(({ event, image }) => event.S === "REMOVE" && !image).length;
  checks.equal("every deletion is a tombstone", tombstones, deleted);

  const rows = await scanAll(db.client, HISTORY);
  checks.equal(
    "there are no other versions",
    rows.filter(({ event }) => event).length,
    kept.length,
  );
  const read = new Set(
    rows.filter(({ pk, done }) => pk.S === stream && done.BOOL).map(({ sk }) => sk.S),
  );
  checks.none(
    "every shard was read to its end, parents and children",
    shards.filter(({ ShardId }) => !read.has(ShardId)),
  );
  await verifyTimes(db, pages, snapshot, checks);
}

/** Every page that was ever changed, with its versions. */
async function readHistory(db, changes) {
  const partitions = new Set(changes.map((change) => change.partition));
  const read = async (partition) => {
    const key = JSON.parse(partition);
    return { partition, key, versions: await versions(db, key) };
  };
  return Promise.all([...partitions].sort().map(read));
}

function pairsMade(changes) {
  return changes.map(({ partition, before, after }) => pair(partition, before, after)).sort();
}

function pairsKept(pages) {
  const pairs = pages.flatMap(({ partition, versions }) =>
    versions.map(({ image }, position) =>
      pair(partition, versions[position - 1]?.image?.M, image?.M),
    ),
  );
  return pairs.sort();
}

function pair(partition, before, after) {
  return `${partition}: ${text(before)} → ${text(after)}`;
}

function text(image) {
  return JSON.stringify(image && Object.entries(image).sort());
}

function isInOrder(versions) {
  const last = new Map();
  return versions.every(({ image }) => {
    if (!image) return true;
    const { edit, editor } = image.M;
    const later = Number(edit.N) > (last.get(editor.S) ?? -1);
    last.set(editor.S, Number(edit.N));
    return later;
  });
}

/** The pages as they are, and as they were when the snapshot was taken. */
async function verifyTimes(db, pages, snapshot, checks) {
  const differing = async (date, items) => {
    const then = new Map(items.map((item) => [partitionOf(item), item]));
    const answers = await Promise.all(pages.map(({ key }) => asOf(db, key, date)));
    return pages.filter(
      ({ partition }, position) => !isDeepStrictEqual(answers[position], then.get(partition)),
    );
  };
  const { date, items } = snapshot;
  checks.none("every page as of the snapshot", await differing(date, items));
  checks.none("every page as of now", await differing(new Date(), await scanAll(db.client, PAGES)));
  checks.none("no page before it was made", await differing(new Date(0), []));
}
