/** The density of vessels as a soft picture below the symbols. */

const CELL_PX = 6;
const REACH_CELLS = 4;
const REDRAW_MS = 5000;
/** The colour scale ends at this many vessels around a cell, or at the densest cell if that has more. */
const MIN_FULL = 6;
/** Transparent, then blue, green, yellow, red. */
const RAMP = [[0, 66, 133, 244, 0], [0.15, 66, 133, 244, 90], [0.4, 52, 168, 83, 130], [0.7, 251, 188, 4, 160], [1, 234, 67, 53, 190]];

/**
 * Counts of vessels by cell, smoothed over the surroundings.
 * @param {Iterable<[number, number]>} points px @param {number} columns @param {number} rows of cells
 * @returns {Float32Array} columns x rows
 */
export function density(points, columns, rows) {
  const counts = new Float32Array(columns * rows);
  for (const [x, y] of points) {
    const [column, row] = [Math.floor(x / CELL_PX), Math.floor(y / CELL_PX)];
    if (column >= 0 && row >= 0 && column < columns && row < rows) counts[row * columns + column]++;
  }
  // two passes of a box filter in each direction approximate a Gaussian
  return [0, 1].reduce((cells) => spread(spread(cells, columns, rows, 1, columns), rows, columns, columns, 1), counts);
}

/** A running mean along lines, `step` from cell to cell and `stride` from line to line. */
function spread(cells, length, lines, step, stride) {
  const out = new Float32Array(cells.length);
  for (let line = 0; line < lines; line++) {
    let sum = 0;
    for (let at = -REACH_CELLS; at < length; at++) {
      const [enters, leaves] = [at + REACH_CELLS, at - REACH_CELLS - 1];
      if (enters < length) sum += cells[line * stride + enters * step];
      if (leaves >= 0) sum -= cells[line * stride + leaves * step];
      if (at >= 0) out[line * stride + at * step] = sum / (2 * REACH_CELLS + 1);
    }
  }
  return out;
}

/** The colour at a share of the scale. @param {number} share 0 to 1 @returns {number[]} red, green, blue, alpha, 0 to 255 */
export function ramp(share) {
  const at = Math.max(1, RAMP.findIndex(([from]) => share <= from));
  const [low, high] = [RAMP[at - 1], RAMP[at]];
  const part = (share - low[0]) / (high[0] - low[0]);
  return [1, 2, 3, 4].map((place) => low[place] + part * (high[place] - low[place]));
}

export class Heat {
  /**
   * @param {L.Map} map @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {(slot: number) => {x: number, y: number}} point where a vessel is, px of the container
   */
  constructor(map, fleet, point) {
    this.map = map;
    this.fleet = fleet;
    this.point = point;
    this.canvas = L.DomUtil.create("canvas", "heat-canvas leaflet-zoom-hide");
    // below the vessels and the routes
    map.getPane("overlayPane").prepend(this.canvas);
    this.draw = () => this.#draw();
    map.on("moveend", this.draw);
    this.timer = setInterval(this.draw, REDRAW_MS);
    this.#draw();
  }

  /** Undo everything that the constructor did. */
  remove() {
    clearInterval(this.timer);
    this.map.off("moveend", this.draw);
    this.canvas.remove();
  }

  #draw() {
    const { x: width, y: height } = this.map.getSize();
    const [columns, rows] = [Math.ceil(width / CELL_PX), Math.ceil(height / CELL_PX)];
    L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint([0, 0]));
    Object.assign(this.canvas, { width: columns, height: rows });
    Object.assign(this.canvas.style, { width: `${columns * CELL_PX}px`, height: `${rows * CELL_PX}px` });
    const cells = density(this.#points(), columns, rows);
    const densest = Math.max(cells.reduce((a, b) => Math.max(a, b), 0), MIN_FULL / (2 * REACH_CELLS + 1) ** 2);
    const picture = new ImageData(columns, rows);
    cells.forEach((count, at) => picture.data.set(ramp(count / densest), 4 * at));
    this.canvas.getContext("2d").putImageData(picture, 0, 0);
  }

  /** Places of the visible vessels, px. @returns {Generator<[number, number]>} */
  *#points() {
    for (let slot = 0; slot < this.fleet.size; slot++) {
      if (this.fleet.hidden[slot]) continue;
      const { x, y } = this.point(slot);
      yield [x, y];
    }
  }
}
