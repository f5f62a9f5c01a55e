/** What the buttons do. Keys press the same buttons. */

import { csvOf, geojsonOf } from "./exports.mjs";
import { keys, showKeys } from "./keys.mjs";
import { note, save } from "./page.mjs";

const byId = (id) => document.getElementById(id);
const on = (id, act) => byId(id).addEventListener("click", act);

/**
 * @param {object} parts
 * @param {import("./state.mjs").State} parts.state @param {import("./view.mjs").View} parts.view
 * @param {import("./layers.mjs").Layers} parts.layers @param {import("./measure.mjs").Measure} parts.measure
 * @param {import("./table.mjs").Table} parts.table @param {import("./fleet.mjs").Fleet} parts.fleet
 * @param {() => void} parts.onEscape
 */
export function actions({ state, view, layers, measure, table, fleet, onEscape }) {
  on("tool-home", () => view.home());
  on("tool-labels", () => state.flip("labels"));
  on("tool-routes", () => layers.flip("Routes"));
  on("tool-base", () => layers.turn());
  on("tool-measure", () => state.flip("measuring"));
  on("tool-table", () => state.flip("table"));
  on("table-close", () => state.set({ table: false }));
  on("tool-full", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
  state.on(["measuring"], ({ measuring }) => measure.switch(measuring));
  forVessel(state, view);
  exporting(table, fleet);
  const dialog = byId("keys");
  on("keys-toggle", () => showKeys(dialog));
  on("keys-close", () => dialog.close());
  keys(onEscape, dialog);
  pressed(state, { labels: "tool-labels", measuring: "tool-measure", table: "tool-table", track: "vessel-track", follow: "vessel-follow", isolate: "vessel-isolate", route: "vessel-route" });
}

function forVessel(state, view) {
  for (const name of ["track", "follow", "isolate", "route"]) {
    on(`vessel-${name}`, () => (state.get("selected") === null ? note("Choose a vessel first") : state.flip(name)));
  }
  on("vessel-share", async () => {
    try {
      await navigator.clipboard.writeText(view.link());
      note("Link copied");
    } catch {
      // without permission, or over plain http from afar: the address bar has it all the same
      history.replaceState(null, "", view.link());
      note("The address bar holds the link");
    }
  });
}

function exporting(table, fleet) {
  on("export-csv", () => save("vessels.csv", "text/csv", csvOf(fleet, table.slots())));
  on("export-geojson", () => save("vessels.geojson", "application/geo+json", JSON.stringify(geojsonOf(fleet, table.slots()))));
}

/** Buttons that are switches say how they stand. */
function pressed(state, ids) {
  const show = () => {
    for (const [name, id] of Object.entries(ids)) byId(id).setAttribute("aria-pressed", String(Boolean(state.get(name))));
  };
  state.on(Object.keys(ids), show);
  show();
}
