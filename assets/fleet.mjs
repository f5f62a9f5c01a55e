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
};
/** Reports of a vessel at rest come this much later than those of one under way (ITU-R M.1371). */
const REST_INTERVAL_S = 180;
export const LOST_AFTER_S = 3600;

export class Fleet {
  /**
   * @param {{vessel_types: string[], statuses: string[], update_interval: number}} constants from the server
   */
  constructor(constants) {
    this.types = constants.vessel_types;
    this.statuses = constants.statuses;
    this.interval = constants.update_interval;
    this.clear();
  }

  /** Forget every vessel. */
  clear() {
    /** Rises with each change. */
    this.version = (this.version ?? 0) + 1;
    this.size = 0;
    this.slots = new Map();
    this.names = [];
    this.imos = [];
    this.ports = [];
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
    if (this.size === this.mmsi.length) {
      for (const [name, Type] of Object.entries(COLUMNS)) {
        const grown = new Type(2 * this.size);
        grown.set(this[name]);
        this[name] = grown;
      }
    }
    this.slots.set(mmsi, this.size);
    this.mmsi[this.size] = mmsi;
    return this.size++;
  }

  #write(slot, { position, kinematics, ...update }) {
    const { latitude, longitude, port_name } = position;
    const { speed_over_ground: sog, course_over_ground: cog, heading } = kinematics;
    this.lat[slot] = latitude;
    this.lon[slot] = longitude;
    this.x[slot] = worldX(longitude);
    this.y[slot] = worldY(latitude);
    this.sog[slot] = sog ?? NaN;
    this.cog[slot] = cog ?? NaN;
    this.heading[slot] = heading ?? NaN;
    const moves = sog !== null && cog !== null && sog >= 0.5;
    [this.vx[slot], this.vy[slot]] = moves ? velocity(latitude, sog, cog) : [0, 0];
    this.time[slot] = Date.parse(update.timestamp);
    this.type[slot] = this.types.indexOf(update.vessel_type);
    this.status[slot] = this.statuses.indexOf(update.status);
    this.shape[slot] = shapeOf(this.sog[slot], this.cog[slot], this.heading[slot], this.status[slot], this.statuses);
    this.simulated[slot] = update.simulated ? 1 : 0;
    this.names[slot] = update.vessel_name ?? `MMSI ${update.mmsi}`;
    this.imos[slot] = update.imo_number ?? "";
    this.ports[slot] = port_name ?? "";
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
      for (const name of [...Object.keys(COLUMNS), "names", "imos", "ports"]) this[name][slot] = this[name][last];
      this.slots.set(this.mmsi[slot], slot);
    }
    for (const list of [this.names, this.imos, this.ports]) list.length = last;
  }

  /** Seconds for which a report may be dead-reckoned: three times the interval in which the next is due. */
  patience(slot) {
    const underWay = this.status[slot] === 0;
    return 3 * (underWay ? this.interval : Math.max(REST_INTERVAL_S, this.interval));
  }

  /** Where a vessel is now by dead reckoning, world coordinates. @param {number} slot @param {number} now ms */
  place(slot, now) {
    const elapsed = Math.min(Math.max((now - this.time[slot]) / 1000, 0), this.patience(slot));
    return [this.x[slot] + this.vx[slot] * elapsed, this.y[slot] + this.vy[slot] * elapsed];
  }

  /** 1 for a fresh report, falling to 0.3 over the 30 minutes after it is overdue. */
  opacity(slot, now) {
    const overdue = (now - this.time[slot]) / 1000 - this.patience(slot);
    return overdue <= 0 ? 1 : Math.max(0.3, 1 - (0.7 * overdue) / 1800);
  }
}
