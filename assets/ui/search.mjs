/** The search box for vessels (name, call sign, IMO, MMSI, destination) and ports; Enter goes to the chosen result. */

const MAX_RESULTS = 8;

export class Search {
  /**
   * @param {HTMLInputElement} box @param {HTMLElement} results
   * @param {import("../fleet/fleet.mjs").Fleet} fleet @param {{name: string, country: string, lat: number, lon: number}[]} ports
   * @param {(found: {mmsi?: number, lat: number, lon: number}) => void} onChoice
   */
  constructor(box, results, fleet, ports, onChoice) {
    this.box = box;
    this.results = results;
    this.onChoice = onChoice;
    this.chosen = 0;
    /** @type {any[]} */
    this.found = [];
    box.addEventListener("input", () => this.#show(Search.find(box.value, fleet, ports)));
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("blur", () => setTimeout(() => this.#show([]), 150));
    const says = { role: "combobox", "aria-label": "Search", "aria-controls": results.id, "aria-expanded": "false", "aria-keyshortcuts": "/" };
    for (const [name, value] of Object.entries(says)) box.setAttribute(name, value);
  }

  /**
   * The results for a text: names that begin with it, then numbers, ports, names that contain it, and destinations.
   * @param {string} text @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {{name: string, country: string, lat: number, lon: number}[]} ports
   */
  static find(text, fleet, ports) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    /** @type {[number, any][]} */
    const ranked = [];
    for (let slot = 0; slot < fleet.size; slot++) {
      if (!fleet.searchText(slot).includes(wanted)) continue;
      ranked.push([rankOf(wanted, fleet, slot), vessel(fleet, slot, wanted)]);
    }
    for (const { name, country, lat, lon } of ports) {
      if (name.toLowerCase().startsWith(wanted)) ranked.push([1.5, { label: name, note: country, lat, lon }]);
    }
    return ranked.sort((a, b) => a[0] - b[0]).slice(0, MAX_RESULTS).map(([, found]) => found);
  }

  #show(found) {
    this.found = found;
    this.chosen = 0;
    this.results.hidden = found.length === 0;
    this.box.setAttribute("aria-expanded", String(found.length > 0));
    this.results.replaceChildren(...found.map((item, at) => this.#entry(item, at)));
  }

  #entry(item, at) {
    const entry = document.createElement("li");
    entry.setAttribute("role", "option");
    entry.setAttribute("aria-selected", String(at === this.chosen));
    const note = document.createElement("small");
    note.textContent = item.note;
    entry.append(item.label, note);
    entry.addEventListener("pointerdown", () => this.#choose(item));
    return entry;
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.found.length) {
      event.preventDefault();
      this.chosen = (this.chosen + step + this.found.length) % this.found.length;
      [...this.results.children].forEach((entry, at) => entry.setAttribute("aria-selected", String(at === this.chosen)));
    }
    if (event.key === "Enter" && this.found.length) this.#choose(this.found[this.chosen]);
    if (event.key === "Escape") this.#show([]);
  }

  #choose(item) {
    this.#show([]);
    this.box.blur();
    this.onChoice(item);
  }
}

function rankOf(wanted, fleet, slot) {
  const name = fleet.names[slot].toLowerCase();
  if (name.startsWith(wanted) || name.startsWith(`mv ${wanted}`)) return 0;
  const numbers = [fleet.imos[slot], fleet.callsigns[slot], String(fleet.mmsi[slot])];
  if (numbers.some((one) => one.toLowerCase().replace("imo", "").startsWith(wanted.replace("imo", "")))) return 1;
  return name.includes(wanted) ? 2 : 3;
}

function vessel(fleet, slot, wanted) {
  const { mmsi, lat, lon, destinations, imos, callsigns } = fleet;
  const bound = destinations[slot].toLowerCase().includes(wanted) ? `to ${destinations[slot]}` : "";
  const note = bound || (callsigns[slot].toLowerCase().startsWith(wanted) ? callsigns[slot] : imos[slot] || String(mmsi[slot]));
  return { mmsi: mmsi[slot], lat: lat[slot], lon: lon[slot], label: fleet.nameOf(slot), note };
}
