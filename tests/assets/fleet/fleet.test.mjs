import assert from "node:assert/strict";
import { test } from "node:test";

import { overdueS, placeOf } from "../../../assets/fleet/dead_reckoning.mjs";
import { Fleet } from "../../../assets/fleet/fleet.mjs";
import { worldX, worldY } from "../../../assets/map/mercator.mjs";
import { CONSTANTS, T0 } from "../support/fleets.mjs";
import { frameOf, staticOf } from "../support/frames.mjs";

const EAST = { mmsi: 1, sog: 60, cog: 90, type: 1 };

function fleetOf(vessels, head) {
  const fleet = new Fleet(CONSTANTS);
  fleet.merge(frameOf(vessels, { time: T0, ...head }));
  return fleet;
}

test("an unknown speed or heading stays unknown", () => {
  const fleet = fleetOf([{ mmsi: 1 }]);
  assert.ok(Number.isNaN(fleet.sog[0]) && Number.isNaN(fleet.heading[0]));
  assert.deepEqual(placeOf(fleet, 0, T0 + 60_000), [worldX(0), worldY(0)]);
});

test("a change of status is reported, a first report is not", () => {
  const fleet = new Fleet(CONSTANTS);
  const reported = [];
  fleet.merge(frameOf([EAST]), (slot, before) => reported.push([slot, before]));
  fleet.merge(frameOf([{ ...EAST, status: 1 }]), (slot, before) => reported.push([slot, before]));
  assert.deepEqual(reported, [[0, 0]]);
});

test("static data may come before the position or after it", () => {
  const fleet = new Fleet(CONSTANTS);
  const one = { mmsi: 1, vessel_name: "ONE", callsign: "ABC", route: 0, a: 100, b: 50, source: "simulator", simulated: true };
  fleet.describe(staticOf([one]));
  assert.equal(fleet.size, 0);
  fleet.merge(frameOf([EAST, { mmsi: 2 }], { snapshot: true }));
  fleet.describe(staticOf([{ mmsi: 2, vessel_name: "TWO", source: "aivdm_tcp" }]));
  assert.deepEqual([fleet.nameOf(0), fleet.nameOf(1), fleet.routeOf(0), fleet.routeOf(1)], ["ONE", "TWO", "Suez", ""]);
  assert.deepEqual([fleet.sizeOf(0), fleet.sourceOf(0), fleet.sourceOf(1)], [[150, 0], "simulator", "aivdm_tcp"]);
  assert.ok(fleet.searchText(0).includes("abc"));
});

test("a removed vessel is gone, and a snapshot replaces everything", () => {
  const fleet = fleetOf(Array.from({ length: 3000 }, (_, at) => ({ ...EAST, mmsi: at + 1 })), { snapshot: true });
  fleet.describe(staticOf(Array.from({ length: 3000 }, (_, at) => ({ mmsi: at + 1, vessel_name: `V${at + 1}` }))));
  fleet.merge(frameOf([], { removed: [1, 3000, 99_999] }));
  assert.equal(fleet.size, 2998);
  fleet.merge(frameOf(Array.from({ length: 1000 }, (_, at) => ({ mmsi: 3 * at + 2 })), { snapshot: true }));
  assert.equal(fleet.size, 1000);
  for (const [mmsi, slot] of fleet.slots) {
    assert.equal(fleet.mmsi[slot], mmsi);
    assert.equal(fleet.names[slot], `V${mmsi}`);
    assert.equal(mmsi % 3, 2);
  }
});

test("an aimed vessel moves in a straight line, by the shorter way over the antimeridian", () => {
  const fleet = fleetOf([{ mmsi: 1, lon: 179, sog: 10, cog: 0 }], { snapshot: true });
  fleet.aim(0, 0, -179, T0 + 3_600_000);
  assert.ok(Math.abs(placeOf(fleet, 0, T0 + 1_800_000)[0] - worldX(180)) < 1e-9);
  assert.ok(Math.abs(placeOf(fleet, 0, T0 + 9_999_999)[0] - worldX(181)) < 1e-9);
  assert.ok(overdueS(fleet, 0, T0 + 3_000_000) < 0);
});

test("a vessel that has jumped is not aimed", () => {
  const fleet = fleetOf([{ mmsi: 1, lon: 179, sog: 10, cog: 0 }]);
  fleet.aim(0, 60, 0, T0 + 1000);
  assert.equal(fleet.until[0], 0);
});

test("a fleet takes the contents of another one", () => {
  const [shown, other] = [new Fleet(CONSTANTS), fleetOf([EAST, { mmsi: 2 }])];
  const { version } = shown;
  shown.adopt(other);
  assert.deepEqual([shown.size, shown.slots.get(2)], [2, 1]);
  assert.ok(shown.version > version);
});

test("a fleet that remembers knows the name of a vessel that comes back", () => {
  const fleet = fleetOf([EAST]);
  fleet.remembers = true;
  fleet.describe(staticOf([{ mmsi: 1, vessel_name: "A" }]));
  fleet.merge(frameOf([], { removed: [1] }));
  fleet.merge(frameOf([EAST]));
  assert.equal(fleet.nameOf(0), "A");
});

test("the names of custom routes follow those of the lanes, and replace the last ones", () => {
  const fleet = fleetOf([EAST]);
  fleet.nameRoutes([{ index: 1, name: "First" }]);
  fleet.nameRoutes([{ index: 2, name: "Second" }]);
  assert.deepEqual([fleet.routes[0], fleet.routes[1], fleet.routes[2]], ["Suez", undefined, "Second"]);
});
