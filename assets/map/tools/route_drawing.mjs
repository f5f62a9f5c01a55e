/**
 * Draws waypoints on the map: by click, by a port's name, or by keyboard. The server finds the route by water of each leg;
 * a leg without one is red and shows the reason.
 */

import { ask } from "../../stream/api.mjs";
import { shifted } from "../custom_routes.mjs";
import { element } from "../../ui/dom.mjs";

const NEAR_PX = 18;
const GOOD = "#8a5cc2";
const BAD = "#b3261e";
const nm = (miles) => `${Math.round(miles).toLocaleString("en")} nm`;

/** The position in a text like "51.9, 4.1". @param {string} text @returns {{lat: number, lon: number}?} degrees; null for anything else */
export function positionIn(text) {
  const numbers = /^(-?\d+(?:\.\d+)?)[,\s]+(-?\d+(?:\.\d+)?)$/.exec(text)?.slice(1).map(Number);
  if (!numbers || Math.abs(numbers[0]) > 90 || Math.abs(numbers[1]) > 180) return null;
  return { lat: numbers[0], lon: numbers[1] };
}

export class RouteDrawing {
  /**
   * @param {L.Map} map @param {{name: string, lat: number, lon: number}[]} ports
   * @param {(on: boolean) => void} onDrawing called when the drawing begins and ends
   */
  constructor(map, ports, onDrawing) {
    this.map = map;
    this.ports = ports;
    this.onDrawing = onDrawing;
    /** @type {any[]} */
    this.legs = [];
    /** @type {any} */
    this.task = null;
    this.layer = L.layerGroup();
    this.rubber = L.polyline([], { color: GOOD, weight: 1.5, dashArray: "3 6", interactive: false });
    this.onClick = ({ latlng, containerPoint }) => this.#add(this.#snapped(latlng, containerPoint));
    this.onMove = ({ latlng }) => this.rubber.setLatLngs(this.legs.length && !this.#full ? [this.legs.at(-1).to.at, latlng] : []);
    this.onKey = (event) => this.#key(event);
    this.#build();
  }

  /**
   * Begin to draw.
   * @param {object} task
   * @param {string} task.words the instruction that shows first @param {number} task.min waypoints @param {number} task.max waypoints
   * @param {boolean} [task.named] whether the route gets a name
   * @param {{lat: number, lon: number, name: string}} [task.from] the first waypoint, if it is given
   * @param {(waypoints: {lat: number, lon: number, name: string}[], name: string) => Promise<void>} task.save may throw: then the drawing continues
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

  /** End the drawing. @returns {boolean} whether one had started */
  cancel() {
    const drawing = this.task !== null;
    if (drawing) this.#switch(false);
    return drawing;
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
      const created = element("button", { type: "button", id, textContent: words });
      created.addEventListener("click", act);
      return created;
    };
    this.words = element("p", { id: "drawing-words", role: "status", ariaLive: "polite" });
    this.place = element("input", { id: "drawing-place", placeholder: "Port, or latitude, longitude", ariaLabel: "Next waypoint: a port, or latitude, longitude", autocomplete: "off" });
    this.place.setAttribute("list", "drawing-ports");
    this.place.addEventListener("change", () => this.#typed());
    this.name = element("input", { id: "drawing-name", placeholder: "Name", ariaLabel: "Name of the route", maxLength: 80, autocomplete: "off" });
    this.name.addEventListener("input", () => (this.named = this.name.value !== ""));
    this.name.addEventListener("keydown", (event) => event.key === "Enter" && this.#save());
    this.undo = button("drawing-undo", "Undo", () => this.#undo());
    this.saveButton = button("drawing-save", "Save", () => this.#save());
    this.saveButton.className = "strong";
    const names = element("datalist", { id: "drawing-ports" }, ...this.ports.map(({ name }) => element("option", { value: name })));
    const buttons = element("div", { className: "buttons" }, this.undo, button("drawing-cancel", "Cancel", () => this.cancel()), this.saveButton);
    this.bar = element("div", { id: "drawing-bar", hidden: true, role: "group", ariaLabel: "Drawing" }, this.words, names, this.place, this.name, buttons);
    this.cross = element("div", { className: "cross" });
    this.map.getContainer().append(this.cross);
    this.map.getContainer().parentElement.append(this.bar);
  }

  get #full() {
    return this.legs.length >= this.task.max;
  }

  #key(event) {
    if (!this.task || event.target.closest?.("input, select, button, dialog")) return;
    if (event.key === "Enter") this.#add(this.#snapped(this.map.getCenter(), this.map.getSize().divideBy(2)));
    else if (event.key === "Backspace") this.#undo();
    else return;
    event.preventDefault();
  }

  /** Add the waypoint that was typed: a port's name, or latitude and longitude. */
  #typed() {
    const text = this.place.value.trim();
    const port = this.ports.find(({ name }) => name.toLowerCase() === text.toLowerCase());
    if (port) this.#add({ ...port, at: this.#copy(port) });
    else if (positionIn(text)) this.#add(openWater(this.#copy(positionIn(text))));
    else if (text) {
      this.#say(`No port “${text}” and no latitude, longitude`, true);
      return;
    }
    this.place.value = "";
    if (this.legs.length) this.map.panInside(this.legs.at(-1).to.at, { padding: [80, 120] });
  }

  /** The port near a click, or open water. */
  #snapped(latlng, point) {
    const away = (port) => this.map.latLngToContainerPoint(this.#copy(port, latlng.lng)).distanceTo(point);
    const [nearest] = this.ports.map((port) => [away(port), port]).sort(([a], [b]) => a - b);
    return nearest[0] <= NEAR_PX ? { ...nearest[1], at: this.#copy(nearest[1], latlng.lng) } : openWater(latlng);
  }

  /** A place on the copy of the world that shows. */
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
      leg.route = await ask("POST", "simulation/way", { waypoints: (from ? [from, to] : [to]).map(plain) });
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
    if (this.saveButton.disabled) return;
    this.saveButton.disabled = true;
    const { task } = this;
    try {
      await task.save(this.legs.map(({ to }) => plain(to)), this.name.value.trim());
      if (this.task === task) this.cancel();
    } catch (error) {
      this.saveButton.disabled = false;
      this.#say(error.message, true);
    }
  }

  #draw() {
    const { legs, task, layer } = this;
    layer.clearLayers();
    for (const leg of legs) this.#line(leg);
    const bad = legs.find(({ state }) => state === "bad");
    const pending = legs.find(({ state }) => state === "pending");
    const miles = legs.reduce((sum, { route }) => sum + (route?.length_nm ?? 0), 0);
    const count = `${legs.length} waypoint${legs.length === 1 ? "" : "s"}${legs.length > 1 ? `, ${nm(miles)} by water` : ""}`;
    this.#say((bad ?? pending)?.words ?? (legs.length ? count : task.words), Boolean(bad));
    this.saveButton.disabled = Boolean(bad ?? pending) || legs.length < task.min;
    this.undo.disabled = legs.length === 0;
    this.place.disabled = this.#full;
    if (!this.named) this.name.value = legs.length > 1 ? `${legs[0].to.name} – ${legs.at(-1).to.name}`.slice(0, 80) : "";
  }

  /** The route of a leg, a straight line while there is none; the waypoint moves to the water where the route ends. */
  #line({ from, to, state, route }) {
    let line = from ? [from.at, to.at] : [];
    if (route) {
      const { sailed_lat: lat, sailed_lon: lon } = route.waypoints.at(-1);
      to.at = this.#copy({ lat, lon }, to.at.lng);
      const [points] = route.legs;
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

/** A waypoint in open water, named by its position. */
function openWater(at) {
  const { lat, lng } = at.wrap();
  return { lat, lon: lng, name: `${lat.toFixed(2)}, ${lng.toFixed(2)}`, at };
}

const plain = ({ lat, lon, name }) => ({ lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)), name });
