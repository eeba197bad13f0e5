// Loads the plain data through the model, as an application would: one transaction for each user,
// tweet, follow and like.

import { forEachConcurrently } from "../../support/pool.js";
import { Progress } from "../../support/progress.js";
import { follow } from "./model/follows.js";
import { like } from "./model/likes.js";
import { postTweet } from "./model/tweets.js";
import { createUser } from "./model/users.js";

/** Loads everything; each tweet of `data` gets the id it was stored with. */
export async function load(db, data) {
  const { users, tweets, follows, likes } = data;
  await phase("users", users, (user) => createUser(db, user));
  await phase("tweets", tweets, async (tweet) => {
    tweet.tweetId = await postTweet(db, { ...tweet, authorId: users[tweet.author].userId });
  });
  await phase("follows", follows, ([user, followee]) =>
    follow(db, users[user].userId, users[followee].userId),
  );
  await phase("likes", likes, ([user, position]) => {
    const { author, tweetId } = tweets[position];
    return like(db, users[user].userId, { authorId: users[author].userId, tweetId });
  });
}

async function phase(name, jobs, task) {
  const progress = new Progress(name, jobs.length);
  await forEachConcurrently(jobs, async (job) => {
    await task(job);
    progress.advance();
  });
  progress.finish();
}
