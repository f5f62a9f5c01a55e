/** What the page renews once a second: filter, ages, counters, table, clock. */

import { overdueS } from "../fleet/dead_reckoning.mjs";
import { byId } from "./dom.mjs";
import { ageWords, showAges } from "./page.mjs";

/** A time as the top bar shows it. @param {number} ms UTC @returns {string} */
export const clockWords = (ms) => `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")} UTC`;

/** The age of a vessel's last report, and whether the next one is overdue. @returns {string} */
export function reportAge(fleet, slot, now) {
  return ageWords((now - fleet.time[slot]) / 1000) + (overdueS(fleet, slot, now) > 0 ? ", overdue" : "");
}

/** @param {Record<string, any>} page */
export function refreshPage(page) {
  const { fleet, state, simulation } = page;
  const now = page.now();
  page.style.refresh();
  page.form.offer(fleet.sources);
  followSelected(page);
  if (state.get("table")) page.table.refresh();
  page.group.refresh();
  byId("server-time").textContent = clockWords(now);
  const slot = fleet.slots.get(state.get("selected"));
  if (slot !== undefined && byId("vessel-age")) byId("vessel-age").textContent = reportAge(fleet, slot, now);
  page.counters.refresh(now, page.replaying());
  showAges(page.client.now);
  simulation.refresh();
}

/** Keeps the selected vessel in the middle of the map, while the vessel layer is on. @param {Record<string, any>} page */
export function followSelected({ style, view }) {
  if (style.layer) view.follow((slot) => style.layer.point(slot));
}
