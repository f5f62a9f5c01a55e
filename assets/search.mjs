/** One box for vessels (name, IMO, MMSI) and ports; type ahead, Enter goes to the first, arrows choose. */

const MOST = 8;

export class Search {
  /**
   * @param {HTMLInputElement} box @param {HTMLElement} results
   * @param {import("./fleet.mjs").Fleet} fleet @param {{name: string, country: string, lat: number, lon: number}[]} ports
   * @param {(found: {mmsi?: number, lat: number, lon: number}) => void} onChoice
   */
  constructor(box, results, fleet, ports, onChoice) {
    Object.assign(this, { box, results, onChoice, chosen: 0, found: [] });
    box.addEventListener("input", () => this.#show(Search.find(box.value, fleet, ports)));
    box.addEventListener("keydown", (event) => this.#key(event));
    box.addEventListener("blur", () => setTimeout(() => this.#show([]), 150));
    addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.target.matches?.("input, textarea")) return;
      event.preventDefault();
      box.focus();
    });
  }

  /** What `text` finds: names that begin with it before names that hold it, then numbers, then ports. */
  static find(text, fleet, ports) {
    const wanted = text.trim().toLowerCase();
    if (!wanted) return [];
    const ranked = [];
    for (let slot = 0; slot < fleet.size; slot++) {
      const rank = rankOf(wanted, fleet.names[slot], fleet.imos[slot], String(fleet.mmsi[slot]));
      if (rank < 3) ranked.push([rank, vessel(fleet, slot)]);
    }
    for (const { name, country, lat, lon } of ports) {
      if (name.toLowerCase().startsWith(wanted)) ranked.push([1.5, { label: name, note: country, lat, lon }]);
    }
    return ranked.sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, found]) => found);
  }

  #show(found) {
    this.found = found;
    this.chosen = 0;
    this.results.hidden = found.length === 0;
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

function rankOf(wanted, name, imo, mmsi) {
  const lower = name.toLowerCase();
  if (lower.startsWith(wanted) || lower.startsWith(`mv ${wanted}`)) return 0;
  if (imo.toLowerCase().includes(wanted) || mmsi.startsWith(wanted)) return 1;
  return lower.includes(wanted) ? 2 : 3;
}

function vessel(fleet, slot) {
  const { mmsi, lat, lon, names, imos } = fleet;
  return { mmsi: mmsi[slot], lat: lat[slot], lon: lon[slot], label: names[slot], note: imos[slot] || String(mmsi[slot]) };
}
