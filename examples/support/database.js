// What examples ask of the SDK's clients alike. The clients themselves are each example's own.

/** Settings of a client of the server at `endpoint`. */
export function clientSettings(endpoint) {
  return {
    endpoint,
    region: process.env.AWS_REGION ?? "us-east-1",
    credentials: { accessKeyId: "any", secretAccessKey: "any" },
  };
}

/** Every item of a table. */
export async function scanAll(client, TableName) {
  const items = [];
  let ExclusiveStartKey;
  do {
    const page = await client.scan({ TableName, ConsistentRead: true, ExclusiveStartKey });
    items.push(...page.Items);
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return items;
}

/** A key of texts, as CreateTable wants it. */
export function textKey(hash, range) {
  const names = [hash, range].filter((name) => name !== undefined);
  return {
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: names.map((AttributeName, position) => ({
      AttributeName,
      KeyType: position === 0 ? "HASH" : "RANGE",
    })),
  };
}
