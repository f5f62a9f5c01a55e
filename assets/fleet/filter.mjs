/** The one filter: which vessels the map, the table, the charts and the log show. Knows neither map nor page. */

/** By which of its parts the filter hides a vessel; several may be at work. */
export const BY_TYPE = 1;
export const BY_STATUS = 2;
export const BY_SPEED = 4;
export const BY_REST = 8;

/**
 * @typedef {object} Filter empty lists, empty text and null mean "any"
 * @property {string[]} types
 * @property {string[]} status
 * @property {string[]} sources
 * @property {number?} minSpeed knots
 * @property {number?} maxSpeed knots
 * @property {number?} maxAge minutes since the last report
 * @property {string} to part of the destination's or the route's name
 * @property {string} q part of name, call sign, MMSI or IMO number
 */

/** @type {Readonly<Filter>} */
export const EVERYTHING = Object.freeze({
  types: [], status: [], sources: [], minSpeed: null, maxSpeed: null, maxAge: null, to: "", q: "",
});

/** @param {Filter} filter */
export const isEmpty = (filter) => describe(filter).length === 0;

/**
 * Writes `fleet.hidden`: by which parts each vessel is hidden, 0 for one that shows.
 * @param {Filter} filter @param {import("./fleet.mjs").Fleet} fleet @param {number} now ms
 * @returns {number} how many are hidden
 */
export function applyFilter(filter, fleet, now) {
  const { hidden, size } = fleet;
  hidden.fill(0, 0, size);
  if (isEmpty(filter)) return 0;
  const types = allowed(filter.types, fleet.types);
  const statuses = allowed(filter.status, fleet.statuses);
  const rest = restOf(filter, fleet, now);
  const [least, most] = [filter.minSpeed, filter.maxSpeed];
  let count = 0;
  for (let slot = 0; slot < size; slot++) {
    let by = types[fleet.type[slot]] && BY_TYPE;
    by |= statuses[fleet.status[slot]] && BY_STATUS;
    // a speed that is not known is neither at least nor at most something
    if ((least !== null && !(fleet.sog[slot] >= least)) || (most !== null && !(fleet.sog[slot] <= most))) by |= BY_SPEED;
    if (rest(slot)) by |= BY_REST;
    hidden[slot] = by;
    if (by) count++;
  }
  return count;
}

/** 1 for each code that is to be hidden. */
function allowed(wanted, names) {
  return Uint8Array.from(names, (name) => (wanted.length && !wanted.includes(name) ? 1 : 0));
}

/** Hides a slot by what is not counted on a chart? */
function restOf({ sources, maxAge, to, q }, fleet, now) {
  const oldest = maxAge === null ? -Infinity : now - maxAge * 60_000;
  const [text, place] = [q.trim().toLowerCase(), to.trim().toLowerCase()];
  if (!sources.length && maxAge === null && !text && !place) return () => false;
  return (slot) =>
    (sources.length > 0 && !sources.includes(fleet.sourceOf(slot))) ||
    fleet.time[slot] < oldest ||
    (place !== "" && !`${fleet.destinations[slot]}\n${fleet.routeOf(slot)}`.toLowerCase().includes(place)) ||
    (text !== "" && !fleet.words(slot).includes(text));
}

/**
 * The parts at work, in words.
 * @param {Filter} filter
 * @returns {{words: string, without: Partial<Filter>}[]} `without` is what to change to do away with the part
 */
export function describe(filter) {
  const names = (list) => list.map((name) => name.replaceAll("_", " ")).join(", ");
  const parts = [
    ["types", filter.types.length && names(filter.types)],
    ["status", filter.status.length && names(filter.status)],
    ["minSpeed", filter.minSpeed !== null && `at least ${filter.minSpeed} kn`],
    ["maxSpeed", filter.maxSpeed !== null && `at most ${filter.maxSpeed} kn`],
    ["to", filter.to.trim() && `to or on “${filter.to.trim()}”`],
    ["sources", filter.sources.length && `from ${names(filter.sources)}`],
    ["maxAge", filter.maxAge !== null && `heard within ${filter.maxAge} min`],
    ["q", filter.q.trim() && `“${filter.q.trim()}”`],
  ];
  return parts.filter(([, words]) => words).map(([name, words]) => ({ words, without: { [name]: EVERYTHING[name] } }));
}

/** Adds a value to a list, or takes it out. @param {string[]} list @param {string} value @returns {string[]} */
export const toggled = (list, value) => (list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);
