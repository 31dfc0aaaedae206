// Files on their way: so many at once, the rest waits its turn. What the network drops
// is sent again by itself, a little later each time; then, and after a log-in that ran
// out, by a button. Nothing that was chosen has to be chosen again.

import { freshToken, send } from "./upload-request.js";
import { onShelf } from "./upload-row.js";

const AT_ONCE = 3;

export class Line {
  #waiting = [];
  #sending = 0;
  #resting = 0;

  constructor(target) {
    this.target = target;
  }

  get pauses() {
    return (this.target.words.pauses || "2,6,15").split(",").map(Number);
  }

  get isBusy() {
    return this.#waiting.length + this.#sending + this.#resting > 0;
  }

  add(file, row) {
    const job = { file, row, tries: 0, call: null, gone: false };
    row.onCancel = () => this.#cancel(job);
    row.onRetry = () => {
      job.tries = 0;
      this.#queue(job);
    };
    this.#queue(job);
  }

  #queue(job) {
    job.row.wait();
    this.#waiting.push(job);
    this.#next();
  }

  #next() {
    while (this.#sending < AT_ONCE && this.#waiting.length) this.#begin(this.#waiting.shift());
  }

  async #begin(job) {
    this.#sending += 1;
    job.row.progress(0);
    let answer;
    try {
      answer = await this.#asked(job);
    } finally {
      this.#sending -= 1;
    }
    if (!job.gone) this.#settle(job, answer);
    this.#next();
  }

  // A log-in in another tab changed the form's secret: with the new one, once more.
  async #asked(job) {
    const answer = await send(job, this.target);
    if (answer.kind !== "outdated" || job.gone) return answer;
    if (!(await freshToken(this.target.form))) return { kind: "logged-out" };
    const again = await send(job, this.target);
    return again.kind === "outdated" ? { kind: "refused" } : again;
  }

  #settle(job, answer) {
    const { row } = job;
    const { words } = this.target;
    // Browsers send again by themselves too: a twin nobody saw is this very file.
    const isIt = answer.kind === "twin" && (job.tries > 0 || !onShelf(answer.told));
    if (answer.kind === "there" || isIt) row.done(answer.told);
    else if (answer.kind === "logged-out") row.askToLogIn(answer.sentence || words.loggedOut);
    else if (answer.kind === "later") row.fail(answer.sentence);
    else if (answer.kind === "broken") this.#restOrStop(job);
    else row.refuse(answer.sentence || words.failed);
  }

  #restOrStop(job) {
    const { words } = this.target;
    const seconds = this.pauses[job.tries];
    job.tries += 1;
    if (seconds === undefined) {
      job.row.fail(words.failed);
      return;
    }
    this.#resting += 1;
    job.row.rest(words.again.replace("[seconds]", seconds));
    job.call = null;
    setTimeout(() => {
      this.#resting -= 1;
      if (!job.gone && job.row.isResting) this.#queue(job);
    }, seconds * 1000);
  }

  #cancel(job) {
    job.gone = true;
    this.#waiting = this.#waiting.filter((other) => other !== job);
    job.call?.abort();
  }
}
