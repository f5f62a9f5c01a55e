/** Puts the page together: stream -> fleet -> map, figures, table, log, search. Dash calls what is exported here. */

import { actions } from "./actions.mjs";
import { read } from "./address.mjs";
import { createBasemap } from "./basemap.mjs";
import { ClockPanel } from "./clock.mjs";
import { applyFilter, BY_REST, EVERYTHING } from "./filter.mjs";
import { FilterForm } from "./filter_form.mjs";
import { Figures } from "./figures.mjs";
import { Fleet } from "./fleet.mjs";
import { drawIcons } from "./icons.mjs";
import { Layers } from "./layers.mjs";
import { drawLegend } from "./legend.mjs";
import { Live } from "./live.mjs";
import { Log } from "./log.mjs";
import { Measure } from "./measure.mjs";
import { ageWords, panels, raiseSheet, theme, themeNow } from "./page.mjs";
import { paletteOf } from "./palette.mjs";
import { Pointer } from "./pointer.mjs";
import { Search } from "./search.mjs";
import { State } from "./state.mjs";
import { charts, clicked } from "./stats.mjs";
import { Stream } from "./stream.mjs";
import { Table } from "./table.mjs";
import { Track } from "./track.mjs";
import { VesselLayer } from "./vessel_layer.mjs";
import { View } from "./view.mjs";

const byId = (id) => document.getElementById(id);
const state = new State({
  view: null, selected: null, filter: { ...EVERYTHING }, colour: "type", safe: false, labels: false, follow: false, isolate: false,
  track: true, route: true, table: false, measuring: false, tab: "fleet", theme: null, layers: null,
});
/** What the page is made of, once it is there. */
const page = {};
let constants;
let layer = null;
let palette;
/** What arrived before the page was ready. */
let early = [];

// the connection opens while Dash is still loading: the fleet is there when the map is
const url = new URL("./ws", document.baseURI);
url.protocol = url.protocol.replace("http", "ws");
const stream = new Stream(url.href, (message) => (early ? early.push(message) : page.live.receive(message)), showConnection);

/** The vessel layer is switched on: with the page, or in the layer control. @param {L.Map} leaflet */
export function onAdd(leaflet) {
  if (!constants) begin(leaflet);
  layer = new VesselLayer(page.map, page.fleet, palette, () => page.live.now, inkOf());
  Object.assign(layer, { selected: state.get("selected"), labels: state.get("labels") });
}

/** The vessel layer is switched off. */
export function onRemove() {
  layer.remove();
  layer = null;
}

/** Dash has a vessel's track and route for us, or null for none. */
export function drawTrack(drawing) {
  page.track?.draw(drawing);
}

/** New figures for one Plotly chart. */
export function fillChart(stats, figure, id) {
  return charts[id](stats, figure, { constants, filter: state.get("filter"), colours: coloursOf(), history: page.figures.history });
}

/** A bar of a chart was clicked. */
export function clickChart({ points }, id) {
  state.set({ filter: clicked(id, points[0], state.get("filter")) });
}

function begin(leaflet) {
  constants = JSON.parse(byId("constants").dataset.json);
  state.set(read(location.search, constants));
  const fleet = new Fleet(constants);
  const live = new Live(fleet, tell);
  Object.assign(page, { map: leaflet, fleet, live, track: new Track(leaflet), table: new Table(fleet, (mmsi) => select(mmsi)), figures: new Figures(fleet, live, state) });
  page.log = new Log(byId("log-list"), byId("log-pause"), byId("log-clear"), () => live.now, byId("log-kinds"));
  drawIcons();
  panels(state);
  live.panel = new ClockPanel(byId("clock-panel"), (time, speed) => live.setClock(time, speed));
  mapParts(leaflet, fleet, live);
  page.form = new FilterForm({ form: byId("filter-form"), button: byId("filter-toggle"), chips: byId("filter-chips") }, state, constants);
  new Search(byId("search-box"), byId("search-results"), fleet, constants.ports, goTo);
  actions({ ...page, state, onEscape: escape });
  listen();
  live.onVessels = arrived;
  stream.intervalS = constants.update_interval;
  for (const message of early) live.receive(message);
  early = null;
  everySecond();
  setInterval(everySecond, 1000);
  Object.assign(window.fairway, hooks);
}

function mapParts(map, fleet, live) {
  const basemap = createBasemap(L, { url: new URL("./basemap/", import.meta.url).href, theme: themeNow() });
  basemap.addTo(map);
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  map.attributionControl.setPrefix("Leaflet");
  page.view = new View(map, fleet, state, () => live.now);
  page.layers = new Layers(map, (names) => state.set({ layers: names }));
  if (state.get("layers")) page.layers.set(state.get("layers"));
  page.measure = new Measure(map, () => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
  page.pointer = new Pointer(map, () => layer, tooltip, select);
  theme(state, () => {
    basemap.setTheme(themeNow());
    if (layer) Object.assign(layer, { ink: inkOf() }).touch();
  });
  recolour();
}

/** What a change of the state changes on the page. */
function listen() {
  state.on(["filter", "isolate", "selected"], refilter);
  state.on(["colour", "safe"], recolour);
  state.on(["filter"], () => drawLegend(byId("legend-colours"), palette, state.get("colour"), state));
  state.on(["labels"], ({ labels }) => layer && Object.assign(layer, { labels }));
  state.on(["track", "route"], ({ track, route }) => page.track.show({ track, route }));
  state.on(["follow"], () => layer && page.view.follow((slot) => layer.point(slot)));
  state.on(["measuring"], ({ measuring }) => (page.pointer.busy = measuring));
  state.on(["table"], showTable);
  for (const button of byId("colour-modes").querySelectorAll("button")) button.addEventListener("click", () => state.set({ colour: button.dataset.mode }));
  byId("colour-safe").addEventListener("click", () => state.flip("safe"));
  showTable(state.all());
  if (state.get("selected") !== null) chosen(state.get("selected"));
}

function inkOf() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { colour: of("--text"), halo: of("--surface"), accent: of("--accent") };
}

const coloursOf = () => {
  const end = state.get("safe") ? "_safe" : "";
  return { type: constants.palettes[`type${end}`], status: constants.palettes[`status${end}`] };
};

/** Which vessels show, and in which colour. */
function refilter() {
  const { fleet, live, form } = page;
  const [filter, selected] = [state.get("filter"), state.get("selected")];
  let hidden = applyFilter(filter, fleet, live.now);
  const alone = state.get("isolate") && fleet.slots.has(selected);
  if (alone) {
    fleet.hidden.fill(BY_REST, 0, fleet.size);
    fleet.hidden[fleet.slots.get(selected)] = 0;
    hidden = fleet.size - 1;
  }
  for (let slot = 0; slot < fleet.size; slot++) fleet.colour[slot] = palette.of(slot);
  page.filtered = fleet.version;
  layer?.touch();
  form?.count(hidden, alone);
}

function recolour() {
  palette = paletteOf(state.get("colour"), state.get("safe"), constants, page.fleet);
  layer?.recolour(palette);
  drawLegend(byId("legend-colours"), palette, state.get("colour"), state);
  for (const button of byId("colour-modes").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.mode === state.get("colour")));
  }
  byId("colour-safe").setAttribute("aria-pressed", String(state.get("safe")));
  refilter();
}

/** Vessels came: who is shown is judged anew before the next picture. */
function arrived({ snapshot, mmsi }) {
  refilter();
  if (snapshot) page.view.frame();
  if (mmsi.includes(state.get("selected"))) ask();
}

function tell(kind, text, mmsi) {
  const slot = page.fleet.slots.get(mmsi);
  // the log shows what the map shows
  if (slot !== undefined && page.fleet.hidden[slot]) return;
  page.log.add(kind, text, slot === undefined ? null : () => goTo({ mmsi, lat: page.fleet.lat[slot], lon: page.fleet.lon[slot] }));
}

function select(mmsi) {
  if (mmsi === state.get("selected")) return;
  state.set(mmsi === null ? { selected: null, follow: false, isolate: false } : { selected: mmsi, tab: "vessel" });
  chosen(mmsi);
}

function chosen(mmsi) {
  if (layer) layer.selected = mmsi;
  byId("vessel-actions").hidden = mmsi === null;
  page.table.select(mmsi);
  if (mmsi !== null) raiseSheet();
  ask();
}

/** Ask Dash for what is known of the chosen vessel; `at` makes each question a new one. */
function ask() {
  page.asked = state.get("selected");
  const data = page.asked === null ? null : { mmsi: page.asked, at: performance.now() };
  dash_clientside.set_props("selected", { data });
}

function goTo(place) {
  page.view.goTo(place);
  if (place.mmsi) select(place.mmsi);
}

/** Esc undoes the nearest thing first. */
function escape(target) {
  if (!byId("filter-form").hidden) page.form.open(false);
  else if (state.get("measuring")) state.set({ measuring: false });
  else if (target.closest?.("input")) target.blur();
  else select(null);
}

function tooltip(slot) {
  const { fleet, live } = page;
  const speed = Number.isNaN(fleet.sog[slot]) ? "" : ` · ${fleet.sog[slot].toFixed(1)} kn`;
  const bound = fleet.destinations[slot] ? ` → ${fleet.destinations[slot]}` : "";
  const late = fleet.overdue(slot, live.now) > 0 ? ` · silent for ${ageWords((live.now - fleet.time[slot]) / 1000)}` : "";
  return fleet.nameOf(slot) + speed + bound + late;
}

function showConnection(name, words) {
  if (early) return;
  if (byId("connection").dataset.state === "live" && name === "reconnecting") tell("connection", "connection lost");
  byId("connection").dataset.state = name;
  byId("connection-words").textContent = words;
}

function showTable({ table }) {
  byId("drawer").hidden = !table;
  if (table && !page.table.api) dash_clientside.set_props("table-wanted", { data: true });
  if (!table) return;
  byId("legend").open = false;
  page.table.refresh();
}

/** Dash has put the grid into the drawer. */
export async function gridReady(children) {
  if (children) page.table.attach(await window.dash_ag_grid.getApiAsync("vessel-table"), byId("table-columns"));
}

function everySecond() {
  const { fleet, live } = page;
  const now = live.now;
  if (page.filtered !== fleet.version) refilter();
  if (state.get("filter").maxAge !== null) refilter();
  page.form.offer(fleet.sources);
  if (layer) page.view.follow((slot) => layer.point(slot));
  if (state.get("table")) page.table.refresh();
  byId("server-time").textContent = `${new Date(now).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const slot = fleet.slots.get(state.get("selected"));
  if (slot !== undefined && byId("vessel-age")) byId("vessel-age").textContent = ageWords((now - fleet.time[slot]) / 1000);
  page.figures.refresh(now);
}

/** For the grid, the console and the tests. */
const hooks = {
  cell: (mmsi, column) => page.table.cell(mmsi, column),
  vessels: () => page.fleet.size,
  drawn: () => layer?.drawn ?? 0,
  fps: () => layer?.fps ?? 0,
  state,
  stream,
  select,
  search: (text) => Search.find(text, page.fleet, constants.ports),
  point: (mmsi) => layer.point(page.fleet.slots.get(mmsi)),
  mmsis: () => Array.from(page.fleet.mmsi.subarray(0, page.fleet.size)),
};
