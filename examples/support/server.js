// The server that an example talks to: the one at STATOR_ENDPOINT, or else one of its own on the
// durable, encrypted engine, built from this repository and given a fresh data directory. An example
// that needs a server with certain flags always starts its own; STATOR_BINARY saves building it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const repository = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const patienceMs = 30_000;

/** Runs `body(endpoint)` against a server, and stops that server afterwards if it is our own. */
export async function withServer(body) {
  if (process.env.STATOR_ENDPOINT) {
    return body(process.env.STATOR_ENDPOINT);
  }
  return withOwnServer([], body);
}

/** Runs `body(endpoint)` against a server that was started with these flags for it. */
export async function withOwnServer(flags, body) {
  const binary = process.env.STATOR_BINARY ?? (await build());
  const home = await mkdtemp(join(tmpdir(), "stator-example-"));
  try {
    return await serveWhile({ binary, dataDirectory: join(home, "data"), flags }, body);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

/** Builds the release binary and answers its path. */
async function build() {
  console.log("Building stator (cargo build --release) …");
  const cargo = spawn(
    "cargo",
    ["build", "--release", "--package", "stator", "--message-format", "json-render-diagnostics"],
    { cwd: repository, stdio: ["ignore", "pipe", "inherit"] },
  );
  const ended = once(cargo, "close");
  let executable;
  for await (const line of createInterface({ input: cargo.stdout })) {
    const message = JSON.parse(line);
    if (message.target?.kind?.includes("bin")) executable = message.executable ?? executable;
  }
  const [code] = await ended;
  if (code !== 0 || !executable) throw new Error("cargo could not build stator");
  return executable;
}

async function serveWhile({ binary, dataDirectory, flags }, body) {
  const address = `127.0.0.1:${await freePort()}`;
  const options = [
    "--listen",
    address,
    "--data-dir",
    dataDirectory,
    "--log-level",
    "warn",
    ...flags,
  ];
  const server = spawn(binary, ["serve", ...options], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(server, "exit");
  // On Ctrl-C the server ends, so the body fails, and what follows it cleans up.
  process.once("SIGINT", () => server.kill("SIGTERM"));
  try {
    await answering(`http://${address}`, server);
    console.log(`Serving on ${address} from ${dataDirectory}`);
    return await body(`http://${address}`);
  } finally {
    server.kill("SIGTERM");
    await ended;
  }
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

/** Waits until the server answers; throws when it ended instead. */
async function answering(endpoint, server) {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(20)) {
    if (server.exitCode !== null) throw new Error(`stator ended with code ${server.exitCode}`);
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`stator did not answer on ${endpoint}`);
}
