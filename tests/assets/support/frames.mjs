/** Frames of the stream for tests, made from a few words. */

import { decode } from "../../../assets/stream/wire.mjs";

const TENTHS = (value) => (value === null || value === undefined ? 65535 : Math.round(value * 10));

/**
 * @param {{mmsi: number, lat?: number, lon?: number, age?: number, sog?: number?, cog?: number?, heading?: number?, type?: number, status?: number}[]} vessels
 * @param {{snapshot?: boolean, seq?: number, prev?: number, time?: number, removed?: number[]}} head
 */
export function bytesOf(vessels, { snapshot = false, seq = 1, prev = 0, time = 0, removed = [] } = {}) {
  const n = vessels.length;
  const buffer = new ArrayBuffer(40 + 24 * n + 4 * removed.length);
  const view = new DataView(buffer);
  [..."FWY2"].forEach((letter, at) => view.setUint8(at, letter.charCodeAt(0)));
  view.setUint16(4, 40, true);
  view.setUint16(6, snapshot ? 1 : 0, true);
  view.setUint32(8, n, true);
  view.setUint32(12, removed.length, true);
  view.setBigUint64(16, BigInt(seq), true);
  view.setBigUint64(24, BigInt(prev), true);
  view.setBigInt64(32, BigInt(time), true);
  let offset = 40;
  const column = (Type, values) => {
    new Type(buffer, offset, values.length).set(values);
    offset += Type.BYTES_PER_ELEMENT * values.length;
  };
  column(Uint32Array, vessels.map(({ mmsi }) => mmsi));
  column(Int32Array, vessels.map(({ lat = 0 }) => Math.round(lat * 600_000)));
  column(Int32Array, vessels.map(({ lon = 0 }) => Math.round(lon * 600_000)));
  column(Uint32Array, removed);
  column(Uint16Array, vessels.map(({ age = 0 }) => Math.round(age * 10)));
  column(Uint16Array, vessels.map(({ sog }) => TENTHS(sog)));
  column(Uint16Array, vessels.map(({ cog }) => TENTHS(cog)));
  column(Uint16Array, vessels.map(({ heading }) => heading ?? 65535));
  column(Int16Array, vessels.map(() => -32768));
  column(Uint8Array, vessels.map(({ type = 0 }) => type));
  column(Uint8Array, vessels.map(({ status = 0 }) => status));
  return buffer;
}

export const frameOf = (vessels, head) => decode(bytesOf(vessels, head));

const STATIC = ["vessel_name", "imo_number", "callsign", "flag", "destination", "eta", "route", "a", "b", "c", "d", "source", "simulated"];

/** Columns of a `vessel_static` message; what is not given is null. @param {object[]} vessels */
export const staticOf = (vessels) =>
  Object.fromEntries(["mmsi", ...STATIC].map((name) => [name, vessels.map((vessel) => vessel[name] ?? null)]));
