/** Puts the page together: stream -> fleet -> map, figures, log, search. Dash calls what is exported here. */

import { createBasemap } from "./basemap.mjs";
import { ClockPanel } from "./clock.mjs";
import { Fleet } from "./fleet.mjs";
import { Log } from "./log.mjs";
import { ageWords, calm, panels, raiseSheet, theme } from "./page.mjs";
import { Search } from "./search.mjs";
import { charts, counts, Rate } from "./stats.mjs";
import { Stream } from "./stream.mjs";
import { Track } from "./track.mjs";
import { VesselLayer } from "./vessel_layer.mjs";

const byId = (id) => document.getElementById(id);
const state = { epoch: null, clients: null, base: 0, since: 0, rate: 1, selected: null };
const rate = new Rate();
let constants;
let fleet;
let map;
let layer;
let track;
let panel;
let log;
/** What arrived before the page was ready. */
let early = [];

// the connection opens while Dash is still loading: the fleet is there when the map is
const url = new URL("./ws", document.baseURI);
url.protocol = url.protocol.replace("http", "ws");
const stream = new Stream(url.href, (message) => (early ? early.push(message) : receive(message)), showConnection);

/** The server's time in ms. */
const clock = () => state.base + (performance.now() - state.since) * state.rate;

/** The vessel layer is switched on: with the page, or in the layer control. @param {L.Map} leaflet */
export function onAdd(leaflet) {
  if (!constants) begin(leaflet);
  layer = new VesselLayer(map, fleet, constants.type_colours, clock, (mmsi) => select(mmsi));
  layer.selected = state.selected;
}

/** The vessel layer is switched off. */
export function onRemove() {
  layer.remove();
  layer = null;
}

/** Dash has a vessel's track and route for us, or null for none. */
export function drawTrack(drawing) {
  track?.draw(drawing);
}

/** New figures for one Plotly chart. */
export function fillChart(stats, figure, id) {
  return charts[id](stats, figure, constants);
}

function begin(leaflet) {
  map = leaflet;
  constants = JSON.parse(byId("constants").dataset.json);
  fleet = new Fleet(constants);
  track = new Track(map);
  log = new Log(byId("log-list"), byId("log-pause"), byId("log-clear"), clock);
  panels();
  panel = new ClockPanel(byId("clock-panel"), (time, speed) => setClock(time, speed));
  const basemap = createBasemap(L, { url: new URL("./basemap/", import.meta.url).href, theme: theme.current });
  basemap.addTo(map);
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  map.attributionControl.setPrefix("Leaflet");
  theme.onChange((name) => basemap.setTheme(name));
  new Search(byId("search-box"), byId("search-results"), fleet, constants.ports, (found) => goTo(found));
  addEventListener("keydown", (event) => event.key === "Escape" && select(null));
  stream.intervalS = constants.update_interval;
  for (const message of early) receive(message);
  early = null;
  everySecond();
  setInterval(everySecond, 1000);
  Object.assign(window.fairway, hooks);
}

function receive(message) {
  if (message.type === "connection_established") greet(message);
  if (message.type === "vessel_updates") update(message);
  const summary = message.summary ?? message.fleet_summary;
  if (summary) state.clients = summary.connected_clients;
}

function greet({ epoch, clock: served }) {
  if (state.epoch !== null) log.add("connection", "connected again");
  else log.add("connection", "connected");
  // each snapshot is whole: what another server knew is forgotten
  if (state.epoch !== epoch) fleet.clear();
  state.epoch = epoch;
  panel.show(served);
}

function update({ timestamp, updates, update_count: count, snapshot, part = 1 }) {
  const time = Date.parse(timestamp);
  if (Math.abs(time - clock()) > 3000 * Math.max(1, state.rate)) setClock(time);
  if (snapshot && part === 1) fleet.clear();
  fleet.merge(updates, snapshot ? undefined : (slot, before) => logStatus(slot, before));
  if (snapshot && !state.framed) frame();
  if (!snapshot) rate.add(count, performance.now());
  log.add("update", snapshot ? `${count} vessels` : `${count} vessel updates`);
  if (updates.some((vessel) => vessel.mmsi === state.selected)) ask();
}

/** Show the fleet when the page opens: the waters where nine in ten vessels are, or the world around the middle one. */
function frame() {
  if (!fleet.size) return;
  state.framed = true;
  const spread = (column) => {
    const sorted = column.slice(0, fleet.size).sort();
    return [0.05, 0.5, 0.95].map((share) => sorted[Math.floor(share * (fleet.size - 1))]);
  };
  const [[south, centre, north], [west, middle, east]] = [spread(fleet.lat), spread(fleet.lon)];
  const bounds = [[south, west], [north, east]];
  if (east - west < 120) map.fitBounds(bounds, { padding: [40, 40], animate: false });
  else map.setView([centre, middle], map.getZoom(), { animate: false });
}

/** The replay began anew, or the clock was set: times before are no longer comparable. @param {number} speed s per s */
function setClock(time, speed = state.rate) {
  if (time < clock() - 60_000) fleet.clear();
  Object.assign(state, { base: time, since: performance.now(), rate: speed });
}

function logStatus(slot, before) {
  const port = fleet.ports[slot] ? ` · ${fleet.ports[slot]}` : "";
  const [from, to] = [before, fleet.status[slot]].map((code) => constants.statuses[code].replace("_", " "));
  log.add("status", `${fleet.names[slot]}: ${from} → ${to}${port}`);
}

function select(mmsi) {
  if (mmsi === null && state.selected === null) return;
  state.selected = mmsi;
  if (layer) layer.selected = mmsi;
  if (mmsi !== null) {
    byId("tab-vessel").click();
    raiseSheet();
  }
  ask();
}

/** Ask Dash for what is known of the chosen vessel; `at` makes each question a new one. */
function ask() {
  const data = state.selected === null ? null : { mmsi: state.selected, at: performance.now() };
  dash_clientside.set_props("selected", { data });
}

function goTo({ mmsi, lat, lon }) {
  map.flyTo([lat, lon], Math.max(map.getZoom(), mmsi ? 8 : 9), { duration: 0.8, animate: !calm.matches });
  if (mmsi) select(mmsi);
}

function showConnection(name, words) {
  if (early) return;
  if (byId("connection").dataset.state === "live" && name === "reconnecting") log.add("connection", "connection lost");
  byId("connection").dataset.state = name;
  byId("connection-words").textContent = words;
}

function everySecond() {
  const now = clock();
  fleet.expire(now);
  byId("server-time").textContent = `${new Date(now).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const slot = fleet.slots.get(state.selected);
  if (slot !== undefined && byId("vessel-age")) byId("vessel-age").textContent = ageWords((now - fleet.time[slot]) / 1000);
  const stats = counts(fleet);
  byId("simulated-mark").hidden = !stats.simulated;
  const shown = { ...stats.status, total: stats.total, rate: rate.perSecond(performance.now()), clients: state.clients };
  for (const [key, value] of Object.entries(shown)) byId(`count-${key}`).textContent = value ?? "–";
  const text = JSON.stringify(stats);
  if (text !== state.stats) dash_clientside.set_props("fleet-stats", { data: stats });
  state.stats = text;
}

/** For the console and for tests. */
const hooks = {
  vessels: () => fleet.size,
  drawn: () => layer?.drawn ?? 0,
  fps: () => layer?.fps ?? 0,
  select,
  search: (text) => Search.find(text, fleet, constants.ports),
  point: (mmsi) => layer.point(fleet.slots.get(mmsi)),
  mmsis: () => Array.from(fleet.mmsi.subarray(0, fleet.size)),
};
