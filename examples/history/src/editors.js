// Editors who change the same pages at once, and remember what they did.

import { partitionOf } from "./history.js";
import { PAGES } from "./database.js";

const pages = 24;
const changesOfATurn = 10;

/** What all editors together have done: for each change the image before and the one after. */
export class Editors {
  changes = [];
  #db;
  #names;

  constructor(db, count) {
    this.#db = db;
    this.#names = Array.from({ length: count }, (_, position) => `editor-${position}`);
  }

  /** All editors make some changes, each one after the other. */
  async work() {
    await Promise.all(this.#names.map((name) => this.#turn(name)));
  }

  async #turn(name) {
    for (let step = 0; step < changesOfATurn; step += 1) {
      const edit = this.changes.length;
      const number = Math.floor(Math.random() * pages);
      const key = { wiki: { S: "tea" }, title: { S: `Page "${number}"` } };
      // The entry is made before the answer comes, so that the numbers of edits differ.
      const change = { editor: name };
      this.changes.push(change);
      await this.#edit(change, key, { edit: { N: `${edit}` }, editor: { S: name } });
    }
  }

  /** Puts, updates or deletes a page; the answer says what was there before. */
  async #edit(change, Key, stamp) {
    const { client } = this.#db;
    const request = { TableName: PAGES, ReturnValues: "ALL_OLD" };
    const kind = Math.random();
    let before;
    let after;
    if (kind < 0.3) {
      after = { ...Key, ...stamp, text: { S: "A new page" }, tags: { SS: ["new"] } };
      ({ Attributes: before } = await client.putItem({ ...request, Item: after }));
    } else if (kind < 0.8) {
      ({ Attributes: before } = await client.updateItem({
        ...request,
        Key,
        UpdateExpression: "SET edit = :edit, editor = :editor REMOVE tags",
        ExpressionAttributeValues: { ":edit": stamp.edit, ":editor": stamp.editor },
      }));
      const { tags, ...kept } = before ?? Key;
      after = { ...kept, ...stamp };
    } else {
      ({ Attributes: before } = await client.deleteItem({ ...request, Key }));
    }
    Object.assign(change, { partition: partitionOf(Key), before, after });
  }
}
