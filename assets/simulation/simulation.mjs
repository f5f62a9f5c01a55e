/** The panel of the simulation: custom routes and vessels, faults, scenario, time. Loaded when its tab is first opened. */

import { ask } from "../stream/api.mjs";
import { icon } from "../ui/icons.mjs";
import { placeAlong } from "../map/custom_routes.mjs";
import { byId, element } from "../ui/dom.mjs";
import { note, save } from "../ui/page.mjs";
import { clockForms, faultForm, vesselForm } from "./simulation_forms.mjs";

const POLL_MS = 3000;

export class Simulation {
  /**
   * @param {object} parts
   * @param {import("../fleet/state.mjs").State} parts.state @param {import("../map/view.mjs").View} parts.view @param {L.Map} parts.map
   * @param {import("../map/custom_routes.mjs").CustomRoutes} parts.customRoutes @param {import("../map/tools/route_drawing.mjs").RouteDrawing} parts.drawing
   * @param {{vessel_types: string[]}} parts.constants @param {(mmsi: number) => void} parts.select
   * @param {(clock: object) => void} parts.onClock called with the clock of the server's answers
   */
  constructor({ state, view, map, customRoutes, drawing, constants, select, onClock }) {
    this.state = state;
    this.view = view;
    this.map = map;
    this.customRoutes = customRoutes;
    this.drawing = drawing;
    this.constants = constants;
    this.select = select;
    this.onClock = onClock;
    /** Custom vessels, as the server lists them. @type {any[]} */
    this.vessels = [];
    this.ghost = L.circleMarker([0, 0], { radius: 7, color: "#8a5cc2", weight: 3, interactive: false });
    this.#build();
    setInterval(() => this.shown && this.refresh(), POLL_MS);
    this.refresh();
  }

  get shown() {
    return this.state.get("tab") === "simulation" && !document.hidden;
  }

  #build() {
    const button = (id, words, sign, act) => {
      const created = element("button", { type: "button", id }, icon(sign), words);
      created.addEventListener("click", act);
      return created;
    };
    const part = (title, ...children) => element("div", { className: "part" }, element("h3", { textContent: title }), ...children);
    this.alert = element("p", { id: "sim-alert", role: "alert", hidden: true });
    this.routeList = element("ul", { id: "custom-routes", className: "own" });
    this.vesselList = element("ul", { id: "custom-vessels", className: "own" });
    this.ship = vesselForm(this.constants.vessel_types, { add: (vessel) => this.#addVessel(vessel), place: (name, share) => this.#showGhost(name, share) });
    this.faults = faultForm((shares) => this.#change(() => ask("PUT", "simulation/faults", shares)));
    this.clock = clockForms((method, path, body) => this.#change(async () => this.onClock(await ask(method, `simulation/${path}`, body))));
    this.story = element("p", { id: "sim-scenario" });
    this.more = button("sim-story", "What happened", "check", () => byId("scenario-open").click());
    byId("panel-simulation").replaceChildren(
      this.alert,
      part("Own routes", this.routeList, button("route-draw", "Draw a route", "routes", () => this.drawRoute())),
      part("Own vessels", this.vesselList, this.ship.root),
      part("Time", this.clock.root),
      part("Faults", this.faults.root),
      part("Scenario", this.story, this.more, button("sim-save", "Save as a scenario", "download", () => this.#saveScenario())),
    );
  }

  /** Read everything from the server. No message if it does not answer: the connection state says so. */
  async refresh() {
    try {
      const get = (path) => ask("GET", `simulation/${path}`);
      const [{ vessels }, faults, scenario, clock] = await Promise.all([get("vessels"), get("faults"), get("scenario"), get("clock"), this.customRoutes.refresh()]);
      this.vessels = vessels;
      this.faults.show(faults);
      this.clock.show(clock);
      this.#showScenario(scenario, clock);
      this.#list();
    } catch (error) {
      if (!(error instanceof TypeError)) this.#say(error.message);
    }
  }

  #say(words) {
    this.alert.hidden = !words;
    this.alert.textContent = words;
  }

  /** Run a command, and show the server's message if it fails. */
  async #change(act) {
    try {
      await act();
      this.#say("");
    } catch (error) {
      this.#say(error.message);
    }
    await this.refresh();
  }

  /** Download the session's commands as a scenario file. */
  #saveScenario() {
    return this.#change(async () => {
      const { scenario, complete } = await ask("GET", "simulation/log");
      save("session.toml", "application/toml", scenario);
      if (!complete) note("Not all of it could be kept: the file says what is missing");
    });
  }

  drawRoute() {
    this.drawing.begin({
      words: "Click the first waypoint, then the next ones. On the keyboard: Enter for the middle of the map, Backspace to take back, Esc to leave.",
      min: 2, max: 50, named: true,
      save: async (waypoints, name) => {
        const { name: created } = await ask("POST", "simulation/routes", { name, waypoints });
        await this.refresh();
        this.ship.select(created);
        note(`${created} is there: put a vessel on it`);
      },
    });
  }

  #addVessel(vessel) {
    const add = async (more) => {
      const { mmsi, vessel_name: name } = await ask("POST", "simulation/vessels", { ...vessel, ...more });
      this.map.removeLayer(this.ghost);
      this.ship.clear();
      await this.refresh();
      note(`${name} is there`);
      this.#goTo(mmsi);
    };
    if (vessel.route) return this.#change(() => add({}));
    return this.drawing.begin({
      words: `Click where ${vessel.vessel_name} is, and then where it shall sail to; or save, and it stays there`,
      min: 1, max: 2,
      save: ([{ lat: latitude, lon: longitude }, end]) => add({
        position: { latitude, longitude },
        ...(end ? { destination: { latitude: end.lat, longitude: end.lon, name: end.name } } : {}),
      }),
    });
  }

  /** Draw the way to another destination for a vessel. */
  #redirect({ mmsi, vessel_name: name, position: { latitude: lat, longitude: lon } }) {
    this.map.panInside([lat, lon], { padding: [60, 60] });
    this.drawing.begin({
      words: `Click where ${name} shall sail to`, min: 2, max: 2, from: { lat, lon, name },
      save: async ([, end]) => {
        await ask("PATCH", `simulation/vessels/${mmsi}`, { destination: { latitude: end.lat, longitude: end.lon, name: end.name } });
        await this.refresh();
      },
    });
  }

  /** Mark the place where a new vessel would start on its route. */
  #showGhost(name, share) {
    const route = this.customRoutes.named(name);
    if (!route) this.map.removeLayer(this.ghost);
    else this.ghost.setLatLng(placeAlong(route.legs, share)).addTo(this.map);
  }

  #goTo(mmsi) {
    const vessel = this.vessels.find((one) => one.mmsi === mmsi);
    if (!this.view.goToVessel(mmsi) && vessel) this.view.goTo({ mmsi, lat: vessel.position.latitude, lon: vessel.position.longitude });
    this.state.set({ selected: mmsi });
  }

  #list() {
    const { vessels, customRoutes } = this;
    this.ship.offer(customRoutes.all.map(({ name }) => name));
    const on = (name) => vessels.filter(({ route }) => route === name).length;
    fill(this.routeList, "No route of your own yet.", customRoutes.all.map(({ name, length_nm: nm }) => this.#entry(
      name, `${Math.round(nm).toLocaleString("en")} nm · ${on(name)} vessel${on(name) === 1 ? "" : "s"}`,
      () => this.map.fitBounds(customRoutes.bounds(name), { padding: [40, 40] }),
      [["close", `Remove ${name}`, () => this.#change(() => ask("DELETE", `simulation/routes/${encodeURIComponent(name)}`))]],
    )));
    fill(this.vesselList, "No vessel of your own yet.", vessels.map((vessel) => this.#entry(
      vessel.vessel_name, voyageWords(vessel), () => this.#goTo(vessel.mmsi),
      [["routes", `Send ${vessel.vessel_name} elsewhere`, () => this.#redirect(vessel)],
        ["close", `Remove ${vessel.vessel_name}`, () => this.#change(() => ask("DELETE", `simulation/vessels/${vessel.mmsi}`))]],
    )));
  }

  #entry(name, words, go, acts) {
    const head = element("button", { type: "button", title: "Show on the map" }, name, element("small", { textContent: words }));
    head.addEventListener("click", go);
    const more = acts.map(([sign, label, act]) => {
      const created = element("button", { type: "button", title: label, ariaLabel: label }, icon(sign));
      created.addEventListener("click", act);
      return created;
    });
    return element("li", {}, head, ...more);
  }

  #showScenario({ title, events }, { seed }) {
    this.story.textContent = scenarioWords(title, events, seed);
    this.more.hidden = byId("scenario-open").hidden;
  }
}

/** The scenario in a sentence. @param {string} title @param {{state: string}[]} events @param {number} seed */
export function scenarioWords(title, events, seed) {
  const started = events.filter(({ state }) => state !== "ahead").length;
  const story = title ? `${title}: ${started} of ${events.length} events have started. ` : events.length ? `${events.length} events. ` : "No scenario runs. ";
  return `${story}Seed ${seed}: the same seed and orders make the same world.`;
}

/** A custom vessel's route or destination, and its speed. @returns {string} */
export function voyageWords({ route, route_progress: progress, destination, speed_over_ground: kn }) {
  const voyage = route ? `${route}, ${Math.round(100 * progress)} % of the way out` : destination ? `to ${destination}` : "free";
  return `${voyage} · ${kn.toFixed(1)} kn`;
}

/** Replaces the entries of a list if they differ; the button with the focus keeps it. */
function fill(list, none, entries) {
  const items = entries.length ? entries : [element("li", { className: "hint", textContent: none })];
  const html = items.map(({ outerHTML }) => outerHTML).join("");
  if (list.dataset.html === html) return;
  const at = [...list.querySelectorAll("button")].indexOf(document.activeElement);
  list.dataset.html = html;
  list.replaceChildren(...items);
  if (at >= 0) list.querySelectorAll("button")[at]?.focus();
}
