// One page of a query and the cursor to the next.

import { QueryCommand } from "@aws-sdk/lib-dynamodb";

/** Encodes a LastEvaluatedKey for a URL; undefined stays undefined: there is no next page. */
const encode = (key) => key && Buffer.from(JSON.stringify(key)).toString("base64url");
const decode = (cursor) => cursor && JSON.parse(Buffer.from(cursor, "base64url").toString());

/** Answers { items, cursor }. */
export async function queryPage({ documents, TableName }, query, { cursor, limit }) {
  const answer = await documents.send(
    new QueryCommand({ TableName, ...query, Limit: limit, ExclusiveStartKey: decode(cursor) }),
  );
  return { items: answer.Items, cursor: encode(answer.LastEvaluatedKey) };
}

/** Every item of `page`, a function from { cursor, limit } to { items, cursor }. */
export async function everyItem(page, limit = 100) {
  const all = [];
  let cursor;
  do {
    const { items, cursor: next } = await page({ cursor, limit });
    all.push(...items);
    cursor = next;
  } while (cursor);
  return all;
}
