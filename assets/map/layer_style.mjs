/** How vessels look on the map: who shows, in which colour, on which layer. */

import { membersOf } from "../fleet/selection.mjs";
import { applyFilter, BY_REST } from "../fleet/filter.mjs";
import { Heat } from "./heat.mjs";
import { drawLegend } from "./legend.mjs";
import { paletteOf } from "../fleet/palette.mjs";
import { VesselLayer } from "./vessel_layer.mjs";

const byId = (id) => document.getElementById(id);

export class LayerStyle {
  /**
   * @param {object} parts
   * @param {import("../fleet/fleet.mjs").Fleet} parts.fleet @param {() => number} parts.clock ms
   * @param {import("../fleet/state.mjs").State} parts.state @param {object} parts.constants from the server
   * @param {(hidden: number, isolated: number) => void} parts.onFilter told of how many vessels are hidden, and how many
   *   are isolated
   */
  constructor({ fleet, clock, state, constants, onFilter }) {
    this.fleet = fleet;
    this.clock = clock;
    this.state = state;
    this.constants = constants;
    this.onFilter = onFilter;
    this.layer = null;
    this.seen = -1;
    state.on(["filter", "isolate", "selected", "group"], () => this.refilter());
    state.on(["filter"], () => this.#legend());
    state.on(["colour", "safe"], () => this.recolour());
    state.on(["selected", "group", "labels"], () => this.#mark());
    const modes = [...byId("colour-modes").querySelectorAll("button")];
    for (const button of modes) button.addEventListener("click", () => state.set({ colour: button.dataset.mode }));
    byId("colour-safe").addEventListener("click", () => state.flip("safe"));
    this.recolour();
  }

  /** The vessels' layer is switched on. @param {L.Map} map */
  on(map) {
    this.layer = new VesselLayer(map, this.fleet, this.palette, this.clock, inkOf());
    this.#mark();
  }

  /** What the layer shows of what was chosen. */
  #mark() {
    const { selected, group, labels } = this.state.all();
    if (this.layer) Object.assign(this.layer, { selected, group, labels });
    this.layer?.touch();
  }

  /** The vessels' layer is switched off. */
  off() {
    this.layer.remove();
    this.layer = null;
  }

  /** The density of vessels is switched on or off. @param {L.Map} map @param {boolean} shown */
  heat(map, shown) {
    this.warmth?.remove();
    this.warmth = shown ? new Heat(map, this.fleet, (slot) => placeOn(map, this.fleet, slot, this.clock())) : null;
  }

  /** The page has other colours. */
  retheme() {
    this.layer?.recolour(this.palette, inkOf());
  }

  /** By name of a colour mode. @returns {{type: string[], status: string[]}} */
  get colours() {
    const end = this.state.get("safe") ? "_safe" : "";
    const { palettes } = this.constants;
    return { type: palettes[`type${end}`], status: palettes[`status${end}`] };
  }

  /** Judge anew who shows, where anything has changed since. */
  refresh() {
    if (this.seen !== this.fleet.version || this.state.get("filter").maxAge !== null) this.refilter();
  }

  refilter() {
    const { fleet, state } = this;
    let hidden = applyFilter(state.get("filter"), fleet, this.clock());
    const chosen = membersOf(state.all()).map((mmsi) => fleet.slots.get(mmsi)).filter((slot) => slot !== undefined);
    const alone = state.get("isolate") ? chosen.length : 0;
    if (alone) {
      fleet.hidden.fill(BY_REST, 0, fleet.size);
      for (const slot of chosen) fleet.hidden[slot] = 0;
      hidden = fleet.size - alone;
    }
    for (let slot = 0; slot < fleet.size; slot++) fleet.colour[slot] = this.palette.of(slot);
    this.seen = fleet.version;
    this.layer?.touch();
    this.onFilter(hidden, alone);
  }

  recolour() {
    const { state } = this;
    this.palette = paletteOf(state.get("colour"), state.get("safe"), this.constants, this.fleet);
    this.layer?.recolour(this.palette);
    for (const button of byId("colour-modes").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === state.get("colour")));
    }
    byId("colour-safe").setAttribute("aria-pressed", String(state.get("safe")));
    this.#legend();
    this.refilter();
  }

  #legend() {
    drawLegend(byId("legend-colours"), this.palette, this.state.get("colour"), this.state);
  }
}

/** Where a vessel is on the map, px of the container: that copy of the world which is nearest to the middle. */
function placeOn(map, fleet, slot, now) {
  const [x, y] = fleet.place(slot, now);
  const scale = 256 * 2 ** map.getZoom();
  const { min } = map.getPixelBounds();
  const world = Math.round((min.x + map.getSize().x / 2) / scale - x);
  return { x: (x + world) * scale - min.x, y: y * scale - min.y };
}

function inkOf() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { colour: of("--text"), halo: of("--surface"), accent: of("--accent"), outline: of("--outline") };
}
