/** Cuts the land around the simulator's ports out of a fine outline of the world. Knows nothing of files. */
import { clip, extent } from "./rings.mjs";

/** @typedef {import("./rings.mjs").Line} Line */
/** @typedef {import("./rings.mjs").Box} Box */

const REACH_DEG = 0.75;
/** Land reaches this far over the edge of its box, so that the edge itself is never drawn as a coast. */
const MARGIN_DEG = 0.03;
/** The source has small false holes where its own tiles met; water enclosed by land is at least this large, in square degrees. */
const LEAST_HOLE = 0.003;
const round = (degrees) => Math.round(degrees * 100) / 100;

/**
 * @param {{lat: number, lon: number}[]} ports
 * @returns {Box[]} 45 nautical miles each way from the port
 */
export function harbourBoxes(ports) {
  return ports.map(({ lat, lon }) => {
    const wide = REACH_DEG / Math.cos((lat * Math.PI) / 180);
    return [lon - wide, lat - REACH_DEG, lon + wide, lat + REACH_DEG].map(round);
  });
}

/**
 * @param {Line[][]} polygons
 * @param {Box} box
 * @returns {Line[][]} what of them lies in the box and its margin
 */
export function landWithin(polygons, [west, south, east, north]) {
  const box = [west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG];
  const near = polygons.filter(([outer]) => meets(outer, box));
  return near
    .map(([outer, ...holes]) => [outer, ...holes.filter((hole) => area(hole) >= LEAST_HOLE)])
    .map((rings) => rings.map((ring) => clip(ring, box)).filter((ring) => ring.length > 3))
    .filter((rings) => rings.length > 0);
}

function area(ring) {
  const twice = ring.slice(1).reduce((sum, [x, y], i) => sum + ring[i][0] * y - x * ring[i][1], 0);
  return Math.abs(twice / 2);
}

function meets(ring, [west, south, east, north]) {
  const [left, right] = extent(ring);
  if (right < west || left > east) return false;
  const [bottom, top] = extent(ring.map(([lon, lat]) => [lat, lon]));
  return top >= south && bottom <= north;
}

