// Plain code over plain data: what the indexes' answers are compared with.

/** The items that have all attributes, in a map from the joined values. */
export function grouped(items, ...attributes) {
  const groups = new Map();
  for (const item of items) {
    const values = attributes.map((attribute) => item[attribute]);
    if (values.includes(undefined)) continue;
    const name = values.join("/");
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(item);
  }
  return groups;
}

/** A comparison by one attribute; strings in the order of their code units. */
export function byAttribute(attribute) {
  return (one, other) => {
    if (one[attribute] === other[attribute]) return 0;
    return one[attribute] < other[attribute] ? -1 : 1;
  };
}

/**
 * Whether both lists hold the same items (by attribute `key`), in the same order of attribute
 * `by`: DynamoDB leaves open in which order items of equal index keys come.
 */
export function sameAnswer(found, expected, { by, key }) {
  const order = (items) => JSON.stringify(items.map((item) => item[by]));
  const keys = (items) => JSON.stringify(items.map((item) => item[key]).sort());
  return order(found) === order(expected) && keys(found) === keys(expected);
}
