/** The map's layers by name, switched through Leaflet's layer control. */

import { all } from "../ui/dom.mjs";

export class Layers {
  /**
   * @param {L.Map} map
   * @param {(names: string[]) => void} onChange called with the layers that are on
   */
  constructor(map, onChange) {
    this.map = map;
    map.on("overlayadd overlayremove baselayerchange", () => onChange(this.on()));
  }

  #inputs(kind = "") {
    return all(`.leaflet-control-layers${kind} input`, this.map.getContainer());
  }

  /** Names of the layers that are on. @returns {string[]} */
  on() {
    return this.#inputs().filter((input) => input.checked).map(nameOf);
  }

  /** Switch an overlay. @param {string} name */
  flip(name) {
    this.#inputs("-overlays").find((input) => nameOf(input) === name)?.click();
  }

  /** Show exactly these layers. @param {string[]} names */
  set(names) {
    for (const input of this.#inputs("-overlays")) if (input.checked !== names.includes(nameOf(input))) input.click();
    this.#inputs("-base").find((input) => names.includes(nameOf(input)) && !input.checked)?.click();
  }

  /** Switch to the next base layer. */
  nextBase() {
    const inputs = this.#inputs("-base");
    inputs[(inputs.findIndex((input) => input.checked) + 1) % inputs.length]?.click();
  }
}

const nameOf = (input) => input.closest("label").textContent.trim();
