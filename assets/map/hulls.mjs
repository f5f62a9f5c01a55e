/** A vessel's outline to scale, once it would be long enough to see. Knows neither map nor page. */

import { EARTH_M } from "./mercator.mjs";

/** A symbol shows shorter vessels. */
export const MIN_HULL_PX = 12;
/** Where the bow's taper begins, as a share of the length from the bow. */
const SHOULDER = 0.16;

/**
 * Pixels to a metre at a place.
 * @param {number} y world coordinate, 0 in the north @param {number} scale px to the width of the world
 */
export const pxPerMetre = (y, scale) => (scale * Math.cosh(Math.PI * (1 - 2 * y))) / EARTH_M;

/**
 * Corners of an outline around the antenna, bow first, clockwise.
 * @param {{bow: number, stern: number, port: number, starboard: number}} size metres from the antenna
 * @param {number} direction degrees
 * @param {number} perMetre px
 * @returns {number[]} x, y, x, y, ... px from the antenna, y downwards
 */
export function outline({ bow, stern, port, starboard }, direction, perMetre) {
  const shoulder = bow - (bow + stern) * SHOULDER;
  const middle = (starboard - port) / 2;
  const corners = [[middle, bow], [starboard, shoulder], [starboard, -stern], [-port, -stern], [-port, shoulder]];
  const [cos, sin] = [Math.cos((direction * Math.PI) / 180), Math.sin((direction * Math.PI) / 180)];
  return corners.flatMap(([right, ahead]) => [(right * cos + ahead * sin) * perMetre, (right * sin - ahead * cos) * perMetre]);
}
