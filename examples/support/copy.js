// Rows made of a stream's records, exactly once: the rows of a page of records and the place behind
// them are written in one transaction.
//
// All in one table with the key `pk`, `sk`. A shard's place is the item `pk` = the stream's ARN,
// `sk` = the shard's id.

/** 100 actions fit into a transaction: rows, and the place. */
const recordsMax = 99;

export class StreamCopy {
  recordsMax = recordsMax;
  #client;
  #table;
  #stream;
  #rowOf;
  #noted;

  /** `rowOf(record)` answers a row or nothing; `noted(count)` hears how many were written. */
  constructor({ client, table, stream, rowOf, noted = () => {} }) {
    this.#client = client;
    this.#table = table;
    this.#stream = stream;
    this.#rowOf = rowOf;
    this.#noted = noted;
  }

  /** How far a shard has been copied. */
  async place(shardId) {
    const { Item: item } = await this.#client.getItem({
      TableName: this.#table,
      Key: this.#placeKey(shardId),
      ConsistentRead: true,
    });
    return item && { sequence: item.sequence?.S, done: item.done.BOOL };
  }

  /** Writes the rows of some records behind `after`, unless the place is no longer `after`. */
  async take(shardId, { records, done, after }) {
    const sequence = records.at(-1)?.dynamodb.SequenceNumber ?? after;
    const rows = records.map(this.#rowOf).filter((row) => row !== undefined);
    const puts = rows.map((Item) => ({
      Put: {
        TableName: this.#table,
        Item,
        // Cannot fail while the place is right. If it did, a row would be there twice: stop then.
        ConditionExpression: "attribute_not_exists(pk)",
      },
    }));
    try {
      const move = this.#movePlace(shardId, { after, sequence, done });
      await this.#client.transactWriteItems({ TransactItems: [move, ...puts] });
    } catch (error) {
      if (isOvertaken(error)) return false;
      throw error;
    }
    this.#noted(rows.length);
    return true;
  }

  /** Moves a shard's place, if it is where this consumer believes it to be. */
  #movePlace(shardId, { after, sequence, done }) {
    const Item = { ...this.#placeKey(shardId), done: { BOOL: done } };
    if (sequence) Item.sequence = { S: sequence };
    const Put = { TableName: this.#table, Item };
    if (after) {
      Put.ConditionExpression = "#sequence = :after AND done = :no";
      Put.ExpressionAttributeNames = { "#sequence": "sequence" };
      Put.ExpressionAttributeValues = { ":after": { S: after }, ":no": { BOOL: false } };
    } else {
      Put.ConditionExpression = "attribute_not_exists(pk)";
    }
    return { Put };
  }

  #placeKey(shardId) {
    return { pk: { S: this.#stream }, sk: { S: shardId } };
  }
}

/** Whether another consumer, or a transaction of a killed one, has moved the place or is about to. */
function isOvertaken(error) {
  if (error.name !== "TransactionCanceledException") return false;
  const [place, ...rows] = error.CancellationReasons.map((reason) => reason.Code);
  return place === "ConditionalCheckFailed" || [place, ...rows].includes("TransactionConflict");
}
