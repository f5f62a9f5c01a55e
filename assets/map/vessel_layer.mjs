/** The canvas over the map: every vessel that the filter shows, dead-reckoned, in one picture a frame. */

import { LEAST_PX, outline, pxPerMetre } from "./hulls.mjs";
import { placeLabels } from "./labels.mjs";
import { velocity } from "./mercator.mjs";
import { blit, makeSprites, ratioNow } from "./symbols.mjs";

const REACH_PX = 14;
const MARGIN_PX = 12;
/** World coordinates a second: 40 knots at 60 degrees of latitude. */
const FASTEST = velocity(60, 40, 90)[0];
const STEP_PX = 0.25;
const RING_PX = 13;
const VECTOR_S = 600;
/** The largest ships are 400 m long: below this scale no hull is worth a look. */
const LONGEST_M = 460;

export class VesselLayer {
  /**
   * @param {L.Map} map
   * @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {import("../fleet/palette.mjs").Palette} palette
   * @param {() => number} clock the server's time in ms
   * @param {{colour: string, halo: string, accent: string, outline: string}} ink of labels and what is around them, of the chosen vessel,
   *   and "#rrggbb" around each symbol
   */
  constructor(map, fleet, palette, clock, ink) {
    this.map = map;
    this.fleet = fleet;
    this.palette = palette;
    this.clock = clock;
    this.ink = ink;
    this.selected = null;
    this.group = [];
    this.labels = false;
    this.drawn = 0;
    this.frames = [];
    this.canvas = L.DomUtil.create("canvas", "vessel-canvas leaflet-zoom-hide", map.getPane("overlayPane"));
    this.context = this.canvas.getContext("2d");
    this.hulls = [];
    this.request = requestAnimationFrame(() => this.#frame());
  }

  /** Undo everything that the constructor did. */
  remove() {
    cancelAnimationFrame(this.request);
    this.canvas.remove();
  }

  /** Other colours from the next frame on. @param {import("../fleet/palette.mjs").Palette} palette @param {object} [ink] */
  recolour(palette, ink = this.ink) {
    this.palette = palette;
    this.ink = ink;
    this.sprites = null;
    this.touch();
  }

  /** Draw again, whatever has changed. */
  touch() {
    this.drawnView = null;
  }

  /** Frames drawn in the last second. */
  get fps() {
    return this.frames.length;
  }

  /** Where a vessel is on the map now. @param {number} slot @returns {{x: number, y: number}} of the container, CSS pixels */
  point(slot) {
    return this.#project(slot, this.clock(), this.#view());
  }

  /** The vessel nearest to a point of the container, within reach. @returns {number?} its slot */
  nearest({ x, y }) {
    let best = REACH_PX ** 2;
    let found = null;
    const view = this.#view();
    const now = this.clock();
    for (let slot = 0; slot < this.fleet.size; slot++) {
      if (this.fleet.hidden[slot]) continue;
      const at = this.#project(slot, now, view);
      const apart = (at.x - x) ** 2 + (at.y - y) ** 2;
      if (apart < best) [best, found] = [apart, slot];
    }
    return found;
  }

  /** The vessels that show within a box. @param {{left: number, top: number, right: number, bottom: number}} box px @returns {number[]} MMSIs */
  within({ left, top, right, bottom }) {
    const [view, now, found] = [this.#view(), this.clock(), []];
    for (let slot = 0; slot < this.fleet.size; slot++) {
      if (this.fleet.hidden[slot]) continue;
      const { x, y } = this.#project(slot, now, view);
      if (x >= left && x <= right && y >= top && y <= bottom) found.push(this.fleet.mmsi[slot]);
    }
    return found;
  }

  #project(slot, now, { scale, left, top, middle }) {
    const [x, y] = this.fleet.place(slot, now);
    const world = Math.round((left + middle) / scale - x);
    return { x: (x + world) * scale - left, y: y * scale - top };
  }

  #view() {
    const origin = this.map.getPixelBounds().min;
    return { scale: 256 * 2 ** this.map.getZoom(), left: origin.x, top: origin.y, middle: this.map.getSize().x / 2 };
  }

  #frame() {
    this.request = requestAnimationFrame(() => this.#frame());
    const now = performance.now();
    this.frames = [...this.frames.filter((at) => at > now - 1000), now];
    if (this.map._animatingZoom || document.hidden) return;
    this.#resize();
    const clock = this.clock();
    if (this.#isStale(clock)) this.#draw(clock);
  }

  /** Whether a picture of now would differ from the last one: another view, new reports, or a pixel's way sailed. */
  #isStale(now) {
    const { scale, left, top } = this.#view();
    const view = [scale, left, top, this.width, this.height, this.selected, this.labels, this.fleet.version].join();
    const sailed = (Math.abs(now - this.drawnAt) / 1000) * FASTEST * scale * this.ratio;
    if (view === this.drawnView && sailed < STEP_PX && Math.abs(now - this.drawnAt) < 1000) return false;
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
    const { scale, left, top } = this.#view();
    const { x: width } = this.map.getSize();
    const firstWorld = Math.floor(left / scale);
    const lastWorld = Math.floor((left + width) / scale);
    const named = this.labels ? [] : null;
    for (let world = firstWorld; world <= lastWorld; world++) this.#drawWorld(now, scale, left - world * scale, top, named);
    this.context.putImageData(this.picture, 0, 0);
    if (this.drawn && !performance.getEntriesByName("vessels").length) performance.mark("vessels");
    for (const [slot, px, py, opacity] of this.hulls) this.#hull(slot, px, py, opacity, scale);
    if (named) this.#write(placeLabels(named));
    this.#rings(now);
    this.#ring();
  }

  /** One world's copy of the fleet. Written without an allocation per symbol: it runs 60 times a second. */
  #drawWorld(now, scale, left, top, named) {
    const { fleet, ratio, width, height, pixels } = this;
    const { x, y, vx, vy, time, until, colour, shape, hidden, status } = fleet;
    const { size, sprites } = this.sprites;
    const margin = MARGIN_PX * ratio;
    const close = pxPerMetre(0.5, scale) * LONGEST_M * 6 > LEAST_PX;
    const [moving, resting] = [fleet.patienceOf(0), fleet.patienceOf(1)];
    for (let slot = 0; slot < fleet.size; slot++) {
      if (hidden[slot] !== 0) continue;
      const age = (now - time[slot]) / 1000;
      const patience = until[slot] !== 0 ? (until[slot] - time[slot]) / 1000 : status[slot] === 0 ? moving : resting;
      const elapsed = age < 0 ? 0 : age > patience ? patience : age;
      const px = Math.round(((x[slot] + vx[slot] * elapsed) * scale - left) * ratio);
      const py = Math.round(((y[slot] + vy[slot] * elapsed) * scale - top) * ratio);
      if (px < -margin || py < -margin || px > width + margin || py > height + margin) continue;
      const opacity = age > patience ? fleet.opacity(slot, now) : 1;
      this.drawn++;
      if (named) named.push({ x: px / ratio, y: py / ratio, text: fleet.nameOf(slot) });
      if (close && this.#isLong(slot, scale)) this.hulls.push([slot, px, py, opacity]);
      else blit(pixels, width, height, sprites[colour[slot]][shape[slot]], size, px - (size >> 1), py - (size >> 1), opacity);
    }
  }

  #isLong(slot, scale) {
    const { fleet } = this;
    const known = !Number.isNaN(fleet.heading[slot]) || !Number.isNaN(fleet.cog[slot]);
    return known && fleet.sizeOf(slot)[0] * pxPerMetre(fleet.y[slot], scale) >= LEAST_PX;
  }

  #hull(slot, px, py, opacity, scale) {
    const { context, fleet, ratio } = this;
    const { bow, stern, port, starboard, heading, cog } = fleet;
    const size = { bow: bow[slot], stern: stern[slot], port: port[slot], starboard: starboard[slot] };
    const direction = Number.isNaN(heading[slot]) ? cog[slot] : heading[slot];
    const corners = outline(size, direction, pxPerMetre(fleet.y[slot], scale) * ratio);
    context.globalAlpha = opacity;
    context.beginPath();
    for (let at = 0; at < corners.length; at += 2) context.lineTo(px + corners[at], py + corners[at + 1]);
    context.closePath();
    Object.assign(context, { fillStyle: this.palette.colours[fleet.colour[slot]], strokeStyle: this.ink.outline, lineWidth: 1.4 * ratio });
    context.fill();
    context.stroke();
    context.globalAlpha = 1;
  }

  #write(labels) {
    const { context, ratio, ink } = this;
    const font = `${11 * ratio}px system-ui, sans-serif`;
    Object.assign(context, { font, textBaseline: "middle", lineJoin: "round", lineWidth: 3 * ratio });
    Object.assign(context, { strokeStyle: ink.halo, fillStyle: ink.colour });
    for (const { x, y, text } of labels) {
      context.strokeText(text, x * ratio, y * ratio);
      context.fillText(text, x * ratio, y * ratio);
    }
  }

  /** A thin ring around each vessel of the chosen group. */
  #rings(now) {
    if (!this.group.length) return;
    const { context, fleet, ratio, width, height } = this;
    const view = this.#view();
    Object.assign(context, { lineWidth: 1.5 * ratio, strokeStyle: this.ink.accent });
    context.beginPath();
    for (const mmsi of this.group) {
      const slot = fleet.slots.get(mmsi);
      if (slot === undefined || fleet.hidden[slot]) continue;
      const { x, y } = this.#project(slot, now, view);
      const [px, py, radius] = [x * ratio, y * ratio, (RING_PX - 2) * ratio];
      if (px < -radius || py < -radius || px > width + radius || py > height + radius) continue;
      context.moveTo(px + radius, py);
      context.arc(px, py, radius, 0, 2 * Math.PI);
    }
    context.stroke();
  }

  /** The chosen vessel's ring, and where its course will have taken it in ten minutes. */
  #ring() {
    const { context, fleet, ratio } = this;
    const slot = fleet.slots.get(this.selected);
    if (slot === undefined) return;
    const { scale } = this.#view();
    const { x, y } = this.point(slot);
    const [dx, dy] = [fleet.vx[slot] * VECTOR_S * scale, fleet.vy[slot] * VECTOR_S * scale];
    const length = Math.hypot(dx, dy);
    const radius = Math.max(RING_PX, fleet.sizeOf(slot)[0] * pxPerMetre(fleet.y[slot], scale) * 0.7);
    Object.assign(context, { lineWidth: 2 * ratio, strokeStyle: this.ink.accent });
    context.beginPath();
    context.arc(x * ratio, y * ratio, radius * ratio, 0, 2 * Math.PI);
    if (length > radius) {
      context.moveTo((x + (dx / length) * radius) * ratio, (y + (dy / length) * radius) * ratio);
      context.lineTo((x + dx) * ratio, (y + dy) * ratio);
    }
    context.stroke();
  }
}
