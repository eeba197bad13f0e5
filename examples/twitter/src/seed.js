// The plain data that the example loads: always the same for the same sizes.
//
// It is also what the answers are checked against, so nothing here knows of keys or tables.

const beginMs = Date.UTC(2026, 0, 1);
const secondMs = 1000;
const followsPerUser = 5;
const likesPerTweet = 0.25;
const topics = ["tea", "rust", "trains", "rain", "the moon", "sorting", "jazz", "bread"];
const openings = ["I like", "Today:", "More about", "Nobody talks about", "Good morning,"];

/** Answers { users, tweets, follows, likes }; users and tweets refer to each other by position. */
export function generate({ users: userCount, tweets: tweetCount }) {
  const random = generator(20261123);
  const users = Array.from({ length: userCount }, (_, position) => makeUser(position));
  const tweets = Array.from({ length: tweetCount }, (_, position) =>
    makeTweet(position, pick(random, userCount), random),
  );
  const follows = distinctPairs(userCount * followsPerUser, userCount, (count) => {
    const pair = [pick(random, count), popular(random, count)];
    return pair[0] === pair[1] ? undefined : pair;
  });
  const likes = distinctPairs(Math.floor(tweetCount * likesPerTweet), tweetCount, (count) => [
    pick(random, userCount),
    popular(random, count),
  ]);
  return { users, tweets, follows, likes };
}

function makeUser(position) {
  const userId = String(position).padStart(6, "0");
  return {
    userId,
    handle: `Person${userId}`,
    email: `person.${userId}@example.com`,
    name: `Person ${position}`,
  };
}

function makeTweet(position, author, random) {
  const opening = openings[pick(random, openings.length)];
  const topic = topics[pick(random, topics.length)];
  return {
    author,
    text: `${opening} ${topic} (${position})`,
    // Later tweets have later times; several may fall into one millisecond's neighbourhood.
    atMs: beginMs + position * secondMs + pick(random, secondMs),
    sequence: position,
  };
}

/** About `wanted` different pairs from `draw(upperBound)`, in the order drawn. */
function distinctPairs(wanted, upperBound, draw) {
  const seen = new Set();
  const pairs = [];
  for (let attempt = 0; attempt < wanted; attempt += 1) {
    const pair = draw(upperBound);
    if (pair === undefined || seen.has(pair.join())) continue;
    seen.add(pair.join());
    pairs.push(pair);
  }
  return pairs;
}

/** A whole number below `count`. */
function pick(random, count) {
  return Math.floor(random() * count);
}

/** A whole number below `count`; small ones come more often, as with followers. */
function popular(random, count) {
  return Math.floor(random() ** 2 * count);
}

/** Mulberry32: a small generator of numbers in [0, 1) that a seed determines. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
