/** The time of a replay: plays at a rate within the stored range, and stands while frames are loading. Knows neither map nor page. */

export const RATES = [1, 10, 60, 600, 3600];
const FIRST_RATE = 60;
const MIN_STEP_S = 10;

export class ReplayClock {
  #base = 0;
  #since = 0;
  #playing = false;
  #waiting = false;

  /** @param {() => number} [wall] ms of the browser's monotonic clock */
  constructor(wall = () => performance.now()) {
    this.wall = wall;
    this.rate = FIRST_RATE;
    /** The stored range, ms UTC. @type {{from: number, to: number}?} */
    this.range = null;
  }

  /** The time of the picture, ms UTC. */
  get now() {
    const running = this.#playing && !this.#waiting;
    return Math.min(this.#base + (running ? (this.wall() - this.#since) * this.rate : 0), this.range.to);
  }

  get playing() {
    return this.#playing;
  }

  set playing(on) {
    this.set(this.now);
    this.#playing = on;
  }

  /** Whether the clock stands because frames are loading. */
  get waiting() {
    return this.#waiting;
  }

  set waiting(on) {
    // the time itself stays: it is the one that a person has just chosen
    this.#waiting = on;
    this.#since = this.wall();
  }

  /** Set the time. @param {number} time ms UTC, cut to the range @returns {number} */
  set(time) {
    this.#base = Math.min(Math.max(time, this.range.from), this.range.to);
    this.#since = this.wall();
    return this.#base;
  }

  /** Take the next faster (1) or slower (-1) rate. @param {1|-1} step @returns {boolean} whether the rate changed */
  changeRate(step) {
    const rate = RATES[RATES.indexOf(this.rate) + step] ?? this.rate;
    const changed = rate !== this.rate;
    if (changed && this.#playing) this.set(this.now);
    this.rate = rate;
    return changed;
  }

  /** Seconds between two frames: two frames a second of playing, but none closer than the reports themselves. */
  get stepS() {
    return Math.max(MIN_STEP_S, this.rate / 2);
  }

  /** The latest time from which a whole step still fits into the range, ms UTC. */
  get lastStep() {
    return this.range.to - this.stepS * 1000;
  }
}
