/** The fleet as the page knows it: takes over frames and static data of the stream. Knows neither map nor page. */

import { COLUMNS, FleetColumns, LISTS } from "./columns.mjs";
import { velocity, worldX, worldY } from "../map/mercator.mjs";
import { shapeOf } from "../map/symbols.mjs";
import { known, knownTenths, LATLON_SCALE } from "../stream/wire.mjs";

/** A vessel that would have to go faster between two reports has jumped: its motion is not interpolated. */
const MAX_INTERPOLATED_KN = 150;
/** Slower vessels count as stopped, and are not dead-reckoned. */
const MIN_MOVING_KN = 0.5;
/** What `adopt` takes from another fleet. */
const ADOPTED = ["size", "slots", "early", "remembers", "sources", ...LISTS, ...Object.keys(COLUMNS)];

export class Fleet extends FleetColumns {
  /**
   * @param {object} constants from the server
   * @param {string[]} constants.vessel_types @param {string[]} constants.statuses
   * @param {number} constants.update_interval seconds @param {string[]} [constants.routes] names of the lanes
   */
  constructor(constants) {
    super();
    this.types = constants.vessel_types;
    this.statuses = constants.statuses;
    this.interval = constants.update_interval;
    /** Route names by index: the simulator's lanes first, then the custom routes. @type {string[]} */
    this.routes = [...(constants.routes ?? [])];
    this.laneCount = this.routes.length;
    /** Names of the feeds, in the order in which they were first seen. @type {string[]} */
    this.sources = [];
    /** Rises with each change. */
    this.version = 1;
    /** Slot by MMSI. @type {Map<number, number>} */
    this.slots = new Map();
    /** Static data that arrived before the vessel's position: MMSI -> columns and row. @type {Map<number, [any, number]>} */
    this.early = new Map();
    /** Whether `early` is kept for vessels that disappear and come back, as they do in a replay. */
    this.remembers = false;
  }

  /**
   * Take over a frame of the stream; a snapshot replaces everything.
   * @param {import("../stream/wire.mjs").Frame} frame
   * @param {(slot: number, before: number) => void} [onStatus] called for each change of a status
   */
  merge(frame, onStatus) {
    this.version++;
    if (frame.snapshot) this.#removeOthers(new Set(frame.mmsi));
    for (const mmsi of frame.removed) this.#remove(this.slots.get(mmsi));
    for (let row = 0; row < frame.n; row++) {
      const before = this.slots.get(frame.mmsi[row]);
      const slot = before ?? this.#insert(frame.mmsi[row]);
      const status = this.status[slot];
      this.#writeReport(slot, frame, row);
      if (before !== undefined && status !== this.status[slot]) onStatus?.(slot, status);
    }
    if (!this.remembers) this.early.clear();
  }

  /**
   * Take over static data. The server sends it before the frame that needs it.
   * @param {Record<string, any[]>} columns of a `vessel_static` message
   */
  describe(columns) {
    this.version++;
    columns.mmsi.forEach((mmsi, row) => {
      const slot = this.slots.get(mmsi);
      if (slot === undefined || this.remembers) this.early.set(mmsi, [columns, row]);
      if (slot !== undefined) this.#writeStatic(slot, columns, row);
    });
  }

  /** Take the contents of another fleet, which must not be used afterwards: both share the arrays. @param {Fleet} other */
  adopt(other) {
    for (const name of ADOPTED) this[name] = other[name];
    this.version++;
  }

  /**
   * Move a vessel in a straight line to its next known place, instead of by dead reckoning.
   * @param {number} slot @param {number} lat degrees @param {number} lon degrees @param {number} time ms
   */
  aim(slot, lat, lon, time) {
    const seconds = (time - this.time[slot]) / 1000;
    const dx = worldX(lon) - this.x[slot];
    // the shorter way over the antimeridian
    const [vx, vy] = [(dx - Math.round(dx)) / seconds, (worldY(lat) - this.y[slot]) / seconds];
    if (!(seconds > 0) || Math.hypot(vx, vy) > velocity(lat, MAX_INTERPOLATED_KN, 90)[0]) return;
    this.vx[slot] = vx;
    this.vy[slot] = vy;
    this.until[slot] = time;
  }

  #removeOthers(mmsis) {
    for (let slot = this.size - 1; slot >= 0; slot--) if (!mmsis.has(this.mmsi[slot])) this.#remove(slot);
  }

  #insert(mmsi) {
    const slot = this.add();
    this.slots.set(mmsi, slot);
    this.mmsi[slot] = mmsi;
    this.route[slot] = -1;
    if (this.early.has(mmsi)) this.#writeStatic(slot, ...this.early.get(mmsi));
    return slot;
  }

  #writeStatic(slot, columns, row) {
    const text = (name) => columns[name][row] ?? "";
    const metres = (name) => columns[name][row] ?? 0;
    this.names[slot] = text("vessel_name");
    this.imos[slot] = text("imo_number");
    this.callsigns[slot] = text("callsign");
    this.flags[slot] = text("flag");
    this.destinations[slot] = text("destination");
    this.etas[slot] = text("eta");
    this.route[slot] = columns.route[row] ?? -1;
    this.bow[slot] = metres("a");
    this.stern[slot] = metres("b");
    this.port[slot] = metres("c");
    this.starboard[slot] = metres("d");
    this.source[slot] = this.#codeOf(text("source"));
    this.simulated[slot] = columns.simulated[row] ? 1 : 0;
    this.searchable[slot] = "";
  }

  #writeReport(slot, frame, row) {
    const [lat, lon] = [frame.lat[row] / LATLON_SCALE, frame.lon[row] / LATLON_SCALE];
    const [sog, cog, heading] = [knownTenths(frame.sog[row]), knownTenths(frame.cog[row]), known(frame.heading[row])];
    this.time[slot] = frame.time - 100 * frame.age[row];
    this.until[slot] = 0;
    this.type[slot] = frame.type[row];
    this.status[slot] = frame.status[row];
    this.lat[slot] = lat;
    this.lon[slot] = lon;
    this.x[slot] = worldX(lon);
    this.y[slot] = worldY(lat);
    this.sog[slot] = sog;
    this.cog[slot] = cog;
    this.heading[slot] = heading;
    [this.vx[slot], this.vy[slot]] = sog >= MIN_MOVING_KN && !Number.isNaN(cog) ? velocity(lat, sog, cog) : [0, 0];
    this.shape[slot] = shapeOf(sog, cog, heading, frame.status[row], this.statuses);
  }

  #codeOf(source) {
    const code = this.sources.indexOf(source);
    return code >= 0 ? code : this.sources.push(source) - 1;
  }

  #remove(slot) {
    if (slot === undefined) return;
    this.slots.delete(this.mmsi[slot]);
    this.drop(slot);
    // the last row now stands in this slot
    if (slot < this.size) this.slots.set(this.mmsi[slot], slot);
  }

  /** The name of a vessel, or its MMSI where it has none. @param {number} slot */
  nameOf(slot) {
    return this.names[slot] || `MMSI ${this.mmsi[slot]}`;
  }

  /** The feed that reported a vessel. @param {number} slot @returns {string} */
  sourceOf(slot) {
    return this.sources[this.source[slot]] ?? "";
  }

  /** The name of a vessel's route. @param {number} slot @returns {string} empty for none */
  routeOf(slot) {
    return this.routes[this.route[slot]] ?? "";
  }

  /** Replace the names of all custom routes. @param {{index: number, name: string}[]} custom */
  nameRoutes(custom) {
    this.routes.length = this.laneCount;
    for (const { index, name } of custom) this.routes[index] = name;
    this.version++;
  }

  /** Length and beam in metres, 0 where not known. @param {number} slot @returns {[number, number]} */
  sizeOf(slot) {
    return [this.bow[slot] + this.stern[slot], this.port[slot] + this.starboard[slot]];
  }

  /** The text that a search for a vessel looks in, in lower case. @param {number} slot */
  searchText(slot) {
    this.searchable[slot] ||= [this.names[slot], this.callsigns[slot], this.imos[slot], this.mmsi[slot], this.destinations[slot]]
      .join("\n")
      .toLowerCase();
    return this.searchable[slot];
  }
}
