// What the archive keeps of a session that expired.

const service = "dynamodb.amazonaws.com";

/** The archived session that a record of the stream tells of, or nothing. */
export function archived({ eventName, userIdentity, dynamodb: change }) {
  // Users delete, too; only the service signs with its name.
  const expired =
    eventName === "REMOVE" &&
    userIdentity?.Type === "Service" &&
    userIdentity.PrincipalId === service;
  if (!expired) return undefined;
  return {
    pk: change.Keys.id,
    // A session's id may be used again: each time it expires is an entry of its own.
    sk: { S: change.SequenceNumber },
    removed: { S: change.ApproximateCreationDateTime.toISOString() },
    session: { M: change.OldImage },
  };
}
