/** Zones: drawn on the map, stored by the server, listed in the panel. */

import { ask, question } from "../../stream/api.mjs";
import { byId } from "../../ui/dom.mjs";
import { icon } from "../../ui/icons.mjs";
import { note } from "../../ui/page.mjs";

const STYLE = { color: "#b26a00", weight: 2, fillOpacity: 0.08, className: "zone" };
const POLL_MS = 30_000;

export class Zones {
  /** @param {L.Map} map @param {(on: boolean) => void} onDrawing called when the drawing begins and ends */
  constructor(map, onDrawing) {
    this.map = map;
    this.onDrawing = onDrawing;
    this.clicks = 0;
    this.drawing = false;
    this.layer = L.featureGroup().addTo(map);
    byId("zone-draw").addEventListener("click", () => this.#switch(!this.drawing));
    map.on("draw:drawstop", () => this.#drawing(false));
    this.refresh();
    // other people draw zones as well
    setInterval(() => document.hidden || this.refresh(), POLL_MS);
  }

  /** Start to draw, or stop. */
  #switch(on) {
    this.#drawing(on);
    /** @type {any} */
    const drawToolbar = { mode: "polygon", action: on ? undefined : "cancel", n_clicks: ++this.clicks };
    if (on) delete drawToolbar.action;
    dash_clientside.set_props("zone-editor", { drawToolbar });
  }

  #drawing(on) {
    this.drawing = on;
    byId("zone-draw").setAttribute("aria-pressed", String(on));
    this.onDrawing(on);
    if (on) note("Click the corners; click the first one again to close the zone");
  }

  /** End the drawing. @returns {boolean} whether one had started */
  cancel() {
    const { drawing } = this;
    if (drawing) this.#switch(false);
    return drawing;
  }

  /** The editor's sketch has changed. @param {any} geojson */
  async drawn(geojson) {
    const ring = geojson?.features?.at(-1)?.geometry?.coordinates?.[0];
    if (!ring) return;
    const name = await question("zone-dialog");
    dash_clientside.set_props("zone-editor", { editToolbar: { mode: "remove", action: "clear all", n_clicks: ++this.clicks } });
    if (name) await this.#change(() => ask("POST", "realtime/zones", { name, corners: ring }));
  }

  async #change(act) {
    try {
      await act();
    } catch (error) {
      note(error.message);
    }
    await this.refresh();
  }

  /** Read the zones from the server. */
  async refresh() {
    try {
      const { zones } = await ask("GET", "realtime/zones");
      this.#show(zones);
    } catch {
      // the connection state already says that the server does not answer
    }
  }

  #show(zones) {
    this.layer.clearLayers();
    for (const { name, corners } of zones) {
      const words = document.createElement("span");
      words.textContent = name;
      L.polygon(corners.map(([lon, lat]) => [lat, lon]), STYLE).bindTooltip(words, { sticky: true }).addTo(this.layer);
    }
    byId("zone-list").replaceChildren(...zones.map((zone) => this.#entry(zone)));
  }

  #entry({ id, name, corners }) {
    const entry = document.createElement("li");
    const bounds = corners.map(([lon, lat]) => [lat, lon]);
    const [go, away] = [document.createElement("button"), document.createElement("button")];
    Object.assign(go, { type: "button", textContent: name, title: "Show on the map" });
    go.addEventListener("click", () => this.map.fitBounds(bounds, { padding: [40, 40] }));
    away.type = "button";
    away.setAttribute("aria-label", `Delete ${name}`);
    away.append(icon("close"));
    away.addEventListener("click", () => this.#change(() => ask("DELETE", `realtime/zones/${id}`)));
    entry.append(go, away);
    return entry;
  }
}
