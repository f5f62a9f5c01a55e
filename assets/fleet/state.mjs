/** What a person has chosen: one flat object; whoever listens is told once per change. Knows neither map nor page. */

export class State {
  #values;
  #listeners = [];

  /** @param {Record<string, unknown>} initial every name with its first value */
  constructor(initial) {
    this.#values = { ...initial };
  }

  /** @param {string} name */
  get(name) {
    return this.#values[name];
  }

  /** A copy of everything. */
  all() {
    return { ...this.#values };
  }

  /**
   * Change values; those who listen to one that differs are told, each once.
   * @param {Record<string, unknown>} patch
   */
  set(patch) {
    const changed = Object.keys(patch).filter((name) => !same(this.#values[name], patch[name]));
    Object.assign(this.#values, patch);
    for (const { names, listener } of this.#listeners) {
      if (names.some((name) => changed.includes(name))) listener(this.#values);
    }
  }

  /** @param {string} name of a boolean */
  flip(name) {
    this.set({ [name]: !this.#values[name] });
  }

  /**
   * @param {string[]} names
   * @param {(values: Record<string, unknown>) => void} listener
   */
  on(names, listener) {
    this.#listeners.push({ names, listener });
  }
}

/** Values are plain: text, numbers, switches, lists and small objects of them. */
const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);
