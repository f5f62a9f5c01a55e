/** Frames of the past in the order of time, and for each report the next one of its vessel. Knows neither map nor page. */

import { BYTES_PER_VESSEL, decode } from "../stream/wire.mjs";

/** The code of a report is the index of its frame times this, plus its row. */
const ROWS = 2 ** 24;

/**
 * The frames in an answer of /api/history/frames.
 * @param {ArrayBuffer} buffer binary messages of the stream, one after the other
 * @returns {import("../stream/wire.mjs").Frame[]}
 * @throws {Error} if the buffer holds anything else, or ends within a message
 */
export function split(buffer) {
  const frames = [];
  const view = new DataView(buffer);
  for (let offset = 0; offset < buffer.byteLength; ) {
    if (buffer.byteLength - offset < 40) throw new Error("the answer of the history ends within a message");
    const [head, n, gone] = [view.getUint16(offset + 4, true), view.getUint32(offset + 8, true), view.getUint32(offset + 12, true)];
    const end = offset + head + BYTES_PER_VESSEL * n + 4 * gone;
    frames.push(decode(buffer.slice(offset, end)));
    offset = end;
  }
  return frames;
}

/** The time of a report. @param {import("../stream/wire.mjs").Frame} frame @param {number} row @returns {number} ms UTC */
export const timeOf = (frame, row) => frame.time - 100 * frame.age[row];

export class ReplayBuffer {
  /** @type {import("../stream/wire.mjs").Frame[]} */
  #frames = [];
  /** Code of each vessel's first report in the buffer. @type {Map<number, number>} */
  #next = new Map();
  /** Code of each report's next one, by frame; -1 for none. @type {Float64Array[]} */
  #following = [];
  #place = 0;

  /** Time of the last frame, ms; -Infinity while the buffer is empty. */
  get end() {
    return this.#frames.at(-1)?.time ?? -Infinity;
  }

  /** Hold other frames. @param {import("../stream/wire.mjs").Frame[]} frames the first of them a snapshot */
  replace(frames) {
    this.#frames = frames;
    this.#place = 0;
    this.#link();
  }

  /** Add frames at the end; those that were played are dropped. @param {import("../stream/wire.mjs").Frame[]} frames */
  append(frames) {
    this.#frames = [...this.#frames.slice(this.#place), ...frames];
    this.#place = 0;
    this.#link();
  }

  /** The frames that are due at a time, each once. @param {number} now ms @returns {import("../stream/wire.mjs").Frame[]} */
  due(now) {
    const begin = this.#place;
    while (this.#frames[this.#place]?.time <= now) this.#place++;
    return this.#frames.slice(begin, this.#place);
  }

  /**
   * The next report of a vessel after a time.
   * @param {number} mmsi @param {number} time ms UTC
   * @returns {[import("../stream/wire.mjs").Frame, number]?} its frame and its row; null where the buffer holds none
   */
  after(mmsi, time) {
    let code = this.#next.get(mmsi) ?? -1;
    while (code >= 0) {
      const [at, row] = [Math.floor(code / ROWS), code % ROWS];
      if (timeOf(this.#frames[at], row) > time) return [this.#frames[at], row];
      code = this.#following[at][row];
    }
    return null;
  }

  #link() {
    this.#next.clear();
    this.#following = this.#frames.map(({ n }) => new Float64Array(n));
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const frame = this.#frames[at];
      for (let row = 0; row < frame.n; row++) {
        this.#following[at][row] = this.#next.get(frame.mmsi[row]) ?? -1;
        this.#next.set(frame.mmsi[row], at * ROWS + row);
      }
    }
  }
}
