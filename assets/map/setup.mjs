/** Puts the page's own layers and tools on Dash's map. */

import { overdueS } from "../fleet/dead_reckoning.mjs";
import { byId } from "../ui/dom.mjs";
import { ageWords, theme, themeNow } from "../ui/page.mjs";
import { CustomRoutes } from "./custom_routes.mjs";
import { Layers } from "./layers.mjs";
import { BoxSelect } from "./tools/box_select.mjs";
import { MapPointer } from "./tools/map_pointer.mjs";
import { Measure } from "./tools/measure.mjs";
import { addScale } from "./tools/scale.mjs";
import { Zones } from "./tools/zones.mjs";
import { View } from "./view.mjs";

/** The line that shows over a vessel under the pointer. @returns {string} */
export function tooltipWords(fleet, slot, now) {
  const speed = Number.isNaN(fleet.sog[slot]) ? "" : ` · ${fleet.sog[slot].toFixed(1)} kn`;
  const destination = fleet.destinations[slot] ? ` → ${fleet.destinations[slot]}` : "";
  const silent = overdueS(fleet, slot, now) > 0 ? ` · silent for ${ageWords((now - fleet.time[slot]) / 1000)}` : "";
  return fleet.nameOf(slot) + speed + destination + silent;
}

/** Adds `view`, `layers`, `zones`, `customRoutes`, `measure` and `pointer` to the page. @param {Record<string, any>} page */
export function setUpMap(page) {
  const { map, fleet, state, now } = page;
  new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  map.attributionControl.setPrefix("Leaflet");
  addScale(map);
  map.on("basemapnote", ({ words }) => Object.assign(byId("map-note"), { hidden: !words, textContent: words }));
  page.view = new View(map, fleet, state, now);
  page.layers = new Layers(map, (names) => state.set({ layers: names }));
  if (state.get("layers")) page.layers.set(state.get("layers"));
  page.zones = new Zones(map, (drawing) => state.set({ drawing }));
  page.customRoutes = new CustomRoutes(map, fleet, page.refreshFleet);
  page.measure = new Measure(map, () => getComputedStyle(document.documentElement).getPropertyValue("--accent"));
  addPointer(page);
  addBasemap(page);
}

/** @param {Record<string, any>} page */
function addPointer(page) {
  const { map, fleet, state, selection } = page;
  const layer = () => page.style.layer;
  page.pointer = new MapPointer(map, layer, (slot) => tooltipWords(fleet, slot, page.now()), (mmsi, together) => {
    // with Shift, or while several are being selected, a click on open water changes nothing
    if (!together && !state.get("choosing")) selection.pick(mmsi);
    else if (mmsi !== null) selection.toggle(mmsi);
  });
  const canBegin = ({ shiftKey }) => !page.pointer.busy && layer() && (shiftKey || state.get("choosing"));
  new BoxSelect(map, canBegin, (box) => selection.add(layer().within(box)));
}

/** @param {Record<string, any>} page */
function addBasemap({ map, state, style }) {
  let basemap = null;
  // loaded after the vessels, which are what the page is opened for: the basemap is large
  import("./basemap.mjs").then(({ Basemap }) => {
    basemap = new Basemap({ url: new URL("../basemap/", import.meta.url).href, theme: themeNow() });
    basemap.addTo(map);
  });
  theme(state, () => {
    basemap?.setTheme(themeNow());
    style.retheme();
  });
}
