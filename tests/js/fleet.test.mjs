import assert from "node:assert/strict";
import { test } from "node:test";

import { Fleet } from "../../assets/fleet.mjs";
import { latitude, longitude, worldX, worldY } from "../../assets/mercator.mjs";

const CONSTANTS = { vessel_types: ["container", "tanker"], statuses: ["at_sea", "in_port", "anchored"], update_interval: 30 };
const T0 = Date.parse("2026-01-01T00:00:00Z");

function update(mmsi, more = {}) {
  return {
    mmsi,
    imo_number: null,
    vessel_name: `V${mmsi}`,
    vessel_type: "tanker",
    timestamp: "2026-01-01T00:00:00Z",
    position: { latitude: 0, longitude: 0, port_name: null, ...more.position },
    kinematics: { speed_over_ground: 60, course_over_ground: 90, heading: null, ...more.kinematics },
    status: more.status ?? "at_sea",
    simulated: true,
  };
}

test("a vessel sails on between reports, and stops when its report is overdue", () => {
  const fleet = new Fleet(CONSTANTS);
  fleet.merge([update(1)]);
  const [x, y] = fleet.place(0, T0 + 60_000);
  assert.ok(Math.abs(longitude(x) - 1 / 60) < 1e-4);
  assert.ok(Math.abs(latitude(y)) < 1e-9);
  assert.deepEqual(fleet.place(0, T0 + 90_000), fleet.place(0, T0 + 900_000));
});

test("an overdue vessel fades to 0.3 within half an hour", () => {
  const fleet = new Fleet(CONSTANTS);
  fleet.merge([update(1)]);
  assert.equal(fleet.opacity(0, T0 + 89_000), 1);
  assert.ok(fleet.opacity(0, T0 + 990_000) < 0.7);
  assert.equal(fleet.opacity(0, T0 + 3_000_000), 0.3);
});

test("what is not known stays not known", () => {
  const fleet = new Fleet(CONSTANTS);
  fleet.merge([update(1, { kinematics: { speed_over_ground: null, course_over_ground: null } })]);
  assert.ok(Number.isNaN(fleet.sog[0]) && Number.isNaN(fleet.heading[0]));
  assert.deepEqual(fleet.place(0, T0 + 60_000), [worldX(0), worldY(0)]);
});

test("a change of status is told, a first report is none", () => {
  const fleet = new Fleet(CONSTANTS);
  const told = [];
  fleet.merge([update(1)], (slot, before) => told.push([slot, before]));
  fleet.merge([update(1, { status: "in_port" })], (slot, before) => told.push([slot, before]));
  assert.deepEqual(told, [[0, 0]]);
});

test("thousands of vessels, and those that fell silent are gone", () => {
  const fleet = new Fleet(CONSTANTS);
  fleet.merge(Array.from({ length: 3000 }, (_, at) => update(at + 1)));
  const fresh = Array.from({ length: 1000 }, (_, at) => ({ ...update(3 * at + 1), timestamp: "2026-01-01T01:00:00Z" }));
  fleet.merge(fresh);
  fleet.expire(T0 + 3_600_001);
  assert.equal(fleet.size, 1000);
  for (const [mmsi, slot] of fleet.slots) {
    assert.equal(fleet.mmsi[slot], mmsi);
    assert.equal(fleet.names[slot], `V${mmsi}`);
    assert.equal(mmsi % 3, 1);
  }
});

test("mercator there and back", () => {
  for (const degrees of [-80, -33.9, 0, 51.9, 84]) assert.ok(Math.abs(latitude(worldY(degrees)) - degrees) < 1e-9);
  assert.equal(longitude(worldX(179.5) + 1), 179.5);
});
