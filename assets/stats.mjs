/** What the fleet panel shows: counts over the fleet's columns, and how they become charts. Knows neither map nor page. */

import { BY_SPEED, BY_STATUS, BY_TYPE, toggled } from "./filter.mjs";

export const SPEED_STEP_KN = 2;
const SPEED_BINS = 13;
const RATE_WINDOW_S = 30;
const SAMPLE_EVERY_MS = 5000;
const MOST_SAMPLES = 720;
const MOST_PLACES = 6;
const BAR_COLOUR = "#2f81b7";

/**
 * Counts over the vessels that are shown; each chart leaves its own part of the filter aside, so that one can add to it.
 * @param {import("./fleet.mjs").Fleet} fleet
 */
export function counts(fleet) {
  const type = new Array(fleet.types.length).fill(0);
  const facet = new Array(fleet.statuses.length).fill(0);
  const status = Object.fromEntries(fleet.statuses.map((name) => [name, 0]));
  const speed = new Array(SPEED_BINS).fill(0);
  const places = new Map();
  let simulated = false;
  let total = 0;
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
    const place = fleet.routeOf(slot) || fleet.destinations[slot];
    if (place) places.set(place, (places.get(place) ?? 0) + 1);
  }
  const where = [...places].sort((a, b) => b[1] - a[1]).slice(0, MOST_PLACES);
  return { total, type, facet, status, speed, where, simulated };
}

/** Updates a second, averaged over half a minute. */
export class Rate {
  #arrivals = [];

  add(count, now) {
    this.#arrivals.push([now, count]);
  }

  perSecond(now) {
    this.#arrivals = this.#arrivals.filter(([at]) => at > now - RATE_WINDOW_S * 1000);
    const sum = this.#arrivals.reduce((total, [, count]) => total + count, 0);
    return (sum / RATE_WINDOW_S).toFixed(1);
  }
}

/** How the numbers of vessels by status went, for an hour at most. */
export class History {
  /** @type {{time: number, wall: number, status: Record<string, number>}[]} */
  samples = [];

  /** @param {number} time ms of the server's clock @param {number} wall ms @param {Record<string, number>} status */
  add(time, wall, status) {
    const last = this.samples.at(-1);
    if (last && wall - last.wall < SAMPLE_EVERY_MS) return;
    if (last && time < last.time) this.samples = [];
    this.samples.push({ time, wall, status });
    if (this.samples.length > MOST_SAMPLES) this.samples.shift();
  }

  /** One line each: times as text, and numbers by status. */
  lines() {
    const x = this.samples.map(({ time }) => new Date(time).toISOString());
    return { x, of: (name) => this.samples.map(({ status }) => status[name]) };
  }
}

const words = (name) => name.replaceAll("_", " ");

/** Text off the air, that a chart would take for markup. */
const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function across(figure, names, values, colours, chosen) {
  const opacity = names.map((name) => (chosen.length && !chosen.includes(name) ? 0.25 : 1));
  const bar = {
    type: "bar", orientation: "h", x: values, y: names.map((name) => `${plain(words(name))} `), customdata: names,
    text: values.map(String), textposition: "outside", cliponaxis: false, hoverinfo: "none", marker: { color: colours, opacity },
  };
  const xaxis = { ...figure.layout.xaxis, visible: false };
  const yaxis = { ...figure.layout.yaxis, autorange: "reversed", ticks: "" };
  return { ...figure, data: [bar], layout: { ...figure.layout, margin: { ...figure.layout.margin, b: 0 }, xaxis, yaxis } };
}

/** By id of the chart: (stats, figure, {constants, filter, colours, history}) -> figure. */
export const charts = {
  "type-chart": ({ type }, figure, { constants, filter, colours }) => {
    const seen = constants.vessel_types.map((name, code) => [name, code]).filter(([name, code]) => type[code] > 0 || filter.types.includes(name));
    return across(figure, seen.map(([name]) => name), seen.map(([, code]) => type[code]), seen.map(([, code]) => colours.type[code]), filter.types);
  },
  "status-chart": ({ facet }, figure, { constants, filter, colours }) =>
    across(figure, constants.statuses, facet, colours.status, filter.status),
  "speed-chart": ({ speed }, figure, { filter }) => {
    const x = speed.map((_, bin) => bin * SPEED_STEP_KN + SPEED_STEP_KN / 2);
    const [least, most] = [filter.minSpeed ?? 0, filter.maxSpeed ?? Infinity];
    const opacity = x.map((middle) => (middle > least && middle < most ? 1 : 0.25));
    const hovertemplate = "%{x} ± 1 kn: %{y}<extra></extra>";
    const bars = { type: "bar", x, y: speed, width: SPEED_STEP_KN * 0.9, hovertemplate, marker: { color: BAR_COLOUR, opacity } };
    const xaxis = { ...figure.layout.xaxis, dtick: 4, range: [0, SPEED_BINS * SPEED_STEP_KN] };
    return { ...figure, data: [bars], layout: { ...figure.layout, margin: { ...figure.layout.margin, l: 36, r: 8 }, xaxis } };
  },
  "where-chart": ({ where }, figure, { filter }) => {
    const chosen = filter.to ? where.map(([name]) => name).filter((name) => name === filter.to) : [];
    const drawn = across(figure, where.map(([name]) => name), where.map(([, count]) => count), BAR_COLOUR, chosen);
    return { ...drawn, layout: { ...drawn.layout, margin: { ...drawn.layout.margin, l: 172 } } };
  },
  "time-chart": (_, figure, { constants, history, colours }) => {
    const { x, of } = history.lines();
    const line = (name, code) => ({
      type: "scatter", mode: "lines", x, y: of(name), name: words(name), line: { color: colours.status[code], width: 2 },
      hovertemplate: `${words(name)}: %{y}<extra></extra>`,
    });
    const yaxis = { ...figure.layout.yaxis, rangemode: "tozero", nticks: 4 };
    const short = Date.parse(x.at(-1)) - Date.parse(x[0]) < 300_000;
    const xaxis = { ...figure.layout.xaxis, type: "date", tickformat: short ? "%H:%M:%S" : "%H:%M", nticks: 5, tickangle: 0 };
    const margin = { ...figure.layout.margin, l: 36, r: 12 };
    return { ...figure, data: constants.statuses.map(line), layout: { ...figure.layout, margin, xaxis, yaxis, hovermode: "x" } };
  },
};

/** What each chart shows, apart from the filter and the colours. */
const PARTS = {
  "type-chart": ({ type }) => type,
  "status-chart": ({ facet }) => facet,
  "speed-chart": ({ speed }) => speed,
  "where-chart": ({ where }) => where,
  "time-chart": ({ samples }) => samples,
};
const drawn = new Map();

/** Whether a chart would look other than when this was last asked. @param {string} id @param {object} stats */
export function differs(id, stats) {
  const text = JSON.stringify([PARTS[id](stats), stats.filter, stats.safe]);
  const changed = drawn.get(id) !== text;
  drawn.set(id, text);
  return changed;
}

/**
 * The filter after a click on a bar: the bar's part is chosen, and a second click lets go of it.
 * @param {string} chart id @param {object} point of Plotly @param {import("./filter.mjs").Filter} filter
 */
export function clicked(chart, { customdata, x }, filter) {
  if (chart === "type-chart") return { ...filter, types: toggled(filter.types, customdata) };
  if (chart === "status-chart") return { ...filter, status: toggled(filter.status, customdata) };
  if (chart === "where-chart") return { ...filter, to: filter.to === customdata ? "" : customdata };
  if (chart !== "speed-chart") return filter;
  const [least, most] = [x - SPEED_STEP_KN / 2, x + SPEED_STEP_KN / 2];
  const chosen = filter.minSpeed === least && filter.maxSpeed === most;
  return { ...filter, minSpeed: chosen ? null : least, maxSpeed: chosen ? null : most };
}
