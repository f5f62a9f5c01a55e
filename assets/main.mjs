/** Puts the page together: stream -> fleet -> map, figures, table, log, search. Dash calls what is exported here. */

import { actions } from "./ui/actions.mjs";
import { read } from "./ui/url_state.mjs";
import { Alerts } from "./ui/alerts.mjs";
import { ask as askServer } from "./stream/api.mjs";
import { BoxSelect } from "./map/tools/box_select.mjs";
import { charts, differs, isOverTime } from "./ui/charts.mjs";
import { VesselSelection, membersOf } from "./fleet/selection.mjs";
import { ClockPanel } from "./simulation/clock.mjs";
import { EVERYTHING } from "./fleet/filter.mjs";
import { FilterForm } from "./ui/filter_form.mjs";
import { Counters } from "./ui/counters.mjs";
import { Fleet } from "./fleet/fleet.mjs";
import { Group } from "./ui/group.mjs";
import { drawIcons } from "./ui/icons.mjs";
import { Layers } from "./map/layers.mjs";
import { StreamClient } from "./stream/stream_client.mjs";
import { Log } from "./ui/log.mjs";
import { LayerStyle } from "./map/layer_style.mjs";
import { Measure } from "./map/tools/measure.mjs";
import { CustomRoutes } from "./map/custom_routes.mjs";
import { ageWords, lowerSheet, note, panels, raiseSheet, tellAges, theme, themeNow } from "./ui/page.mjs";
import { MapPointer } from "./map/tools/map_pointer.mjs";
import { portLayer } from "./map/ports.mjs";
import { addScale } from "./map/tools/scale.mjs";
import { Search } from "./ui/search.mjs";
import { Sources } from "./ui/sources.mjs";
import { State } from "./fleet/state.mjs";
import { Stream } from "./stream/stream.mjs";
import { warmUp } from "./map/symbols.mjs";
import { Table } from "./ui/table.mjs";
import { Track } from "./map/track.mjs";
import { View } from "./map/view.mjs";
import { Zones } from "./map/tools/zones.mjs";

const byId = (id) => document.getElementById(id);
const state = new State({
  view: null, selected: null, group: [], filter: { ...EVERYTHING }, colour: "type", safe: false, labels: false, follow: false, isolate: false,
  track: true, route: true, table: false, measuring: false, drawing: false, choosing: false, tab: "fleet", charts: "now", at: null, theme: null, layers: null,
});
const choice = new VesselSelection(state);
const select = (mmsi) => choice.pick(mmsi);
/** The time of what is shown, ms: the server's, or that of a replay. */
const now = () => (replaying() ? page.replay.now : page.live.now);
const replaying = () => page.replay?.active === true;
/** What the page is made of, once it is there. */
const page = {};
let constants;
/** What arrived before the page was ready. */
let early = [];

// while the browser waits for Dash it has time for what the first picture needs
warmUp();
// the connection opens while Dash is still loading: the fleet is there when the map is
const url = new URL("./ws", document.baseURI);
url.protocol = url.protocol.replace("http", "ws");
const stream = new Stream(url.href, (message) => (early ? early.push(message) : page.live.receive(message)), showConnection);

/** The vessel layer is switched on: with the page, or in the layer control. @param {L.Map} map */
export function onAdd(map) {
  if (!constants) begin(map);
  page.look.on(map);
}

/** The vessel layer is switched off. */
export function onRemove() {
  page.look.off();
}

/** The layer of density is switched on or off. @param {boolean} shown */
export const onHeat = (shown) => page.look?.heat(page.map, shown);

/** The layer of ports is switched on or off. @param {boolean} shown @param {L.Map} map */
export function onPorts(shown, map) {
  page.ports ??= portLayer(constants.ports);
  map[shown ? "addLayer" : "removeLayer"](page.ports);
}

/** Dash has a vessel's track and route for us, or null for none. */
export function drawTrack(drawing) {
  page.track?.draw(drawing);
}

/** New figures for one Plotly chart. */
export function fillChart(stats, figure, id) {
  if (!stats || isOverTime(id) !== (stats.charts === "time") || !differs(id, stats)) return dash_clientside.no_update;
  return charts[id](stats, figure, { constants, filter: state.get("filter"), colours: page.look.colours, history: page.figures.history });
}

/** Dash has put the grid into the drawer. */
export async function gridReady(children) {
  if (children) page.table.attach(await window.dash_ag_grid.getApiAsync("vessel-table"), byId("table-columns"));
}

/** Dash has what was drawn on the map. */
export const zoneDrawn = (geojson) => page.zones?.drawn(geojson);

function begin(map) {
  constants = JSON.parse(byId("constants").dataset.json);
  state.set(read(location.search, constants));
  const fleet = new Fleet(constants);
  const live = new StreamClient(fleet, tell);
  Object.assign(page, { map, fleet, live, track: new Track(map), table: new Table(fleet, choice), figures: new Counters(fleet, live, state) });
  page.log = new Log(byId("log-list"), byId("log-pause"), byId("log-clear"), () => live.now, byId("log-kinds"));
  page.sources = new Sources(byId("sources"), byId("connection"));
  drawIcons();
  panels(state);
  live.panel = new ClockPanel(byId("clock-panel"), (time, speed) => live.setClock(time, speed), select, note);
  page.form = new FilterForm({ form: byId("filter-form"), button: byId("filter-toggle"), chips: byId("filter-chips") }, state, constants);
  page.look = new LayerStyle({ fleet, clock: now, state, constants, onFilter: (hidden, alone) => page.form.count(hidden, alone) });
  page.group = new Group(fleet, state, choice, () => page.look.colours);
  mapParts(map, fleet, live);
  new Search(byId("search-box"), byId("search-results"), fleet, constants.ports, goTo);
  actions({ ...page, state, choice, onEscape: escape });
  listen();
  alerting(live);
  live.onVessels = (frame) => replaying() || arrived(frame);
  stream.intervalS = constants.update_interval;
  for (const message of early) live.receive(message);
  early = null;
  byId("tool-replay").addEventListener("click", () => (replaying() ? page.replay.leave() : replay()));
  if (state.get("at") !== null) replay(state.get("at"));
  everySecond();
  setInterval(everySecond, 1000);
  Object.defineProperties(window.fairway, Object.getOwnPropertyDescriptors(hooks));
}

function mapParts(map, fleet, live) {
  let basemap = null;
  // after the vessels: it is large, and they are what one came for
  import("./map/basemap.mjs").then(({ createBasemap }) => {
    basemap = createBasemap(L, { url: new URL("./basemap/", import.meta.url).href, theme: themeNow() });
    basemap.addTo(map);
  });
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  map.attributionControl.setPrefix("Leaflet");
  addScale(map);
  map.on("basemapnote", ({ words }) => Object.assign(byId("map-note"), { hidden: !words, textContent: words }));
  page.view = new View(map, fleet, state, now);
  page.layers = new Layers(map, (names) => state.set({ layers: names }));
  if (state.get("layers")) page.layers.set(state.get("layers"));
  page.zones = new Zones(map, (drawing) => state.set({ drawing }));
  page.customRoutes = new CustomRoutes(map, fleet, arrived);
  page.measure = new Measure(map, () => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
  page.pointer = new MapPointer(map, () => page.look.layer, tooltip, pick);
  const begins = ({ shiftKey }) => !page.pointer.busy && page.look.layer && (shiftKey || state.get("choosing"));
  new BoxSelect(map, begins, (box) => choice.add(page.look.layer.within(box)));
  theme(state, () => {
    basemap?.setTheme(themeNow());
    page.look.retheme();
  });
}

/** What a change of the state changes on the page. */
function listen() {
  state.on(["selected"], ({ selected }) => chosen(selected));
  state.on(["selected", "group"], ({ selected, group }) => page.table.select(selected, membersOf({ selected, group })));
  state.on(["choosing"], choosing);
  state.on(["track", "route"], ({ track, route }) => page.track.show({ track, route }));
  state.on(["follow"], follow);
  state.on(["measuring", "drawing"], ({ measuring, drawing }) => (page.pointer.busy = measuring || drawing));
  state.on(["table"], showTable);
  state.on(["layers", "tab"], showOwnRoutes);
  state.on(["tab"], simulating);
  showOwnRoutes();
  simulating();
  state.on(["filter", "isolate", "group"], () => page.table.refresh(true));
  showTable(state.all());
}

/** The list begins with what was told before; then the stream tells. */
async function alerting(live) {
  const jump = ({ vessel: { mmsi } }) => (page.replay?.leave(), page.view.goToVessel(mmsi) ? select(mmsi) : note("This vessel is no longer there"));
  const shows = (mmsi) => !page.fleet.hidden[page.fleet.slots.get(mmsi)];
  page.alerts = new Alerts(jump, shows, () => live.now);
  if (state.get("selected") !== null) chosen(state.get("selected"));
  live.onEvent = (event) => {
    const words = page.alerts.add(event);
    if (words) tell("alert", words, event.vessel.mmsi);
  };
  const { alerts, acknowledged } = await askServer("GET", "realtime/alerts?limit=200");
  page.alerts.before(alerts);
  page.alerts.seen(acknowledged);
}

/** Vessels came: who is shown is judged anew before the next picture. */
function arrived({ snapshot, mmsi } = { snapshot: false, mmsi: [] }) {
  page.look.refilter();
  if (snapshot) page.view.frame();
  if (mmsi.includes(state.get("selected"))) ask();
}

/** The past comes when it is asked for. @param {number?} [at] ms */
async function replay(at = null) {
  const { Replay } = await import("./replay/replay.mjs");
  page.replay ??= new Replay({ ...page, state, constants, onFrame: arrived, note });
  await page.replay.enter(at);
  if (!replaying()) state.set({ at: null });
}

/** Whether this server simulates, as far as is known. */
const hasSimulation = () => ["simulation", "mixed"].includes(page.live.panel.clock?.mode);
const showOwnRoutes = () => page.customRoutes.show(page.layers.on().includes("Routes") || state.get("tab") === "simulation");

/** The panel and its tools come when the tab is first opened, where there is a simulation. */
async function simulating() {
  if (page.simulation || state.get("tab") !== "simulation" || !hasSimulation()) return;
  page.simulation = "on its way";
  const [{ Simulation }, { RouteDrawing }] = await Promise.all([import("./simulation/simulation.mjs"), import("./map/tools/route_drawing.mjs")]);
  page.drawing = new RouteDrawing(page.map, constants.ports, (drawing) => {
    state.set(drawing ? { drawing, measuring: false } : { drawing });
    lowerSheet(drawing);
  });
  page.simulation = new Simulation({ ...page, state, constants, select, onClock: (clock) => page.live.panel.show(clock) });
}

function tell(kind, text, mmsi) {
  // the stream goes on behind a replay, unseen
  if (replaying() && kind !== "connection" && kind !== "alert") return;
  const slot = page.fleet.slots.get(mmsi);
  // the log shows what the map shows
  if (slot !== undefined && page.fleet.hidden[slot]) return;
  page.log.add(kind, text, slot === undefined ? null : () => page.view.goToVessel(mmsi) && select(mmsi));
}

/** A click on the map; with Shift, or while several are being chosen, open water changes nothing. */
function pick(mmsi, together) {
  if (!together && !state.get("choosing")) select(mmsi);
  else if (mmsi !== null) choice.toggle(mmsi);
}

/** The map stands still while boxes are drawn on it. */
function choosing({ choosing: on }) {
  page.map.dragging[on ? "disable" : "enable"]();
  page.map.getContainer().classList.toggle("choosing", on);
  if (on) note("Click vessels or draw a box around them; Esc ends it");
}

function chosen(mmsi) {
  byId("vessel-actions").hidden = mmsi === null;
  page.alerts.select(mmsi);
  if (mmsi !== null) raiseSheet();
  ask();
}

/** Ask Dash for what is known of the chosen vessel; `at` makes each question a new one. */
function ask() {
  const mmsi = state.get("selected");
  const time = replaying() ? { time: Math.round(now()) } : {};
  dash_clientside.set_props("selected", { data: mmsi === null ? null : { mmsi, at: performance.now(), ...time } });
}

function goTo(place) {
  page.view.goTo(place);
  if (place.mmsi) select(place.mmsi);
}
const follow = () => page.look.layer && page.view.follow((slot) => page.look.layer.point(slot));

/** Esc undoes the nearest thing first. */
function escape(target) {
  if (!byId("filter-form").hidden) page.form.open(false);
  else if (page.sources.close() || page.drawing?.cancel() || page.zones.cancel()) return;
  else if (state.get("measuring") || state.get("choosing")) state.set({ measuring: false, choosing: false });
  else if (target.closest?.("input")) target.blur();
  else select(null);
}

function tooltip(slot) {
  const { fleet } = page;
  const speed = Number.isNaN(fleet.sog[slot]) ? "" : ` · ${fleet.sog[slot].toFixed(1)} kn`;
  const bound = fleet.destinations[slot] ? ` → ${fleet.destinations[slot]}` : "";
  const late = fleet.overdue(slot, now()) > 0 ? ` · silent for ${ageWords((now() - fleet.time[slot]) / 1000)}` : "";
  return fleet.nameOf(slot) + speed + bound + late;
}

function showConnection(name, words) {
  if (early) return;
  if (byId("connection").dataset.state === "live" && name === "reconnecting") tell("connection", "connection lost");
  byId("connection").dataset.state = name;
  byId("connection-words").textContent = replaying() && name === "live" ? "replay" : words;
}

function showTable({ table }) {
  const script = new URL(constants.grid_script, document.baseURI).href;
  page.table.open(table, byId("drawer"), script, () => dash_clientside.set_props("table-wanted", { data: true }));
  if (table) byId("legend").open = false;
}

function everySecond() {
  const { fleet } = page;
  const time = now();
  page.look.refresh();
  page.form.offer(fleet.sources);
  follow();
  if (state.get("table")) page.table.refresh();
  page.group.refresh();
  byId("server-time").textContent = `${new Date(time).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const slot = fleet.slots.get(state.get("selected"));
  if (slot !== undefined && byId("vessel-age")) {
    const late = fleet.overdue(slot, time) > 0 ? ", overdue" : "";
    byId("vessel-age").textContent = ageWords((time - fleet.time[slot]) / 1000) + late;
  }
  page.figures.refresh(time, replaying());
  tellAges(page.live.now);
  byId("tab-simulation").hidden = !hasSimulation();
  if (hasSimulation()) page.customRoutes.look();
  simulating();
}

/** For the console and the tests. */
const hooks = {
  ...{ state, stream, select, choice, now, map: () => page.map },
  get replay() { return page.replay; },
  get layers() { return page.layers; },
  cell: (mmsi, column) => page.table.cell(mmsi, column),
  vessels: () => page.fleet.size,
  drawn: () => page.look.layer?.drawn ?? 0,
  search: (text) => Search.find(text, page.fleet, constants.ports),
  point: (mmsi) => page.look.layer.point(page.fleet.slots.get(mmsi)),
  mmsis: () => Array.from(page.fleet.mmsi.subarray(0, page.fleet.size)),
};
