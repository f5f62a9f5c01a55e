/** The numbers on the page, and what the charts are fed with. */

import { counts, History, Rate } from "./stats.mjs";

const byId = (id) => document.getElementById(id);

const LARGE = 2000;
const LARGE_EVERY_MS = 5000;

export class Figures {
  /**
   * @param {import("./fleet.mjs").Fleet} fleet @param {import("./live.mjs").Live} live @param {import("./state.mjs").State} state
   */
  constructor(fleet, live, state) {
    Object.assign(this, { fleet, live, state, rate: new Rate(), history: new History() });
  }

  /** Once a second. @param {number} now ms of the server's clock */
  refresh(now) {
    const { fleet, live, state } = this;
    const stats = counts(fleet);
    byId("simulated-mark").hidden = !stats.simulated;
    if (stats.total) this.history.add(now, performance.now(), stats.status);
    this.rate.add(live.arrived, performance.now());
    live.arrived = 0;
    const shown = { ...stats.status, total: stats.total, rate: this.rate.perSecond(performance.now()), clients: live.clients };
    for (const [key, value] of Object.entries(shown)) byId(`count-${key}`).textContent = value?.toLocaleString("en") ?? "–";
    byId("table-count").textContent = `${stats.total.toLocaleString("en")} of ${fleet.size.toLocaleString("en")}`;
    this.#chart({ ...stats, filter: state.get("filter"), safe: state.get("safe"), samples: this.history.samples.length });
  }

  /** Plotly is slow: it is asked only for what differs, and while somebody sees it. */
  #chart(data) {
    const text = JSON.stringify(data);
    const [now, asked] = [performance.now(), JSON.stringify(data.filter) !== this.filter];
    // a large fleet's charts change all the time, and little; a person who filters waits for them
    const early = !asked && this.fleet.size > LARGE && now - this.at < LARGE_EVERY_MS;
    if (text === this.told || this.state.get("tab") !== "fleet" || early) return;
    Object.assign(this, { at: now, filter: JSON.stringify(data.filter) });
    dash_clientside.set_props("fleet-stats", { data });
    this.told = text;
  }
}
