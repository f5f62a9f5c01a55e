import assert from "node:assert/strict";
import { test } from "node:test";

import { opacityOf, overdueS, placeOf, reachS } from "../../../assets/fleet/dead_reckoning.mjs";
import { latitude, longitude } from "../../../assets/map/mercator.mjs";
import { fleetOf, T0 } from "../support/fleets.mjs";

const EAST = { mmsi: 1, sog: 60, cog: 90, type: 1 };

test("a vessel sails on between reports, and stops when its report is overdue", () => {
  const fleet = fleetOf([EAST]);
  const [x, y] = placeOf(fleet, 0, T0 + 60_000);
  assert.ok(Math.abs(longitude(x) - 1 / 60) < 1e-4);
  assert.ok(Math.abs(latitude(y)) < 1e-9);
  assert.deepEqual(placeOf(fleet, 0, T0 + 90_000), placeOf(fleet, 0, T0 + 900_000));
});

test("the age of a report counts", () => {
  const fleet = fleetOf([{ ...EAST, age: 60 }]);
  assert.equal(fleet.time[0], T0 - 60_000);
  assert.ok(longitude(placeOf(fleet, 0, T0)[0]) > 0.016);
});

test("an overdue vessel fades to 0.3 within half an hour", () => {
  const fleet = fleetOf([EAST]);
  assert.equal(opacityOf(fleet, 0, T0 + 89_000), 1);
  assert.ok(opacityOf(fleet, 0, T0 + 990_000) < 0.7);
  assert.equal(opacityOf(fleet, 0, T0 + 3_000_000), 0.3);
});

test("a vessel at rest reports every three minutes, one under way at the interval", () => {
  const fleet = fleetOf([EAST]);
  assert.deepEqual([reachS(fleet, 0), reachS(fleet, 1)], [90, 540]);
  assert.equal(overdueS(fleet, 0, T0 + 100_000), 10);
});
