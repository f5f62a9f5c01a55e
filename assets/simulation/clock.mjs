/** The simulation's clock in the top bar: its buttons send commands to /api/simulation, and the answers show its state. */

import { ask } from "../stream/api.mjs";
import { icon } from "../ui/icons.mjs";
import { ScenarioPanel } from "./scenario.mjs";

export const RATES = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1000];
/** Other people control the clock as well: read it this often. */
const POLL_MS = 5000;

/** The next rate of RATES above (1) or below (-1). @param {number} rate @param {1|-1} step */
export function nextRate(rate, step) {
  const ladder = step > 0 ? RATES.filter((item) => item > rate * 1.001) : RATES.filter((item) => item < rate * 0.999);
  return ladder.at(step > 0 ? 0 : -1) ?? rate;
}

/**
 * The state of a clock in words, and whether it is slower than its rate.
 * @param {{rate: number, rate_actual: number, paused: boolean}} clock
 */
export function describe({ rate, rate_actual: actual, paused }) {
  if (paused) return { words: "paused", behind: false };
  const behind = actual < 0.9 * rate;
  const short = (value) => `${Number(value.toPrecision(2))}×`;
  return { words: behind ? `${short(actual)} of ${short(rate)}` : short(rate), behind };
}

export class ClockPanel {
  /**
   * @param {HTMLElement} root
   * @param {(time: number, speed: number) => void} onClock the time in ms, and clock seconds per second
   * @param {(mmsi: number) => void} select a vessel
   * @param {(words: string) => void} onRefusal called with the server's reason when it refuses a command
   */
  constructor(root, onClock, select, onRefusal) {
    this.root = root;
    this.onClock = onClock;
    this.onRefusal = onRefusal;
    /** @type {(name: string) => any} */
    this.part = (name) => root.querySelector(`#clock-${name}`);
    const press = (name, act) => this.part(name).addEventListener("click", act);
    press("pause", () => this.#send("PATCH", "clock", { paused: !this.clock.paused }));
    press("slower", () => this.#send("PATCH", "clock", { rate: nextRate(this.clock.rate, -1) }));
    press("faster", () => this.#send("PATCH", "clock", { rate: nextRate(this.clock.rate, 1) }));
    press("step", () => this.#send("POST", "step", { seconds: 1 }));
    this.scenario = new ScenarioPanel(root.querySelector("#scenario-open"), root.querySelector("#scenario"), select);
    setInterval(() => this.#poll(), POLL_MS);
  }

  /** Show a clock. @param {{time: string, rate: number, rate_actual: number, paused: boolean, mode: string, seed: number?, scenario?: string?}} clock */
  show(clock) {
    // the greeting holds no scenario: read the clock once the server is known to simulate
    if (!this.clock && clock.mode === "simulation") queueMicrotask(() => this.#poll());
    if (clock.scenario !== undefined) this.scenario.show(clock.scenario);
    this.clock = clock;
    this.root.hidden = clock.mode !== "simulation";
    const { words, behind } = describe(clock);
    this.part("speed").textContent = words;
    this.part("speed").dataset.behind = behind;
    this.part("seed").textContent = `seed ${clock.seed}`;
    const [sign, label] = clock.paused ? ["play", "Go on"] : ["pause", "Pause"];
    this.part("pause").replaceChildren(icon(sign));
    Object.assign(this.part("pause"), { title: label, ariaLabel: label });
    this.part("slower").disabled = clock.rate <= RATES[0];
    this.part("faster").disabled = clock.rate >= RATES.at(-1);
    this.onClock(Date.parse(clock.time), clock.paused ? 0 : clock.rate_actual);
  }

  #poll() {
    if (this.clock?.mode === "simulation" && !document.hidden) this.#send("GET", "clock");
  }

  async #send(method, path, body) {
    try {
      this.show(await ask(method, `simulation/${path}`, body));
    } catch ({ message }) {
      // a poll that fails stays silent: the connection state already says that the server does not answer
      if (method !== "GET") this.onRefusal(message);
    }
  }
}
