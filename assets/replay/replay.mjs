/** Shows the past on the map: the history fills the fleet, while the stream goes on into a second fleet. */

import { Fleet } from "../fleet/fleet.mjs";
import { icon } from "../ui/icons.mjs";
import { byId } from "../ui/dom.mjs";
import { lowerSheet } from "../ui/page.mjs";
import { exportUrl, HistoryClient } from "./history_client.mjs";
import { RATES, ReplayClock } from "./replay_clock.mjs";
import { ReplayLoader } from "./replay_loader.mjs";
import { describe, Slider } from "./replay_slider.mjs";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** The stored range grows: read it again this often. */
const POLL_MS = 15_000;
const WRITE_ADDRESS_MS = 1000;

export class Replay {
  /**
   * @param {object} parts
   * @param {Fleet} parts.fleet that the page shows @param {import("../stream/stream_client.mjs").StreamClient} parts.client
   * @param {L.Map} parts.map
   * @param {import("../fleet/state.mjs").State} parts.state its `at` is the time in ms, null while the present shows
   * @param {any} parts.constants from the server
   * @param {(frame: {snapshot: boolean, mmsi: any}) => void} parts.onFrame called for each frame, and with `snapshot` and all MMSIs
   *   after a jump
   * @param {(words: string) => void} parts.note
   */
  constructor({ fleet, client, map, state, constants, onFrame, note }) {
    this.fleet = fleet;
    this.client = client;
    this.map = map;
    this.state = state;
    this.constants = constants;
    this.onFrame = onFrame;
    this.note = note;
    this.history = new HistoryClient(document.baseURI);
    this.clock = new ReplayClock();
    this.loader = new ReplayLoader({
      fleet, clock: this.clock, history: this.history, onFrame, isActive: () => this.active,
      onSettled: (at) => state.set({ at }),
      onFailure: (error) => this.#showFailure(error),
    });
    this.slider = new Slider(byId("replay-slider"), (time, settled) => this.seek(time, settled));
    this.#listen();
    setInterval(() => this.active && !document.hidden && this.#readRange(), POLL_MS);
  }

  #listen() {
    const press = (name, act) => byId(`replay-${name}`).addEventListener("click", act);
    press("play", () => this.play(!this.playing));
    press("back", () => this.seek(this.now - MINUTE_MS));
    press("forward", () => this.seek(this.now + MINUTE_MS));
    press("slower", () => this.#changeRate(-1));
    press("faster", () => this.#changeRate(1));
    press("live", () => this.leave());
    press("csv", () => this.#export());
  }

  /** Whether the page shows the past. */
  get active() {
    return document.documentElement.dataset.replay === "on";
  }

  get playing() {
    return this.clock.playing;
  }

  /** The time of the picture, ms. */
  get now() {
    return this.clock.now;
  }

  /** The stored range, ms UTC. */
  get range() {
    return this.clock.range;
  }

  /** Show the past. @param {number?} [time] ms; without one the last hour plays */
  async enter(time = null) {
    if (this.active || !(await this.#readRange())) return;
    this.shadow = new Fleet(this.constants);
    this.shadow.adopt(this.fleet);
    this.client.fleet = this.shadow;
    this.fleet.adopt(new Fleet(this.constants));
    this.fleet.remembers = true;
    this.loader.reset();
    this.#showMode("on");
    this.#showRate();
    this.clock.playing = false;
    this.seek(time ?? Math.max(this.range.from, this.range.to - HOUR_MS));
    if (time === null) this.play(true);
    this.#frame();
    lowerSheet(true);
    this.note("Replay: the map shows the past");
  }

  /** Return to the present, which the stream has kept up to date. */
  leave() {
    if (!this.active) return;
    this.#showMode("off");
    this.clock.playing = false;
    this.loader.reset();
    cancelAnimationFrame(this.request);
    this.fleet.adopt(this.shadow);
    this.client.fleet = this.fleet;
    this.state.set({ at: null });
    this.onFrame({ snapshot: true, mmsi: this.fleet.mmsi });
    lowerSheet(false);
    this.note("Live again");
  }

  #showMode(mode) {
    document.documentElement.dataset.replay = mode;
    byId("replay").hidden = mode === "off";
    byId("replay-mark").hidden = mode === "off";
  }

  /** @param {boolean} on */
  play(on) {
    if (on && this.now >= this.range.to) return;
    this.clock.playing = on;
    this.#showPlaying();
  }

  #showPlaying() {
    const words = this.playing ? "Pause" : "Play";
    byId("replay-play").replaceChildren(icon(words.toLowerCase()));
    Object.assign(byId("replay-play"), { title: `${words} (Space)`, ariaLabel: words });
  }

  /**
   * Go to a time.
   * @param {number} time ms @param {boolean} [settled] false while a person still moves the slider: then only positions are loaded
   */
  seek(time, settled = true) {
    const at = this.clock.set(time);
    this.#showTime();
    this.loader.seek(at, settled);
  }

  #changeRate(step) {
    const changed = this.clock.changeRate(step);
    this.#showRate();
    // the frames of another rate have another step
    if (changed && this.playing) this.seek(this.now);
  }

  #showRate() {
    const { rate } = this.clock;
    byId("replay-rate").textContent = `${rate}×`;
    byId("replay-slower").disabled = rate === RATES[0];
    byId("replay-faster").disabled = rate === RATES.at(-1);
  }

  /** Read the stored range. @returns {Promise<boolean>} whether anything is stored */
  async #readRange() {
    try {
      const { stored, from, to } = await this.history.range();
      if (!stored || from === null) {
        this.note(stored ? "Nothing is kept yet" : "This server keeps no history");
        return false;
      }
      this.clock.range = { from, to };
    } catch (error) {
      this.#showFailure(error);
      return false;
    }
    this.slider.setRange(this.range);
    return true;
  }

  #showFailure(error) {
    this.note(`The history can't be read: ${error.message}`);
    // the loader stops the clock when it finds no more frames
    if (this.range) this.#showPlaying();
  }

  /** Download every report of the slider's span and the map's view. */
  #export() {
    const bounds = this.map.getBounds();
    const view = { west: bounds.getWest(), south: bounds.getSouth(), east: bounds.getEast(), north: bounds.getNorth() };
    const href = exportUrl(document.baseURI, this.slider.window, view);
    Object.assign(document.createElement("a"), { href, download: "history.csv" }).click();
  }

  #frame() {
    this.request = requestAnimationFrame(() => this.#frame());
    if (!this.playing || this.clock.waiting) return;
    const { now } = this;
    this.loader.play();
    if (now >= this.range.to) this.play(false);
    this.#showTime();
    if (performance.now() - (this.written ?? 0) > WRITE_ADDRESS_MS) {
      this.written = performance.now();
      this.state.set({ at: now });
    }
  }

  #showTime() {
    const words = describe(this.now);
    if (words === this.words) return;
    this.words = words;
    byId("replay-mark").textContent = `REPLAY, ${words}`;
    this.slider.show(this.now, words);
  }
}
