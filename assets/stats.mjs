/** What the fleet panel shows: counts over the fleet's columns, and how they become bars. */

const SPEED_STEP_KN = 2;
const SPEED_BINS = 13;
const RATE_WINDOW_S = 30;

/**
 * Counts over all vessels.
 * @param {import("./fleet.mjs").Fleet} fleet
 */
export function counts(fleet) {
  const type = Object.fromEntries(fleet.types.map((name) => [name, 0]));
  const status = Object.fromEntries(fleet.statuses.map((name) => [name, 0]));
  const speed = new Array(SPEED_BINS).fill(0);
  let simulated = false;
  for (let slot = 0; slot < fleet.size; slot++) {
    type[fleet.types[fleet.type[slot]]]++;
    status[fleet.statuses[fleet.status[slot]]]++;
    simulated ||= fleet.simulated[slot] === 1;
    const sog = fleet.sog[slot];
    if (!Number.isNaN(sog)) speed[Math.min(Math.floor(sog / SPEED_STEP_KN), SPEED_BINS - 1)]++;
  }
  return { total: fleet.size, type, status, speed, simulated };
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

function across(figure, labels, values, colours) {
  const [y, x] = [labels.map((name) => `${name.replace("_", " ")} `), values];
  const bar = { type: "bar", orientation: "h", x, y, text: x.map(String), textposition: "outside", cliponaxis: false };
  const xaxis = { ...figure.layout.xaxis, visible: false };
  const yaxis = { ...figure.layout.yaxis, autorange: "reversed", ticks: "" };
  return {
    ...figure,
    data: [{ ...bar, marker: { color: colours }, hoverinfo: "skip" }],
    layout: { ...figure.layout, xaxis, yaxis },
  };
}

/** By id of the chart: (stats, figure, constants) -> figure. */
export const charts = {
  "type-chart": ({ type }, figure, { vessel_types: types, type_colours: colours }) => {
    const seen = types.map((name, code) => [name, code]).filter(([name]) => type[name] > 0);
    return across(figure, seen.map(([name]) => name), seen.map(([name]) => type[name]), seen.map(([, code]) => colours[code]));
  },
  "status-chart": ({ status }, figure, { statuses, status_colours: colours }) =>
    across(figure, statuses, statuses.map((name) => status[name]), colours),
  "speed-chart": ({ speed }, figure) => {
    const x = speed.map((_, bin) => bin * SPEED_STEP_KN + SPEED_STEP_KN / 2);
    const hovertemplate = "%{x} ± 1 kn: %{y}<extra></extra>";
    const bars = { type: "bar", x, y: speed, width: SPEED_STEP_KN * 0.9, hovertemplate, marker: { color: "#2f81b7" } };
    const margin = { ...figure.layout.margin, l: 36, r: 8 };
    const xaxis = { ...figure.layout.xaxis, dtick: 4, range: [0, SPEED_BINS * SPEED_STEP_KN] };
    return { ...figure, data: [bars], layout: { ...figure.layout, margin, xaxis } };
  },
};
