/** Takes the server's messages over into the fleet, keeps the server's clock, and logs what happened. */

export class StreamClient {
  /**
   * @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {(kind: "connection"|"update"|"status", text: string, mmsi?: number) => void} log
   */
  constructor(fleet, log) {
    this.fleet = fleet;
    this.log = log;
    this.greeted = false;
    /** Clients of the server, null until it has sent their count. @type {number?} */
    this.clients = null;
    this.base = 0;
    this.since = 0;
    this.rate = 1;
    /** Vessel updates since the counters last read them. */
    this.arrived = 0;
    /** Shows the clock, and may control it. @type {import("../simulation/clock.mjs").ClockPanel} */
    this.panel = null;
    /** Called for each frame of vessels. @type {(frame: import("./wire.mjs").Frame) => void} */
    this.onVessels = () => {};
    /** Called for each alert. @type {(event: object) => void} */
    this.onEvent = () => {};
  }

  /** The server's time in ms. */
  get now() {
    return this.base + (performance.now() - this.since) * this.rate;
  }

  /** @param {any} message of the protocol, or `{type: "frame", frame}` */
  receive(message) {
    if (message.clock) this.panel.show(message.clock);
    this.#take[message.type]?.(message);
    const summary = message.summary ?? message.fleet_summary;
    if (summary) this.clients = summary.connected_clients;
  }

  #take = {
    connection_established: () => {
      this.log("connection", this.greeted ? "connected again" : "connected");
      this.greeted = true;
    },
    vessel_static: ({ columns }) => this.fleet.describe(columns),
    frame: ({ frame }) => this.#merge(frame),
    event: (event) => this.onEvent(event),
    events_missed: ({ missed }) => this.log("connection", `${missed} alerts were missed`),
    error: ({ message }) => this.log("connection", message),
  };

  #merge(frame) {
    // small differences are latency; a large one is a jump of the clock
    if (Math.abs(frame.time - this.now) > 3000 * Math.max(1, this.rate)) this.setClock(frame.time);
    this.fleet.merge(frame, frame.snapshot ? undefined : (slot, before) => this.#status(slot, before));
    if (!frame.snapshot) this.arrived += frame.n;
    this.log("update", frame.snapshot ? `${frame.n} vessels` : `${frame.n} vessel updates`);
    this.onVessels(frame);
  }

  /**
   * Set the server's time and the rate of its clock.
   * @param {number} time ms @param {number} speed clock seconds per second, 0 while it is paused
   */
  setClock(time, speed = this.rate) {
    this.base = time;
    this.since = performance.now();
    this.rate = speed;
  }

  #status(slot, before) {
    const { fleet } = this;
    const [from, to] = [before, fleet.status[slot]].map((code) => fleet.statuses[code].replace("_", " "));
    this.log("status", `${fleet.nameOf(slot)}: ${from} → ${to}`, fleet.mmsi[slot]);
  }
}
