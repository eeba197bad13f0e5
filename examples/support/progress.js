// A progress bar on a terminal, one line for each finished phase elsewhere.

const width = 30;
const redrawMs = 100;

export class Progress {
  #label;
  #total;
  #done = 0;
  #begun = Date.now();
  #drawn = 0;

  constructor(label, total) {
    this.#label = label.padEnd(12);
    this.#total = total;
  }

  /** Counts `steps` more as done. */
  advance(steps = 1) {
    this.#done += steps;
    if (process.stdout.isTTY && Date.now() - this.#drawn >= redrawMs) this.#draw();
  }

  /** Prints the final state. */
  finish() {
    this.#draw();
    process.stdout.write("\n");
  }

  #draw() {
    this.#drawn = Date.now();
    const share = this.#total === 0 ? 1 : Math.min(this.#done / this.#total, 1);
    const bar = "█".repeat(Math.round(share * width)).padEnd(width, "░");
    const seconds = Math.max(this.#drawn - this.#begun, 1) / 1000;
    const rate = Math.round(this.#done / seconds).toLocaleString("en");
    const count = `${this.#done.toLocaleString("en")} of ${this.#total.toLocaleString("en")}`;
    const start = process.stdout.isTTY ? "\r" : "";
    process.stdout.write(`${start}${this.#label} ${bar} ${count}, ${rate}/s  `);
  }
}
