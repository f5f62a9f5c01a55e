/** The selected group in the panel: its size, types, statuses and names. */

import { byId } from "./dom.mjs";
import { icon } from "./icons.mjs";

const MAX_LISTED = 100;
const title = (name) => name.replaceAll("_", " ");

/**
 * Counts of the slots by code, the largest first, without zeros.
 * @param {number[]} slots @param {string[]} names by code @param {ArrayLike<number>} column codes by slot
 * @returns {[string, number, number][]} name, count, code
 */
export function countsBy(slots, names, column) {
  /** @type {[string, number, number][]} */
  const counts = names.map((name, code) => [name, slots.filter((slot) => column[slot] === code).length, code]);
  return counts.filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
}

export class Group {
  /**
   * @param {import("../fleet/fleet.mjs").Fleet} fleet @param {import("../fleet/state.mjs").State} state
   * @param {import("../fleet/selection.mjs").VesselSelection} selection @param {() => {type: string[]}} colours of the active palette
   */
  constructor(fleet, state, selection, colours) {
    this.fleet = fleet;
    this.state = state;
    this.selection = selection;
    this.colours = colours;
    this.listed = "";
    state.on(["group", "selected", "safe"], () => this.refresh());
    this.refresh();
  }

  /** Slots of the known members. @returns {number[]} */
  slots() {
    return this.state.get("group").map((mmsi) => this.fleet.slots.get(mmsi)).filter((slot) => slot !== undefined);
  }

  /** Call once a second, and when the selection changes. */
  refresh() {
    const group = this.state.get("group");
    byId("group").hidden = group.length === 0;
    if (!group.length) return;
    const slots = this.slots();
    const gone = group.length - slots.length;
    byId("group-title").textContent = `${slots.length.toLocaleString("en")} vessels chosen`;
    const { fleet } = this;
    const kinds = countsBy(slots, fleet.types, fleet.type).map(([name, count, code]) => this.#kind(`${count} ${title(name)}`, code));
    const states = countsBy(slots, fleet.statuses, fleet.status).map(([name, count]) => `${count} ${title(name)}`);
    byId("group-kinds").replaceChildren(...kinds);
    byId("group-states").textContent = [...states, ...(gone ? [`${gone} not there`] : [])].join(" · ");
    this.#list(slots);
  }

  #kind(words, code) {
    const kind = document.createElement("span");
    kind.append(this.#swatch(code), words);
    return kind;
  }

  #swatch(code) {
    const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
    swatch.style.backgroundColor = this.colours().type[code];
    return swatch;
  }

  /** Build the list again only if its text changes: a person may be about to press one of its buttons. */
  #list(slots) {
    const { fleet } = this;
    const entries = slots.slice(0, MAX_LISTED);
    const text = JSON.stringify([slots.length, this.state.get("selected"), this.state.get("safe"), entries.map((slot) => [fleet.mmsi[slot], fleet.nameOf(slot)])]);
    if (text === this.listed) return;
    this.listed = text;
    const more = slots.length - entries.length;
    const rest = Object.assign(document.createElement("li"), { className: "hint", textContent: `and ${more.toLocaleString("en")} more` });
    byId("group-list").replaceChildren(...entries.map((slot) => this.#entry(slot)), ...(more ? [rest] : []));
  }

  #entry(slot) {
    const { fleet, selection } = this;
    const [mmsi, name] = [fleet.mmsi[slot], fleet.nameOf(slot)];
    const [entry, show, away] = ["li", "button", "button"].map((tag) => document.createElement(tag));
    Object.assign(show, { type: "button", textContent: name });
    show.setAttribute("aria-pressed", String(mmsi === this.state.get("selected")));
    show.addEventListener("click", () => selection.pick(mmsi));
    Object.assign(away, { type: "button", ariaLabel: `Take out ${name}` });
    away.append(icon("close"));
    away.addEventListener("click", () => selection.toggle(mmsi));
    entry.append(this.#swatch(fleet.type[slot]), show, away);
    return entry;
  }
}
