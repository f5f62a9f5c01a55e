/** Fills the fleet of a replay: loads frames from the history before they are due, and applies them. Knows neither map nor page. */

import { LATLON_SCALE } from "../stream/wire.mjs";
import { ReplayBuffer, timeOf } from "./replay_buffer.mjs";

/** Frames of one request while the replay plays. */
const STEPS = 20;

export class ReplayLoader {
  #buffer = new ReplayBuffer();
  /** The seek that is to be loaded next. @type {{time: number, settled: boolean}?} */
  #wanted = null;
  /** Time up to which static data has been loaded, ms. @type {number?} */
  #describedTo = null;
  #fetching = false;

  /**
   * @param {object} parts
   * @param {import("../fleet/fleet.mjs").Fleet} parts.fleet to fill @param {import("./replay_clock.mjs").ReplayClock} parts.clock
   * @param {Pick<import("./history_client.mjs").HistoryClient, "frames"|"staticData">} parts.history
   * @param {() => boolean} parts.isActive whether the page still shows the replay
   * @param {(frame: {snapshot: boolean, mmsi: any}) => void} parts.onFrame called for each frame, and with `snapshot` and all MMSIs
   *   after a jump
   * @param {(time: number) => void} parts.onSettled called when a person has chosen a time, ms
   * @param {(error: Error) => void} parts.onFailure
   */
  constructor({ fleet, clock, history, isActive, onFrame, onSettled, onFailure }) {
    this.fleet = fleet;
    this.clock = clock;
    this.history = history;
    this.isActive = isActive;
    this.onFrame = onFrame;
    this.onSettled = onSettled;
    this.onFailure = onFailure;
  }

  /** Begin with an empty fleet, or stop. */
  reset() {
    this.#wanted = null;
    this.#describedTo = null;
  }

  /**
   * Load the picture of a time.
   * @param {number} time ms UTC @param {boolean} settled false while a person still moves the slider: then only positions are loaded
   */
  async seek(time, settled) {
    this.#wanted = { time, settled };
    if (this.clock.waiting) return;
    this.clock.waiting = true;
    while (this.#wanted) await this.#loadWanted();
    this.clock.waiting = false;
    if (this.isActive() && this.#buffer.end > -Infinity) await this.prefetch();
  }

  /** Load the last seek; seeks that came in between, while a person moves the slider, are skipped. */
  async #loadWanted() {
    const { time, settled } = this.#wanted;
    this.#wanted = null;
    try {
      const frames = await this.history.frames(time, time, this.clock.stepS);
      if (!this.isActive()) {
        this.#wanted = null;
        return;
      }
      this.#buffer.replace(frames);
      this.#apply(this.#buffer.due(time));
      if (settled && !this.#wanted) await this.#settle(time);
    } catch (error) {
      this.onFailure(error);
    }
  }

  /** The seek is over: load names and all else that needs more than positions. */
  async #settle(time) {
    this.onSettled(time);
    this.onFrame({ snapshot: true, mmsi: this.fleet.mmsi });
    await this.#describe(this.#buffer.end);
  }

  /** Apply the frames that are due. */
  play() {
    const { clock } = this;
    const { now } = clock;
    this.#apply(this.#buffer.due(now));
    // the network is slower than the replay: wait at the end of the buffer
    if (now > this.#buffer.end && this.#buffer.end < clock.lastStep) clock.set(this.#buffer.end);
    if (now < clock.range.to) this.prefetch();
  }

  /** Load the frames that follow the buffer, if they are due soon. */
  async prefetch() {
    const { clock } = this;
    const { end } = this.#buffer;
    const aheadMs = (STEPS / 2) * clock.stepS * 1000;
    if (!this.#fetching && end < clock.lastStep && end - clock.now < aheadMs) await this.#extend();
  }

  async #extend() {
    const { clock } = this;
    this.#fetching = true;
    const begin = this.#buffer.end;
    try {
      const end = Math.min(begin + STEPS * clock.stepS * 1000, Math.max(begin, clock.range.to));
      const frames = await this.history.frames(begin, end, clock.stepS);
      // a person may have moved the slider meanwhile: then these frames continue nothing
      if (this.isActive() && !clock.waiting && this.#buffer.end === begin) {
        // the first frame is the picture that already shows
        this.#buffer.append(frames.slice(1));
        for (let slot = 0; slot < this.fleet.size; slot++) this.#aim(slot);
        await this.#describe(this.#buffer.end);
      }
    } catch (error) {
      clock.playing = false;
      this.onFailure(error);
    }
    this.#fetching = false;
  }

  async #describe(time) {
    const columns = await this.history.staticData(time, this.#describedTo);
    if (!this.isActive()) return;
    this.#describedTo = time;
    this.fleet.describe(columns);
    this.onFrame({ snapshot: false, mmsi: [] });
  }

  #apply(frames) {
    for (const frame of frames) {
      this.fleet.merge(frame);
      for (const mmsi of frame.mmsi) this.#aim(this.fleet.slots.get(mmsi));
      this.onFrame({ snapshot: false, mmsi: this.clock.playing ? frame.mmsi : [] });
    }
  }

  /** Aim a vessel at its next report, where the buffer holds one. */
  #aim(slot) {
    const found = this.#buffer.after(this.fleet.mmsi[slot], this.fleet.time[slot]);
    if (!found) return;
    const [frame, row] = found;
    this.fleet.aim(slot, frame.lat[row] / LATLON_SCALE, frame.lon[row] / LATLON_SCALE, timeOf(frame, row));
  }
}
