/** The canvas over the map: every vessel that the filter shows, dead-reckoned, in one picture per frame. */

import { opacityOf, reachS } from "../fleet/dead_reckoning.mjs";
import { MIN_HULL_PX, pxPerMetre } from "./hulls.mjs";
import { placeLabels } from "./labels.mjs";
import { velocity } from "./mercator.mjs";
import { project, viewOf } from "./projection.mjs";
import { blit, makeSprites, ratioNow } from "./symbols.mjs";
import { paintHull, paintLabels, paintRings, paintSelected } from "./vessel_paint.mjs";

/** A click this near to a vessel selects it. */
const NEAR_PX = 14;
const MARGIN_PX = 12;
/** World coordinates a second: 40 knots at 60 degrees of latitude. Faster vessels move in steps of more than STEP_PX. */
const MAX_SPEED = velocity(60, 40, 90)[0];
const STEP_PX = 0.25;
/** A still picture is drawn again this often, so that vessels fade. */
const REDRAW_MS = 1000;
/** The largest ships are 400 m long: below this scale no hull is long enough to draw. */
const MAX_LENGTH_M = 460;
/** A metre at the highest latitudes is this many times as long on the map as at the equator. */
const MERCATOR_STRETCH = 6;

const outside = (x, y, width, height, margin) => x < -margin || y < -margin || x > width + margin || y > height + margin;

export class VesselLayer {
  /**
   * @param {L.Map} map
   * @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {import("../fleet/palette.mjs").Palette} palette
   * @param {() => number} clock the server's time in ms
   * @param {import("./vessel_paint.mjs").Ink} ink
   */
  constructor(map, fleet, palette, clock, ink) {
    this.map = map;
    this.fleet = fleet;
    this.palette = palette;
    this.clock = clock;
    this.ink = ink;
    /** @type {number?} */
    this.selected = null;
    /** @type {number[]} */
    this.group = [];
    this.labels = false;
    /** How many symbols the last picture holds. */
    this.drawn = 0;
    /** @type {number[]} */
    this.frames = [];
    this.canvas = L.DomUtil.create("canvas", "vessel-canvas leaflet-zoom-hide", map.getPane("overlayPane"));
    this.context = this.canvas.getContext("2d");
    /** Long vessels of the picture that is being drawn. @type {{slot: number, px: number, py: number, opacity: number}[]} */
    this.hulls = [];
    this.request = requestAnimationFrame(() => this.#frame());
  }

  /** Undo everything that the constructor did. */
  remove() {
    cancelAnimationFrame(this.request);
    this.canvas.remove();
  }

  /** Use other colours from the next frame on. @param {import("../fleet/palette.mjs").Palette} palette @param {import("./vessel_paint.mjs").Ink} [ink] */
  recolour(palette, ink = this.ink) {
    this.palette = palette;
    this.ink = ink;
    this.sprites = null;
    this.touch();
  }

  /** Draw the next frame, whatever has changed. */
  touch() {
    this.drawnView = null;
  }

  /** Frames drawn in the last second. */
  get fps() {
    return this.frames.length;
  }

  /** Where a vessel is on the map now. @param {number} slot @returns {{x: number, y: number}} CSS px of the container */
  point(slot) {
    return project(this.fleet, slot, this.clock(), viewOf(this.map));
  }

  /** The vessel nearest to a point of the container, within NEAR_PX. @returns {number?} its slot */
  nearest({ x, y }) {
    let best = NEAR_PX ** 2;
    let found = null;
    for (const [slot, place] of this.#shown()) {
      const apart = (place.x - x) ** 2 + (place.y - y) ** 2;
      if (apart < best) [best, found] = [apart, slot];
    }
    return found;
  }

  /** The visible vessels within a box. @param {{left: number, top: number, right: number, bottom: number}} box px @returns {number[]} MMSIs */
  within({ left, top, right, bottom }) {
    const found = [];
    for (const [slot, { x, y }] of this.#shown()) {
      if (x >= left && x <= right && y >= top && y <= bottom) found.push(this.fleet.mmsi[slot]);
    }
    return found;
  }

  /** Each vessel that the filter shows, with its place on the map. @returns {Generator<[number, {x: number, y: number}]>} */
  *#shown() {
    const [view, now] = [viewOf(this.map), this.clock()];
    for (let slot = 0; slot < this.fleet.size; slot++) {
      if (!this.fleet.hidden[slot]) yield [slot, project(this.fleet, slot, now, view)];
    }
  }

  #frame() {
    this.request = requestAnimationFrame(() => this.#frame());
    const now = performance.now();
    this.frames = [...this.frames.filter((at) => at > now - 1000), now];
    // Leaflet scales the old picture while it zooms
    if (this.map._animatingZoom || document.hidden) return;
    this.#resize();
    const clock = this.clock();
    if (this.#isStale(clock)) this.#draw(clock);
  }

  /** Whether a new picture would differ from the last one: another view, new reports, or a pixel of motion. */
  #isStale(now) {
    const { scale, left, top } = viewOf(this.map);
    const view = [scale, left, top, this.width, this.height, this.selected, this.labels, this.fleet.version].join();
    const elapsed = Math.abs(now - this.drawnAt);
    const motion = (elapsed / 1000) * MAX_SPEED * scale * this.ratio;
    if (view === this.drawnView && motion < STEP_PX && elapsed < REDRAW_MS) return false;
    this.drawnView = view;
    this.drawnAt = now;
    return true;
  }

  #resize() {
    const { x, y } = this.map.getSize();
    const ratio = ratioNow();
    L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint([0, 0]));
    if (!this.sprites || this.ratio !== ratio) this.sprites = makeSprites(this.palette.colours, ratio, this.ink.outline);
    if (this.width === Math.round(x * ratio) && this.height === Math.round(y * ratio)) return;
    this.ratio = ratio;
    this.width = Math.round(x * ratio);
    this.height = Math.round(y * ratio);
    Object.assign(this.canvas, { width: this.width, height: this.height });
    Object.assign(this.canvas.style, { width: `${x}px`, height: `${y}px` });
    this.picture = new ImageData(this.width, this.height);
    this.pixels = new Uint32Array(this.picture.data.buffer);
  }

  #draw(now) {
    this.pixels.fill(0);
    this.drawn = 0;
    this.hulls.length = 0;
    const { context, fleet, ratio, ink } = this;
    const { scale, left, top } = viewOf(this.map);
    const { x: width } = this.map.getSize();
    const firstWorld = Math.floor(left / scale);
    const lastWorld = Math.floor((left + width) / scale);
    const named = this.labels ? [] : null;
    for (let world = firstWorld; world <= lastWorld; world++) this.#drawWorld(now, scale, left - world * scale, top, named);
    context.putImageData(this.picture, 0, 0);
    if (this.drawn && !performance.getEntriesByName("vessels").length) performance.mark("vessels");
    for (const hull of this.hulls) {
      const fill = this.palette.colours[fleet.colour[hull.slot]];
      paintHull(context, fleet, hull.slot, { ...hull, scale, ratio, fill, ink });
    }
    if (named) paintLabels(context, placeLabels(named), ratio, ink);
    this.#drawSelection(scale);
  }

  /** One world's copy of the fleet. Written without an allocation for each symbol: it runs 60 times a second. */
  #drawWorld(now, scale, left, top, named) {
    const { fleet, ratio, width, height, pixels } = this;
    const { x, y, vx, vy, time, until, colour, shape, hidden, status } = fleet;
    const { size, sprites } = this.sprites;
    const margin = MARGIN_PX * ratio;
    const close = pxPerMetre(0.5, scale) * MAX_LENGTH_M * MERCATOR_STRETCH > MIN_HULL_PX;
    const [movingS, restingS] = [reachS(fleet, 0), reachS(fleet, 1)];
    for (let slot = 0; slot < fleet.size; slot++) {
      if (hidden[slot] !== 0) continue;
      const ageS = (now - time[slot]) / 1000;
      const validS = until[slot] !== 0 ? (until[slot] - time[slot]) / 1000 : status[slot] === 0 ? movingS : restingS;
      const elapsedS = Math.min(Math.max(ageS, 0), validS);
      const px = Math.round(((x[slot] + vx[slot] * elapsedS) * scale - left) * ratio);
      const py = Math.round(((y[slot] + vy[slot] * elapsedS) * scale - top) * ratio);
      if (outside(px, py, width, height, margin)) continue;
      const opacity = ageS > validS ? opacityOf(fleet, slot, now) : 1;
      this.drawn++;
      if (named) named.push({ x: px / ratio, y: py / ratio, text: fleet.nameOf(slot) });
      if (close && this.#isLong(slot, scale)) this.hulls.push({ slot, px, py, opacity });
      else blit(pixels, width, height, sprites[colour[slot]][shape[slot]], size, px - (size >> 1), py - (size >> 1), opacity);
    }
  }

  #isLong(slot, scale) {
    const { fleet } = this;
    const known = !Number.isNaN(fleet.heading[slot]) || !Number.isNaN(fleet.cog[slot]);
    return known && fleet.sizeOf(slot)[0] * pxPerMetre(fleet.y[slot], scale) >= MIN_HULL_PX;
  }

  #drawSelection(scale) {
    const { context, fleet, ratio, ink, group } = this;
    const [view, now] = [viewOf(this.map), this.clock()];
    const members = group.map((mmsi) => fleet.slots.get(mmsi)).filter((slot) => slot !== undefined && !fleet.hidden[slot]);
    if (members.length) paintRings(context, members.map((slot) => project(fleet, slot, now, view)), ratio, ink);
    const slot = fleet.slots.get(this.selected);
    if (slot !== undefined) paintSelected(context, fleet, slot, project(fleet, slot, now, view), scale, ratio, ink);
  }
}
