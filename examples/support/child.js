// A consumer in a process of its own, so that it can be killed.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts a program that prints a line for each transaction it has written. */
export function startConsumer([program, ...options], environment) {
  const child = spawn(program, options, {
    stdio: ["ignore", "pipe", "inherit"],
    // The SDK's remarks on the version of Node have been printed once already.
    env: { ...process.env, ...environment, NODE_NO_WARNINGS: "1" },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, "close");
  process.once("exit", () => child.kill("SIGKILL"));
  return {
    /** Kills it (SIGKILL) as soon as it has written `transactions` more. */
    async killAfter(transactions) {
      for (let seen = 0; seen < transactions; seen += 1) {
        if ((await lines.next()).done) throw new Error(`${program} ended too early`);
      }
      child.kill("SIGKILL");
      await ended;
    },
    /** Waits until it ends by itself. */
    async finish() {
      while (!(await lines.next()).done);
      const [code] = await ended;
      if (code !== 0) throw new Error(`${program} ended with code ${code}`);
    },
  };
}
