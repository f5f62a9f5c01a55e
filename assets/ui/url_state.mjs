/** Reads and writes the page's state as the query of its address. Knows neither map nor page. */

import { EVERYTHING } from "../fleet/filter.mjs";

/** More MMSIs make an address that servers and mail programs refuse. */
export const MAX_GROUP = 300;

const number = (text) => (text !== null && text !== "" && Number.isFinite(Number(text)) ? Number(text) : null);
const within = (value, low, high) => (value !== null && value >= low && value <= high ? value : null);

/**
 * The state in a query.
 * @param {string} query as in `location.search`
 * @param {{vessel_types: string[], statuses: string[], colour_modes: string[]}} constants
 * @returns {Record<string, any>} only the valid values that the address names, and the whole filter
 */
export function read(query, constants) {
  const given = new URLSearchParams(query);
  const list = (name, known) => (given.get(name) ?? "").split(",").filter((one) => one && (!known || known.includes(one)));
  const filter = {
    types: list("types", constants.vessel_types),
    status: list("status", constants.statuses),
    sources: list("sources"),
    minSpeed: within(number(given.get("minSpeed")), 0, 200),
    maxSpeed: within(number(given.get("maxSpeed")), 0, 200),
    maxAge: within(number(given.get("maxAge")), 0, 100_000),
    to: (given.get("to") ?? "").slice(0, 60),
    q: (given.get("q") ?? "").slice(0, 60),
  };
  const view = { lat: within(number(given.get("lat")), -85, 85), lon: within(number(given.get("lon")), -540, 540), zoom: within(number(given.get("zoom")), 2, 18) };
  /** @type {Record<string, any>} */
  const found = { filter };
  if (Object.values(view).every((value) => value !== null)) found.view = view;
  const mmsi = within(number(given.get("mmsi")), 1, 999_999_999);
  if (mmsi !== null) found.selected = mmsi;
  const group = list("group").map(number).filter((one) => within(one, 1, 999_999_999) !== null);
  if (group.length > 1) found.group = [...new Set(group)].slice(0, MAX_GROUP);
  for (const name of ["follow", "isolate", "labels", "table", "safe"]) if (given.has(name)) found[name] = given.get(name) === "1";
  if (["light", "dark"].includes(given.get("theme"))) found.theme = given.get("theme");
  if (constants.colour_modes.includes(given.get("colour"))) found.colour = given.get("colour");
  if (given.has("layers")) found.layers = list("layers");
  const at = Date.parse(given.get("at"));
  if (Number.isFinite(at)) found.at = at;
  if (given.has("tab")) found.tab = given.get("tab");
  for (const name of ["track", "route"]) if (given.get(name) === "0") found[name] = false;
  if (given.get("charts") === "time") found.charts = "time";
  return found;
}

/**
 * The query of a state.
 * @param {Record<string, any>} values of the State
 * @returns {string} a query that `read` understands, without defaults
 */
export function write(values) {
  const { view, selected, filter, layers, at, theme, colour, tab, charts, group } = values;
  const query = new URLSearchParams();
  const put = (name, value) => query.set(name, String(value));
  if (view) for (const name of ["lat", "lon", "zoom"]) put(name, view[name]);
  if (selected !== null) put("mmsi", selected);
  if (group.length) put("group", group.slice(0, MAX_GROUP));
  for (const [name, none] of Object.entries(EVERYTHING)) {
    const value = filter[name];
    if (Array.isArray(value) ? value.length : value !== none) put(name, value);
  }
  if (layers) put("layers", layers.join(","));
  if (at != null) put("at", new Date(at).toISOString().slice(0, 19) + "Z");
  if (theme) put("theme", theme);
  if (colour !== "type") put("colour", colour);
  if (tab !== "fleet") put("tab", tab);
  for (const name of ["track", "route"]) if (values[name] === false) put(name, 0);
  if (charts !== "now") put("charts", charts);
  for (const name of ["follow", "isolate", "labels", "table", "safe"]) if (values[name]) put(name, 1);
  // commas and colons are allowed in a query, and easier to read
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}
