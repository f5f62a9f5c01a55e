import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFilter, describe, EVERYTHING, isEmpty, toggled } from "../../../assets/fleet/filter.mjs";
import { fleetOf, T0 } from "../support/fleets.mjs";

const VESSELS = [
  { mmsi: 1, type: 1, sog: 12, destination: "Rotterdam" },
  { mmsi: 2, type: 1, sog: 0, status: 2, destination: "ABU DHABI" },
  { mmsi: 3, type: 0, sog: 22, source: "aivdm_tcp" },
  { mmsi: 4, type: 0, age: 3600 },
];
const fleet = () => fleetOf(VESSELS.map((vessel) => ({ source: "simulator", vessel_name: `V${vessel.mmsi}`, ...vessel })));

const shown = (filter) => {
  const made = fleet();
  const count = applyFilter({ ...EVERYTHING, ...filter }, made, T0);
  const left = [1, 2, 3, 4].filter((mmsi) => made.hidden[made.slots.get(mmsi)] === 0);
  assert.equal(count, 4 - left.length);
  return left;
};

test("an empty filter shows everything", () => {
  assert.ok(isEmpty(EVERYTHING));
  assert.deepEqual(shown({}), [1, 2, 3, 4]);
});

test("each part hides the vessels that it does not match, and all parts hold at once", () => {
  assert.deepEqual(shown({ types: ["tanker"] }), [1, 2]);
  assert.deepEqual(shown({ status: ["anchored"] }), [2]);
  assert.deepEqual(shown({ to: " abu" }), [2]);
  assert.deepEqual(shown({ sources: ["aivdm_tcp"] }), [3]);
  assert.deepEqual(shown({ maxAge: 30 }), [1, 2, 3]);
  assert.deepEqual(shown({ q: "v4" }), [4]);
  assert.deepEqual(shown({ types: ["tanker"], minSpeed: 1 }), [1]);
});

test("speed 0 is a speed, an unknown speed fulfils no bound", () => {
  assert.deepEqual(shown({ maxSpeed: 0 }), [2]);
  assert.deepEqual(shown({ minSpeed: 0 }), [1, 2, 3]);
});

test("the active parts are described in words, and each can be removed", () => {
  const filter = { ...EVERYTHING, types: ["general_cargo"], minSpeed: 0 };
  assert.deepEqual(describe(filter).map(({ words }) => words), ["general cargo", "at least 0 kn"]);
  assert.ok(isEmpty({ ...filter, ...describe(filter)[0].without, ...describe(filter)[1].without }));
});

test("a value is added to a list, or taken out", () => {
  assert.deepEqual(toggled(["tanker", "other"], "tanker"), ["other"]);
  assert.deepEqual(toggled([1], 2), [1, 2]);
});
