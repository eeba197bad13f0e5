// The document client with callbacks: `(error, data)`, and `this` is the response.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { documents } from "./support/connection.js";
import { createTable } from "./support/tables.js";

let TableName;
before(async () => {
  TableName = await createTable();
});

test("each step is called back with data", (_, done) => {
  const Key = { p: "steps", c: 1 };
  const given = (next) => (error, data) => (error ? done(error) : next(data));
  documents.put({ TableName, Item: { ...Key, v: [1, { two: 2 }] } }, given(read));

  function read(data) {
    assert.deepEqual(data, {});
    documents.get({ TableName, Key, ConsistentRead: true }, given(remove));
  }
  function remove(data) {
    assert.deepEqual(data, { Item: { ...Key, v: [1, { two: 2 }] } });
    documents.delete({ TableName, Key }, given(readAgain));
  }
  function readAgain() {
    documents.get({ TableName, Key, ConsistentRead: true }, given(end));
  }
  function end(data) {
    assert.deepEqual(data, {});
    done();
  }
});

test("a failure is called back with an error and no data", (_, done) => {
  const request = {
    TableName,
    Key: { p: "absent", c: 1 },
    ConditionExpression: "attribute_exists(p)",
  };
  documents.delete(request, function called(error, data) {
    assert.equal(data, null);
    assert.equal(error.code, "ConditionalCheckFailedException");
    assert.equal(this.httpResponse.statusCode, 400);
    assert.equal(this.requestId, error.requestId);
    assert.equal(this.retryCount, 0);
    done();
  });
});

test("a request the service refuses names its code", (_, done) => {
  const UpdateExpression = "SET a = :missing";
  documents.update({ TableName, Key: { p: "x", c: 1 }, UpdateExpression }, (error) => {
    assert.equal(error.code, "ValidationException");
    assert.equal(
      error.message,
      "Invalid UpdateExpression: An expression attribute value used in expression is not " +
        "defined; attribute value: :missing",
    );
    done();
  });
});

test("parameters that the model forbids never leave the client", (_, done) => {
  documents.get({ TableName }, (error) => {
    assert.equal(error.code, "MissingRequiredParameter");
    assert.equal(error.statusCode, undefined);
    done();
  });
});
