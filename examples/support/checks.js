// A list of checks, printed one a line, that decides the exit code.

import { isDeepStrictEqual } from "node:util";

const shownCharacters = 300;

export class Checks {
  #passed = 0;
  #failed = 0;

  /** Passes when both values are deeply equal. */
  equal(name, actual, expected) {
    const same = isDeepStrictEqual(actual, expected);
    this.#note(name, same, same ? "" : `got ${show(actual)}, expected ${show(expected)}`);
  }

  /** Passes when no element of `problems` is left; shows the first ones otherwise. */
  none(name, problems) {
    this.#note(
      name,
      problems.length === 0,
      `${problems.length}, first: ${show(problems.slice(0, 3))}`,
    );
  }

  /** Passes when `operation` is refused with an error of this name. */
  async refused(name, errorName, operation) {
    const outcome = await operation().then(
      () => "no error",
      (error) => error.name,
    );
    this.equal(name, outcome, errorName);
  }

  /** Prints the totals and sets the exit code to 1 when a check failed. */
  conclude() {
    console.log(`\n${this.#passed} checks passed, ${this.#failed} failed`);
    if (this.#failed > 0) process.exitCode = 1;
  }

  #note(name, passed, detail) {
    if (passed) this.#passed += 1;
    else this.#failed += 1;
    console.log(passed ? `  ✓ ${name}` : `  ✗ ${name}: ${detail}`);
  }
}

function show(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}
