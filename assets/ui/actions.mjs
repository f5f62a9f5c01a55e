/** Actions of the buttons. Keys press the same buttons. */

import { MAX_GROUP } from "./url_state.mjs";
import { csvOf, geojsonOf } from "../fleet/exports.mjs";
import { byId } from "./dom.mjs";
import { keys, showKeys } from "./keys.mjs";
import { note, save } from "./page.mjs";

const on = (id, act) => byId(id).addEventListener("click", act);

/**
 * Connect every button with its action.
 * @param {object} parts
 * @param {import("../fleet/state.mjs").State} parts.state @param {import("../map/view.mjs").View} parts.view
 * @param {import("../map/layers.mjs").Layers} parts.layers @param {import("../map/tools/measure.mjs").Measure} parts.measure
 * @param {import("./table.mjs").Table} parts.table @param {import("../fleet/fleet.mjs").Fleet} parts.fleet
 * @param {import("./group.mjs").Group} parts.group @param {import("../fleet/selection.mjs").VesselSelection} parts.selection
 * @param {(target: any) => void} parts.onEscape
 */
export function actions({ state, view, layers, measure, table, fleet, group, selection, onEscape }) {
  on("tool-home", () => view.home());
  on("tool-labels", () => state.flip("labels"));
  on("tool-routes", () => layers.flip("Routes"));
  on("tool-base", () => layers.nextBase());
  on("tool-measure", () => state.flip("measuring"));
  on("tool-table", () => state.flip("table"));
  on("table-close", () => state.set({ table: false }));
  on("tool-full", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  state.on(["measuring"], ({ measuring }) => measure.switch(measuring));
  on("tool-choose", () => state.flip("choosing"));
  forVessel(state, view);
  forGroup(state, view, group, selection);
  exporting("export", fleet, () => table.slots());
  exporting("group", fleet, () => group.slots());
  const dialog = byId("keys");
  on("keys-toggle", () => showKeys(dialog));
  on("keys-close", () => dialog.close());
  keys(onEscape);
  pressed(state, { labels: "tool-labels", measuring: "tool-measure", table: "tool-table", at: "tool-replay", choosing: "tool-choose", track: "vessel-track", follow: "vessel-follow", isolate: "vessel-isolate", route: "vessel-route" });
  pressed(state, { isolate: "group-isolate" });
}

function forVessel(state, view) {
  for (const name of ["track", "follow", "isolate", "route"]) {
    const possible = () => state.get("selected") !== null || (name === "isolate" && state.get("group").length);
    on(`vessel-${name}`, () => (possible() ? state.flip(name) : note("Choose a vessel first")));
  }
  on("vessel-share", () => share(state, view));
}

function forGroup(state, view, group, selection) {
  on("group-close", () => selection.pick(null));
  on("group-show", () => view.show(group.slots()));
  on("group-isolate", () => state.flip("isolate"));
  on("group-share", () => share(state, view));
}

async function share(state, view) {
  const { length } = state.get("group");
  const part = length > MAX_GROUP ? `, with the first ${MAX_GROUP} of ${length.toLocaleString("en")} vessels` : "";
  try {
    await navigator.clipboard.writeText(view.link());
    note(`Link copied${part}`);
  } catch {
    // without permission, or over plain http: the address bar holds the link
    history.replaceState(null, "", view.link());
    note(`The address bar holds the link${part}`);
  }
}

/** @param {string} prefix of the buttons' ids @param {import("../fleet/fleet.mjs").Fleet} fleet @param {() => number[]} slots */
function exporting(prefix, fleet, slots) {
  on(`${prefix}-csv`, () => save("vessels.csv", "text/csv", csvOf(fleet, slots())));
  on(`${prefix}-geojson`, () => save("vessels.geojson", "application/geo+json", JSON.stringify(geojsonOf(fleet, slots()))));
}

/** Set `aria-pressed` of the buttons that are switches. */
function pressed(state, ids) {
  const show = () => {
    for (const [name, id] of Object.entries(ids)) byId(id).setAttribute("aria-pressed", String(Boolean(state.get(name))));
  };
  state.on(Object.keys(ids), show);
  show();
}
