// Transactions: written again after a conflict, and failed conditions turned into errors with
// names of this application.

import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { setTimeout as delay } from "node:timers/promises";

const attemptsMax = 50;
const pauseMaxMs = 50;

/** An error of the application: a handle is taken, a like exists already. */
export class Refused extends Error {
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/**
 * Writes all actions or none. `refusals[i]` is the name of the error that a failed condition of
 * action i means. Another transaction on the same item is no error: this one is tried again.
 */
export async function transact({ documents }, actions, refusals = []) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await documents.send(new TransactWriteCommand({ TransactItems: actions }));
    } catch (error) {
      const reasons = (error.CancellationReasons ?? []).map((reason) => reason.Code);
      const failed = reasons.indexOf("ConditionalCheckFailed");
      if (failed >= 0) throw new Refused(refusals[failed] ?? "ConditionFailed");
      if (!reasons.includes("TransactionConflict") || attempt === attemptsMax) throw error;
      await delay(Math.random() * Math.min(2 ** attempt, pauseMaxMs));
    }
  }
}

/** The action that puts a new item, which must not exist yet. */
export function putNew({ TableName }, Item) {
  return { Put: { TableName, Item, ConditionExpression: "attribute_not_exists(pk)" } };
}

/** The action that deletes an item, which must exist. */
export function deleteExisting({ TableName }, Key) {
  return { Delete: { TableName, Key, ConditionExpression: "attribute_exists(pk)" } };
}

/** The action that adds `amount` to a counter of an item, which must exist. */
export function count({ TableName }, Key, counter, amount) {
  return {
    Update: {
      TableName,
      Key,
      UpdateExpression: "ADD #counter :amount",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeNames: { "#counter": counter },
      ExpressionAttributeValues: { ":amount": amount },
    },
  };
}
