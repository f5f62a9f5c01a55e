/** The state of the page: what a person selected and switched, as one flat object. Knows neither map nor page. */

import { EVERYTHING } from "./filter.mjs";

/** Every value with its default; `view` is null until the map has moved, `at` (ms) while the present shows. */
export const INITIAL = {
  view: null, selected: null, group: [], filter: { ...EVERYTHING }, colour: "type", safe: false, labels: false, follow: false, isolate: false,
  track: true, route: true, table: false, measuring: false, drawing: false, choosing: false, tab: "fleet", charts: "now", at: null, theme: null, layers: null,
};

export class State {
  #values;
  #listeners = [];

  /** @param {Record<string, any>} initial every name with its first value */
  constructor(initial) {
    this.#values = { ...initial };
  }

  /** @param {string} name @returns {any} */
  get(name) {
    return this.#values[name];
  }

  /** A copy of every value. @returns {Record<string, any>} */
  all() {
    return { ...this.#values };
  }

  /**
   * Change values, and call each listener to a value that differs once.
   * @param {Record<string, any>} patch
   */
  set(patch) {
    const changed = Object.keys(patch).filter((name) => !same(this.#values[name], patch[name]));
    Object.assign(this.#values, patch);
    for (const { names, listener } of this.#listeners) {
      if (names.some((name) => changed.includes(name))) listener(this.#values);
    }
  }

  /** Switch a boolean. @param {string} name */
  flip(name) {
    this.set({ [name]: !this.#values[name] });
  }

  /**
   * Listen to changes of some values.
   * @param {string[]} names
   * @param {(values: Record<string, any>) => void} listener
   */
  on(names, listener) {
    this.#listeners.push({ names, listener });
  }
}

/** Values are plain: text, numbers, switches, lists and small objects of them. */
const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
