/** The simulation's clock: what the buttons ask of /api/simulation, and how the answer reads. */

import { ask } from "../stream/api.mjs";
import { icon } from "../ui/icons.mjs";
import { ScenarioPanel } from "./scenario.mjs";

export const RATES = [0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600, 1000];
/** Somebody else may steer as well: look that often. */
const LOOK_AGAIN_MS = 5000;

/** The next rate of the ladder above (`way` 1) or below (-1). @param {number} rate @param {1|-1} way */
export function nextRate(rate, way) {
  const ladder = way > 0 ? RATES.filter((item) => item > rate * 1.001) : RATES.filter((item) => item < rate * 0.999);
  return ladder.at(way > 0 ? 0 : -1) ?? rate;
}

/**
 * How a clock reads: its words, and whether it falls behind what was asked of it.
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
   * @param {(mmsi: number) => void} select choose a vessel
   * @param {(words: string) => void} onRefusal told why the server does not do what was pressed
   */
  constructor(root, onClock, select, onRefusal) {
    this.root = root;
    this.onClock = onClock;
    this.onRefusal = onRefusal;
    this.part = (name) => root.querySelector(`#clock-${name}`);
    const press = (name, ask) => this.part(name).addEventListener("click", ask);
    press("pause", () => this.#ask("PATCH", "clock", { paused: !this.clock.paused }));
    press("slower", () => this.#ask("PATCH", "clock", { rate: nextRate(this.clock.rate, -1) }));
    press("faster", () => this.#ask("PATCH", "clock", { rate: nextRate(this.clock.rate, 1) }));
    press("step", () => this.#ask("POST", "step", { seconds: 1 }));
    this.scenario = new ScenarioPanel(root.querySelector("#scenario-open"), root.querySelector("#scenario"), select);
    setInterval(() => this.#look(), LOOK_AGAIN_MS);
  }

  /** @param {{time: string, rate: number, rate_actual: number, paused: boolean, mode: string, seed: number?}} clock */
  show(clock) {
    // the greeting does not tell the scenario: asked for once it is known that there is a simulation
    if (!this.clock && clock.mode === "simulation") queueMicrotask(() => this.#look());
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

  #look() {
    if (this.clock?.mode === "simulation" && !document.hidden) this.#ask("GET", "clock");
  }

  async #ask(method, path, body) {
    try {
      this.show(await ask(method, `simulation/${path}`, body));
    } catch ({ message }) {
      // a look that fails says nothing: the connection's own words say that the server is away
      if (method !== "GET") this.onRefusal(message);
    }
  }
}
