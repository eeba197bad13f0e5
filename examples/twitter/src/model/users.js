// Users, whose handles and e-mail addresses are unique.
//
// DynamoDB knows one unique thing, the primary key. So a handle and an e-mail address each have
// an item of their own, written in the transaction that writes the user: two users cannot both
// put it.

import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { emailKey, handleKey, userKey } from "./keys.js";
import { deleteExisting, putNew, transact } from "./transact.js";

/** Creates a user; refused with UserExists, HandleTaken or EmailTaken. */
export async function createUser(db, { userId, handle, email, name }) {
  const counters = { tweets: 0, followers: 0, following: 0 };
  await transact(
    db,
    [
      putNew(db, { ...userKey(userId), userId, handle, email, name, ...counters }),
      putNew(db, { ...handleKey(handle), userId }),
      putNew(db, { ...emailKey(email), userId }),
    ],
    ["UserExists", "HandleTaken", "EmailTaken"],
  );
}

/** Gives a user another handle and sets the former one free; refused with HandleTaken. */
export async function changeHandle(db, userId, formerHandle, newHandle) {
  const profile = {
    Update: {
      TableName: db.TableName,
      Key: userKey(userId),
      UpdateExpression: "SET handle = :new",
      ConditionExpression: "handle = :former",
      ExpressionAttributeValues: { ":new": newHandle, ":former": formerHandle },
    },
  };
  await transact(
    db,
    [
      profile,
      putNew(db, { ...handleKey(newHandle), userId }),
      deleteExisting(db, handleKey(formerHandle)),
    ],
    ["HandleChanged", "HandleTaken", "HandleChanged"],
  );
}

/** The user with this id, or undefined. */
export function getUser(db, userId) {
  return get(db, userKey(userId));
}

/** The user who has this handle, or undefined. */
export async function getUserByHandle(db, handle) {
  const guard = await get(db, handleKey(handle));
  return guard && getUser(db, guard.userId);
}

async function get({ documents, TableName }, Key) {
  const answer = await documents.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return answer.Item;
}
