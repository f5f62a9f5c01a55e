/** Alerts on the page: toasts, the list, acknowledgements, and the browser's notifications. */

import { ask } from "../stream/api.mjs";
import { byId } from "./dom.mjs";
import { icon } from "./icons.mjs";
import { moment, note } from "./page.mjs";

const MAX_ALERTS = 200;
const MAX_TOASTS = 3;
const TOAST_MS = 8000;
const MAX_PER_VESSEL = 5;
const POLL_MS = 5000;
const WORDS = {
  entered_port: (name, zone) => `${name} entered ${zone ?? "a port"}`,
  left_port: (name, zone) => `${name} left ${zone ?? "port"}`,
  high_speed: (name, _, { speed_over_ground: sog }) => `${name} at ${sog} kn`,
  entered_zone: (name, zone) => `${name} entered ${zone}`,
  left_zone: (name, zone) => `${name} left ${zone}`,
};

/** An alert in words. @param {any} event of the stream @returns {string} */
export function wordsOf({ kind, vessel, zone, evidence }) {
  const name = vessel.vessel_name || `MMSI ${vessel.mmsi}`;
  return WORDS[kind]?.(name, zone, evidence) ?? `${name}: ${kind.replaceAll("_", " ")}`;
}

/**
 * The list after older events: those that were raised come before the ones that are listed, each once, at most MAX_ALERTS.
 * @param {any[]} listed @param {any[]} events oldest first @returns {any[]}
 */
export function withEarlier(listed, events) {
  const known = new Set(listed.map(({ event_seq: seq }) => seq));
  const raised = events.filter(({ state, event_seq: seq }) => state === "raised" && !known.has(seq));
  return [...raised, ...listed].slice(-MAX_ALERTS);
}

/**
 * The alert that comes after another one in the walk through the open alerts, newest first and round again.
 * @param {any[]} open oldest first, at least one @param {number?} seq of the last one that was shown
 */
export function nextOpen(open, seq) {
  const at = open.findIndex(({ event_seq: other }) => other === seq);
  return open[at > 0 ? at - 1 : open.length - 1];
}

export class Alerts {
  /**
   * @param {(event: any) => void} jump to the vessel of an alert
   * @param {(mmsi: number) => boolean} shows whether the filter shows a vessel
   * @param {() => number} clock ms of the server
   */
  constructor(jump, shows, clock) {
    this.jump = jump;
    this.shows = shows;
    this.clock = clock;
    /** Oldest first. @type {any[]} */
    this.all = [];
    /** @type {number?} */
    this.at = null;
    /** @type {number?} */
    this.selected = null;
    this.silent = localStorage.getItem("silent") === "1";
    /** Acknowledged for all clients; and, where the server refuses this one, in this browser only. */
    this.shared = new Set();
    this.own = new Set(JSON.parse(localStorage.getItem("acknowledged") ?? "[]"));
    this.done = { has: (id) => this.shared.has(id) || this.own.has(id) };
    // other people acknowledge as well
    setInterval(() => document.hidden || this.#poll(), POLL_MS);
    byId("alert-all").addEventListener("click", () => this.#acknowledge(this.all));
    byId("alert-next").addEventListener("click", () => this.#next());
    byId("alert-silence").addEventListener("click", () => this.#silence());
    byId("alert-notify").addEventListener("click", () => this.#notifyMe());
    this.notify = localStorage.getItem("notify") === "1" && globalThis.Notification?.permission === "granted";
    this.#show();
  }

  /** Add the events from before the page was opened. @param {any[]} events oldest first */
  before(events) {
    this.all = withEarlier(this.all, events);
    for (const { state, event_id: id } of events) if (state === "cleared") this.#clear(id);
    this.#show();
  }

  /** Add an event of the stream. @param {any} event @returns {string?} a new alert in words, null for one that has ended */
  add(event) {
    if (event.state === "cleared") return this.#clear(event.event_id);
    this.all = [...this.all, event].slice(-MAX_ALERTS);
    // a burst of events changes the page once
    this.due ??= setTimeout(() => this.#show());
    if (this.shows(event.vessel.mmsi) && !this.silent) this.#announce(event);
    return wordsOf(event);
  }

  /** Show the last alerts of a vessel in its panel. @param {number?} mmsi */
  select(mmsi) {
    this.selected = mmsi;
    this.#show();
  }

  #clear(id) {
    const event = this.all.find(({ event_id: other }) => other === id);
    if (event) event.over = true;
    this.due ??= setTimeout(() => this.#show());
    return null;
  }

  #announce(event) {
    const words = wordsOf(event);
    const place = byId("toasts");
    byId("alert-live").replaceChildren(words);
    if (this.notify && document.hidden) new Notification("Fairway", { body: words, tag: event.event_id });
    if (place.children.length >= MAX_TOASTS) {
      this.more = (this.more ?? 0) + 1;
      place.dataset.more = `and ${this.more} more`;
      return;
    }
    const toast = document.createElement("div");
    toast.className = `toast ${event.kind}`;
    const [go, close] = [button(words, () => this.jump(event)), button("", () => this.#dismiss(toast), "close", "Dismiss")];
    toast.append(go, close);
    place.append(toast);
    const away = () => setTimeout(() => (toast.matches(":hover, :focus-within") ? away() : this.#dismiss(toast)), TOAST_MS);
    away();
  }

  #dismiss(toast) {
    toast.remove();
    const place = byId("toasts");
    if (place.children.length) return;
    this.more = 0;
    delete place.dataset.more;
  }

  #open() {
    return this.all.filter(({ event_id: id }) => !this.done.has(id));
  }

  #next() {
    const open = this.#open();
    if (!open.length) return;
    const event = nextOpen(open, this.at);
    this.at = event.event_seq;
    this.jump(event);
  }

  async #acknowledge(events) {
    const ids = events.map(({ event_id: id }) => id).filter((id) => !this.done.has(id));
    if (!ids.length) return;
    try {
      const { acknowledged } = await ask("POST", "realtime/alerts/acknowledged", { event_ids: ids });
      this.showAcknowledged(acknowledged);
    } catch ({ message }) {
      this.own = new Set([...this.own, ...ids].slice(-2 * MAX_ALERTS));
      localStorage.setItem("acknowledged", JSON.stringify([...this.own]));
      note(`In this browser only: ${message}`);
    }
    this.#show();
  }

  async #poll() {
    try {
      this.showAcknowledged((await ask("GET", "realtime/alerts?limit=1")).acknowledged);
    } catch {
      // the connection state already says that the server does not answer
    }
  }

  /** Show which events are acknowledged. @param {string[]} ids of events */
  showAcknowledged(ids) {
    if (ids.length === this.shared.size && ids.every((id) => this.shared.has(id))) return;
    this.shared = new Set(ids);
    this.#show();
  }

  #silence() {
    this.silent = !this.silent;
    localStorage.setItem("silent", this.silent ? "1" : "0");
    if (this.silent) for (const toast of [...byId("toasts").children]) this.#dismiss(toast);
    this.#show();
  }

  async #notifyMe() {
    this.notify = !this.notify && (await globalThis.Notification?.requestPermission()) === "granted";
    localStorage.setItem("notify", this.notify ? "1" : "0");
    this.#show();
  }

  #show() {
    this.due = undefined;
    const open = this.#open();
    byId("tab-alerts").dataset.count = open.length > 99 ? "99+" : String(open.length || "");
    byId("alert-silence").setAttribute("aria-pressed", String(this.silent));
    byId("alert-notify").setAttribute("aria-pressed", String(this.notify));
    byId("alert-none").hidden = this.all.length > 0;
    byId("alert-list").replaceChildren(...this.all.toReversed().map((event) => this.#entry(event, true)));
    const own = this.all.filter(({ vessel }) => vessel.mmsi === this.selected).slice(-MAX_PER_VESSEL);
    byId("vessel-alerts-box").hidden = own.length === 0;
    byId("vessel-alerts").replaceChildren(...own.toReversed().map((event) => this.#entry(event, false)));
  }

  #entry(event, whole) {
    const entry = document.createElement("li");
    entry.className = `${event.kind}${event.over ? " over" : ""}${this.done.has(event.event_id) ? " done" : ""}`;
    entry.append(moment(Date.parse(event.timestamp), this.clock()), button(wordsOf(event), () => this.jump(event)));
    if (whole && !this.done.has(event.event_id)) entry.append(button("", () => this.#acknowledge([event]), "check", "Acknowledge"));
    return entry;
  }
}

function button(words, onClick, picture = null, label = null) {
  const created = Object.assign(document.createElement("button"), { type: "button", textContent: words });
  if (picture) created.append(icon(picture));
  if (label) created.setAttribute("aria-label", label);
  created.addEventListener("click", onClick);
  return created;
}
