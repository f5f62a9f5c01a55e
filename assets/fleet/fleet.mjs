/** The fleet in columns: one typed array per field and a slot for each MMSI. Knows neither map nor page. */

import { velocity, worldX, worldY } from "../map/mercator.mjs";
import { shapeOf } from "../map/symbols.mjs";
import { known, knownTenths, LATLON_SCALE } from "../stream/wire.mjs";

const COLUMNS = {
  mmsi: Uint32Array,
  lat: Float64Array,
  lon: Float64Array,
  x: Float64Array,
  y: Float64Array,
  vx: Float64Array,
  vy: Float64Array,
  sog: Float32Array,
  cog: Float32Array,
  heading: Float32Array,
  time: Float64Array,
  type: Uint8Array,
  status: Uint8Array,
  shape: Uint8Array,
  simulated: Uint8Array,
  /** Metres from the antenna to bow, stern, port and starboard; all 0 where not known. */
  bow: Uint16Array,
  stern: Uint16Array,
  port: Uint16Array,
  starboard: Uint16Array,
  source: Uint8Array,
  route: Int16Array,
  /** By which parts of the filter, see filter.mjs. */
  hidden: Uint8Array,
  /** Place in the palette's colours. */
  colour: Uint8Array,
  /** When the vessel is where its motion takes it, ms; 0 where that is not known, but dead reckoning. */
  until: Float64Array,
};
const LISTS = ["names", "imos", "callsigns", "flags", "destinations", "etas", "found"];
/** Reports of a vessel at rest come this much later than those of one under way (ITU-R M.1371). */
const REST_INTERVAL_S = 180;
/** What is said to go faster has jumped, and is not drawn on its way. */
const FASTEST_KN = 150;

export class Fleet {
  /**
   * @param {{vessel_types: string[], statuses: string[], update_interval: number, routes?: string[]}} constants from the server
   */
  constructor(constants) {
    this.types = constants.vessel_types;
    this.statuses = constants.statuses;
    this.interval = constants.update_interval;
    /** Names by number: the simulator's, then a person's own. */
    this.routes = [...(constants.routes ?? [])];
    this.lanes = this.routes.length;
    this.sources = [];
    this.clear();
  }

  /** Forget every vessel. */
  clear() {
    /** Rises with each change. */
    this.version = (this.version ?? 0) + 1;
    this.size = 0;
    this.slots = new Map();
    /** Static data that came before the vessel's position: MMSI -> columns and place in them. */
    this.early = new Map();
    /** Whether they are kept for vessels that come again. */
    this.remembers = false;
    for (const name of LISTS) this[name] = [];
    for (const [name, Type] of Object.entries(COLUMNS)) this[name] = new Type(1024);
  }

  /**
   * Take over a frame of the stream; a snapshot replaces everything.
   * @param {import("../stream/wire.mjs").Frame} frame
   * @param {(slot: number, before: number) => void} [onStatus] told of each change of status
   */
  merge(frame, onStatus) {
    this.version++;
    if (frame.snapshot) this.#keepOnly(new Set(frame.mmsi));
    for (const mmsi of frame.removed) this.#remove(this.slots.get(mmsi));
    for (let at = 0; at < frame.n; at++) {
      const before = this.slots.get(frame.mmsi[at]);
      const slot = before ?? this.#add(frame.mmsi[at]);
      const status = this.status[slot];
      this.#move(slot, frame, at);
      if (before !== undefined && status !== this.status[slot]) onStatus?.(slot, status);
    }
    if (!this.remembers) this.early.clear();
  }

  /**
   * Take over what seldom changes. It comes before the frame that needs it.
   * @param {Record<string, unknown[]>} columns of a `vessel_static` message
   */
  describe(columns) {
    this.version++;
    columns.mmsi.forEach((mmsi, at) => {
      const slot = this.slots.get(mmsi);
      if (slot === undefined || this.remembers) this.early.set(mmsi, [columns, at]);
      if (slot !== undefined) this.#write(slot, columns, at);
    });
  }

  /** Be what another fleet is, which must not be used any more. @param {Fleet} other */
  adopt(other) {
    for (const name of ["size", "slots", "early", "remembers", "sources", ...LISTS, ...Object.keys(COLUMNS)]) this[name] = other[name];
    this.version++;
  }

  /**
   * It is known where a vessel will be: it goes there straight, whatever its course was said to be.
   * @param {number} slot @param {number} lat degrees @param {number} lon degrees @param {number} time ms
   */
  aim(slot, lat, lon, time) {
    const seconds = (time - this.time[slot]) / 1000;
    const dx = worldX(lon) - this.x[slot];
    // by the shorter way over the antimeridian
    const [vx, vy] = [(dx - Math.round(dx)) / seconds, (worldY(lat) - this.y[slot]) / seconds];
    if (!(seconds > 0) || Math.hypot(vx, vy) > velocity(lat, FASTEST_KN, 90)[0]) return;
    [this.vx[slot], this.vy[slot], this.until[slot]] = [vx, vy, time];
  }

  #keepOnly(mmsis) {
    for (let slot = this.size - 1; slot >= 0; slot--) if (!mmsis.has(this.mmsi[slot])) this.#remove(slot);
  }

  #add(mmsi) {
    if (this.size === this.mmsi.length) this.#grow();
    const slot = this.size++;
    this.slots.set(mmsi, slot);
    for (const name of Object.keys(COLUMNS)) this[name][slot] = 0;
    for (const name of LISTS) this[name][slot] = "";
    this.mmsi[slot] = mmsi;
    this.route[slot] = -1;
    if (this.early.has(mmsi)) this.#write(slot, ...this.early.get(mmsi));
    return slot;
  }

  #grow() {
    for (const [name, Type] of Object.entries(COLUMNS)) {
      const grown = new Type(2 * this.size);
      grown.set(this[name]);
      this[name] = grown;
    }
  }

  #write(slot, columns, at) {
    this.names[slot] = columns.vessel_name[at] ?? "";
    this.imos[slot] = columns.imo_number[at] ?? "";
    this.callsigns[slot] = columns.callsign[at] ?? "";
    this.flags[slot] = columns.flag[at] ?? "";
    this.destinations[slot] = columns.destination[at] ?? "";
    this.etas[slot] = columns.eta[at] ?? "";
    this.route[slot] = columns.route[at] ?? -1;
    this.bow[slot] = columns.a[at] ?? 0;
    this.stern[slot] = columns.b[at] ?? 0;
    this.port[slot] = columns.c[at] ?? 0;
    this.starboard[slot] = columns.d[at] ?? 0;
    this.source[slot] = this.#codeOf(columns.source[at] ?? "");
    this.simulated[slot] = columns.simulated[at] ? 1 : 0;
    this.found[slot] = "";
  }

  #move(slot, frame, at) {
    const [lat, lon] = [frame.lat[at] / LATLON_SCALE, frame.lon[at] / LATLON_SCALE];
    const [sog, cog, heading] = [knownTenths(frame.sog[at]), knownTenths(frame.cog[at]), known(frame.heading[at])];
    this.time[slot] = frame.time - 100 * frame.age[at];
    this.until[slot] = 0;
    this.type[slot] = frame.type[at];
    this.status[slot] = frame.status[at];
    this.lat[slot] = lat;
    this.lon[slot] = lon;
    this.x[slot] = worldX(lon);
    this.y[slot] = worldY(lat);
    this.sog[slot] = sog;
    this.cog[slot] = cog;
    this.heading[slot] = heading;
    [this.vx[slot], this.vy[slot]] = sog >= 0.5 && !Number.isNaN(cog) ? velocity(lat, sog, cog) : [0, 0];
    this.shape[slot] = shapeOf(sog, cog, heading, frame.status[at], this.statuses);
  }

  #codeOf(source) {
    const code = this.sources.indexOf(source);
    return code >= 0 ? code : this.sources.push(source) - 1;
  }

  #remove(slot) {
    if (slot === undefined) return;
    const last = --this.size;
    this.slots.delete(this.mmsi[slot]);
    if (slot !== last) {
      for (const name of [...Object.keys(COLUMNS), ...LISTS]) this[name][slot] = this[name][last];
      this.slots.set(this.mmsi[slot], slot);
    }
    for (const name of LISTS) this[name].length = last;
  }

  /** What to call a vessel: its name, or its MMSI where there is none. @param {number} slot */
  nameOf(slot) {
    return this.names[slot] || `MMSI ${this.mmsi[slot]}`;
  }

  /** @param {number} slot @returns {string} the feed that told of it */
  sourceOf(slot) {
    return this.sources[this.source[slot]] ?? "";
  }

  /** @param {number} slot @returns {string} empty where the vessel sails none */
  routeOf(slot) {
    return this.routes[this.route[slot]] ?? "";
  }

  /** A person's own routes, all of them. @param {{index: number, name: string}[]} own */
  nameRoutes(own) {
    this.routes.length = this.lanes;
    for (const { index, name } of own) this.routes[index] = name;
    this.version++;
  }

  /** Length and beam in metres, 0 where not known. @param {number} slot @returns {[number, number]} */
  sizeOf(slot) {
    return [this.bow[slot] + this.stern[slot], this.port[slot] + this.starboard[slot]];
  }

  /** What a search for a vessel looks in, in small letters. @param {number} slot */
  words(slot) {
    this.found[slot] ||= [this.names[slot], this.callsigns[slot], this.imos[slot], this.mmsi[slot], this.destinations[slot]]
      .join("\n")
      .toLowerCase();
    return this.found[slot];
  }

  /** Seconds for which a report may be dead-reckoned: three times the interval in which the next is due, or until the next where that is known. */
  patience(slot) {
    return this.until[slot] ? (this.until[slot] - this.time[slot]) / 1000 : this.patienceOf(this.status[slot]);
  }

  /** @param {number} status code; 0 is under way */
  patienceOf(status) {
    return 3 * (status === 0 ? this.interval : Math.max(REST_INTERVAL_S, this.interval));
  }

  /** Where a vessel is now by dead reckoning, world coordinates. @param {number} slot @param {number} now ms */
  place(slot, now) {
    const elapsed = Math.min(Math.max((now - this.time[slot]) / 1000, 0), this.patience(slot));
    return [this.x[slot] + this.vx[slot] * elapsed, this.y[slot] + this.vy[slot] * elapsed];
  }

  /** Seconds by which a report is overdue; 0 or less for a fresh one. @param {number} slot @param {number} now ms */
  overdue(slot, now) {
    return (now - this.time[slot]) / 1000 - this.patience(slot);
  }

  /** 1 for a fresh report, falling to 0.3 over the 30 minutes after it is overdue. */
  opacity(slot, now) {
    const overdue = this.overdue(slot, now);
    return overdue <= 0 ? 1 : Math.max(0.3, 1 - (0.7 * overdue) / 1800);
  }
}
