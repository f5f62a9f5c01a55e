import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { tooltipWords } from "../../../assets/map/setup.mjs";
import { fleetOf, T0 } from "../support/fleets.mjs";

test("the tooltip names a vessel with its speed, destination and silence, as far as they are known", () => {
  const fleet = fleetOf([{ mmsi: 1, vessel_name: "ONE", sog: 12, cog: 0, destination: "Rotterdam" }, { mmsi: 2 }]);
  assert.equal(tooltipWords(fleet, 0, T0), "ONE · 12.0 kn → Rotterdam");
  assert.equal(tooltipWords(fleet, 1, T0), "MMSI 2");
  assert.equal(tooltipWords(fleet, 1, T0 + 600_000), "MMSI 2 · silent for 10 min");
});
