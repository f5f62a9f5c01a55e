/** Decodes the binary message of the stream into typed-array views, without a copy. Knows neither map nor page. */

const MAGIC = "FWY2";
const SNAPSHOT = 1;
export const BYTES_PER_VESSEL = 24;
/** Columns in wire order, with the name of their count. @type {[string, any, "n"|"gone"][]} */
const COLUMNS = [
  ["mmsi", Uint32Array, "n"],
  ["lat", Int32Array, "n"],
  ["lon", Int32Array, "n"],
  ["removed", Uint32Array, "gone"],
  ["age", Uint16Array, "n"],
  ["sog", Uint16Array, "n"],
  ["cog", Uint16Array, "n"],
  ["heading", Uint16Array, "n"],
  ["rot", Int16Array, "n"],
  ["type", Uint8Array, "n"],
  ["status", Uint8Array, "n"],
];
/** Wire units to a degree. */
export const LATLON_SCALE = 600_000;
const U2_NA = 65535;

/**
 * @typedef {object} Frame columns as they are on the wire; `known` and `knownTenths` read them
 * @property {boolean} snapshot whether it replaces everything
 * @property {number} n vessels @property {number} seq @property {number} prev @property {number} time ms
 * @property {Uint32Array} mmsi @property {Int32Array} lat @property {Int32Array} lon @property {Uint32Array} removed
 * @property {Uint16Array} age @property {Uint16Array} sog @property {Uint16Array} cog @property {Uint16Array} heading
 * @property {Int16Array} rot @property {Uint8Array} type @property {Uint8Array} status
 */

/**
 * The frame in a binary message.
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 * @throws {Error} if the buffer is no such message, or a part of one
 */
export function decode(buffer) {
  const view = new DataView(buffer);
  const magic = buffer.byteLength >= 40 ? String.fromCharCode(...new Uint8Array(buffer, 0, 4)) : "";
  if (magic !== MAGIC) throw new Error(`not a message of the stream: ${buffer.byteLength} bytes`);
  const [bytes, flags] = [view.getUint16(4, true), view.getUint16(6, true)];
  const counts = { n: view.getUint32(8, true), gone: view.getUint32(12, true) };
  if (buffer.byteLength !== bytes + BYTES_PER_VESSEL * counts.n + 4 * counts.gone) throw new Error("a message of the stream was cut");
  /** @type {any} */
  const frame = {
    snapshot: (flags & SNAPSHOT) !== 0,
    n: counts.n,
    seq: Number(view.getBigUint64(16, true)),
    prev: Number(view.getBigUint64(24, true)),
    time: Number(view.getBigInt64(32, true)),
  };
  let offset = bytes;
  for (const [name, Type, count] of COLUMNS) {
    frame[name] = new Type(buffer, offset, counts[count]);
    offset += frame[name].byteLength;
  }
  return frame;
}

/** @param {number} value @returns {number} NaN where not known */
export const known = (value) => (value === U2_NA ? NaN : value);

/** @param {number} value in tenths @returns {number} NaN where not known */
export const knownTenths = (value) => (value === U2_NA ? NaN : value / 10);
