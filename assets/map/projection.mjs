/** From a vessel's place in the world to pixels of the map. Knows no page. */

import { placeOf } from "../fleet/dead_reckoning.mjs";

const TILE_PX = 256;

/** @typedef {{scale: number, left: number, top: number, middle: number}} MapView px: width of the world, the map's corner in it, half the map's width */

/** What the map shows. @param {L.Map} map @returns {MapView} */
export function viewOf(map) {
  const origin = map.getPixelBounds().min;
  return { scale: TILE_PX * 2 ** map.getZoom(), left: origin.x, top: origin.y, middle: map.getSize().x / 2 };
}

/**
 * Where a vessel is on the map: in the copy of the world that is nearest to the map's middle.
 * @param {import("../fleet/fleet.mjs").Fleet} fleet @param {number} slot @param {number} now ms @param {MapView} view
 * @returns {{x: number, y: number}} CSS px of the map's container
 */
export function project(fleet, slot, now, { scale, left, top, middle }) {
  const [x, y] = placeOf(fleet, slot, now);
  const world = Math.round((left + middle) / scale - x);
  return { x: (x + world) * scale - left, y: y * scale - top };
}
