/** The numbers on the page, and the data of the charts. */

import { all, byId } from "./dom.mjs";
import { clickBars } from "./bars.mjs";
import { clicked } from "./charts.mjs";
import { counts, History, Rate } from "../fleet/stats.mjs";

/** The charts of a larger fleet are redrawn at most this often: they change all the time, but little. */
const LARGE_FLEET = 2000;
const LARGE_REDRAW_MS = 5000;

export class Counters {
  /**
   * @param {import("../fleet/fleet.mjs").Fleet} fleet @param {import("../stream/stream_client.mjs").StreamClient} client @param {import("../fleet/state.mjs").State} state
   */
  constructor(fleet, client, state) {
    this.fleet = fleet;
    this.client = client;
    this.state = state;
    this.rate = new Rate();
    this.history = new History();
    clickBars(byId("charts-now"), (id, bar) => state.set({ filter: clicked(id, bar, state.get("filter")) }));
    const buttons = all("button", byId("charts-switch"));
    for (const button of buttons) button.addEventListener("click", () => state.set({ charts: button.dataset.charts }));
    state.on(["charts"], ({ charts }) => this.#switch(charts, buttons));
    this.#switch(state.get("charts"), buttons);
  }

  /** Show the charts of the present, or those over time. */
  #switch(charts, buttons) {
    for (const button of buttons) {
      button.setAttribute("aria-pressed", String(button.dataset.charts === charts));
      byId(`charts-${button.dataset.charts}`).hidden = button.dataset.charts !== charts;
    }
    this.at = -Infinity;
    if (charts === "time" && !this.wanted) {
      this.wanted = true;
      dash_clientside.set_props("charts-wanted", { data: true });
    }
    // Plotly gives charts that were hidden their width on a resize
    dispatchEvent(new Event("resize"));
  }

  /** Once a second. @param {number} now ms of the server's clock @param {boolean} [past] whether it lies in the past, which the charts over time leave out */
  refresh(now, past = false) {
    const { fleet, client, state } = this;
    const stats = counts(fleet);
    byId("simulated-mark").hidden = !stats.simulated;
    const wall = performance.now();
    this.rate.add(client.arrived, wall);
    client.arrived = 0;
    const rate = this.rate.perSecond(wall);
    const filter = JSON.stringify([state.get("filter"), state.get("isolate") && [state.get("selected"), state.get("group")]]);
    if (fleet.size && !past) this.history.add({ time: now, wall, filter, status: stats.status, kinds: stats.kinds, mean: stats.mean, rate });
    const shown = { ...stats.status, total: stats.total, rate: rate?.toFixed(1), clients: client.clients };
    for (const [key, value] of Object.entries(shown)) byId(`count-${key}`).textContent = value?.toLocaleString("en") ?? "–";
    byId("table-count").textContent = `${stats.total.toLocaleString("en")} of ${fleet.size.toLocaleString("en")}`;
    const settings = { filter: state.get("filter"), safe: state.get("safe"), charts: state.get("charts") };
    this.#chart({ ...stats, ...settings, sampled: this.history.samples.at(-1)?.wall });
  }

  /** Plotly is slow: redraw only changed charts, and only while the tab shows. */
  #chart(data) {
    const text = JSON.stringify(data);
    const [now, filtered] = [performance.now(), JSON.stringify(data.filter) !== this.filter];
    // a person who changes the filter waits for the charts
    const early = !filtered && this.fleet.size > LARGE_FLEET && now - this.at < LARGE_REDRAW_MS;
    if (text === this.sent || this.state.get("tab") !== "fleet" || early) return;
    this.at = now;
    this.filter = JSON.stringify(data.filter);
    dash_clientside.set_props("fleet-stats", { data });
    this.sent = text;
  }
}
