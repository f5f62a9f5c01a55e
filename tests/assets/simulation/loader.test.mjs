import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { showsCustomRoutes, simulates } from "../../../assets/simulation/loader.mjs";

test("a server simulates in two modes, and not while its mode is unknown", () => {
  assert.deepEqual(["simulation", "mixed", "live", "replay", undefined].map(simulates), [true, true, false, false, false]);
});

test("custom routes show with the layer of routes, and while the panel is open", () => {
  assert.deepEqual([showsCustomRoutes(["Routes"], "fleet"), showsCustomRoutes([], "simulation"), showsCustomRoutes(["Ports"], "fleet")], [true, true, false]);
});
