/** The running scenario: its events so far, and the changes that they made to ETAs. */

import { ask } from "../stream/api.mjs";

const POLL_MS = 5000;

/** The delay of a vessel in days and hours, negative for an earlier arrival. @param {string?} before @param {string?} after RFC 3339 */
export function delay(before, after) {
  const minutes = Math.round((Date.parse(after) - Date.parse(before)) / 60_000);
  if (Number.isNaN(minutes)) return "–";
  const [days, hours] = [Math.floor(Math.abs(minutes) / 1440), Math.floor((Math.abs(minutes) % 1440) / 60)];
  return `${minutes < 0 ? "−" : "+"}${days ? `${days} d ` : ""}${hours} h`;
}

/**
 * Changes of ETAs, the longest delay first.
 * @param {{changes: {mmsi: number, eta_before: string?, eta_after: string?}[]}[]} events
 * @param {{mmsi: number, vessel_name: string}[]} vessels
 */
export function etaRows(events, vessels) {
  const names = new Map(vessels.map((vessel) => [vessel.mmsi, vessel.vessel_name]));
  const late = ({ eta_before: before, eta_after: after }) => Date.parse(after) - Date.parse(before) || 0;
  const changes = events.flatMap((event) => event.changes).sort((one, other) => late(other) - late(one));
  return changes.map(({ mmsi, eta_before: before, eta_after: after }) => ({
    mmsi, name: names.get(mmsi) ?? String(mmsi), before: short(before), after: short(after), delay: delay(before, after),
  }));
}

const short = (time) => time?.slice(0, 16).replace("T", " ") ?? "–";
const words = (kind) => kind.replaceAll("_", " ");

export class ScenarioPanel {
  /** @param {HTMLButtonElement} button @param {HTMLDialogElement} dialog @param {(mmsi: number) => void} select */
  constructor(button, dialog, select) {
    this.button = button;
    this.dialog = dialog;
    this.select = select;
    button.addEventListener("click", () => this.#open());
    dialog.querySelector("#scenario-close").addEventListener("click", () => dialog.close());
  }

  /** Show the name of the scenario. @param {string?} name null for none */
  show(name) {
    this.button.hidden = !name;
    this.button.textContent = name ? words(name) : "";
  }

  async #open() {
    this.dialog.show();
    while (this.dialog.open) {
      await this.#fill();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #fill() {
    try {
      const requests = ["scenario", "truth"].map((path) => ask("GET", `simulation/${path}`));
      const [{ title, about, events }, { vessels }] = await Promise.all(requests);
      /** @type {(selector: string) => any} */
      const part = (selector) => this.dialog.querySelector(selector);
      part("h2").textContent = title;
      part("p").textContent = about;
      part("ul").replaceChildren(...events.map((event) => this.#event(event)));
      const rows = etaRows(events, vessels);
      part("table").hidden = rows.length === 0;
      part("tbody").replaceChildren(...rows.map((row) => this.#row(row)));
    } catch {
      // the connection state already says that the server does not answer
    }
  }

  #event({ kind, state, began, vessels }) {
    const item = document.createElement("li");
    const count = vessels.length > 1 ? `, ${vessels.length} vessels` : "";
    item.textContent = `${words(kind)}: ${state}, ${short(began)}${count}`;
    return item;
  }

  #row({ mmsi, name, before, after, delay: later }) {
    const row = document.createElement("tr");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => this.select(mmsi));
    for (const content of [button, before, after, later]) {
      const cell = document.createElement("td");
      cell.append(content);
      row.append(cell);
    }
    return row;
  }
}
