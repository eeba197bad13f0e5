// The key design: the one place that knows how keys are spelled.
//
// Everything a user owns or does lies in that user's partition, and its sort key names the other
// end: so the inverse index, which swaps both, answers each relation the other way round.

export const userKey = (userId) => ({ pk: `USER#${userId}`, sk: `USER#${userId}` });

/** Two guards for each user; that they exist is what keeps handles and e-mail addresses unique. */
export const handleKey = (handle) => pair(`HANDLE#${handle.toLowerCase()}`);
export const emailKey = (email) => pair(`EMAIL#${email.toLowerCase()}`);

/** Tweet ids grow with time, so a partition's tweets are in order of time. */
export const tweetKey = (authorId, tweetId) => ({ pk: `USER#${authorId}`, sk: `TWEET#${tweetId}` });
export const followKey = (userId, followeeId) => ({
  pk: `USER#${userId}`,
  sk: `FOLLOW#${followeeId}`,
});
export const likeKey = (userId, tweetId) => ({ pk: `USER#${userId}`, sk: `LIKE#${tweetId}` });

/** An id that sorts by time: milliseconds in 13 digits, then a number that tells equals apart. */
export function newTweetId(atMs, sequence) {
  return `${String(atMs).padStart(13, "0")}-${String(sequence).padStart(7, "0")}`;
}

/** The part of a key after its kind: "USER#7" → "7". */
export const idOf = (key) => key.slice(key.indexOf("#") + 1);

/** The kind of an item, by its sort key: "TWEET#…" → "TWEET". */
export const kindOf = (item) => item.sk.slice(0, item.sk.indexOf("#"));

function pair(key) {
  return { pk: key, sk: key };
}
