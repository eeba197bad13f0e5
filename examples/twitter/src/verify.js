// Asks everything that was loaded and compares it with what the plain data says.

import { isDeepStrictEqual } from "node:util";
import { paginateScan } from "@aws-sdk/lib-dynamodb";
import { followers, follow, following, unfollow } from "./model/follows.js";
import { idOf, kindOf } from "./model/keys.js";
import { like, likedBy, likersOf, unlike } from "./model/likes.js";
import { everyItem } from "./model/pages.js";
import { homeTimeline } from "./model/timeline.js";
import { getTweet, postTweet, tweetsOf } from "./model/tweets.js";
import { changeHandle, createUser, getUser, getUserByHandle } from "./model/users.js";

const segments = 8;
const sampledUsers = 50;
const timelinePages = 3;
const timelinePageItems = 20;

/** Runs every check; those that write undo what they wrote. */
export async function verify(db, expected, checks) {
  await verifyTable(db, expected, checks, "after loading");
  await verifyUsers(db, expected, checks);
  await verifyUniqueness(db, expected, checks);
  await verifyRelationsEnd(db, expected, checks);
  await verifyTable(db, expected, checks, "after all that");
}

/** Scans the whole table: how many items of each kind there are, and every counter. */
async function verifyTable(db, expected, checks, when) {
  const items = await scanInParallel(db);
  const kinds = {};
  for (const item of items) kinds[kindOf(item)] = (kinds[kindOf(item)] ?? 0) + 1;
  checks.equal(`${when}, a scan of ${segments} segments finds every item`, kinds, expected.kinds);

  const byKey = new Map(items.map((item) => [item.sk, item]));
  const wrongUsers = expected.users.filter(({ userId }, position) => {
    const { tweets, followers, following } = byKey.get(`USER#${userId}`) ?? {};
    const counters = expected.counters(position);
    return (
      tweets !== counters.tweets ||
      followers !== counters.followers ||
      following !== counters.following
    );
  });
  checks.none(`${when}, every user's counters equal the counted relations`, wrongUsers);
  const wrongTweets = expected.tweets.filter(
    ({ tweetId }, position) => byKey.get(`TWEET#${tweetId}`)?.likes !== expected.likes(position),
  );
  checks.none(`${when}, every tweet's likes equal the counted likes`, wrongTweets);
}

async function scanInParallel({ documents, TableName }) {
  const scanSegment = async (Segment) => {
    const items = [];
    const request = { TableName, Segment, TotalSegments: segments, ConsistentRead: true };
    for await (const page of paginateScan({ client: documents }, request))
      items.push(...page.Items);
    return items;
  };
  const parts = await Promise.all(Array.from({ length: segments }, (_, i) => scanSegment(i)));
  return parts.flat();
}

/** Every aspect of the sampled users: their tweets, relations from both ends, home timelines. */
async function verifyUsers(db, expected, checks) {
  const users = sample(expected.users.length);
  const wrong = new Map();
  for (const user of users) {
    const answers = await askAbout(db, expected.users[user]);
    for (const [aspect, right] of Object.entries(expectedOf(expected, user))) {
      if (!wrong.has(aspect)) wrong.set(aspect, []);
      if (!isDeepStrictEqual(answers[aspect], right)) {
        wrong.get(aspect).push({ user, got: answers[aspect], expected: right });
      }
    }
  }
  for (const [aspect, users] of wrong) checks.none(`sampled users: ${aspect}`, users);
}

async function askAbout(db, { userId, handle }) {
  const own = await everyItem((page) => tweetsOf(db, userId, page), 7);
  const follows = await everyItem((page) => following(db, userId, page), 3);
  const followed = await everyItem((page) => followers(db, userId, page));
  const liked = await everyItem((page) => likedBy(db, userId, page));
  return {
    "found by handle": (await getUserByHandle(db, handle.toUpperCase()))?.userId,
    "own tweets, newest first": own.map((tweet) => tweet.tweetId),
    "whom they follow": follows.map((item) => idOf(item.sk)),
    "who follows them": followed.map((item) => idOf(item.pk)),
    "what they like": liked.map((item) => item.tweetId),
    "who likes their newest tweet": await likersOfNewest(db, own),
    "home timeline, page by page": await readTimeline(db, userId),
  };
}

function expectedOf(expected, user) {
  const liked = expected.likedBy.get(user) ?? [];
  const newest = expected.tweetsBy.get(user)?.at(-1);
  return {
    "found by handle": expected.users[user].userId,
    "own tweets, newest first": expected.tweetIds(user),
    "whom they follow": expected.userIds(expected.followeesOf, user),
    "who follows them": expected.userIds(expected.followersOf, user),
    "what they like": liked
      .map((tweet) => expected.tweets[tweet].tweetId)
      .sort()
      .reverse(),
    "who likes their newest tweet": newest
      ? expected.userIds(expected.likersOf, newest.sequence)
      : [],
    "home timeline, page by page": expected
      .timeline(user)
      .slice(0, timelinePages * timelinePageItems),
  };
}

/** The ids of the first pages of a home timeline. */
async function readTimeline(db, userId) {
  const ids = [];
  let cursor;
  for (let page = 0; page < timelinePages; page += 1) {
    const { items, cursor: next } = await homeTimeline(db, userId, {
      cursor,
      limit: timelinePageItems,
    });
    ids.push(...items.map((tweet) => tweet.tweetId));
    if (!next) break;
    cursor = next;
  }
  return ids;
}

async function likersOfNewest(db, tweets) {
  if (tweets.length === 0) return [];
  const likes = await everyItem((page) => likersOf(db, tweets[0].tweetId, page));
  return likes.map((like) => like.userId);
}

/** What must be refused is refused, and leaves nothing behind. */
async function verifyUniqueness(db, expected, checks) {
  const [one, other] = expected.users;
  const stranger = { userId: "stranger", handle: "Stranger", email: "s@example.com", name: "S" };
  await checks.refused("a taken handle, in other letters, is refused", "HandleTaken", () =>
    createUser(db, { ...stranger, handle: one.handle.toUpperCase() }),
  );
  await checks.refused("a taken e-mail address is refused", "EmailTaken", () =>
    createUser(db, { ...stranger, email: one.email }),
  );
  await checks.refused("changing to a taken handle is refused", "HandleTaken", () =>
    changeHandle(db, one.userId, one.handle, other.handle),
  );
  checks.equal("a refused user is not there", await getUser(db, stranger.userId), undefined);
  await checks.refused("a tweet by nobody is refused", "NoSuchUser", () =>
    postTweet(db, { authorId: stranger.userId, text: "", atMs: 0, sequence: 0 }),
  );

  await changeHandle(db, one.userId, one.handle, "Renamed");
  const renamed = await getUserByHandle(db, "renamed");
  checks.equal("a changed handle is found", renamed?.userId, one.userId);
  checks.equal("the former handle is free", await getUserByHandle(db, one.handle), undefined);
  await changeHandle(db, one.userId, "Renamed", one.handle);
}

/** Relations exist once, can be ended once, and can begin again. */
async function verifyRelationsEnd(db, expected, checks) {
  const [[user, followees]] = expected.followeesOf;
  const pair = [expected.users[user].userId, expected.users[followees[0]].userId];
  await checks.refused("following twice is refused", "FollowsAlready", () => follow(db, ...pair));
  await unfollow(db, ...pair);
  await checks.refused("unfollowing twice is refused", "FollowsNot", () => unfollow(db, ...pair));
  await follow(db, ...pair);

  const [[position, likers]] = expected.likersOf;
  const userId = expected.users[likers[0]].userId;
  const { author, tweetId } = expected.tweets[position];
  const tweet = { authorId: expected.users[author].userId, tweetId };
  await checks.refused("liking twice is refused", "LikesAlready", () => like(db, userId, tweet));
  await unlike(db, userId, tweet);
  const { likes } = await getTweet(db, tweetId);
  checks.equal("a like taken back is not counted", likes, expected.likes(position) - 1);
  await checks.refused("taking it back twice is refused", "LikesNot", () =>
    unlike(db, userId, tweet),
  );
  await like(db, userId, tweet);
}

/** Positions spread evenly over all users. */
function sample(count) {
  const step = Math.max(count / sampledUsers, 1);
  const positions = [];
  for (let position = 0; position < count; position += step) positions.push(Math.floor(position));
  return positions;
}
