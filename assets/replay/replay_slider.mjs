/** The time slider of a replay, over a span of hours or over the whole stored range. */

import { byId } from "../ui/dom.mjs";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const HOUR_MS = 3_600_000;
const STEPS = 1000;
const two = (number) => String(number).padStart(2, "0");

/** A time in words, UTC. @param {number} ms @returns {string} */
export function describe(ms) {
  const date = new Date(ms);
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${clock} UTC`;
}

/**
 * The span of the slider: the hours around the time, or the last hours of the range where the time is near its end.
 * @param {{from: number, to: number}} range ms @param {number} hours 0 for the whole range @param {number} now ms
 * @returns {[number, number]} ms
 */
export function windowOf({ from, to }, hours, now) {
  const length = hours ? hours * HOUR_MS : Infinity;
  if (to - from <= length) return [from, to];
  if (now >= to - length) return [to - length, to];
  const begin = Math.max(from, now - length / 2);
  return [begin, begin + length];
}

export class Slider {
  /**
   * @param {HTMLElement} place @param {(time: number, settled: boolean) => void} onSeek `settled` is false while the slider moves
   */
  constructor(place, onSeek) {
    this.hours = 0;
    /** @type {{from: number, to: number}?} */
    this.range = null;
    /** Start and end of the slider, ms. @type {[number, number]} */
    this.window = [0, 0];
    this.now = 0;
    this.dragging = false;
    this.input = Object.assign(document.createElement("input"), { type: "range", id: "replay-at", ariaLabel: "Time" });
    this.input.addEventListener("input", () => {
      this.dragging = true;
      onSeek(Number(this.input.value), false);
    });
    this.input.addEventListener("change", () => {
      this.dragging = false;
      onSeek(Number(this.input.value), true);
    });
    place.append(this.input);
    this.buttons = [...byId("replay-spans").querySelectorAll("button")];
    for (const button of this.buttons) button.addEventListener("click", () => this.#setHours(Number(button.dataset.hours)));
    this.#setHours(0);
  }

  /** Set the stored range. @param {{from: number, to: number}} range ms */
  setRange(range) {
    this.range = range;
    this.#layOut();
  }

  /** Show a time. @param {number} now ms @param {string} words the same time in words */
  show(now, words) {
    this.now = now;
    this.input.setAttribute("aria-valuetext", words);
    if (this.dragging) return;
    if (now < this.window[0] || now > this.window[1]) this.#layOut();
    this.input.value = String(now);
  }

  #setHours(hours) {
    this.hours = hours;
    for (const button of this.buttons) button.setAttribute("aria-pressed", String(Number(button.dataset.hours) === hours));
    this.#layOut();
  }

  #layOut() {
    if (!this.range || this.dragging) return;
    const [from, to] = (this.window = windowOf(this.range, this.hours, this.now || this.range.to));
    const step = Math.max(1000, Math.round((to - from) / STEPS / 1000) * 1000);
    Object.assign(this.input, { min: String(from), max: String(to), step: String(step), value: String(this.now) });
    byId("replay-from").textContent = describe(from).replace(/:\d\d UTC/, "");
    byId("replay-to").textContent = describe(to).replace(/:\d\d UTC/, " UTC");
  }
}
