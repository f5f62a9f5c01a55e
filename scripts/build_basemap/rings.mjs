/**
 * Repairs and packs rings and lines of longitude, latitude in degrees.
 * Knows nothing of files or of the map.
 */

/** @typedef {[number, number][]} Line longitude, latitude in degrees */

/** @typedef {[number, number, number, number]} Box west, south, east, north in degrees */

/**
 * Undoes the jumps at the antimeridian: neighbours end up less than 180 degrees apart.
 * @param {Line} line
 * @returns {Line} longitudes may leave -180..180
 */
export function unwrap(line) {
  let shift = 0;
  return line.map(([lon, lat], i) => {
    if (i > 0) {
      const step = lon - line[i - 1][0];
      if (step > 180) shift -= 360;
      else if (step < -180) shift += 360;
    }
    return [lon + shift, lat];
  });
}

/**
 * Closes a ring that runs once around the world by way of the pole on its inner side, and cuts it at 180 degrees.
 * @param {Line} ring unwrapped, its end 360 degrees from its start
 * @param {number} pole -90 or 90
 * @returns {Line}
 */
export function closeAtPole(ring, pole) {
  const once = ring.slice(0, -1);
  const east = ring.at(-1)[0] > ring[0][0] ? once : once.toReversed();
  const shore = [-720, -360, 0, 360, 720].flatMap((shift) => east.map(([lon, lat]) => [lon + shift, lat]));
  return clip([...shore, [shore.at(-1)[0], pole], [shore[0][0], pole], shore[0]], [-180, -90, 180, 90]);
}

/**
 * Makes a polygon that can be drawn on a flat map which repeats every 360 degrees.
 * @param {Line[]} polygon closed rings in -180..180, the outer one first
 * @returns {Line[]} holes lie within the outer ring
 */
export function flatten(polygon) {
  const rings = polygon.map(unwrap).map((ring) => {
    const turn = ring.at(-1)[0] - ring[0][0];
    return Math.abs(turn) > 180 ? closeAtPole(ring, ring[0][1] < 0 ? -90 : 90) : ring;
  });
  const [west, east] = extent(rings[0]);
  const home = -360 * Math.round((west + east) / 720);
  return rings.map((ring) => {
    const [left, right] = extent(ring);
    const beside = left < west ? 360 : right > east ? -360 : 0;
    return ring.map(([lon, lat]) => [lon + beside + home, lat]);
  });
}

/**
 * @param {Line} line
 * @returns {[number, number]} smallest and largest longitude
 */
export function extent(line) {
  let west = Infinity;
  let east = -Infinity;
  for (const [lon] of line) {
    west = Math.min(west, lon);
    east = Math.max(east, lon);
  }
  return [west, east];
}

/**
 * Rounds a line to a grid: x0, y0, then the differences, without repeated points.
 * @param {Line} line
 * @param {number} grid degrees
 * @returns {number[]} whole grid steps
 */
export function pack(line, grid) {
  const packed = [];
  let x0 = 0;
  let y0 = 0;
  for (const [lon, lat] of line) {
    const x = Math.round(lon / grid);
    const y = Math.round(lat / grid);
    if (packed.length > 0 && x === x0 && y === y0) continue;
    packed.push(x - x0, y - y0);
    [x0, y0] = [x, y];
  }
  return packed;
}

/**
 * Cuts each corner twice (Chaikin), for outlines that were rounded to a coarse grid.
 * @param {Line} ring closed
 * @returns {Line} closed
 */
export function rounded(ring) {
  const cut = (points) =>
    points.slice(1).flatMap(([x, y], i) => {
      const [x0, y0] = points[i];
      return [[0.75 * x0 + 0.25 * x, 0.75 * y0 + 0.25 * y], [0.25 * x0 + 0.75 * x, 0.25 * y0 + 0.75 * y]];
    });
  const close = (points) => [...points, points[0]];
  return close(cut(close(cut(ring))));
}

/**
 * Sutherland and Hodgman: cut along one side of the box after the other.
 * @param {Line} ring closed
 * @param {Box} box
 * @returns {Line} closed, empty where nothing is left
 */
export function clip(ring, [west, south, east, north]) {
  const sides = [[0, west, 1], [0, east, -1], [1, south, 1], [1, north, -1]];
  const open = sides.reduce((points, side) => cutSide(points, side), ring.slice(0, -1));
  return open.length > 0 ? [...open, open[0]] : [];
}

function cutSide(points, [axis, bound, sign]) {
  const inside = (point) => (point[axis] - bound) * sign >= 0;
  return points.flatMap((point, i) => {
    const before = points.at(i - 1);
    if (inside(before) === inside(point)) return inside(point) ? [point] : [];
    const share = (bound - before[axis]) / (point[axis] - before[axis]);
    const crossing = before.map((from, at) => from + share * (point[at] - from));
    return inside(point) ? [crossing, point] : [crossing];
  });
}
