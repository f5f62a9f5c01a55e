/**
 * Waypoints set on the map by hand: by a click, by a port's name, by the keyboard. The server is asked for the way by
 * water of each leg as it is drawn; one that can't be sailed is red and says why.
 */

import { ask } from "../../stream/api.mjs";
import { shifted } from "../custom_routes.mjs";
import { element } from "../../ui/page.mjs";

const NEAR_PX = 18;
const GOOD = "#8a5cc2";
const BAD = "#b3261e";
const nm = (miles) => `${Math.round(miles).toLocaleString("en")} nm`;

export class RouteDrawing {
  /**
   * @param {L.Map} map @param {{name: string, lat: number, lon: number}[]} ports
   * @param {(on: boolean) => void} onDrawing told when the map belongs to the drawing
   */
  constructor(map, ports, onDrawing) {
    this.map = map;
    this.ports = ports;
    this.onDrawing = onDrawing;
    this.legs = [];
    this.task = null;
    this.layer = L.layerGroup();
    this.rubber = L.polyline([], { color: GOOD, weight: 1.5, dashArray: "3 6", interactive: false });
    this.onClick = ({ latlng, containerPoint }) => this.#add(this.#snapped(latlng, containerPoint));
    this.onMove = ({ latlng }) => this.rubber.setLatLngs(this.legs.length && !this.#full ? [this.legs.at(-1).to.at, latlng] : []);
    this.onKey = (event) => this.#key(event);
    this.#build();
  }

  /**
   * Let a person set waypoints.
   * @param {object} task
   * @param {string} task.words what to do @param {number} task.least waypoints @param {number} task.most waypoints
   * @param {boolean} [task.named] whether it gets a name
   * @param {{lat: number, lon: number, name: string}} [task.from] the first waypoint, given
   * @param {(waypoints: {lat: number, lon: number, name: string}[], name: string) => Promise<void>} task.save may throw: then the drawing goes on
   */
  begin(task) {
    this.cancel();
    this.task = task;
    this.name.value = "";
    this.named = false;
    this.name.hidden = !task.named;
    this.#switch(true);
    if (task.from) this.#add({ ...task.from, at: L.latLng(task.from.lat, task.from.lon) });
    this.#draw();
    this.map.getContainer().focus({ preventScroll: true });
  }

  /** Esc while drawing. @returns {boolean} whether there was anything to cancel */
  cancel() {
    const was = this.task !== null;
    if (was) this.#switch(false);
    return was;
  }

  #switch(on) {
    this.legs = [];
    if (!on) this.task = null;
    this.layer.clearLayers();
    this.rubber.setLatLngs([]);
    for (const layer of [this.layer, this.rubber]) this.map[on ? "addLayer" : "removeLayer"](layer);
    this.map[on ? "on" : "off"]({ click: this.onClick, mousemove: this.onMove });
    this.map.doubleClickZoom[on ? "disable" : "enable"]();
    this.map.getContainer().classList.toggle("drawing-route", on);
    window[on ? "addEventListener" : "removeEventListener"]("keydown", this.onKey);
    this.bar.hidden = !on;
    document.documentElement.toggleAttribute("data-drawing", on);
    this.onDrawing(on);
  }

  #build() {
    const button = (id, words, act) => {
      const made = element("button", { type: "button", id, textContent: words });
      made.addEventListener("click", act);
      return made;
    };
    this.words = element("p", { id: "drawing-words", role: "status", ariaLive: "polite" });
    this.place = element("input", { id: "drawing-place", placeholder: "Port, or latitude, longitude", ariaLabel: "Next waypoint: a port, or latitude, longitude", autocomplete: "off" });
    this.place.setAttribute("list", "drawing-ports");
    this.place.addEventListener("change", () => this.#typed());
    this.name = element("input", { id: "drawing-name", placeholder: "Name", ariaLabel: "Name of the route", maxLength: 80, autocomplete: "off" });
    this.name.addEventListener("input", () => (this.named = this.name.value !== ""));
    this.name.addEventListener("keydown", (event) => event.key === "Enter" && this.#save());
    this.undo = button("drawing-undo", "Undo", () => this.#undo());
    this.keep = button("drawing-save", "Save", () => this.#save());
    this.keep.className = "strong";
    const names = element("datalist", { id: "drawing-ports" }, ...this.ports.map(({ name }) => element("option", { value: name })));
    const buttons = element("div", { className: "buttons" }, this.undo, button("drawing-cancel", "Cancel", () => this.cancel()), this.keep);
    this.bar = element("div", { id: "drawing-bar", hidden: true, role: "group", ariaLabel: "Drawing" }, this.words, names, this.place, this.name, buttons);
    this.cross = element("div", { className: "cross" });
    this.map.getContainer().append(this.cross);
    this.map.getContainer().parentElement.append(this.bar);
  }

  get #full() {
    return this.legs.length >= this.task.most;
  }

  #key(event) {
    if (!this.task || event.target.closest?.("input, select, button, dialog")) return;
    if (event.key === "Enter") this.#add(this.#snapped(this.map.getCenter(), this.map.getSize().divideBy(2)));
    else if (event.key === "Backspace") this.#undo();
    else return;
    event.preventDefault();
  }

  /** What was typed: a port's name, or two numbers. */
  #typed() {
    const text = this.place.value.trim();
    const port = this.ports.find(({ name }) => name.toLowerCase() === text.toLowerCase());
    const numbers = /^(-?\d+(?:\.\d+)?)[,\s]+(-?\d+(?:\.\d+)?)$/.exec(text)?.slice(1).map(Number);
    if (port) this.#add({ ...port, at: this.#copy(port) });
    else if (numbers && Math.abs(numbers[0]) <= 90 && Math.abs(numbers[1]) <= 180) this.#add(open(this.#copy({ lat: numbers[0], lon: numbers[1] })));
    else if (text) return this.#say(`No port “${text}” and no latitude, longitude`, true);
    this.place.value = "";
    if (this.legs.length) this.map.panInside(this.legs.at(-1).to.at, { padding: [80, 120] });
  }

  /** A click near a port is that port. */
  #snapped(latlng, point) {
    const away = (port) => this.map.latLngToContainerPoint(this.#copy(port, latlng.lng)).distanceTo(point);
    const [nearest] = this.ports.map((port) => [away(port), port]).sort(([a], [b]) => a - b);
    return nearest[0] <= NEAR_PX ? { ...nearest[1], at: this.#copy(nearest[1], latlng.lng) } : open(latlng);
  }

  /** A place on that copy of the world which is looked at. */
  #copy({ lat, lon }, lng = this.legs.at(-1)?.to.at.lng ?? this.map.getCenter().lng) {
    return L.latLng(lat, lon + 360 * Math.round((lng - lon) / 360));
  }

  async #add({ lat, lon, name, at }) {
    if (this.#full) return;
    const [from, to] = [this.legs.at(-1)?.to, { lat, lon, name, at }];
    const leg = { from, to, state: "pending", words: "Looking for a way by water …" };
    this.legs.push(leg);
    this.#draw();
    try {
      leg.way = await ask("POST", "simulation/way", { waypoints: (from ? [from, to] : [to]).map(plain) });
      leg.state = "good";
    } catch (error) {
      Object.assign(leg, { state: "bad", words: error.message });
    }
    if (this.legs.includes(leg)) this.#draw();
  }

  #undo() {
    this.legs.pop();
    this.rubber.setLatLngs([]);
    this.#draw();
  }

  async #save() {
    if (this.keep.disabled) return;
    this.keep.disabled = true;
    const { task } = this;
    try {
      await task.save(this.legs.map(({ to }) => plain(to)), this.name.value.trim());
      if (this.task === task) this.cancel();
    } catch (error) {
      this.keep.disabled = false;
      this.#say(error.message, true);
    }
  }

  #draw() {
    const { legs, task, layer } = this;
    layer.clearLayers();
    for (const leg of legs) this.#line(leg);
    const bad = legs.find(({ state }) => state === "bad");
    const pending = legs.find(({ state }) => state === "pending");
    const miles = legs.reduce((sum, { way }) => sum + (way?.length_nm ?? 0), 0);
    const count = `${legs.length} waypoint${legs.length === 1 ? "" : "s"}${legs.length > 1 ? `, ${nm(miles)} by water` : ""}`;
    this.#say((bad ?? pending)?.words ?? (legs.length ? count : task.words), Boolean(bad));
    this.keep.disabled = Boolean(bad ?? pending) || legs.length < task.least;
    this.undo.disabled = legs.length === 0;
    this.place.disabled = this.#full;
    if (!this.named) this.name.value = legs.length > 1 ? `${legs[0].to.name} – ${legs.at(-1).to.name}`.slice(0, 80) : "";
  }

  /** The way, or what there is of it; the waypoint moves to the water that it stands for. */
  #line({ from, to, state, way }) {
    let line = from ? [from.at, to.at] : [];
    if (way) {
      const { sailed_lat: lat, sailed_lon: lon } = way.waypoints.at(-1);
      to.at = this.#copy({ lat, lon }, to.at.lng);
      const [points] = way.legs;
      if (points) line = shifted(points, from.at.lng);
      if (points) to.at = L.latLng(line.at(-1));
    }
    const color = state === "bad" ? BAD : GOOD;
    L.polyline(line, { color, weight: 2.5, dashArray: state === "good" ? null : "6 5", interactive: false }).addTo(this.layer);
    const dot = L.circleMarker(to.at, { radius: 5, color, weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false });
    dot.bindTooltip(element("span", { textContent: to.name }), { permanent: true, direction: "right", offset: [8, 0], className: "measure-tip" }).addTo(this.layer);
  }

  #say(text, bad) {
    this.words.textContent = text;
    this.words.classList.toggle("bad", bad);
  }
}

/** Open water, called by its position. */
function open(at) {
  const { lat, lng } = at.wrap();
  return { lat, lon: lng, name: `${lat.toFixed(2)}, ${lng.toFixed(2)}`, at };
}

const plain = ({ lat, lon, name }) => ({ lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)), name });
