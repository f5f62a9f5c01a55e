/** The columns of the fleet: one typed array for each number and one list for each text. Knows neither map nor page. */

/** Typed array of each numeric column. NaN where a speed, course or heading is not known. */
export const COLUMNS = {
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
  bow: Uint16Array,
  stern: Uint16Array,
  port: Uint16Array,
  starboard: Uint16Array,
  source: Uint8Array,
  route: Int16Array,
  hidden: Uint8Array,
  colour: Uint8Array,
  until: Float64Array,
};
/** Names of the text columns; an empty text is not known. */
export const LISTS = ["names", "imos", "callsigns", "flags", "destinations", "etas", "searchable"];
const FIRST_CAPACITY = 1024;

/** The columns as fields of an object, one value for each slot below `size`. */
export class FleetColumns {
  /** @type {Uint32Array} */ mmsi;
  /** Degrees. @type {Float64Array} */ lat;
  /** Degrees. @type {Float64Array} */ lon;
  /** World coordinate of the last report. @type {Float64Array} */ x;
  /** World coordinate of the last report. @type {Float64Array} */ y;
  /** World coordinates a second. @type {Float64Array} */ vx;
  /** World coordinates a second. @type {Float64Array} */ vy;
  /** Knots. @type {Float32Array} */ sog;
  /** Degrees. @type {Float32Array} */ cog;
  /** Degrees. @type {Float32Array} */ heading;
  /** Time of the last report, ms UTC. @type {Float64Array} */ time;
  /** Index in the vessel types. @type {Uint8Array} */ type;
  /** Index in the statuses. @type {Uint8Array} */ status;
  /** Index of the symbol, see symbols.mjs. @type {Uint8Array} */ shape;
  /** 1 for a simulated vessel. @type {Uint8Array} */ simulated;
  /** Metres from the antenna; all four are 0 where not known. @type {Uint16Array} */ bow;
  /** Metres. @type {Uint16Array} */ stern;
  /** Metres. @type {Uint16Array} */ port;
  /** Metres. @type {Uint16Array} */ starboard;
  /** Index in the fleet's sources. @type {Uint8Array} */ source;
  /** Index in the fleet's routes, -1 for none. @type {Int16Array} */ route;
  /** Bits of the filter's parts that hide the vessel, see filter.mjs. @type {Uint8Array} */ hidden;
  /** Index in the palette's colours. @type {Uint8Array} */ colour;
  /** When the vessel reaches the end of its known motion, ms UTC; 0 where only dead reckoning is known. @type {Float64Array} */ until;
  /** @type {string[]} */ names;
  /** @type {string[]} */ imos;
  /** @type {string[]} */ callsigns;
  /** @type {string[]} */ flags;
  /** @type {string[]} */ destinations;
  /** @type {string[]} */ etas;
  /** Lower-case text that a search looks in; filled when it is first read. @type {string[]} */ searchable;

  constructor() {
    this.empty();
  }

  /** Remove every row. */
  empty() {
    this.size = 0;
    for (const name of LISTS) this[name] = [];
    for (const [name, Type] of Object.entries(COLUMNS)) this[name] = new Type(FIRST_CAPACITY);
  }

  /** Add a row of zeros and empty texts. @returns {number} its slot */
  add() {
    if (this.size === this.mmsi.length) this.#grow();
    const slot = this.size++;
    for (const name of Object.keys(COLUMNS)) this[name][slot] = 0;
    for (const name of LISTS) this[name][slot] = "";
    return slot;
  }

  /** Move the last row into a slot and drop the last row, so that the rows stay dense. @param {number} slot */
  drop(slot) {
    const last = --this.size;
    if (slot !== last) for (const name of [...Object.keys(COLUMNS), ...LISTS]) this[name][slot] = this[name][last];
    for (const name of LISTS) this[name].length = last;
  }

  #grow() {
    for (const [name, Type] of Object.entries(COLUMNS)) {
      const grown = new Type(2 * this.size);
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
