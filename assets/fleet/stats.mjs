/** Counts over the fleet's columns for the fleet panel, now and over time. Knows neither map nor page. */

import { BY_SPEED, BY_STATUS, BY_TYPE } from "./filter.mjs";

export const SPEED_STEP_KN = 2;
const SPEED_BINS = 13;
const RATE_WINDOW_S = 30;
const MIN_WINDOW_S = 5;
const SAMPLE_EVERY_MS = 5000;
const MAX_SAMPLES = 720;
/** A line over time has a gap between samples that are farther apart. */
const GAP_MS = 4 * SAMPLE_EVERY_MS;
/** Code of the status "at sea". */
const UNDER_WAY = 0;
const MAX_PLACES = 6;

/**
 * Counts over the visible vessels.
 * @param {import("./fleet.mjs").Fleet} fleet
 */
export function counts(fleet) {
  const kinds = new Array(fleet.types.length).fill(0);
  const status = Object.fromEntries(fleet.statuses.map((name) => [name, 0]));
  const places = new Map();
  let [total, knots, moving] = [0, 0, 0];
  for (let slot = 0; slot < fleet.size; slot++) {
    if (fleet.hidden[slot]) continue;
    total++;
    status[fleet.statuses[fleet.status[slot]]]++;
    kinds[fleet.type[slot]]++;
    if (fleet.status[slot] === UNDER_WAY && !Number.isNaN(fleet.sog[slot])) [knots, moving] = [knots + fleet.sog[slot], moving + 1];
    const place = fleet.routeOf(slot) || fleet.destinations[slot];
    if (place) places.set(place, (places.get(place) ?? 0) + 1);
  }
  const where = [...places].sort((a, b) => b[1] - a[1]).slice(0, MAX_PLACES);
  const simulated = fleet.simulated.subarray(0, fleet.size).includes(1);
  return { ...facets(fleet), total, status, kinds, mean: moving ? knots / moving : null, where, simulated };
}

/** Counts for the charts that filter. Each ignores its own part of the filter, so that a person can add to that part. */
function facets(fleet) {
  const type = new Array(fleet.types.length).fill(0);
  const facet = new Array(fleet.statuses.length).fill(0);
  const speed = new Array(SPEED_BINS).fill(0);
  for (let slot = 0; slot < fleet.size; slot++) {
    const [bits, sog] = [fleet.hidden[slot], fleet.sog[slot]];
    if (!(bits & ~BY_TYPE)) type[fleet.type[slot]]++;
    if (!(bits & ~BY_STATUS)) facet[fleet.status[slot]]++;
    if (!(bits & ~BY_SPEED) && !Number.isNaN(sog)) speed[Math.min(Math.floor(sog / SPEED_STEP_KN), SPEED_BINS - 1)]++;
  }
  return { type, facet, speed };
}

/** Updates a second, averaged over half a minute at most. */
export class Rate {
  /** @type {[number, number][]} */
  #arrivals = [];
  /** @type {number?} */
  #startedAt = null;

  /** @param {number} count of updates since the last call @param {number} now ms */
  add(count, now) {
    this.#startedAt ??= now;
    this.#arrivals.push([now, count]);
  }

  /** @param {number} now ms @returns {number?} null in the first seconds, which are too short for a rate */
  perSecond(now) {
    if (this.#startedAt === null) return null;
    const heardS = (now - this.#startedAt) / 1000;
    if (!(heardS >= MIN_WINDOW_S)) return null;
    this.#arrivals = this.#arrivals.filter(([at]) => at > now - RATE_WINDOW_S * 1000);
    const sum = this.#arrivals.reduce((total, [, count]) => total + count, 0);
    // a page that was just opened has listened for less than the window
    return sum / Math.min(heardS, RATE_WINDOW_S);
  }
}

/**
 * @typedef {object} Sample
 * @property {number} time ms of the server's clock
 * @property {number} wall ms of the browser's
 * @property {string} filter that was active, as text: samples of different filters make different lines
 * @property {Record<string, number>} status vessels by status
 * @property {number[]} kinds vessels by type code
 * @property {number?} mean speed of the vessels at sea, knots
 * @property {number?} rate updates a second
 */

/** The counts since the page was opened, for an hour at most. */
export class History {
  /** @type {Sample[]} */
  samples = [];

  /** @param {Sample} sample */
  add(sample) {
    const last = this.samples.at(-1);
    if (last && last.filter === sample.filter && sample.wall - last.wall < SAMPLE_EVERY_MS) return;
    // the clock was set back
    if (last && sample.time < last.time) this.samples = [];
    this.samples.push(sample);
    if (this.samples.length > MAX_SAMPLES) this.samples.shift();
  }

  /**
   * Lines over time of the active filter: times as text, and a function that reads one value for each.
   * @returns {{x: string[], of: (read: (sample: any) => any) => any[]}} null in the middle of a gap
   */
  lines() {
    const samples = this.samples.filter(({ filter }) => filter === this.samples.at(-1)?.filter);
    /** @type {any[]} */
    const points = samples.flatMap((sample, at) => {
      const gap = at > 0 && sample.wall - samples[at - 1].wall > GAP_MS;
      return gap ? [{ time: (sample.time + samples[at - 1].time) / 2 }, sample] : [sample];
    });
    const x = points.map(({ time }) => new Date(time).toISOString());
    return { x, of: (read) => points.map((point) => (point.status ? read(point) : null)) };
  }
}
