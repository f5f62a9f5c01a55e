/** Builds the page: stream -> fleet -> map, counters, table, log, search. Dash calls the functions that are exported here. */

import { actions } from "./ui/actions.mjs";
import { read } from "./ui/url_state.mjs";
import { Alerts } from "./ui/alerts.mjs";
import { ask } from "./stream/api.mjs";
import { charts, differs, isOverTime } from "./ui/charts.mjs";
import { VesselSelection, membersOf } from "./fleet/selection.mjs";
import { ClockPanel } from "./simulation/clock.mjs";
import { FilterForm } from "./ui/filter_form.mjs";
import { Counters } from "./ui/counters.mjs";
import { Fleet } from "./fleet/fleet.mjs";
import { Group } from "./ui/group.mjs";
import { drawIcons } from "./ui/icons.mjs";
import { StreamClient } from "./stream/stream_client.mjs";
import { Log } from "./ui/log.mjs";
import { LayerStyle } from "./map/layer_style.mjs";
import { note, panels, raiseSheet } from "./ui/page.mjs";
import { portLayer } from "./map/ports.mjs";
import { Search } from "./ui/search.mjs";
import { Sources } from "./ui/sources.mjs";
import { INITIAL, State } from "./fleet/state.mjs";
import { Stream } from "./stream/stream.mjs";
import { warmUp } from "./map/symbols.mjs";
import { Table } from "./ui/table.mjs";
import { Track } from "./map/track.mjs";
import { byId } from "./ui/dom.mjs";
import { hooksOf } from "./ui/hooks.mjs";
import { followSelected, refreshPage } from "./ui/refresh.mjs";
import { setUpMap } from "./map/setup.mjs";
import { SimulationLoader } from "./simulation/loader.mjs";

const state = new State(INITIAL);
const selection = new VesselSelection(state);

/**
 * What the page consists of; `map` and all that needs it are there once the vessel layer has been added.
 * @type {Record<string, any>}
 */
const page = {
  state, selection, log: null, early: [], alerts: null, replay: null,
  select: (mmsi) => selection.pick(mmsi),
  /** Whether the map shows the past. */
  replaying: () => page.replay?.active === true,
  /** The time of what is shown, ms: the server's, or that of a replay. */
  now: () => (page.replaying() ? page.replay.now : page.client.now),
  refreshFleet, writeLog, goTo,
};

// while the browser waits for Dash it has time to compute the symbols of the first picture
warmUp();
// the connection opens while Dash is still loading, so that the fleet is there when the map is
const url = new URL("./ws", document.baseURI);
url.protocol = url.protocol.replace("http", "ws");
page.stream = new Stream(url.href, (message) => (page.early ? page.early.push(message) : page.client.receive(message)), showConnection);

/** The vessel layer was switched on: with the page, or in the layer control. @param {L.Map} map */
export function onAdd(map) {
  if (!page.map) start(map);
  page.style.on(map);
}

/** The vessel layer was switched off. */
export function onRemove() {
  page.style.off();
}

/** The density layer was switched on or off. @param {boolean} shown */
export const onHeat = (shown) => page.style?.heat(page.map, shown);

/** The port layer was switched on or off. @param {boolean} shown @param {L.Map} map */
export function onPorts(shown, map) {
  page.ports ??= portLayer(page.constants.ports);
  map[shown ? "addLayer" : "removeLayer"](page.ports);
}

/** Dash sends the selected vessel's track and route, null for no vessel. */
export function drawTrack(drawing) {
  page.track?.draw(drawing);
}

/** Returns the figure of one Plotly chart, or no update where it would look the same. */
export function fillChart(stats, figure, id) {
  if (!stats || isOverTime(id) !== (stats.charts === "time") || !differs(id, stats)) return dash_clientside.no_update;
  return charts[id](stats, figure, {
    constants: page.constants, filter: state.get("filter"), colours: page.style.colours, history: page.counters.history,
  });
}

/** Dash has put the grid into the drawer. */
export async function gridReady(children) {
  if (children) page.table.attach(await window.dash_ag_grid.getApiAsync("vessel-table"), byId("table-columns"));
}

/** Dash reports what was drawn on the map. */
export const zoneDrawn = (geojson) => page.zones?.drawn(geojson);

function start(map) {
  const constants = JSON.parse(byId("constants").dataset.json);
  state.set(read(location.search, constants));
  const fleet = new Fleet(constants);
  const client = new StreamClient(fleet, writeLog);
  Object.assign(page, { constants, map, fleet, client, track: new Track(map), table: new Table(fleet, selection) });
  page.counters = new Counters(fleet, client, state);
  page.log = new Log(byId("log-list"), byId("log-pause"), byId("log-clear"), () => client.now, byId("log-kinds"));
  page.sources = new Sources(byId("sources"), byId("connection"));
  drawIcons();
  panels(state);
  client.panel = new ClockPanel(byId("clock-panel"), (time, speed) => client.setClock(time, speed), page.select, note);
  page.form = new FilterForm({ form: byId("filter-form"), button: byId("filter-toggle"), chips: byId("filter-chips") }, state, constants);
  page.style = new LayerStyle({ fleet, clock: page.now, state, constants, onFilter: (hidden, alone) => page.form.count(hidden, alone) });
  page.group = new Group(fleet, state, selection, () => page.style.colours);
  setUpMap(page);
  page.simulation = new SimulationLoader(page);
  new Search(byId("search-box"), byId("search-results"), fleet, constants.ports, goTo);
  const { view, layers, measure, table, group } = page;
  actions({ state, view, layers, measure, table, fleet, group, selection, onEscape });
  listen();
  startAlerts();
  connect();
  setInterval(() => refreshPage(page), 1000);
  Object.defineProperties(window.fairway, Object.getOwnPropertyDescriptors(hooksOf(page)));
}

/** Take over the stream's messages, the early ones first, and the time that the address names. */
function connect() {
  const { client, stream, constants } = page;
  client.onVessels = (frame) => page.replaying() || refreshFleet(frame);
  stream.intervalS = constants.update_interval;
  for (const message of page.early) client.receive(message);
  page.early = null;
  byId("tool-replay").addEventListener("click", () => (page.replaying() ? page.replay.leave() : startReplay()));
  if (state.get("at") !== null) startReplay(state.get("at"));
  refreshPage(page);
}

/** Connects the state with what shows it. */
function listen() {
  state.on(["selected"], ({ selected }) => showSelected(selected));
  state.on(["selected", "group"], ({ selected, group }) => page.table.select(selected, membersOf({ selected, group })));
  state.on(["choosing"], showChoosing);
  state.on(["track", "route"], ({ track, route }) => page.track.show({ track, route }));
  state.on(["follow"], () => followSelected(page));
  state.on(["measuring", "drawing"], ({ measuring, drawing }) => (page.pointer.busy = measuring || drawing));
  state.on(["table"], showTable);
  state.on(["filter", "isolate", "group"], () => page.table.refresh(true));
  page.simulation.listen();
  showTable(state.all());
}

/** Lists the server's alerts so far; the stream adds the new ones. */
async function startAlerts() {
  const { client, fleet } = page;
  const jump = ({ vessel: { mmsi } }) => {
    page.replay?.leave();
    if (page.view.goToVessel(mmsi)) page.select(mmsi);
    else note("This vessel is no longer there");
  };
  page.alerts = new Alerts(jump, (mmsi) => !fleet.hidden[fleet.slots.get(mmsi)], () => client.now);
  if (state.get("selected") !== null) showSelected(state.get("selected"));
  client.onEvent = (event) => {
    const words = page.alerts.add(event);
    if (words) writeLog("alert", words, event.vessel.mmsi);
  };
  const { alerts, acknowledged } = await ask("GET", "realtime/alerts?limit=200");
  page.alerts.before(alerts);
  page.alerts.showAcknowledged(acknowledged);
}

/** Vessels changed: apply the filter before the next picture. @param {{snapshot: boolean, mmsi: any}} [frame] */
function refreshFleet({ snapshot, mmsi } = { snapshot: false, mmsi: [] }) {
  page.style.refilter();
  if (snapshot) page.view.frame();
  if (mmsi.includes(state.get("selected"))) requestCard();
}

/** Loads the replay when a person first opens it. @param {number?} [at] ms */
async function startReplay(at = null) {
  const { Replay } = await import("./replay/replay.mjs");
  const { fleet, client, map, constants } = page;
  page.replay ??= new Replay({ fleet, client, map, state, constants, onFrame: refreshFleet, note });
  await page.replay.enter(at);
  if (!page.replaying()) state.set({ at: null });
}

function writeLog(kind, text, mmsi) {
  // the stream goes on behind a replay: its vessels are not the ones that the page shows
  if (page.replaying() && kind !== "connection" && kind !== "alert") return;
  const slot = page.fleet.slots.get(mmsi);
  // the log shows what the map shows
  if (slot !== undefined && page.fleet.hidden[slot]) return;
  page.log.add(kind, text, slot === undefined ? null : () => page.view.goToVessel(mmsi) && page.select(mmsi));
}

/** Keeps the map still while boxes are drawn on it. */
function showChoosing({ choosing: on }) {
  page.map.dragging[on ? "disable" : "enable"]();
  page.map.getContainer().classList.toggle("choosing", on);
  if (on) note("Click vessels or draw a box around them; Esc ends it");
}

function showSelected(mmsi) {
  byId("vessel-actions").hidden = mmsi === null;
  page.alerts.select(mmsi);
  if (mmsi !== null) raiseSheet();
  requestCard();
}

/** Requests the selected vessel's card from Dash; `at` makes each request differ from the last one. */
function requestCard() {
  const mmsi = state.get("selected");
  const time = page.replaying() ? { time: Math.round(page.now()) } : {};
  dash_clientside.set_props("selected", { data: mmsi === null ? null : { mmsi, at: performance.now(), ...time } });
}

function goTo(place) {
  page.view.goTo(place);
  if (place.mmsi) page.select(place.mmsi);
}

/** Esc closes or ends the innermost thing first. */
function onEscape(target) {
  const { form, sources, simulation, zones } = page;
  if (form.close() || sources.close() || simulation.cancelDrawing() || zones.cancel()) return;
  if (state.get("measuring") || state.get("choosing")) state.set({ measuring: false, choosing: false });
  else if (target.closest?.("input")) target.blur();
  else page.select(null);
}

function showConnection(name, words) {
  if (page.early) return;
  if (byId("connection").dataset.state === "live" && name === "reconnecting") writeLog("connection", "connection lost");
  byId("connection").dataset.state = name;
  byId("connection-words").textContent = page.replaying() && name === "live" ? "replay" : words;
}

/** @param {Record<string, any>} values of the state */
function showTable({ table }) {
  const script = new URL(page.constants.grid_script, document.baseURI).href;
  page.table.open(table, byId("drawer"), script, () => dash_clientside.set_props("table-wanted", { data: true }));
  if (table) byId("legend").open = false;
}
