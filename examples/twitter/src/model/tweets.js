// Tweets: one user, many tweets.

import { INVERSE } from "../database.js";
import { newTweetId, tweetKey, userKey } from "./keys.js";
import { queryPage } from "./pages.js";
import { count, putNew, transact } from "./transact.js";

/** Posts a tweet and counts it, in one transaction; answers its id. Refused with NoSuchUser. */
export async function postTweet(db, { authorId, text, atMs, sequence }) {
  const tweetId = newTweetId(atMs, sequence);
  await transact(
    db,
    [
      putNew(db, { ...tweetKey(authorId, tweetId), tweetId, authorId, text, atMs, likes: 0 }),
      count(db, userKey(authorId), "tweets", 1),
    ],
    ["TweetExists", "NoSuchUser"],
  );
  return tweetId;
}

/** One page of a user's tweets, newest first. */
export function tweetsOf(db, authorId, page) {
  const query = {
    KeyConditionExpression: "pk = :user AND begins_with(sk, :tweets)",
    ExpressionAttributeValues: { ":user": userKey(authorId).pk, ":tweets": "TWEET#" },
    ScanIndexForward: false,
  };
  return queryPage(db, query, page);
}

/** A tweet by its id alone, through the inverse index; undefined if there is none. */
export async function getTweet(db, tweetId) {
  const query = {
    IndexName: INVERSE,
    KeyConditionExpression: "sk = :tweet",
    ExpressionAttributeValues: { ":tweet": `TWEET#${tweetId}` },
  };
  const { items } = await queryPage(db, query, { limit: 1 });
  return items[0];
}
