/** The filter's form, and the chips over the map that show its active parts and the count of hidden vessels. */

import { all, element } from "./dom.mjs";
import { describe, EVERYTHING, isEmpty, toggled } from "../fleet/filter.mjs";

const title = (name) => name.replaceAll("_", " ");

/** A set of switches; none of them on means any. */
function choices(legend, part, names, state, colours) {
  const buttons = names.map((name, at) => {
    const button = element("button", { type: "button", className: "choice" });
    if (colours) button.append(Object.assign(element("span", { className: "swatch" }), { style: `background-color: ${colours[at]}` }));
    button.append(title(name));
    button.dataset.name = name;
    button.addEventListener("click", () => {
      const filter = state.get("filter");
      state.set({ filter: { ...filter, [part]: toggled(filter[part], name) } });
    });
    return button;
  });
  const set = element("fieldset", {}, element("legend", { textContent: legend }), ...buttons);
  set.dataset.part = part;
  return set;
}

function field(label, part, type, state, more = {}) {
  const input = element("input", { type, id: `filter-${part}`, autocomplete: "off", ...more });
  input.addEventListener("input", () => {
    const value = type !== "number" ? input.value.slice(0, 60) : input.value === "" ? null : Number(input.value);
    state.set({ filter: { ...state.get("filter"), [part]: value } });
  });
  return element("label", { textContent: label }, input);
}

export class FilterForm {
  /**
   * @param {{form: HTMLElement, button: HTMLElement, chips: HTMLElement}} place
   * @param {import("../fleet/state.mjs").State} state
   * @param {{vessel_types: string[], statuses: string[], palettes: Record<string, string[]>}} constants
   */
  constructor({ form, button, chips }, state, constants) {
    this.form = form;
    this.button = button;
    this.chips = chips;
    this.state = state;
    this.sources = [];
    const row = (...fields) => element("div", { className: "fields" }, ...fields);
    const clear = element("button", { type: "button", className: "clear", textContent: "Show everything" });
    clear.addEventListener("click", () => state.set({ filter: { ...EVERYTHING } }));
    this.sourceSet = choices("Source", "sources", [], state);
    form.append(
      choices("Type", "types", constants.vessel_types, state, constants.palettes.type),
      choices("Status", "status", constants.statuses, state, constants.palettes.status),
      row(
        field("At least, kn", "minSpeed", "number", state, { min: 0, step: 0.5 }),
        field("At most, kn", "maxSpeed", "number", state, { min: 0, step: 0.5 }),
        field("Max. age, min", "maxAge", "number", state, { min: 0 }),
      ),
      row(field("Destination or route", "to", "text", state), field("Name or number", "q", "text", state)),
      this.sourceSet,
      clear,
    );
    button.addEventListener("click", () => this.open(form.hidden === true));
    state.on(["filter"], () => this.#show());
    this.#show();
  }

  /** Show the form, or hide it. @param {boolean} on */
  open(on) {
    this.form.hidden = !on;
    this.button.setAttribute("aria-expanded", String(on));
    if (on) this.form.querySelector("button").focus();
  }

  /** Hide the form. @returns {boolean} whether it was open */
  close() {
    const wasOpen = !this.form.hidden;
    if (wasOpen) this.open(false);
    return wasOpen;
  }

  /** Offer the sources of the known vessels. @param {string[]} sources */
  offer(sources) {
    if (sources.length === this.sources.length) return;
    this.sources = [...sources];
    const set = choices("Source", "sources", sources, this.state);
    this.sourceSet.replaceWith(set);
    this.sourceSet = set;
    this.#show();
  }

  #show() {
    const filter = this.state.get("filter");
    for (const button of all("fieldset .choice", this.form)) {
      const on = filter[button.closest("fieldset").dataset.part].includes(button.dataset.name);
      button.setAttribute("aria-pressed", String(on));
    }
    for (const input of all("input", this.form)) {
      const value = filter[input.id.replace("filter-", "")];
      if (document.activeElement !== input) input.value = value ?? "";
    }
    this.button.classList.toggle("on", !isEmpty(filter));
  }

  /** Show the count of hidden vessels, and a chip for each reason. @param {number} hidden @param {number} isolated count of isolated vessels, 0 for none */
  count(hidden, isolated) {
    const filter = this.state.get("filter");
    const text = `${hidden.toLocaleString("en")} hidden`;
    const parts = describe(filter);
    const mark = JSON.stringify([filter, hidden, isolated]);
    if (mark === this.shown) return;
    this.shown = mark;
    const chip = (words, undo) => {
      const button = element("button", { type: "button", textContent: words, title: `Undo: ${words}` });
      button.addEventListener("click", undo);
      return button;
    };
    const chips = parts.map(({ words, without }) => chip(words, () => this.state.set({ filter: { ...this.state.get("filter"), ...without } })));
    if (isolated) chips.push(chip(isolated > 1 ? `only the ${isolated.toLocaleString("en")} chosen vessels` : "only the chosen vessel", () => this.state.set({ isolate: false })));
    this.chips.replaceChildren(...chips, ...(chips.length ? [element("span", { textContent: text })] : []));
    this.chips.hidden = chips.length === 0;
  }
}
