/** The style of the vessels on the map: which ones show, in which colours, and on which layers. */

import { membersOf } from "../fleet/selection.mjs";
import { applyFilter, BY_REST } from "../fleet/filter.mjs";
import { Heat } from "./heat.mjs";
import { drawLegend } from "./legend.mjs";
import { paletteOf } from "../fleet/palette.mjs";
import { project, viewOf } from "./projection.mjs";
import { all, byId } from "../ui/dom.mjs";
import { VesselLayer } from "./vessel_layer.mjs";

export class LayerStyle {
  /**
   * @param {object} parts
   * @param {import("../fleet/fleet.mjs").Fleet} parts.fleet @param {() => number} parts.clock ms
   * @param {import("../fleet/state.mjs").State} parts.state @param {any} parts.constants from the server
   * @param {(hidden: number, isolated: number) => void} parts.onFilter called with the counts of hidden and of
   *   isolated vessels
   */
  constructor({ fleet, clock, state, constants, onFilter }) {
    this.fleet = fleet;
    this.clock = clock;
    this.state = state;
    this.constants = constants;
    this.onFilter = onFilter;
    /** @type {VesselLayer?} */
    this.layer = null;
    /** Version of the fleet that the filter was last applied to. */
    this.seen = -1;
    /** @type {Heat?} */
    this.density = null;
    state.on(["filter", "isolate", "selected", "group"], () => this.refilter());
    state.on(["filter"], () => this.#legend());
    state.on(["colour", "safe"], () => this.recolour());
    state.on(["selected", "group", "labels"], () => this.#mark());
    const modes = all("button", byId("colour-modes"));
    for (const button of modes) button.addEventListener("click", () => state.set({ colour: button.dataset.mode }));
    byId("colour-safe").addEventListener("click", () => state.flip("safe"));
    this.recolour();
  }

  /** Show the vessel layer. @param {L.Map} map */
  on(map) {
    this.layer = new VesselLayer(map, this.fleet, this.palette, this.clock, inkOf());
    this.#mark();
  }

  /** Pass the selection on to the layer. */
  #mark() {
    const { selected, group, labels } = this.state.all();
    if (this.layer) Object.assign(this.layer, { selected, group, labels });
    this.layer?.touch();
  }

  /** Remove the vessel layer. */
  off() {
    this.layer.remove();
    this.layer = null;
  }

  /** Show the density layer, or remove it. @param {L.Map} map @param {boolean} shown */
  heat(map, shown) {
    this.density?.remove();
    this.density = shown ? new Heat(map, this.fleet, (slot) => project(this.fleet, slot, this.clock(), viewOf(map))) : null;
  }

  /** The theme of the page has changed: read its colours again. */
  retheme() {
    this.layer?.recolour(this.palette, inkOf());
  }

  /** The colours of types and statuses, by their codes. @returns {{type: string[], status: string[]}} */
  get colours() {
    const end = this.state.get("safe") ? "_safe" : "";
    const { palettes } = this.constants;
    return { type: palettes[`type${end}`], status: palettes[`status${end}`] };
  }

  /** Apply the filter again if the fleet has changed, or if the filter depends on the time. */
  refresh() {
    if (this.seen !== this.fleet.version || this.state.get("filter").maxAge !== null) this.refilter();
  }

  /** Apply the filter and the isolation, and colour every vessel. */
  refilter() {
    const { fleet, state } = this;
    let hidden = applyFilter(state.get("filter"), fleet, this.clock());
    const selected = membersOf(state.all()).map((mmsi) => fleet.slots.get(mmsi)).filter((slot) => slot !== undefined);
    const alone = state.get("isolate") ? selected.length : 0;
    if (alone) {
      fleet.hidden.fill(BY_REST, 0, fleet.size);
      for (const slot of selected) fleet.hidden[slot] = 0;
      hidden = fleet.size - alone;
    }
    for (let slot = 0; slot < fleet.size; slot++) fleet.colour[slot] = this.palette.of(slot);
    this.seen = fleet.version;
    this.layer?.touch();
    this.onFilter(hidden, alone);
  }

  /** Use the palette of the current colour mode. */
  recolour() {
    const { state } = this;
    this.palette = paletteOf(state.get("colour"), state.get("safe"), this.constants, this.fleet);
    this.layer?.recolour(this.palette);
    for (const button of all("button", byId("colour-modes"))) {
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

function inkOf() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { colour: of("--text"), halo: of("--surface"), accent: of("--accent"), outline: of("--outline") };
}
