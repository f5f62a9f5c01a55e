/** The fleet's counts as Plotly charts, and the filter after a click on a bar. Knows neither map nor page. */

import { toggled } from "../fleet/filter.mjs";
import { SPEED_STEP_KN } from "../fleet/stats.mjs";

const BAR_COLOUR = "#2f81b7";
const MAX_LINES = 6;
const words = (name) => name.replaceAll("_", " ");

/** Escapes text off the air: Plotly reads markup. */
const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Horizontal bars with their names; the others fade where some are selected. */
function across(figure, names, values, colours, selected) {
  const opacity = names.map((name) => (selected.length && !selected.includes(name) ? 0.25 : 1));
  const bar = {
    type: "bar", orientation: "h", x: values, y: names.map((name) => `${plain(words(name))} `), customdata: names,
    text: values.map(String), textposition: "outside", cliponaxis: false, hoverinfo: "none", marker: { color: colours, opacity },
  };
  const xaxis = { ...figure.layout.xaxis, visible: false };
  const yaxis = { ...figure.layout.yaxis, autorange: "reversed", ticks: "", dtick: 1 };
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
    const [min, max] = [filter.minSpeed ?? 0, filter.maxSpeed ?? Infinity];
    const opacity = x.map((middle) => (middle > min && middle < max ? 1 : 0.25));
    const hovertemplate = "%{x} ± 1 kn: %{y}<extra></extra>";
    const bars = { type: "bar", x, y: speed, width: SPEED_STEP_KN * 0.9, hovertemplate, marker: { color: BAR_COLOUR, opacity } };
    const xaxis = { ...figure.layout.xaxis, dtick: 4, range: [0, speed.length * SPEED_STEP_KN] };
    return { ...figure, data: [bars], layout: { ...figure.layout, margin: { ...figure.layout.margin, l: 36, r: 8 }, xaxis } };
  },
  "where-chart": ({ where }, figure, { filter }) => {
    const selected = filter.to ? where.map(([name]) => name).filter((name) => name === filter.to) : [];
    const drawn = across(figure, where.map(([name]) => name), where.map(([, count]) => count), BAR_COLOUR, selected);
    return { ...drawn, layout: { ...drawn.layout, margin: { ...drawn.layout.margin, l: 172 } } };
  },
  "status-time": (_, figure, { constants, history, colours }) => {
    const { x, of } = history.lines();
    const line = (name, code) => ({ name: words(name), y: of(({ status }) => status[name]), colour: colours.status[code] });
    return overTime(figure, x, constants.statuses.map(line));
  },
  "mean-time": (_, figure, { history }) => {
    const { x, of } = history.lines();
    return overTime(figure, x, [{ name: "knots", y: of(({ mean }) => mean), colour: BAR_COLOUR }], ".1f");
  },
  "rate-time": (_, figure, { history }) => {
    const { x, of } = history.lines();
    return overTime(figure, x, [{ name: "a second", y: of(({ rate }) => rate), colour: BAR_COLOUR }], ".1f");
  },
  "type-time": (_, figure, { constants, history, colours }) => {
    const { x, of } = history.lines();
    const all = constants.vessel_types.map((name, code) => ({ name: words(name), y: of(({ kinds }) => kinds[code]), colour: colours.type[code] }));
    const peak = ({ y }) => y.reduce((a, b) => Math.max(a, b), 0);
    const largest = all.filter((line) => peak(line)).sort((a, b) => peak(b) - peak(a)).slice(0, MAX_LINES);
    return overTime(figure, x, largest, "d", 2);
  },
};

/** Lines over time; the names of several lines stand above them in `columns`. */
function overTime(figure, x, lines, format = "d", columns = 3) {
  const data = lines.map(({ name, y, colour }) => ({
    type: "scatter", mode: "lines", x, y, name, line: { color: colour, width: 2 }, hovertemplate: `%{y:${format}} ${name}<extra></extra>`,
  }));
  const yaxis = { ...figure.layout.yaxis, rangemode: "tozero", nticks: 4 };
  const short = Date.parse(x.at(-1)) - Date.parse(x[0]) < 300_000;
  const xaxis = { ...figure.layout.xaxis, type: "date", tickformat: short ? "%H:%M:%S" : "%H:%M", nticks: 5, tickangle: 0 };
  const legend = {
    orientation: "h", x: 0, y: 1, yanchor: "bottom", entrywidthmode: "fraction", entrywidth: 0.98 / columns, font: { size: 11 },
    itemclick: false, itemdoubleclick: false,
  };
  // Plotly itself makes room for the names
  const margin = { ...figure.layout.margin, l: 36, r: 12, t: 6 };
  return { ...figure, data, layout: { ...figure.layout, margin, xaxis, yaxis, legend, showlegend: lines.length > 1, hovermode: "x" } };
}

/** The data of each chart that shows the present, without the filter and the colours. */
const PARTS = {
  "type-chart": ({ type }) => type,
  "status-chart": ({ facet }) => facet,
  "speed-chart": ({ speed }) => speed,
  "where-chart": ({ where }) => where,
};
/** Whether a chart shows the counts over time; the others show the present. @param {string} id */
export const isOverTime = (id) => id.endsWith("-time");
const drawn = new Map();

/** Whether a chart would look different than at the last call. @param {string} id @param {any} stats */
export function differs(id, stats) {
  const part = isOverTime(id) ? stats.sampled : PARTS[id](stats);
  const text = JSON.stringify([part, stats.filter, stats.safe]);
  const changed = drawn.get(id) !== text;
  drawn.set(id, text);
  return changed;
}

/**
 * The filter after a click on a bar: the click selects the bar's part, a second click removes it.
 * @param {string} chart id @param {{customdata?: string, x: number}} bar @param {import("../fleet/filter.mjs").Filter} filter
 */
export function clicked(chart, { customdata, x }, filter) {
  if (chart === "type-chart") return { ...filter, types: toggled(filter.types, customdata) };
  if (chart === "status-chart") return { ...filter, status: toggled(filter.status, customdata) };
  if (chart === "where-chart") return { ...filter, to: filter.to === customdata ? "" : customdata };
  if (chart !== "speed-chart") return filter;
  const [min, max] = [x - SPEED_STEP_KN / 2, x + SPEED_STEP_KN / 2];
  const selected = filter.minSpeed === min && filter.maxSpeed === max;
  return { ...filter, minSpeed: selected ? null : min, maxSpeed: selected ? null : max };
}
