// Follows: many users follow many users.

import { INVERSE } from "../database.js";
import { followKey, userKey } from "./keys.js";
import { queryPage } from "./pages.js";
import { count, deleteExisting, putNew, transact } from "./transact.js";

/** Lets a user follow another and counts it on both sides; refused with FollowsAlready. */
export async function follow(db, userId, followeeId) {
  if (userId === followeeId) throw new RangeError("nobody follows themselves");
  await transact(
    db,
    [
      putNew(db, { ...followKey(userId, followeeId), userId, followeeId }),
      count(db, userKey(userId), "following", 1),
      count(db, userKey(followeeId), "followers", 1),
    ],
    ["FollowsAlready", "NoSuchUser", "NoSuchUser"],
  );
}

/** Ends a follow; refused with FollowsNot. */
export async function unfollow(db, userId, followeeId) {
  await transact(
    db,
    [
      deleteExisting(db, followKey(userId, followeeId)),
      count(db, userKey(userId), "following", -1),
      count(db, userKey(followeeId), "followers", -1),
    ],
    ["FollowsNot", "NoSuchUser", "NoSuchUser"],
  );
}

/** One page of the follows of a user: whom they follow. */
export function following(db, userId, page) {
  const query = {
    KeyConditionExpression: "pk = :user AND begins_with(sk, :follows)",
    ExpressionAttributeValues: { ":user": userKey(userId).pk, ":follows": "FOLLOW#" },
  };
  return queryPage(db, query, page);
}

/** One page of the same relation from its other end: who follows the user. */
export function followers(db, userId, page) {
  const query = {
    IndexName: INVERSE,
    KeyConditionExpression: "sk = :follow",
    ExpressionAttributeValues: { ":follow": followKey("", userId).sk },
  };
  return queryPage(db, query, page);
}
