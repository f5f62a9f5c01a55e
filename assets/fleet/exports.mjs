/** Writes the visible vessels as CSV and GeoJSON. Knows neither map nor page. */

const iso = (ms) => (ms ? new Date(ms).toISOString().replace(".000Z", "Z") : null);
const known = (value, digits) => (Number.isNaN(value) ? null : Number(value.toFixed(digits)));

/** Value of a cell by name of the table's column: (fleet, slot) -> text, number, or null where not known. */
export const CELLS = {
  name: (fleet, slot) => fleet.names[slot] || null,
  mmsi: (fleet, slot) => fleet.mmsi[slot],
  imo: (fleet, slot) => fleet.imos[slot] || null,
  callsign: (fleet, slot) => fleet.callsigns[slot] || null,
  flag: (fleet, slot) => fleet.flags[slot] || null,
  type: (fleet, slot) => fleet.types[fleet.type[slot]],
  status: (fleet, slot) => fleet.statuses[fleet.status[slot]],
  sog: (fleet, slot) => known(fleet.sog[slot], 1),
  cog: (fleet, slot) => known(fleet.cog[slot], 1),
  heading: (fleet, slot) => known(fleet.heading[slot], 0),
  lat: (fleet, slot) => known(fleet.lat[slot], 5),
  lon: (fleet, slot) => known(fleet.lon[slot], 5),
  destination: (fleet, slot) => fleet.destinations[slot] || null,
  eta: (fleet, slot) => fleet.etas[slot] || null,
  route: (fleet, slot) => fleet.routeOf(slot) || null,
  length: (fleet, slot) => fleet.sizeOf(slot)[0] || null,
  beam: (fleet, slot) => fleet.sizeOf(slot)[1] || null,
  source: (fleet, slot) => fleet.sourceOf(slot),
  time: (fleet, slot) => iso(fleet.time[slot]),
};

/**
 * A cell of a CSV file. Names come off the air: text that a spreadsheet would run as a formula gets a quote before it.
 * @param {string|number|null} value @returns {string}
 */
export function csvCell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const harmless = /^[=+\-@\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A CSV file with one line for each slot, in their order. @param {import("./fleet.mjs").Fleet} fleet @param {number[]} slots @returns {string} RFC 4180 */
export function csvOf(fleet, slots) {
  const columns = Object.entries(CELLS);
  const lines = slots.map((slot) => columns.map(([, read]) => csvCell(read(fleet, slot))).join(","));
  return [columns.map(([name]) => name).join(","), ...lines, ""].join("\r\n");
}

/** A feature collection with one point for each slot. @param {import("./fleet.mjs").Fleet} fleet @param {number[]} slots @returns {object} RFC 7946 */
export function geojsonOf(fleet, slots) {
  const features = slots.map((slot) => {
    /** @type {Record<string, any>} */
    const { lat, lon, ...properties } = Object.fromEntries(Object.entries(CELLS).map(([name, read]) => [name, read(fleet, slot)]));
    properties.simulated = fleet.simulated[slot] === 1;
    return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties };
  });
  return { type: "FeatureCollection", features };
}

/** Slots of the vessels that the filter shows. @param {import("./fleet.mjs").Fleet} fleet @returns {number[]} */
export function shownSlots(fleet) {
  const slots = [];
  for (let slot = 0; slot < fleet.size; slot++) if (!fleet.hidden[slot]) slots.push(slot);
  return slots;
}
