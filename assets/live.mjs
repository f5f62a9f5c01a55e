/** What the server sends, taken over into the fleet; the server's clock; and word of what happened. */

export class Live {
  /**
   * @param {import("./fleet.mjs").Fleet} fleet
   * @param {(kind: "connection"|"update"|"status", text: string, mmsi?: number) => void} tell for the log
   */
  constructor(fleet, tell) {
    Object.assign(this, { fleet, tell, epoch: null, clients: null, base: 0, since: 0, rate: 1, arrived: 0 });
    /** Shows the clock, and may steer it. @type {import("./clock.mjs").ClockPanel} */
    this.panel = null;
    /** Told of each batch of vessels: (whether it was everything). */
    this.onVessels = () => {};
  }

  /** The server's time in ms. */
  get now() {
    return this.base + (performance.now() - this.since) * this.rate;
  }

  /** @param {object} message of the protocol */
  receive(message) {
    if (message.type === "connection_established") this.#greet(message);
    if (message.type === "vessel_updates") this.#update(message);
    const summary = message.summary ?? message.fleet_summary;
    if (summary) this.clients = summary.connected_clients;
  }

  #greet({ epoch, clock: served }) {
    this.tell("connection", this.epoch === null ? "connected" : "connected again");
    // each snapshot is whole: what another server knew is forgotten
    if (this.epoch !== epoch) this.fleet.clear();
    this.epoch = epoch;
    this.panel.show(served);
  }

  #update({ timestamp, updates, update_count: count, snapshot, part = 1 }) {
    const time = Date.parse(timestamp);
    if (Math.abs(time - this.now) > 3000 * Math.max(1, this.rate)) this.setClock(time);
    if (snapshot && part === 1) this.fleet.clear();
    this.fleet.merge(updates, snapshot ? undefined : (slot, before) => this.#status(slot, before));
    if (!snapshot) this.arrived += count;
    this.tell("update", snapshot ? `${count} vessels` : `${count} vessel updates`);
    this.onVessels(Boolean(snapshot));
  }

  /**
   * The server's time, and how fast it goes. After a step back times before are no longer comparable.
   * @param {number} time ms @param {number} speed clock seconds per second, 0 while it is paused
   */
  setClock(time, speed = this.rate) {
    if (time < this.now - 60_000) this.fleet.clear();
    Object.assign(this, { base: time, since: performance.now(), rate: speed });
  }

  #status(slot, before) {
    const { fleet } = this;
    const port = fleet.ports[slot] ? ` · ${fleet.ports[slot]}` : "";
    const [from, to] = [before, fleet.status[slot]].map((code) => fleet.statuses[code].replace("_", " "));
    this.tell("status", `${fleet.nameOf(slot)}: ${from} → ${to}${port}`, fleet.mmsi[slot]);
  }
}
