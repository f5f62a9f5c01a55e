/** Reads and writes the page's state as the query of its address. Knows neither map nor page. */

import { EVERYTHING } from "../fleet/filter.mjs";

/** More MMSIs make an address that servers and mail programs refuse. */
export const MAX_GROUP = 300;

const number = (text) => (text !== null && text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
const within = (value, low, high) => (value !== null && value >= low && value <= high ? value : null);

const SWITCHES = ["follow", "isolate", "labels", "table", "safe"];
/** Switches that are on unless the address says 0. */
const ON_SWITCHES = ["track", "route"];
const THEMES = ["light", "dark"];
const MAX_MMSI = 999_999_999;

/**
 * The state in a query.
 * @param {string} query as in `location.search`
 * @param {{vessel_types: string[], statuses: string[], colour_modes: string[]}} constants
 * @returns {Record<string, any>} only the valid values that the address names, and the whole filter
 */
export function read(query, constants) {
  const given = new URLSearchParams(query);
  /** @type {Record<string, any>} */
  const found = { filter: readFilter(given, constants), ...readSelection(given) };
  const view = { lat: within(number(given.get("lat")), -85, 85), lon: within(number(given.get("lon")), -540, 540), zoom: within(number(given.get("zoom")), 2, 18) };
  if (Object.values(view).every((value) => value !== null)) found.view = view;
  for (const name of SWITCHES) if (given.has(name)) found[name] = given.get(name) === "1";
  for (const name of ON_SWITCHES) if (given.get(name) === "0") found[name] = false;
  if (THEMES.includes(given.get("theme"))) found.theme = given.get("theme");
  if (constants.colour_modes.includes(given.get("colour"))) found.colour = given.get("colour");
  if (given.has("layers")) found.layers = list(given, "layers");
  const at = Date.parse(given.get("at"));
  if (Number.isFinite(at)) found.at = at;
  if (given.has("tab")) found.tab = given.get("tab");
  if (given.get("charts") === "time") found.charts = "time";
  return found;
}

/** The values of a comma-separated list that are known, or all where `known` is missing. */
const list = (given, name, known = null) => (given.get(name) ?? "").split(",").filter((one) => one && (!known || known.includes(one)));

function readFilter(given, constants) {
  const text = (name) => (given.get(name) ?? "").slice(0, 60);
  const atMost = (name, high) => within(number(given.get(name)), 0, high);
  return {
    types: list(given, "types", constants.vessel_types),
    status: list(given, "status", constants.statuses),
    sources: list(given, "sources"),
    minSpeed: atMost("minSpeed", 200),
    maxSpeed: atMost("maxSpeed", 200),
    maxAge: atMost("maxAge", 100_000),
    to: text("to"),
    q: text("q"),
  };
}

function readSelection(given) {
  const mmsi = within(number(given.get("mmsi")), 1, MAX_MMSI);
  const group = list(given, "group").map(number).filter((one) => within(one, 1, MAX_MMSI) !== null);
  return {
    ...(mmsi === null ? {} : { selected: mmsi }),
    ...(group.length > 1 ? { group: [...new Set(group)].slice(0, MAX_GROUP) } : {}),
  };
}

/**
 * The query of a state.
 * @param {Record<string, any>} values of the State
 * @returns {string} a query that `read` understands, without defaults
 */
export function write(values) {
  const { view, selected, filter, layers, at, theme, colour, tab, charts, group } = values;
  const query = new URLSearchParams();
  const put = (name, value, unless = null) => value !== unless && value !== undefined && query.set(name, String(value));
  if (view) for (const name of ["lat", "lon", "zoom"]) put(name, view[name]);
  put("mmsi", selected);
  put("group", group.slice(0, MAX_GROUP).join(","), "");
  for (const [name, none] of Object.entries(EVERYTHING)) {
    if (Array.isArray(none)) put(name, filter[name].join(","), "");
    else put(name, filter[name], none);
  }
  // an empty list of layers is a choice too
  put("layers", layers ? layers.join(",") : null);
  put("at", at === null || at === undefined ? null : `${new Date(at).toISOString().slice(0, 19)}Z`);
  put("theme", theme);
  put("colour", colour, "type");
  put("tab", tab, "fleet");
  for (const name of ON_SWITCHES) if (values[name] === false) put(name, 0);
  put("charts", charts, "now");
  for (const name of SWITCHES) if (values[name]) put(name, 1);
  // commas and colons are allowed in a query, and easier to read
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}
