// The home timeline: what a user and everybody they follow wrote, newest first.
//
// Fan-out on read: one query for each followed user, merged here. A tweet is written once, however
// many followers its author has, and a follow or an unfollow shows at once; the price is a query
// for each followed user when somebody looks. Fan-out on write would copy each tweet into the
// partition of each follower: reading becomes one query, but a tweet by somebody with a million
// followers a million writes. With tens of followed users, reading is the cheaper place.

import { QueryCommand } from "@aws-sdk/lib-dynamodb";
import { following } from "./follows.js";
import { userKey } from "./keys.js";
import { everyItem } from "./pages.js";

/** Sorts after every tweet id and before every other kind of sort key. */
const AFTER_EVERY_ID = "~";

/**
 * One page, newest first. The cursor is the id of the last tweet shown: ids are ordered by time
 * across all authors, so one of them says for every author where to go on.
 */
export async function homeTimeline(db, userId, { cursor, limit }) {
  const follows = await everyItem((page) => following(db, userId, page));
  const authors = [userId, ...follows.map((follow) => follow.followeeId)];
  const newest = await Promise.all(
    authors.map((authorId) => tweetsBefore(db, authorId, cursor ?? AFTER_EVERY_ID, limit)),
  );
  const items = newest.flat().sort(newestFirst).slice(0, limit);
  return { items, cursor: items.length === limit ? items.at(-1).tweetId : undefined };
}

/** The newest tweets of one author whose ids are smaller than `tweetId`. */
async function tweetsBefore({ documents, TableName }, authorId, tweetId, limit) {
  const answer = await documents.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: "pk = :user AND sk BETWEEN :first AND :last",
      ExpressionAttributeValues: {
        ":user": userKey(authorId).pk,
        ":first": "TWEET#",
        ":last": `TWEET#${tweetId}`,
      },
      ScanIndexForward: false,
      // BETWEEN includes the cursor's own tweet, which the last page showed.
      Limit: limit + 1,
    }),
  );
  return answer.Items.filter((tweet) => tweet.tweetId < tweetId).slice(0, limit);
}

function newestFirst(one, other) {
  return one.tweetId < other.tweetId ? 1 : -1;
}
