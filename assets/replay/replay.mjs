/** The past on the map: takes the fleet over from the stream, which goes on behind it, and fills it from the history. */

import { Fleet } from "../fleet/fleet.mjs";
import { icon } from "../ui/icons.mjs";
import { lowerSheet } from "../ui/page.mjs";
import { ReplayBuffer, split } from "./replay_buffer.mjs";
import { describe, Slider } from "./replay_slider.mjs";
import { LATLON_SCALE } from "../stream/wire.mjs";

export const RATES = [1, 10, 60, 600, 3600];
const STEPS = 20;
const LEAST_STEP_S = 10;
const HOUR_MS = 3_600_000;
/** What is kept goes on: look that often. */
const LOOK_AGAIN_MS = 15_000;

const byId = (id) => document.getElementById(id);

export class Replay {
  #buffer = new ReplayBuffer();
  #wanted = null;
  #told = null;

  /**
   * @param {object} parts
   * @param {Fleet} parts.fleet that the page shows @param {import("../stream/stream_client.mjs").StreamClient} parts.live
   * @param {L.Map} parts.map
   * @param {import("../fleet/state.mjs").State} parts.state its `at` is the time in ms, null while the present shows
   * @param {object} parts.constants from the server
   * @param {(frame: object) => void} parts.onFrame told of each frame that was taken over, and of `{snapshot, mmsi: all}` after a jump
   * @param {(words: string) => void} parts.note
   */
  constructor({ fleet, live, map, state, constants, onFrame, note }) {
    this.fleet = fleet;
    this.live = live;
    this.map = map;
    this.state = state;
    this.constants = constants;
    this.onFrame = onFrame;
    this.note = note;
    this.rate = 60;
    this.playing = false;
    this.range = null;
    this.loading = false;
    this.fetching = false;
    this.slider = new Slider(byId("replay-slider"), (time, settled) => this.seek(time, settled));
    const press = (name, act) => byId(`replay-${name}`).addEventListener("click", act);
    press("play", () => this.play(!this.playing));
    press("back", () => this.seek(this.now - 60_000));
    press("forward", () => this.seek(this.now + 60_000));
    press("slower", () => this.#setRate(RATES[Math.max(0, RATES.indexOf(this.rate) - 1)]));
    press("faster", () => this.#setRate(RATES[Math.min(RATES.length - 1, RATES.indexOf(this.rate) + 1)]));
    press("live", () => this.leave());
    press("csv", () => this.#export());
    setInterval(() => this.active && !document.hidden && this.#look(), LOOK_AGAIN_MS);
  }

  /** Whether the page shows the past. */
  get active() {
    return document.documentElement.dataset.replay === "on";
  }

  /** The time of the picture, ms. */
  get now() {
    const going = this.playing && !this.loading;
    return Math.min(this.base + (going ? (performance.now() - this.since) * this.rate : 0), this.range.to);
  }

  /** Show the past. @param {number?} [time] ms; without one the last hour plays */
  async enter(time = null) {
    if (this.active || !(await this.#look())) return;
    this.shadow = new Fleet(this.constants);
    this.shadow.adopt(this.fleet);
    this.live.fleet = this.shadow;
    this.fleet.adopt(new Fleet(this.constants));
    this.fleet.remembers = true;
    this.#told = null;
    document.documentElement.dataset.replay = "on";
    byId("replay").hidden = false;
    byId("replay-mark").hidden = false;
    this.#setRate(this.rate);
    this.playing = false;
    this.seek(time ?? Math.max(this.range.from, this.range.to - HOUR_MS));
    if (time === null) this.play(true);
    this.#frame();
    lowerSheet(true);
    this.note("Replay: the map shows the past");
  }

  /** Back to the present, which has gone on meanwhile. */
  leave() {
    if (!this.active) return;
    document.documentElement.dataset.replay = "off";
    byId("replay").hidden = true;
    byId("replay-mark").hidden = true;
    this.playing = false;
    this.#wanted = null;
    cancelAnimationFrame(this.request);
    this.fleet.adopt(this.shadow);
    this.live.fleet = this.fleet;
    this.state.set({ at: null });
    this.onFrame({ snapshot: true, mmsi: this.fleet.mmsi });
    lowerSheet(false);
    this.note("Live again");
  }

  /** @param {boolean} on */
  play(on) {
    if (on && this.now >= this.range.to) return;
    this.#rebase(this.now);
    this.playing = on;
    const words = on ? "Pause" : "Play";
    byId("replay-play").replaceChildren(icon(words.toLowerCase()));
    Object.assign(byId("replay-play"), { title: `${words} (Space)`, ariaLabel: words });
  }

  /**
   * Go to a time.
   * @param {number} time ms @param {boolean} [settled] false while a person is still looking for it: then just that picture comes
   */
  seek(time, settled = true) {
    const { from, to } = this.range;
    this.#rebase(Math.min(Math.max(time, from), to));
    this.#wanted = { time: this.base, settled };
    this.#show();
    if (!this.loading) this.#load();
  }

  #rebase(time) {
    this.base = time;
    this.since = performance.now();
  }

  #setRate(rate) {
    if (this.playing) this.#rebase(this.now);
    const another = rate !== this.rate && this.playing;
    this.rate = rate;
    byId("replay-rate").textContent = `${rate}×`;
    byId("replay-slower").disabled = rate === RATES[0];
    byId("replay-faster").disabled = rate === RATES.at(-1);
    // other steps
    if (another) this.seek(this.now);
  }

  /** Two pictures a second of playing; the reports themselves where it plays slowly. */
  get #stepS() {
    return Math.max(LEAST_STEP_S, this.rate / 2);
  }

  /** What is kept. @returns {Promise<boolean>} whether there is anything */
  async #look() {
    try {
      const { kept, from, to } = await (await this.#fetch("range")).json();
      if (!kept || from === null) {
        this.note(kept ? "Nothing is kept yet" : "This server keeps no history");
        return false;
      }
      this.range = { from: Date.parse(from), to: Date.parse(to) };
    } catch (error) {
      this.note(`The history can't be read: ${error.message}`);
      return false;
    }
    this.slider.over(this.range);
    return true;
  }

  async #fetch(path, query = {}) {
    const url = new URL(`./api/history/${path}`, document.baseURI);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const response = await fetch(url);
    if (!response.ok) throw new Error((await response.json()).message);
    return response;
  }

  /** What was reported in the span of the slider and the view of the map, as a file. */
  #export() {
    const [from, to] = this.slider.window;
    const bounds = this.map.getBounds();
    const [west, east] = [bounds.getWest(), bounds.getEast()];
    const turned = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;
    const sides = [turned(west), Math.max(bounds.getSouth(), -90), turned(east), Math.min(bounds.getNorth(), 90)];
    const url = new URL("./api/history/export.csv", document.baseURI);
    url.searchParams.set("from", iso(from));
    url.searchParams.set("to", iso(to));
    if (east - west < 360) url.searchParams.set("bbox", sides.map((side) => side.toFixed(4)).join());
    Object.assign(document.createElement("a"), { href: url, download: "history.csv" }).click();
  }

  async #frames(from, to) {
    const query = { from: iso(from), to: iso(to), step: this.#stepS };
    return split(await (await this.#fetch("frames", query)).arrayBuffer());
  }

  /** Take up what is wanted last: while a slider is drawn, what came in between is left out. */
  async #load() {
    this.loading = true;
    while (this.#wanted) {
      const { time, settled } = this.#wanted;
      this.#wanted = null;
      try {
        const frames = await this.#frames(time, time);
        if (!this.active) break;
        this.#buffer.replace(frames);
        this.#take(this.#buffer.due(time));
        if (settled && !this.#wanted) await this.#settle(time);
      } catch (error) {
        this.note(`The history can't be read: ${error.message}`);
      }
    }
    this.loading = false;
    this.#rebase(this.base);
    if (this.active && this.#buffer.end > -Infinity) await this.#ahead();
  }

  /** The picture stands: now its names, and whatever else asks for more than positions. */
  async #settle(time) {
    this.state.set({ at: time });
    this.onFrame({ snapshot: true, mmsi: this.fleet.mmsi });
    await this.#describe(this.#buffer.end);
  }

  /** The stretch after this one, in time. */
  async #more() {
    this.fetching = true;
    const begin = this.#buffer.end;
    try {
      const frames = await this.#frames(begin, Math.min(begin + STEPS * this.#stepS * 1000, Math.max(begin, this.range.to)));
      // else a person has gone elsewhere meanwhile
      if (this.active && !this.loading && this.#buffer.end === begin) {
        // the first one is the picture that is shown already
        this.#buffer.append(frames.slice(1));
        for (let slot = 0; slot < this.fleet.size; slot++) this.#aim(slot);
        await this.#describe(this.#buffer.end);
      }
    } catch (error) {
      this.play(false);
      this.note(`The history can't be read: ${error.message}`);
    }
    this.fetching = false;
  }

  /** See to it that there is something to play. */
  async #ahead() {
    const { end } = this.#buffer;
    if (!this.fetching && end < this.#last && end - this.now < (STEPS / 2) * this.#stepS * 1000) await this.#more();
  }

  /** The latest picture that a whole step leads to. */
  get #last() {
    return this.range.to - this.#stepS * 1000;
  }

  async #describe(time) {
    const query = { at: iso(time), ...(this.#told === null ? {} : { since: iso(this.#told) }) };
    const { columns } = await (await this.#fetch("static", query)).json();
    if (!this.active) return;
    this.#told = time;
    this.fleet.describe(columns);
    this.onFrame({ snapshot: false, mmsi: [] });
  }

  #take(frames) {
    for (const frame of frames) {
      this.fleet.merge(frame);
      for (const mmsi of frame.mmsi) this.#aim(this.fleet.slots.get(mmsi));
      this.onFrame({ snapshot: false, mmsi: this.playing ? frame.mmsi : [] });
    }
  }

  #aim(slot) {
    const found = this.#buffer.after(this.fleet.mmsi[slot], this.fleet.time[slot]);
    if (!found) return;
    const [frame, row] = found;
    this.fleet.aim(slot, frame.lat[row] / LATLON_SCALE, frame.lon[row] / LATLON_SCALE, frame.time - 100 * frame.age[row]);
  }

  #frame() {
    this.request = requestAnimationFrame(() => this.#frame());
    if (!this.playing || this.loading) return;
    const { now } = this;
    this.#take(this.#buffer.due(now));
    // the network is slower than the play
    if (now > this.#buffer.end && this.#buffer.end < this.#last) this.#rebase(this.#buffer.end);
    if (now >= this.range.to) this.play(false);
    else this.#ahead();
    this.#show();
    if (performance.now() - (this.written ?? 0) > 1000) {
      this.written = performance.now();
      this.state.set({ at: now });
    }
  }

  #show() {
    const words = describe(this.now);
    if (words === this.words) return;
    this.words = words;
    byId("replay-mark").textContent = `REPLAY, ${words}`;
    this.slider.show(this.now, words);
  }
}

const iso = (ms) => new Date(ms).toISOString();
