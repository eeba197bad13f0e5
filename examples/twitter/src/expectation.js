// What the answers must be, computed from the plain data alone.

export class Expectation {
  /** @param data what `generate` made and `load` completed with tweet ids */
  constructor({ users, tweets, follows, likes }) {
    this.users = users;
    this.tweets = tweets;
    this.tweetsBy = group(tweets, (tweet) => [tweet.author, tweet]);
    this.followeesOf = group(follows, ([user, followee]) => [user, followee]);
    this.followersOf = group(follows, ([user, followee]) => [followee, user]);
    this.likersOf = group(likes, ([user, tweet]) => [tweet, user]);
    this.likedBy = group(likes, ([user, tweet]) => [user, tweet]);
    this.kinds = {
      USER: users.length,
      HANDLE: users.length,
      EMAIL: users.length,
      TWEET: tweets.length,
      FOLLOW: follows.length,
      LIKE: likes.length,
    };
  }

  /** The counters of a user. */
  counters(user) {
    return {
      tweets: size(this.tweetsBy, user),
      followers: size(this.followersOf, user),
      following: size(this.followeesOf, user),
    };
  }

  /** The ids of a user's tweets, newest first. */
  tweetIds(user) {
    return newestFirst(this.tweetsBy.get(user) ?? []);
  }

  /** The ids of everything in a user's home timeline, newest first. */
  timeline(user) {
    const authors = [user, ...(this.followeesOf.get(user) ?? [])];
    return newestFirst(authors.flatMap((author) => this.tweetsBy.get(author) ?? []));
  }

  /** The sorted user ids of a relation's other end: `relation` maps a position to positions. */
  userIds(relation, position) {
    return (relation.get(position) ?? []).map((user) => this.users[user].userId).sort();
  }

  /** How many users like the tweet at this position. */
  likes(position) {
    return size(this.likersOf, position);
  }
}

function group(elements, entryOf) {
  const groups = new Map();
  for (const element of elements) {
    const [key, value] = entryOf(element);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(value);
  }
  return groups;
}

const size = (groups, key) => groups.get(key)?.length ?? 0;

function newestFirst(tweets) {
  return tweets.map((tweet) => tweet.tweetId).sort((one, other) => (one < other ? 1 : -1));
}
