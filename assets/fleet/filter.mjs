/** The filter of the map, the table, the charts and the log. Knows neither map nor page. */

/** Bits of `fleet.hidden`: the parts of the filter that hide a vessel. */
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

/** Whether a filter shows every vessel. @param {Filter} filter */
export const isEmpty = (filter) => describe(filter).length === 0;

/**
 * Writes `fleet.hidden`: the parts that hide each vessel, 0 for a visible one.
 * @param {Filter} filter @param {import("./fleet.mjs").Fleet} fleet @param {number} now ms
 * @returns {number} count of hidden vessels
 */
export function applyFilter(filter, fleet, now) {
  const { hidden, size } = fleet;
  hidden.fill(0, 0, size);
  if (isEmpty(filter)) return 0;
  const types = hiddenCodes(filter.types, fleet.types);
  const statuses = hiddenCodes(filter.status, fleet.statuses);
  const rest = restOf(filter, fleet, now);
  const [min, max] = [filter.minSpeed, filter.maxSpeed];
  let count = 0;
  for (let slot = 0; slot < size; slot++) {
    let bits = types[fleet.type[slot]] && BY_TYPE;
    bits |= statuses[fleet.status[slot]] && BY_STATUS;
    // an unknown speed (NaN) fulfils no bound
    if ((min !== null && !(fleet.sog[slot] >= min)) || (max !== null && !(fleet.sog[slot] <= max))) bits |= BY_SPEED;
    if (rest(slot)) bits |= BY_REST;
    hidden[slot] = bits;
    if (bits) count++;
  }
  return count;
}

/** 1 for each code that the filter hides. */
function hiddenCodes(wanted, names) {
  return Uint8Array.from(names, (name) => (wanted.length && !wanted.includes(name) ? 1 : 0));
}

/** A test of a slot against the parts that no chart counts: true hides the vessel. */
function restOf({ sources, maxAge, to, q }, fleet, now) {
  const oldest = maxAge === null ? -Infinity : now - maxAge * 60_000;
  const [text, place] = [q.trim().toLowerCase(), to.trim().toLowerCase()];
  if (!sources.length && maxAge === null && !text && !place) return () => false;
  return (slot) =>
    (sources.length > 0 && !sources.includes(fleet.sourceOf(slot))) ||
    fleet.time[slot] < oldest ||
    (place !== "" && !`${fleet.destinations[slot]}\n${fleet.routeOf(slot)}`.toLowerCase().includes(place)) ||
    (text !== "" && !fleet.searchText(slot).includes(text));
}

/**
 * The active parts of a filter, in words.
 * @param {Filter} filter
 * @returns {{words: string, without: Partial<Filter>}[]} `without` is the change that removes the part
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

/**
 * Adds a value to a list, or takes it out.
 * @template T
 * @param {T[]} list @param {T} value @returns {T[]}
 */
export const toggled = (list, value) => (list.includes(value) ? list.filter((one) => one !== value) : [...list, value]);
