/** The content of a basemap tile: outlines cut into tiles, and the names that have room. Knows neither Leaflet nor the DOM. */

import { worldX, worldY } from "./mercator.mjs";
import GeoJSONVT from "../vendor/geojson-vt/index.mjs";

export const EXTENT = 4096;
export const TILE_PX = 256;
export const [LAND, LAKE, BORDER] = [0, 1, 2];
export const [SEA, COUNTRY, CITY, PORT] = [0, 1, 2, 3];
/** Whether names of this kind stand to the right of a mark. */
const beside = (kind) => kind === CITY || kind === PORT;
/** geojson-vt has no tiles beyond the maximum zoom of its index. */
const MAX_INDEX_ZOOM = 14;
/** Coordinates that are indexed without a pause: about 50 ms, so that the page stays responsive. */
const PORTION = 120_000;
const NAME_HEIGHT_PX = 16;
const NAME_MARGIN_PX = 5;
const MERIDIANS_APART_PX = 120;
const GRATICULE = [30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];

/** @typedef {{kind: number, text: string, x: number, y: number, from: number, to: number, width?: number}} Name x, y in world coordinates */
/** @typedef {{name: Name, x: number, y: number, left: number, right: number, top: number, bottom: number}} Placed px of the world at a zoom */

/**
 * The points of a packed line.
 * @param {number[]} steps x, y of the first point, then differences
 * @param {number} grid degrees a step
 * @returns {[number, number][]} longitude, latitude in degrees
 */
export function unpack(steps, grid) {
  /** @type {[number, number][]} */
  const points = new Array(steps.length / 2);
  let [x, y] = [0, 0];
  for (let at = 0; at < steps.length; at += 2) {
    x += steps[at];
    y += steps[at + 1];
    points[at / 2] = [x * grid, y * grid];
  }
  return points;
}

/**
 * An index of baked outlines.
 * @param {{grid: number, land: number[][][], lakes?: number[][][], borders?: number[][]}} baked
 * @returns {GeoJSONVT} features in drawing order, `tags.kind` is their kind
 */
function makeIndex({ grid, land, lakes = [], borders = [] }) {
  const feature = (kind, type, coordinates) => ({ type: "Feature", properties: { kind }, geometry: { type, coordinates } });
  const line = (steps) => unpack(steps, grid);
  const features = [
    ...land.map((rings) => feature(LAND, "Polygon", rings.map(line))),
    ...lakes.map((rings) => feature(LAKE, "Polygon", rings.map(line))),
    ...borders.map((steps) => feature(BORDER, "LineString", line(steps))),
  ];
  const options = { maxZoom: MAX_INDEX_ZOOM, indexMaxZoom: 4, indexMaxPoints: 20000, tolerance: 3, extent: EXTENT, buffer: 128 };
  return new GeoJSONVT({ type: "FeatureCollection", features }, options);
}

/**
 * Indexes of baked outlines, built piece by piece.
 * @param {{grid: number, land: number[][][], lakes?: number[][][], borders?: number[][]}} baked
 * @param {() => Promise<void>} pause awaited between the pieces
 * @returns {Promise<GeoJSONVT[]>}
 */
export async function makeIndexes({ grid, land, lakes, borders }, pause) {
  const indexes = [makeIndex({ grid, land: [], lakes, borders })];
  let portion = [];
  let size = 0;
  for (const [at, rings] of land.entries()) {
    portion.push(rings);
    size += rings.reduce((sum, steps) => sum + steps.length, 0);
    if (size < PORTION && at < land.length - 1) continue;
    await pause();
    indexes.push(makeIndex({ grid, land: portion }));
    [portion, size] = [[], 0];
  }
  return indexes;
}

/**
 * A tile's outlines at any zoom: px = coordinate * scale - offset.
 * @param {GeoJSONVT[]} indexes
 * @param {{x: number, y: number, z: number}} tile x within the world
 */
export function cut(indexes, { x, y, z }) {
  const over = Math.max(0, z - MAX_INDEX_ZOOM);
  const times = 2 ** over;
  const features = indexes.flatMap((index) => index.getTileRaw(z - over, x >> over, y >> over)?.features ?? []);
  return { features, scale: (TILE_PX * times) / EXTENT, left: (x % times) * TILE_PX, top: (y % times) * TILE_PX };
}

/** The tile of the world that a tile of Leaflet shows. @param {{x: number, y: number, z: number}} tile x may lie beyond the world */
export function wrapped({ x, y, z }) {
  const count = 2 ** z;
  return { x: ((x % count) + count) % count, y, z };
}

/**
 * A geographic box in pixels of a tile.
 * @param {[number, number, number, number]} box west, south, east, north in degrees
 * @param {{x: number, y: number, z: number}} tile
 * @returns {[number, number, number, number]} left, top, right, bottom in px of the tile
 */
export function boxInTile([west, south, east, north], { x, y, z }) {
  const world = TILE_PX * 2 ** z;
  const across = (lon) => worldX(lon) * world - x * TILE_PX;
  const down = (lat) => worldY(lat) * world - y * TILE_PX;
  return [across(west), down(north), across(east), down(south)];
}

/** Places of the meridians and parallels in a tile, px. @param {{x: number, y: number, z: number}} tile */
export function graticule({ x, y, z }) {
  const world = TILE_PX * 2 ** z;
  const step = GRATICULE.findLast((degrees) => (degrees / 360) * world >= MERIDIANS_APART_PX) ?? GRATICULE[0];
  const lines = (from, to, toPx) => {
    const found = [];
    for (let at = Math.ceil(from / step); at <= Math.floor(to / step); at++) found.push(toPx(at * step));
    return found.filter((px) => px >= 0 && px < TILE_PX);
  };
  const [west, east] = [x, x + 1].map((column) => (column / 2 ** z) * 360 - 180);
  return {
    meridians: lines(west, east, (lon) => worldX(lon) * world - x * TILE_PX),
    parallels: lines(-80, 80, (lat) => worldY(lat) * world - y * TILE_PX),
  };
}

/** Names of one kind. @param {number} kind @param {[string, number, number, number, number][]} rows text, longitude, latitude, first and last zoom @returns {Name[]} */
export function namesOf(kind, rows) {
  return rows.map(([text, lon, lat, from, to]) => ({ kind, text, x: worldX(lon), y: worldY(lat), from, to }));
}

/**
 * Places each name in turn; a name that would overlap an earlier one is left out.
 * @param {Name[]} names the important ones first
 * @param {number} zoom
 * @param {(name: Name) => number} widthOf px
 * @returns {Map<string, Placed[]>} by tile "x:y": all names that reach into it
 */
export function placeNames(names, zoom, widthOf) {
  const tiles = new Map();
  const world = TILE_PX * 2 ** zoom;
  for (const name of names) {
    if (zoom < name.from || zoom > name.to) continue;
    const placed = place(name, world, widthOf(name));
    const keys = reach(placed, zoom);
    if (keys.some((key) => tiles.get(key)?.some((other) => overlap(placed, other, world)))) continue;
    for (const key of keys) {
      if (!tiles.has(key)) tiles.set(key, []);
      tiles.get(key).push(placed);
    }
  }
  return tiles;
}

/** The box of a name: a city's or port's name stands to the right of its mark, other names are centred. */
function place(name, world, width) {
  const [x, y] = [name.x * world, name.y * world];
  const left = beside(name.kind) ? x - NAME_MARGIN_PX : x - width / 2 - NAME_MARGIN_PX;
  const right = left + width + 2 * NAME_MARGIN_PX + (beside(name.kind) ? NAME_MARGIN_PX : 0);
  return { name, x, y, left, right, top: y - NAME_HEIGHT_PX / 2, bottom: y + NAME_HEIGHT_PX / 2 };
}

function reach({ left, right, top, bottom }, z) {
  const keys = new Set();
  for (let x = Math.floor(left / TILE_PX); x <= Math.floor(right / TILE_PX); x++) {
    for (let y = Math.floor(top / TILE_PX); y <= Math.floor(bottom / TILE_PX); y++) keys.add(keyOf(wrapped({ x, y, z })));
  }
  return [...keys];
}

/** The key of a tile. @param {{x: number, y: number}} tile */
export const keyOf = ({ x, y }) => `${x}:${y}`;

function overlap(a, b, world) {
  const shift = nearest(a.x - b.x, world);
  return a.left < b.right + shift && b.left + shift < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** The shift that moves one place to the copy of the world next to another. @param {number} apart px @param {number} world px */
export const nearest = (apart, world) => world * Math.round(apart / world);
