/** A stretch of the past: frames in the order of time, and for each report the one that follows. Knows neither map nor page. */

import { BYTES_A_VESSEL, decode } from "../stream/wire.mjs";

/** A report is found by its frame's number times this, plus its place there. */
const ROWS = 2 ** 24;

/**
 * The messages of /api/history/frames.
 * @param {ArrayBuffer} buffer binary messages of the stream, one after the other
 * @returns {import("../stream/wire.mjs").Frame[]}
 * @throws {Error} where it is something else
 */
export function split(buffer) {
  const [frames, view] = [[], new DataView(buffer)];
  for (let offset = 0; offset < buffer.byteLength; ) {
    if (buffer.byteLength - offset < 40) throw new Error("what came from the history was cut");
    const [head, n, gone] = [view.getUint16(offset + 4, true), view.getUint32(offset + 8, true), view.getUint32(offset + 12, true)];
    const end = offset + head + BYTES_A_VESSEL * n + 4 * gone;
    frames.push(decode(buffer.slice(offset, end)));
    offset = end;
  }
  return frames;
}

/** @param {import("../stream/wire.mjs").Frame} frame @param {number} row @returns {number} ms */
export const timeOf = (frame, row) => frame.time - 100 * frame.age[row];

export class ReplayBuffer {
  #frames = [];
  #next = new Map();
  #place = 0;

  /** Until when it goes, ms; -Infinity while it is empty. */
  get end() {
    return this.#frames.at(-1)?.time ?? -Infinity;
  }

  /** Another stretch. @param {import("../stream/wire.mjs").Frame[]} frames the first of them a snapshot */
  replace(frames) {
    this.#frames = frames;
    this.#place = 0;
    this.#link();
  }

  /** What comes after it; what has been played is let go. @param {import("../stream/wire.mjs").Frame[]} frames */
  append(frames) {
    this.#frames = [...this.#frames.slice(this.#place), ...frames];
    this.#place = 0;
    this.#link();
  }

  /** The frames that are due at a time and were not given before. @param {number} now ms @returns {import("../stream/wire.mjs").Frame[]} */
  due(now) {
    const begin = this.#place;
    while (this.#frames[this.#place]?.time <= now) this.#place++;
    return this.#frames.slice(begin, this.#place);
  }

  /**
   * The next report of a vessel after one of some time, as far as it is known.
   * @param {number} mmsi @param {number} time ms, of the report before
   * @returns {[import("../stream/wire.mjs").Frame, number]?} its frame and its place there
   */
  after(mmsi, time) {
    let code = this.#next.get(mmsi) ?? -1;
    while (code >= 0) {
      const [frame, row] = [this.#frames[Math.floor(code / ROWS)], code % ROWS];
      if (timeOf(frame, row) > time) return [frame, row];
      code = frame.next[row];
    }
    return null;
  }

  #link() {
    this.#next.clear();
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const frame = this.#frames[at];
      frame.next = new Float64Array(frame.n);
      for (let row = 0; row < frame.n; row++) {
        frame.next[row] = this.#next.get(frame.mmsi[row]) ?? -1;
        this.#next.set(frame.mmsi[row], at * ROWS + row);
      }
    }
  }
}
