/** What the fleet panel counts over the fleet's columns, now and over time. Knows neither map nor page. */

import { BY_SPEED, BY_STATUS, BY_TYPE } from "./filter.mjs";

export const SPEED_STEP_KN = 2;
const SPEED_BINS = 13;
const RATE_WINDOW_S = 30;
const LEAST_WINDOW_S = 5;
const SAMPLE_EVERY_MS = 5000;
const MOST_SAMPLES = 720;
/** Where samples are farther apart than this, a line over time has a gap. */
const GAP_MS = 4 * SAMPLE_EVERY_MS;
/** Code of the status of a vessel at sea. */
const UNDER_WAY = 0;
const MOST_PLACES = 6;

/**
 * Counts over the vessels that are shown; each chart leaves its own part of the filter aside, so that one can add to it.
 * @param {import("./fleet.mjs").Fleet} fleet
 */
export function counts(fleet) {
  const type = new Array(fleet.types.length).fill(0);
  const kinds = new Array(fleet.types.length).fill(0);
  const facet = new Array(fleet.statuses.length).fill(0);
  const status = Object.fromEntries(fleet.statuses.map((name) => [name, 0]));
  const speed = new Array(SPEED_BINS).fill(0);
  const places = new Map();
  let simulated = false;
  let total = 0;
  let [knots, under] = [0, 0];
  for (let slot = 0; slot < fleet.size; slot++) {
    const by = fleet.hidden[slot];
    simulated ||= fleet.simulated[slot] === 1;
    if (!(by & ~BY_TYPE)) type[fleet.type[slot]]++;
    if (!(by & ~BY_STATUS)) facet[fleet.status[slot]]++;
    const sog = fleet.sog[slot];
    if (!(by & ~BY_SPEED) && !Number.isNaN(sog)) speed[Math.min(Math.floor(sog / SPEED_STEP_KN), SPEED_BINS - 1)]++;
    if (by) continue;
    total++;
    status[fleet.statuses[fleet.status[slot]]]++;
    kinds[fleet.type[slot]]++;
    if (fleet.status[slot] === UNDER_WAY && !Number.isNaN(sog)) [knots, under] = [knots + sog, under + 1];
    const place = fleet.routeOf(slot) || fleet.destinations[slot];
    if (place) places.set(place, (places.get(place) ?? 0) + 1);
  }
  const where = [...places].sort((a, b) => b[1] - a[1]).slice(0, MOST_PLACES);
  return { total, type, facet, status, kinds, mean: under ? knots / under : null, speed, where, simulated };
}

/** Updates a second, averaged over half a minute at most. */
export class Rate {
  #arrivals = [];

  add(count, now) {
    this.began ??= now;
    this.#arrivals.push([now, count]);
  }

  /** @param {number} now ms @returns {number?} null as long as too little was heard to tell */
  perSecond(now) {
    const heardS = (now - this.began) / 1000;
    if (!(heardS >= LEAST_WINDOW_S)) return null;
    this.#arrivals = this.#arrivals.filter(([at]) => at > now - RATE_WINDOW_S * 1000);
    const sum = this.#arrivals.reduce((total, [, count]) => total + count, 0);
    // a page that was just opened has not heard for so long
    return sum / Math.min(heardS, RATE_WINDOW_S);
  }
}

/**
 * @typedef {object} Sample
 * @property {number} time ms of the server's clock
 * @property {number} wall ms of the browser's
 * @property {string} of what was counted: samples of another filter are not of the same line
 * @property {Record<string, number>} status vessels by status
 * @property {number[]} kinds vessels by code of type
 * @property {number?} mean knots, of those at sea
 * @property {number?} rate updates a second
 */

/** How the figures went since the page was opened, for an hour at most. */
export class History {
  /** @type {Sample[]} */
  samples = [];

  /** @param {Sample} sample */
  add(sample) {
    const last = this.samples.at(-1);
    if (last && last.of === sample.of && sample.wall - last.wall < SAMPLE_EVERY_MS) return;
    if (last && sample.time < last.time) this.samples = [];
    this.samples.push(sample);
    if (this.samples.length > MOST_SAMPLES) this.samples.shift();
  }

  /**
   * Lines over time of what is counted now: times as text, and one value for each.
   * @returns {{x: string[], of: (read: (sample: Sample) => number?) => (number?)[]}} null in the middle of a gap
   */
  lines() {
    const kept = this.samples.filter(({ of }) => of === this.samples.at(-1)?.of);
    const points = kept.flatMap((sample, at) => {
      const gap = at > 0 && sample.wall - kept[at - 1].wall > GAP_MS;
      return gap ? [{ time: (sample.time + kept[at - 1].time) / 2 }, sample] : [sample];
    });
    const x = points.map(({ time }) => new Date(time).toISOString());
    return { x, of: (read) => points.map((point) => (point.status ? read(point) : null)) };
  }
}
