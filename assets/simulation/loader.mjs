/** Loads the simulation's panel and the drawing tool when the tab is first opened, where the server simulates. */

import { lowerSheet } from "../ui/page.mjs";
import { byId } from "../ui/dom.mjs";

const MODES = ["simulation", "mixed"];

/** Whether a server in this mode simulates; false while the mode is not known. @param {string} [mode] */
export const simulates = (mode) => MODES.includes(mode);

/** Whether the map shows the custom routes. @param {string[]} layers that are on @param {string} tab */
export const showsCustomRoutes = (layers, tab) => layers.includes("Routes") || tab === "simulation";

export class SimulationLoader {
  #loading = false;

  /** @param {Record<string, any>} page */
  constructor(page) {
    this.page = page;
  }

  listen() {
    const { state } = this.page;
    state.on(["layers", "tab"], () => this.#showRoutes());
    state.on(["tab"], () => this.#load());
    this.#showRoutes();
    this.#load();
  }

  /** Once a second: the mode of the server may have become known. */
  refresh() {
    byId("tab-simulation").hidden = !this.#simulates;
    if (this.#simulates) this.page.customRoutes.poll();
    this.#load();
  }

  /** Ends the drawing of a route. @returns {boolean} whether one was being drawn */
  cancelDrawing() {
    return this.drawing?.cancel() ?? false;
  }

  get #simulates() {
    return simulates(this.page.client.panel.clock?.mode);
  }

  #showRoutes() {
    const { customRoutes, layers, state } = this.page;
    customRoutes.show(showsCustomRoutes(layers.on(), state.get("tab")));
  }

  async #load() {
    const { page } = this;
    const { state, map, view, customRoutes, constants, select } = page;
    if (this.#loading || state.get("tab") !== "simulation" || !this.#simulates) return;
    this.#loading = true;
    const [{ Simulation }, { RouteDrawing }] = await Promise.all([import("./simulation.mjs"), import("../map/tools/route_drawing.mjs")]);
    this.drawing = new RouteDrawing(map, constants.ports, (drawing) => {
      state.set(drawing ? { drawing, measuring: false } : { drawing });
      lowerSheet(drawing);
    });
    const onClock = (clock) => page.client.panel.show(clock);
    this.panel = new Simulation({ state, view, map, customRoutes, drawing: this.drawing, constants, select, onClock });
  }
}
