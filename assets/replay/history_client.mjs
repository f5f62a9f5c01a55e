/** Requests to /api/history: the stored range, frames, static data, and the address of an export. */

import { split } from "./replay_buffer.mjs";

/** @param {number} ms UTC @returns {string} RFC 3339 */
export const iso = (ms) => new Date(ms).toISOString();

const normalized = (lon) => ((((lon + 180) % 360) + 360) % 360) - 180;

/**
 * The box of a map's view as the server reads it: west, south, east, north in degrees.
 * @param {{west: number, south: number, east: number, north: number}} view longitudes of any copy of the world
 * @returns {string?} null for a view of the whole world
 */
export function boxOf({ west, south, east, north }) {
  if (east - west >= 360) return null;
  const sides = [normalized(west), Math.max(south, -90), normalized(east), Math.min(north, 90)];
  return sides.map((side) => side.toFixed(4)).join();
}

/**
 * The address of a CSV file with every report of a time span within a view.
 * @param {string} base address of the page
 * @param {[number, number]} span ms UTC @param {{west: number, south: number, east: number, north: number}} view degrees
 * @returns {string}
 */
export function exportUrl(base, [from, to], view) {
  const url = new URL("./api/history/export.csv", base);
  url.searchParams.set("from", iso(from));
  url.searchParams.set("to", iso(to));
  const box = boxOf(view);
  if (box !== null) url.searchParams.set("bbox", box);
  return url.href;
}

export class HistoryClient {
  /** @param {string} base address of the page @param {typeof fetch} [request] */
  constructor(base, request = (...args) => fetch(...args)) {
    this.base = base;
    this.request = request;
  }

  /**
   * The stored time range.
   * @returns {Promise<{stored: boolean, from: number?, to: number?}>} ms UTC; null while nothing is stored
   */
  async range() {
    const { kept, from, to } = await (await this.#get("range")).json();
    return { stored: kept, from: from === null ? null : Date.parse(from), to: to === null ? null : Date.parse(to) };
  }

  /**
   * Frames of a time span, the first of them a snapshot.
   * @param {number} from ms UTC @param {number} to ms UTC @param {number} stepS
   * @returns {Promise<import("../stream/wire.mjs").Frame[]>}
   */
  async frames(from, to, stepS) {
    return split(await (await this.#get("frames", { from: iso(from), to: iso(to), step: stepS })).arrayBuffer());
  }

  /**
   * Static data as it was at a time.
   * @param {number} at ms UTC @param {number?} since ms UTC: only what has changed after this time
   * @returns {Promise<Record<string, any[]>>} columns
   */
  async staticData(at, since) {
    const query = { at: iso(at), ...(since === null ? {} : { since: iso(since) }) };
    return (await (await this.#get("static", query)).json()).columns;
  }

  async #get(path, query = {}) {
    const url = new URL(`./api/history/${path}`, this.base);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    const response = await this.request(url);
    if (!response.ok) throw new Error((await response.json()).message);
    return response;
  }
}
