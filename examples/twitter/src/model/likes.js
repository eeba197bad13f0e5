// Likes: many users like many tweets.

import { INVERSE } from "../database.js";
import { likeKey, tweetKey, userKey } from "./keys.js";
import { queryPage } from "./pages.js";
import { count, deleteExisting, putNew, transact } from "./transact.js";

/** Likes a tweet and counts it, in one transaction; refused with LikesAlready. */
export async function like(db, userId, { authorId, tweetId }) {
  await transact(
    db,
    [
      putNew(db, { ...likeKey(userId, tweetId), userId, tweetId, authorId }),
      count(db, tweetKey(authorId, tweetId), "likes", 1),
    ],
    ["LikesAlready", "NoSuchTweet"],
  );
}

/** Takes a like back; refused with LikesNot. */
export async function unlike(db, userId, { authorId, tweetId }) {
  await transact(
    db,
    [
      deleteExisting(db, likeKey(userId, tweetId)),
      count(db, tweetKey(authorId, tweetId), "likes", -1),
    ],
    ["LikesNot", "NoSuchTweet"],
  );
}

/** One page of the likes of a user, by the time of the tweet, newest first. */
export function likedBy(db, userId, page) {
  const query = {
    KeyConditionExpression: "pk = :user AND begins_with(sk, :likes)",
    ExpressionAttributeValues: { ":user": userKey(userId).pk, ":likes": "LIKE#" },
    ScanIndexForward: false,
  };
  return queryPage(db, query, page);
}

/** One page of the same relation from its other end: who likes the tweet. */
export function likersOf(db, tweetId, page) {
  const query = {
    IndexName: INVERSE,
    KeyConditionExpression: "sk = :like",
    ExpressionAttributeValues: { ":like": likeKey("", tweetId).sk },
  };
  return queryPage(db, query, page);
}
