/** The canvas over the map: every vessel, dead-reckoned, as sprites in one picture a frame. */

import { velocity } from "./mercator.mjs";
import { blit, makeSprites } from "./symbols.mjs";

const REACH_PX = 14;
const MARGIN_PX = 12;
/** World coordinates a second: 40 knots at 60 degrees of latitude. */
const FASTEST = velocity(60, 40, 90)[0];
const STEP_PX = 0.25;
const RING_PX = 13;
const VECTOR_S = 600;

export class VesselLayer {
  /**
   * @param {L.Map} map
   * @param {import("./fleet.mjs").Fleet} fleet
   * @param {string[]} colours "#rrggbb" by vessel type
   * @param {() => number} clock the server's time in ms
   * @param {(mmsi: number?) => void} onPick told of a click: a vessel, or null for open water
   */
  constructor(map, fleet, colours, clock, onPick) {
    Object.assign(this, { map, fleet, clock, onPick, selected: null, drawn: 0, frames: [] });
    this.canvas = L.DomUtil.create("canvas", "vessel-canvas leaflet-zoom-hide", map.getPane("overlayPane"));
    this.context = this.canvas.getContext("2d");
    this.tip = L.DomUtil.create("div", "vessel-tip", map.getContainer());
    this.colours = colours;
    this.events = { click: (e) => this.#click(e), mousemove: (e) => this.#hover(e), mouseout: () => this.#point(null) };
    this.tip.hidden = true;
    map.on(this.events);
    this.request = requestAnimationFrame(() => this.#frame());
  }

  /** Undo everything that the constructor did. */
  remove() {
    cancelAnimationFrame(this.request);
    this.map.off(this.events);
    this.canvas.remove();
    this.tip.remove();
  }

  /** Frames drawn in the last second. */
  get fps() {
    return this.frames.length;
  }

  /** Where a vessel is on the map now. @param {number} slot @returns {{x: number, y: number}} of the container, CSS pixels */
  point(slot) {
    return this.#project(slot, this.clock(), this.#view());
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
    const view = [scale, left, top, this.width, this.height, this.selected, this.fleet.version].join();
    const sailed = (Math.abs(now - this.drawnAt) / 1000) * FASTEST * scale * this.ratio;
    if (view === this.drawnView && sailed < STEP_PX && Math.abs(now - this.drawnAt) < 1000) return false;
    Object.assign(this, { drawnView: view, drawnAt: now });
    return true;
  }

  #resize() {
    const { x, y } = this.map.getSize();
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    L.DomUtil.setPosition(this.canvas, this.map.containerPointToLayerPoint([0, 0]));
    if (this.width === x * ratio && this.height === y * ratio) return;
    Object.assign(this, { ratio, width: Math.round(x * ratio), height: Math.round(y * ratio) });
    Object.assign(this.canvas, { width: this.width, height: this.height });
    Object.assign(this.canvas.style, { width: `${x}px`, height: `${y}px` });
    this.picture = new ImageData(this.width, this.height);
    this.pixels = new Uint32Array(this.picture.data.buffer);
    if (this.sprites?.ratio !== ratio) this.sprites = { ratio, ...makeSprites(this.colours, ratio) };
  }

  #draw(now) {
    this.pixels.fill(0);
    this.drawn = 0;
    const { scale, left, top } = this.#view();
    const { x: width } = this.map.getSize();
    const firstWorld = Math.floor(left / scale);
    const lastWorld = Math.floor((left + width) / scale);
    for (let world = firstWorld; world <= lastWorld; world++) this.#drawWorld(now, scale, left - world * scale, top);
    this.context.putImageData(this.picture, 0, 0);
    if (this.drawn && !performance.getEntriesByName("vessels").length) performance.mark("vessels");
    this.#ring();
  }

  /** One world's copy of the fleet. Written without an allocation per vessel: it runs 60 times a second. */
  #drawWorld(now, scale, left, top) {
    const { fleet, ratio, width, height, pixels } = this;
    const { x, y, vx, vy, time, type, shape } = fleet;
    const { size, sprites } = this.sprites;
    const margin = MARGIN_PX * ratio;
    for (let slot = 0; slot < fleet.size; slot++) {
      const age = (now - time[slot]) / 1000;
      const patience = fleet.patience(slot);
      const elapsed = age < 0 ? 0 : age > patience ? patience : age;
      const px = Math.round(((x[slot] + vx[slot] * elapsed) * scale - left) * ratio);
      const py = Math.round(((y[slot] + vy[slot] * elapsed) * scale - top) * ratio);
      if (px < -margin || py < -margin || px > width + margin || py > height + margin) continue;
      const sprite = sprites[type[slot]][shape[slot]];
      const opacity = age > patience ? fleet.opacity(slot, now) : 1;
      blit(pixels, width, height, sprite, size, px - (size >> 1), py - (size >> 1), opacity);
      this.drawn++;
    }
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
    context.lineWidth = 2 * ratio;
    context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--accent");
    context.beginPath();
    context.arc(x * ratio, y * ratio, RING_PX * ratio, 0, 2 * Math.PI);
    if (length > RING_PX) {
      context.moveTo((x + (dx / length) * RING_PX) * ratio, (y + (dy / length) * RING_PX) * ratio);
      context.lineTo((x + dx) * ratio, (y + dy) * ratio);
    }
    context.stroke();
  }

  /** The slot of the vessel nearest to a point of the container, within reach; undefined if none is. */
  #nearest({ x, y }) {
    let best = REACH_PX ** 2;
    let found;
    const view = this.#view();
    const now = this.clock();
    for (let slot = 0; slot < this.fleet.size; slot++) {
      const at = this.#project(slot, now, view);
      const apart = (at.x - x) ** 2 + (at.y - y) ** 2;
      if (apart < best) [best, found] = [apart, slot];
    }
    return found;
  }

  #click(event) {
    const slot = this.#nearest(event.containerPoint);
    this.onPick(slot === undefined ? null : this.fleet.mmsi[slot]);
  }

  #hover(event) {
    this.#point(this.#nearest(event.containerPoint), event.containerPoint);
  }

  #point(slot, at) {
    this.map.getContainer().classList.toggle("over-vessel", slot != null);
    this.tip.hidden = slot == null;
    if (slot == null) return;
    const speed = this.fleet.sog[slot];
    this.tip.textContent = this.fleet.names[slot] + (Number.isNaN(speed) ? "" : ` · ${speed.toFixed(1)} kn`);
    this.tip.style.transform = `translate(${Math.round(at.x) + 14}px, ${Math.round(at.y) + 14}px)`;
  }
}
