/** The connection to /ws: subscribes, resumes where it was, reconnects with back-off, and describes its state in words. */

import { decode } from "./wire.mjs";

const FIRST_WAIT_S = 1;
const MAX_WAIT_S = 30;
const PERIOD_MS = 1000;
/** A heartbeat comes every 15 s. */
const LATE_AFTER_S = 20;
/** A connection that is silent this long is dead, even if the browser still calls it open. */
const DEAD_AFTER_S = 40;

export class Stream {
  /**
   * @param {string} url of the raw WebSocket
   * @param {(message: object) => void} onMessage an object of the protocol, or `{type: "frame", frame}` for a binary one
   * @param {(state: string, words: string) => void} onState live, delayed, silent, paused or reconnecting
   */
  constructor(url, onMessage, onState) {
    this.url = url;
    this.onMessage = onMessage;
    this.onState = onState;
    this.waitS = FIRST_WAIT_S;
    this.deadAfterS = DEAD_AFTER_S;
    /** Position in the stream, from which a subscription resumes. @type {{epoch: string?, seq: number, event_seq: number}} */
    this.at = { epoch: null, seq: 0, event_seq: 0 };
    /** Seconds between two updates of a healthy server. */
    this.intervalS = 30;
    this.paused = false;
    /** @type {{state: string}[]} */
    this.feeds = [];
    /** Times on the browser's clock, ms. @type {number?} */
    this.retryAt = null;
    /** @type {number | undefined} */
    this.heard = undefined;
    /** @type {number | undefined} */
    this.moved = undefined;
    setInterval(() => this.#report(), 1000);
    // the server would keep sending to a page that the browser has put aside
    addEventListener("pagehide", () => this.#abandon());
    addEventListener("pageshow", ({ persisted }) => persisted && this.#open());
    addEventListener("online", () => this.retryAt !== null && this.#open());
    this.#open();
  }

  #open() {
    clearTimeout(this.timer);
    this.retryAt = null;
    this.opened = performance.now();
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.#subscribe();
    socket.onmessage = ({ data }) => this.#receive(typeof data === "string" ? JSON.parse(data) : { type: "frame", frame: decode(data) });
    socket.onclose = () => this.#retry();
    this.socket = socket;
  }

  #subscribe() {
    const { epoch, seq, event_seq } = this.at;
    const resume = epoch === null ? {} : { resume: { epoch, seq, event_seq } };
    this.socket.send(
      JSON.stringify({ type: "subscribe", subscription_type: "all", proto: 2, encoding: "binary", period_ms: PERIOD_MS, ...resume }),
    );
  }

  #receive(message) {
    this.heard = performance.now();
    this.waitS = FIRST_WAIT_S;
    if (message.type === "frame" && !this.#follows(message.frame)) return;
    if (message.type === "subscription_confirmed") this.#confirmed(message);
    if (message.type === "epoch") Object.assign(this.at, { epoch: message.epoch, seq: 0 });
    if (message.type === "event") this.at.event_seq = message.event_seq;
    if (message.clock) this.paused = message.clock.paused === true;
    if (message.feeds) this.feeds = message.feeds;
    this.onMessage(message);
    this.#report();
  }

  #confirmed({ epoch, event_seq, resumed }) {
    // a seq counts within its epoch: before the snapshot arrives, there is nothing to resume from
    Object.assign(this.at, { epoch, event_seq, seq: resumed ? this.at.seq : 0 });
    this.resumed = resumed;
  }

  /** Whether a frame continues the last one; where one is missing, subscribe again without a resume. */
  #follows({ snapshot, prev, seq }) {
    if (!snapshot && prev !== this.at.seq) {
      this.at = { ...this.at, epoch: null, seq: 0 };
      this.#subscribe();
      return false;
    }
    this.at.seq = seq;
    this.moved = this.heard;
    return true;
  }

  #retry() {
    if (this.retryAt !== null) return;
    // jitter, so that many browsers do not reconnect at the same instant
    const waitS = this.waitS * (0.75 + Math.random() / 2);
    this.retryAt = performance.now() + waitS * 1000;
    this.timer = setTimeout(() => this.#open(), waitS * 1000);
    this.waitS = Math.min(2 * this.waitS, MAX_WAIT_S);
    this.#report();
  }

  /** Abandon a silent connection: its close event might not come for minutes. */
  #watch() {
    const since = Math.max(this.heard ?? 0, this.opened);
    if (this.retryAt !== null || performance.now() - since < this.deadAfterS * 1000) return;
    this.#abandon();
    this.#retry();
  }

  #abandon() {
    Object.assign(this.socket, { onopen: null, onmessage: null, onclose: null });
    this.socket.close();
  }

  #report() {
    this.#watch();
    this.onState(...describe(this, performance.now()));
  }
}

/**
 * The state of a connection, and the same in words.
 * @param {object} connection times in ms
 * @param {number?} [connection.retryAt] null while no reconnection is due
 * @param {number} [connection.heard] time of the last message @param {number} [connection.moved] time of the last frame
 * @param {number} connection.intervalS @param {boolean} connection.paused @param {{state: string}[]} [connection.feeds]
 * @param {number} now ms
 * @returns {[string, string]}
 */
export function describe({ retryAt, heard, moved, intervalS, paused, feeds = [] }, now) {
  if (retryAt !== null && retryAt !== undefined) return ["reconnecting", `reconnecting in ${Math.max(1, Math.ceil((retryAt - now) / 1000))} s`];
  if (heard === undefined) return ["reconnecting", "connecting"];
  const silentS = (now - heard) / 1000;
  if (silentS > LATE_AFTER_S) return ["delayed", `delayed ${Math.round(silentS)} s`];
  if (paused) return ["paused", "simulation paused"];
  const down = feeds.length > 0 && feeds.every(({ state }) => state !== "ok");
  if (down || moved === undefined || (now - moved) / 1000 > 3 * intervalS + 10) return ["silent", "connected but no data"];
  // the other sources still deliver
  const quiet = feeds.filter(({ state }) => state !== "ok").length;
  return ["live", quiet ? `live, ${quiet} of ${feeds.length} sources quiet` : "live"];
}
