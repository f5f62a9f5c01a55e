/** The sources and outputs of the server, each with its state, counts and errors. */

import { ask } from "../stream/api.mjs";
import { byId } from "./dom.mjs";
import { ageWords } from "./page.mjs";

const POLL_MS = 2000;
const count = (value) => value.toLocaleString("en");
const age = (seconds) => (seconds === null ? "never" : `${ageWords(seconds)} ago`);
const listed = (counts) => Object.entries(counts).filter(([, n]) => n > 0).map(([reason, n]) => `${count(n)} ${reason}`).join(", ");

/**
 * The remarks on a source: why it is down, what it rejected, which stations it hears.
 * @param {{reason: string?, rejected: Record<string, number>, ahead: number, latency_s: number?, stations: Record<string, number>}} feed
 * @returns {string} empty for none
 */
export function remarks({ reason, rejected, ahead, latency_s: latency, stations }) {
  const [refused, heard] = [listed(rejected), Object.keys(stations).length];
  const parts = [
    reason,
    refused && `not used: ${refused}`,
    ahead > 0 && `${count(ahead)} from clocks that are ahead`,
    latency !== null && `${latency} s from event to arrival`,
    heard > 0 && `${heard} ${heard === 1 ? "station" : "stations"}: ${Object.keys(stations).slice(0, 5).join(", ")}${heard > 5 ? ", …" : ""}`,
  ];
  return parts.filter(Boolean).join(" · ");
}

export class Sources {
  /** @param {HTMLDialogElement} dialog @param {HTMLButtonElement} button opens and closes it */
  constructor(dialog, button) {
    this.dialog = dialog;
    this.button = button;
    button.addEventListener("click", () => (dialog.open ? this.close() : this.#open()));
    byId("sources-close").addEventListener("click", () => this.close());
  }

  /** Close the dialog. @returns {boolean} whether it was open */
  close() {
    const wasOpen = this.dialog.open;
    this.dialog.close();
    this.button.setAttribute("aria-expanded", "false");
    return wasOpen;
  }

  async #open() {
    this.dialog.show();
    this.button.setAttribute("aria-expanded", "true");
    while (this.dialog.open) {
      await this.#fill();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #fill() {
    try {
      const status = await ask("GET", "realtime/status");
      const feeds = status.feeds.map((feed) => [feed, [feed.reports_per_s.toFixed(1), count(feed.reports), age(feed.age_s)], remarks(feed)]);
      const outputs = status.outputs.map((out) => [out, [count(out.sent), count(out.dropped), age(out.age_s)], outputRemarks(out)]);
      byId("sources-in").replaceChildren(...feeds.flatMap((feed) => rows(...feed)));
      byId("sources-out").replaceChildren(...outputs.flatMap((out) => rows(...out)));
      byId("sources-server").textContent = serverWords(status);
    } catch {
      byId("sources-server").textContent = "The server does not answer.";
    }
  }
}

/** The remarks on an output: its problem, its queue, its clients. @returns {string} empty for none */
export const outputRemarks = ({ problem, queued, clients }) =>
  [problem, queued > 0 && `${count(queued)} wait`, clients !== undefined && `${count(clients)} ${clients === 1 ? "client" : "clients"}`].filter(Boolean).join(" · ");

/** The server's version, memory, clients and failed threads in one line. @returns {string} */
export function serverWords({ version, memory, clients, dropped, threads }) {
  const failed = threads.filter(({ running }) => !running).map(({ name, last_error: error }) => `thread ${name} has ended: ${error}`);
  const merged = listed(dropped);
  const parts = [`Fairway ${version}`, `${Math.round(memory.rss_bytes / 1e6)} MB`, `${clients.ws} on /ws, ${clients.socketio} on Socket.IO`];
  return [...parts, merged && `left out in merging: ${merged}`, ...failed].filter(Boolean).join(" · ");
}

/** One row of counts, and one of remarks where there are any. Names are shown as text, never as markup. */
function rows({ name, state }, figures, words) {
  const line = document.createElement("tr");
  const [head, condition] = [document.createElement("th"), document.createElement("td")];
  Object.assign(head, { scope: "row", textContent: name });
  condition.dataset.state = state;
  condition.textContent = state;
  line.append(head, condition, ...figures.map((text) => Object.assign(document.createElement("td"), { textContent: text })));
  if (!words) return [line];
  const more = document.createElement("tr");
  more.className = "more";
  more.append(Object.assign(document.createElement("td"), { colSpan: 5, textContent: words }));
  return [line, more];
}
