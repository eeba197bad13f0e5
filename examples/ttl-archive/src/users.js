// Users who log in, come back, and log out or do not.

import { forEachConcurrently } from "../../support/pool.js";
import { SESSIONS } from "./database.js";

const lifetimeSeconds = 2;
const hourSeconds = 3600;

/**
 * Logs `count` users in for two seconds. Of ten users two log out and two come back, which gives
 * them an hour. Answers with the sessions by what must become of them.
 */
export async function useSessions({ client }, count, progress) {
  const fate = { kept: [], deleted: [], expired: [] };
  await forEachConcurrently(Array(count).keys(), async (number) => {
    const session = await logIn(client, number);
    if (number % 10 < 2) {
      const left = await logOut(client, session);
      fate[left ? "deleted" : "expired"].push(session);
    } else if (number % 10 < 4) {
      const renewed = await comeBack(client, session);
      if (renewed) fate.kept.push(renewed);
      else fate.expired.push(session);
    } else {
      fate.expired.push(session);
    }
    progress.advance();
  });
  return fate;
}

async function logIn(client, number) {
  const Item = {
    id: { S: `session-${String(number).padStart(5, "0")}` },
    user: { S: `user ${number}` },
    expires: { N: `${inSeconds(lifetimeSeconds)}` },
  };
  await client.putItem({ TableName: SESSIONS, Item });
  return Item;
}

/** Answers whether the session was still there. */
async function logOut(client, { id }) {
  const request = { TableName: SESSIONS, Key: { id }, ReturnValues: "ALL_OLD" };
  const { Attributes } = await client.deleteItem(request);
  return Attributes !== undefined;
}

/** Answers with the session as it is now, if it was still there. */
async function comeBack(client, { id }) {
  const request = {
    TableName: SESSIONS,
    Key: { id },
    ConditionExpression: "attribute_exists(id)",
    UpdateExpression: "SET expires = :expires",
    ExpressionAttributeValues: { ":expires": { N: `${inSeconds(hourSeconds)}` } },
    ReturnValues: "ALL_NEW",
  };
  try {
    return (await client.updateItem(request)).Attributes;
  } catch (error) {
    if (error.name === "ConditionalCheckFailedException") return undefined;
    throw error;
  }
}

function inSeconds(seconds) {
  return Math.floor(Date.now() / 1000) + seconds;
}
