import assert from "node:assert/strict";
import { test } from "node:test";

import { project, viewOf } from "../../../assets/map/projection.mjs";
import { fleetOf, T0 } from "../support/fleets.mjs";

/** A map of 800 x 600 px at zoom 2 whose left upper corner is at `left`, `top` px of the world. */
const mapAt = (left, top) => ({ getPixelBounds: () => ({ min: { x: left, y: top } }), getZoom: () => 2, getSize: () => ({ x: 800, y: 600 }) });
const fleet = fleetOf([{ mmsi: 1, lat: 0, lon: 0, sog: 0 }]);

test("a vessel is where the map shows its position", () => {
  assert.deepEqual(project(fleet, 0, T0, viewOf(mapAt(112, 212))), { x: 400, y: 300 });
});

test("a vessel is on the copy of the world that shows", () => {
  assert.deepEqual(project(fleet, 0, T0, viewOf(mapAt(112 + 1024, 212))), { x: 400, y: 300 });
  assert.deepEqual(project(fleet, 0, T0, viewOf(mapAt(112 - 2048, 212))), { x: 400, y: 300 });
});
