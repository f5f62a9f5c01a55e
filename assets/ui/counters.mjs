/** The numbers on the page, and what the charts are fed with. */

import { clickBars } from "./bars.mjs";
import { clicked } from "./charts.mjs";
import { counts, History, Rate } from "../fleet/stats.mjs";

const byId = (id) => document.getElementById(id);

const LARGE = 2000;
const LARGE_EVERY_MS = 5000;

export class Counters {
  /**
   * @param {import("../fleet/fleet.mjs").Fleet} fleet @param {import("../stream/stream_client.mjs").StreamClient} live @param {import("../fleet/state.mjs").State} state
   */
  constructor(fleet, live, state) {
    this.fleet = fleet;
    this.live = live;
    this.state = state;
    this.rate = new Rate();
    this.history = new History();
    clickBars(byId("charts-now"), (id, bar) => state.set({ filter: clicked(id, bar, state.get("filter")) }));
    const buttons = [...byId("charts-switch").children];
    for (const button of buttons) button.addEventListener("click", () => state.set({ charts: button.dataset.charts }));
    state.on(["charts"], ({ charts }) => this.#switch(charts, buttons));
    this.#switch(state.get("charts"), buttons);
  }

  /** Charts of the moment, or over time. */
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
    // charts that were laid out while hidden take their width now
    dispatchEvent(new Event("resize"));
  }

  /** Once a second. @param {number} now ms of the server's clock @param {boolean} [past] whether that is over: not for the charts over time */
  refresh(now, past = false) {
    const { fleet, live, state } = this;
    const stats = counts(fleet);
    byId("simulated-mark").hidden = !stats.simulated;
    const wall = performance.now();
    this.rate.add(live.arrived, wall);
    live.arrived = 0;
    const rate = this.rate.perSecond(wall);
    const of = JSON.stringify([state.get("filter"), state.get("isolate") && [state.get("selected"), state.get("group")]]);
    if (fleet.size && !past) this.history.add({ time: now, wall, of, status: stats.status, kinds: stats.kinds, mean: stats.mean, rate });
    const shown = { ...stats.status, total: stats.total, rate: rate?.toFixed(1), clients: live.clients };
    for (const [key, value] of Object.entries(shown)) byId(`count-${key}`).textContent = value?.toLocaleString("en") ?? "–";
    byId("table-count").textContent = `${stats.total.toLocaleString("en")} of ${fleet.size.toLocaleString("en")}`;
    const chosen = { filter: state.get("filter"), safe: state.get("safe"), charts: state.get("charts") };
    this.#chart({ ...stats, ...chosen, sampled: this.history.samples.at(-1)?.wall });
  }

  /** Plotly is slow: it is asked only for what differs, and while somebody sees it. */
  #chart(data) {
    const text = JSON.stringify(data);
    const [now, asked] = [performance.now(), JSON.stringify(data.filter) !== this.filter];
    // a large fleet's charts change all the time, and little; a person who filters waits for them
    const early = !asked && this.fleet.size > LARGE && now - this.at < LARGE_EVERY_MS;
    if (text === this.told || this.state.get("tab") !== "fleet" || early) return;
    this.at = now;
    this.filter = JSON.stringify(data.filter);
    dash_clientside.set_props("fleet-stats", { data });
    this.told = text;
  }
}
