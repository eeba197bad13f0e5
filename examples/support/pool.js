// Bounded concurrency.

const workers = 32;

/** Runs `task` over all jobs, at most 32 at a time; the first failure ends it. */
export async function forEachConcurrently(jobs, task) {
  const queue = jobs[Symbol.iterator]();
  let failed = false;
  async function work() {
    // All workers draw from one iterator, so that each job is taken once.
    for (const job of { [Symbol.iterator]: () => ({ next: () => queue.next() }) }) {
      if (failed) return;
      await task(job);
    }
  }
  await Promise.all(
    Array.from({ length: workers }, () =>
      work().catch((error) => {
        failed = true;
        throw error;
      }),
    ),
  );
}
