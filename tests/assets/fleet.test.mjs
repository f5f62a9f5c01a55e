import assert from "node:assert/strict";
import { test } from "node:test";

import { Fleet } from "../../assets/fleet/fleet.mjs";
import { opacityOf, placeOf } from "../../assets/fleet/dead_reckoning.mjs";
import { latitude, longitude, worldX, worldY } from "../../assets/map/mercator.mjs";
import { describe } from "../../assets/stream/stream.mjs";
import { decode } from "../../assets/stream/wire.mjs";
import { bytesOf, frameOf, staticOf } from "./frames.mjs";

const CONSTANTS = { vessel_types: ["container", "tanker"], statuses: ["at_sea", "in_port", "anchored"], update_interval: 30, routes: ["Suez"] };
const T0 = Date.parse("2026-01-01T00:00:00Z");
const EAST = { mmsi: 1, sog: 60, cog: 90, type: 1 };

function fleetOf(vessels, head) {
  const fleet = new Fleet(CONSTANTS);
  fleet.merge(frameOf(vessels, { time: T0, ...head }));
  return fleet;
}

test("a frame is read as it was written", () => {
  const vessel = { mmsi: 235000001, lat: -33.9, lon: 18.4, age: 2.5, sog: 12.3, cog: 359.9, heading: 0, type: 1, status: 2 };
  const frame = frameOf([vessel], { snapshot: true, seq: 5, prev: 4, time: T0, removed: [7, 8] });
  assert.deepEqual([frame.snapshot, frame.n, frame.seq, frame.prev, frame.time], [true, 1, 5, 4, T0]);
  assert.deepEqual([...frame.removed], [7, 8]);
  assert.deepEqual([frame.mmsi[0], frame.lat[0], frame.age[0], frame.sog[0], frame.heading[0]], [235000001, -20_340_000, 25, 123, 0]);
});

test("what is no frame, or was cut, is refused", () => {
  assert.throws(() => decode(new ArrayBuffer(8)));
  assert.throws(() => decode(new ArrayBuffer(64)));
  assert.throws(() => decode(bytesOf([EAST]).slice(0, -1)));
});

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

test("what is not known stays not known", () => {
  const fleet = fleetOf([{ mmsi: 1 }]);
  assert.ok(Number.isNaN(fleet.sog[0]) && Number.isNaN(fleet.heading[0]));
  assert.deepEqual(placeOf(fleet, 0, T0 + 60_000), [worldX(0), worldY(0)]);
});

test("a change of status is told, a first report is none", () => {
  const fleet = new Fleet(CONSTANTS);
  const told = [];
  fleet.merge(frameOf([EAST]), (slot, before) => told.push([slot, before]));
  fleet.merge(frameOf([{ ...EAST, status: 1 }]), (slot, before) => told.push([slot, before]));
  assert.deepEqual(told, [[0, 0]]);
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

test("who leaves is gone, and a snapshot replaces everything", () => {
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

test("mercator there and back", () => {
  for (const degrees of [-80, -33.9, 0, 51.9, 84]) assert.ok(Math.abs(latitude(worldY(degrees)) - degrees) < 1e-9);
  assert.equal(longitude(worldX(179.5) + 1), 179.5);
});

test("how a connection stands, in words", () => {
  const fine = { heard: 100_000, moved: 100_000, intervalS: 30, paused: false, feeds: [{ state: "ok" }] };
  const words = (more, now = 101_000) => describe({ ...fine, ...more }, now).join(": ");
  assert.equal(words({}), "live: live");
  assert.equal(words({ heard: undefined }), "reconnecting: connecting");
  assert.equal(words({ retryAt: 103_500 }), "reconnecting: reconnecting in 3 s");
  assert.equal(words({}, 130_000), "delayed: delayed 30 s");
  assert.equal(words({ paused: true, moved: 0 }), "paused: simulation paused");
  assert.equal(words({ moved: -10_000 }), "silent: connected but no data");
  assert.equal(words({ feeds: [{ state: "silent" }, { state: "down" }] }), "silent: connected but no data");
  assert.equal(words({ feeds: [{ state: "silent" }, { state: "ok" }] }), "live: live, 1 of 2 sources quiet");
});
