// Python for `consumer.py`, with boto3, in the ignored folder `.venv`.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "..");
const environment = join(folder, ".venv");

/** Installs what `requirements.txt` names; answers with the interpreter, or nothing without one. */
export function installPython() {
  if (!succeeds("python3", "--version")) return undefined;
  const python = join(environment, "bin", "python");
  const requirements = join(folder, "requirements.txt");
  const installed =
    (succeeds(python, "--version") || succeeds("python3", "-m", "venv", environment)) &&
    succeeds(
      python,
      "-m",
      "pip",
      "install",
      "-q",
      "--disable-pip-version-check",
      "-r",
      requirements,
    );
  if (!installed) throw new Error("boto3 could not be installed");
  return python;
}

function succeeds(program, ...options) {
  return spawnSync(program, options, { stdio: ["ignore", "ignore", "ignore"] }).status === 0;
}
