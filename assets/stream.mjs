/** The connection to /ws: greets, subscribes, reconnects with back-off, and says in words how it stands. */

const FIRST_WAIT_S = 1;
const LONGEST_WAIT_S = 30;

export class Stream {
  /**
   * @param {string} url of the raw WebSocket
   * @param {(message: object) => void} onMessage
   * @param {(state: string, words: string) => void} onState state is one of live, delayed, silent, reconnecting
   */
  constructor(url, onMessage, onState) {
    Object.assign(this, { url, onMessage, onState });
    /** Seconds between two updates of a healthy server. */
    this.intervalS = 30;
    this.waitS = FIRST_WAIT_S;
    setInterval(() => this.#tell(), 1000);
    this.#open();
  }

  #open() {
    this.retryAt = null;
    this.socket = new WebSocket(this.url);
    this.socket.onopen = () => this.socket.send(JSON.stringify({ type: "subscribe", subscription_type: "all" }));
    this.socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    this.socket.onclose = () => this.#retry();
  }

  #receive(message) {
    this.heard = performance.now();
    this.waitS = FIRST_WAIT_S;
    if (message.type === "vessel_updates" && message.update_count > 0) this.moved = this.heard;
    this.onMessage(message);
    this.#tell();
  }

  #retry() {
    // jitter, so that a fleet of browsers does not come back in one instant
    const waitS = this.waitS * (0.75 + Math.random() / 2);
    this.retryAt = performance.now() + waitS * 1000;
    setTimeout(() => this.#open(), waitS * 1000);
    this.waitS = Math.min(2 * this.waitS, LONGEST_WAIT_S);
    this.#tell();
  }

  #tell() {
    this.onState(...describe(this, performance.now()));
  }
}

/**
 * State and words for how a connection stands.
 * @param {{retryAt: number?, heard: number?, moved: number?, intervalS: number}} connection times in ms
 * @param {number} now ms
 * @returns {[string, string]}
 */
export function describe({ retryAt, heard, moved, intervalS }, now) {
  if (retryAt != null) return ["reconnecting", `reconnecting in ${Math.max(1, Math.ceil((retryAt - now) / 1000))} s`];
  if (heard === undefined) return ["reconnecting", "connecting"];
  const silentS = (now - heard) / 1000;
  if (silentS > 2 * intervalS + 5) return ["delayed", `delayed ${Math.round(silentS)} s`];
  if (moved === undefined || (now - moved) / 1000 > 3 * intervalS + 10) return ["silent", "connected but no data"];
  return ["live", "live"];
}
