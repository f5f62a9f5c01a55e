/** The map's layers by name, as in Leaflet's layer control: switched from keys and buttons, and kept in the address. */

export class Layers {
  /**
   * @param {L.Map} map
   * @param {(names: string[]) => void} onChange told of the overlays that are on, and of the base layer
   */
  constructor(map, onChange) {
    this.map = map;
    map.on("overlayadd overlayremove baselayerchange", () => onChange(this.on()));
  }

  #inputs(kind = "") {
    return [...this.map.getContainer().querySelectorAll(`.leaflet-control-layers${kind} input`)];
  }

  /** @returns {string[]} names of the layers that are on */
  on() {
    return this.#inputs().filter((input) => input.checked).map(nameOf);
  }

  /** @param {string} name */
  flip(name) {
    this.#inputs("-overlays").find((input) => nameOf(input) === name)?.click();
  }

  /** Just these. @param {string[]} names */
  set(names) {
    for (const input of this.#inputs("-overlays")) if (input.checked !== names.includes(nameOf(input))) input.click();
    this.#inputs("-base").find((input) => names.includes(nameOf(input)) && !input.checked)?.click();
  }

  /** The next base layer. */
  turn() {
    const inputs = this.#inputs("-base");
    inputs[(inputs.findIndex((input) => input.checked) + 1) % inputs.length]?.click();
  }
}

const nameOf = (input) => input.closest("label").textContent.trim();
