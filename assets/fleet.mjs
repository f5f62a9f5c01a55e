/** The fleet in columns: one typed array per field and a slot for each MMSI. Knows neither map nor page. */

import { velocity, worldX, worldY } from "./mercator.mjs";
import { shapeOf } from "./symbols.mjs";

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
};
const LISTS = ["names", "imos", "callsigns", "flags", "ports", "destinations", "etas", "found"];
/** Reports of a vessel at rest come this much later than those of one under way (ITU-R M.1371). */
const REST_INTERVAL_S = 180;
export const LOST_AFTER_S = 3600;

export class Fleet {
  /**
   * @param {{vessel_types: string[], statuses: string[], update_interval: number, routes?: string[], mids?: Record<string, string>}} constants from the server
   */
  constructor(constants) {
    this.types = constants.vessel_types;
    this.statuses = constants.statuses;
    this.interval = constants.update_interval;
    this.routes = constants.routes ?? [];
    this.mids = constants.mids ?? {};
    this.sources = [];
    this.clear();
  }

  /** Forget every vessel. */
  clear() {
    /** Rises with each change. */
    this.version = (this.version ?? 0) + 1;
    this.size = 0;
    this.slots = new Map();
    for (const name of LISTS) this[name] = [];
    for (const [name, Type] of Object.entries(COLUMNS)) this[name] = new Type(1024);
  }

  /**
   * Merge `updates` of a level-1 message.
   * @param {object[]} updates
   * @param {(slot: number, before: number) => void} [onStatus] told of each change of status
   */
  merge(updates, onStatus) {
    this.version++;
    for (const update of updates) {
      const known = this.slots.get(update.mmsi);
      const slot = known ?? this.#add(update.mmsi);
      const before = this.status[slot];
      this.#write(slot, update);
      if (known !== undefined && before !== this.status[slot]) onStatus?.(slot, before);
    }
  }

  #add(mmsi) {
    if (this.size === this.mmsi.length) this.#grow();
    const slot = this.size++;
    this.slots.set(mmsi, slot);
    for (const name of Object.keys(COLUMNS)) this[name][slot] = 0;
    for (const name of LISTS) this[name][slot] = "";
    this.mmsi[slot] = mmsi;
    this.flags[slot] = this.mids[Math.floor(mmsi / 1_000_000)] ?? "";
    this.route[slot] = -1;
    return slot;
  }

  #grow() {
    for (const [name, Type] of Object.entries(COLUMNS)) {
      const grown = new Type(2 * this.size);
      grown.set(this[name]);
      this[name] = grown;
    }
  }

  #write(slot, { position, kinematics, ...update }) {
    const { latitude, longitude, port_name } = position;
    const { speed_over_ground: sog, course_over_ground: cog, heading } = kinematics;
    this.time[slot] = Date.parse(update.timestamp);
    this.type[slot] = this.types.indexOf(update.vessel_type);
    this.status[slot] = this.statuses.indexOf(update.status);
    this.#move(slot, latitude, longitude, sog ?? NaN, cog ?? NaN, heading ?? NaN);
    this.simulated[slot] = update.simulated ? 1 : 0;
    this.source[slot] = this.#codeOf(update.source);
    this.names[slot] = update.vessel_name ?? "";
    this.imos[slot] = update.imo_number ?? "";
    this.ports[slot] = port_name ?? "";
    this.destinations[slot] = update.destination ?? "";
    this.etas[slot] = update.eta ?? "";
    this.found[slot] = "";
  }

  #move(slot, lat, lon, sog, cog, heading) {
    [this.lat[slot], this.lon[slot]] = [lat, lon];
    [this.x[slot], this.y[slot]] = [worldX(lon), worldY(lat)];
    [this.sog[slot], this.cog[slot], this.heading[slot]] = [sog, cog, heading];
    [this.vx[slot], this.vy[slot]] = sog >= 0.5 && !Number.isNaN(cog) ? velocity(lat, sog, cog) : [0, 0];
    this.shape[slot] = shapeOf(sog, cog, heading, this.status[slot], this.statuses);
  }

  #codeOf(source) {
    const code = this.sources.indexOf(source);
    return code >= 0 ? code : this.sources.push(source) - 1;
  }

  /** Forget vessels that have been silent for an hour. @param {number} now ms of the server's clock */
  expire(now) {
    for (let slot = this.size - 1; slot >= 0; slot--) {
      if (now - this.time[slot] > LOST_AFTER_S * 1000) this.#remove(slot);
    }
  }

  #remove(slot) {
    this.version++;
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

  /** Seconds for which a report may be dead-reckoned: three times the interval in which the next is due. */
  patience(slot) {
    return this.patienceOf(this.status[slot]);
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
