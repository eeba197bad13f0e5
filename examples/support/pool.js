// Bounded concurrency.

const workers = 32;

/** Runs `task` over all jobs, at most 32 at a time; the first failure ends it. */
export async function forEachConcurrently(jobs, task) {
  // All workers draw from one iterator, so that each job is taken once.
  const queue = jobs[Symbol.iterator]();
  let failed = false;
  async function work() {
    for (let next = queue.next(); !next.done && !failed; next = queue.next()) {
      try {
        await task(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, work));
}
