/** The measuring tool: each leg shows its length and course, the last one also the total. */

import { bearing, distanceNm } from "../mercator.mjs";

/**
 * The label of a leg.
 * @param {number} leg nautical miles @param {number} course degrees @param {number?} total nautical miles, null for the first leg
 */
export function legWords(leg, course, total) {
  const words = `${leg.toFixed(leg < 10 ? 2 : 1)} nm · ${course.toFixed(0).padStart(3, "0")}°`;
  return total === null ? words : `${words} · ${total.toFixed(1)} nm in all`;
}

export class Measure {
  /** @param {L.Map} map @param {() => string} colour of the line */
  constructor(map, colour) {
    this.map = map;
    this.colour = colour;
    this.active = false;
    /** @type {{lat: number, lng: number}[]} */
    this.points = [];
    this.layer = L.layerGroup();
    this.onClick = ({ latlng }) => this.#add(latlng);
    this.onMove = ({ latlng }) => this.points.length && this.#draw(latlng);
  }

  /** Start to measure, or stop and remove the drawing. @param {boolean} on */
  switch(on) {
    if (on === this.active) return;
    this.active = on;
    /** @type {{lat: number, lng: number}[]} */
    this.points = [];
    this.layer.clearLayers();
    this.map[on ? "addLayer" : "removeLayer"](this.layer);
    this.map[on ? "on" : "off"]({ click: this.onClick, mousemove: this.onMove });
    this.map.getContainer().classList.toggle("measuring", on);
    this.map.doubleClickZoom[on ? "disable" : "enable"]();
  }

  #add(latlng) {
    this.points.push(latlng);
    this.#draw(null);
  }

  #draw(pointer) {
    this.layer.clearLayers();
    const points = pointer ? [...this.points, pointer] : this.points;
    const color = this.colour();
    L.polyline(points, { color, weight: 2, dashArray: "6 4", interactive: false }).addTo(this.layer);
    let total = 0;
    points.forEach((point, at) => {
      L.circleMarker(point, { radius: 4, color, fillOpacity: 1, fillColor: "#fff", weight: 2, interactive: false }).addTo(this.layer);
      if (at === 0) return;
      const leg = distanceNm(points[at - 1], point);
      total += leg;
      const words = legWords(leg, bearing(points[at - 1], point), at > 1 ? total : null);
      if (at === points.length - 1 || points.length < 12) this.#label(point, words);
    });
  }

  #label(point, words) {
    const text = document.createElement("span");
    text.textContent = words;
    L.tooltip({ permanent: true, direction: "right", offset: [8, 0], className: "measure-tip" })
      .setLatLng(point)
      .setContent(text)
      .addTo(this.layer);
  }
}
