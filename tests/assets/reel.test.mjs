import assert from "node:assert/strict";
import { test } from "node:test";

import { Fleet } from "../../assets/fleet/fleet.mjs";
import { overdueS, placeOf } from "../../assets/fleet/dead_reckoning.mjs";
import { worldX } from "../../assets/map/mercator.mjs";
import { ReplayBuffer, split } from "../../assets/replay/replay_buffer.mjs";
import { describe, windowOf } from "../../assets/replay/replay_slider.mjs";
import { bytesOf } from "./frames.mjs";

const CONSTANTS = { vessel_types: ["container"], statuses: ["at_sea", "in_port", "anchored"], update_interval: 30, routes: [] };
const T0 = Date.parse("2026-01-01T00:00:00Z");

/** What the server answers: messages at seconds after T0, one after the other. */
function answer(...messages) {
  const parts = messages.map(([seconds, vessels, head]) => new Uint8Array(bytesOf(vessels, { time: T0 + 1000 * seconds, ...head })));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => (whole.set(part, offset), offset + part.length), 0);
  return whole.buffer;
}

const STRETCH = answer(
  [0, [{ mmsi: 1, lon: 10, age: 5 }, { mmsi: 2, lon: 20 }], { snapshot: true }],
  [60, [{ mmsi: 1, lon: 11, age: 20 }]],
  [120, [{ mmsi: 2, lon: 21 }, { mmsi: 1, lon: 12, age: 10 }], { removed: [3] }],
);

test("an answer is split into its frames", () => {
  const frames = split(STRETCH);
  assert.deepEqual(frames.map(({ n, snapshot, time }) => [n, snapshot, (time - T0) / 1000]), [[2, true, 0], [1, false, 60], [2, false, 120]]);
  assert.deepEqual([...frames[2].removed], [3]);
  assert.throws(() => split(STRETCH.slice(0, 70)));
  assert.deepEqual(split(new ArrayBuffer(0)), []);
});

test("frames come when they are due, each once", () => {
  const buffer = new ReplayBuffer();
  assert.equal(buffer.end, -Infinity);
  buffer.replace(split(STRETCH));
  assert.equal(buffer.end, T0 + 120_000);
  assert.equal(buffer.due(T0).length, 1);
  assert.equal(buffer.due(T0 + 59_000).length, 0);
  assert.equal(buffer.due(T0 + 500_000).length, 2);
  assert.equal(buffer.due(T0 + 500_000).length, 0);
});

test("of each report the next is known, over the end of a stretch too", () => {
  const buffer = new ReplayBuffer();
  buffer.replace(split(STRETCH));
  const lonAfter = (mmsi, seconds) => {
    const found = buffer.after(mmsi, T0 + 1000 * seconds);
    return found && found[0].lon[found[1]] / 600_000;
  };
  assert.deepEqual([lonAfter(1, -5), lonAfter(1, 40), lonAfter(1, 110), lonAfter(2, 0), lonAfter(9, 0)], [11, 12, null, 21, null]);
  buffer.due(T0 + 120_000);
  buffer.append(split(answer([120, [{ mmsi: 1, lon: 12, age: 10 }, { mmsi: 2, lon: 21 }], { snapshot: true }], [180, [{ mmsi: 1, lon: 13 }]])));
  assert.deepEqual([lonAfter(1, 110), lonAfter(2, 120)], [13, null]);
});

test("a vessel goes straight to where it will be, by the shorter way, however long that takes", () => {
  const fleet = new Fleet(CONSTANTS);
  const [east] = split(answer([0, [{ mmsi: 1, lon: 179, sog: 10, cog: 0 }], { snapshot: true }]));
  fleet.merge(east);
  fleet.aim(0, 0, -179, T0 + 3_600_000);
  assert.ok(Math.abs(placeOf(fleet, 0, T0 + 1_800_000)[0] - worldX(180)) < 1e-9);
  assert.ok(Math.abs(placeOf(fleet, 0, T0 + 3_600_000)[0] - worldX(181)) < 1e-9);
  assert.ok(Math.abs(placeOf(fleet, 0, T0 + 9_999_999)[0] - worldX(181)) < 1e-9);
  assert.ok(overdueS(fleet, 0, T0 + 3_000_000) < 0);
  const before = fleet.until[0];
  fleet.aim(0, 60, 0, T0 + 1000);
  assert.equal(fleet.until[0], before, "what has jumped is not drawn on its way");
});

test("a fleet may take over another one, and remember who was described", () => {
  const [shown, other] = [new Fleet(CONSTANTS), new Fleet(CONSTANTS)];
  other.merge(split(STRETCH)[0]);
  const version = shown.version;
  shown.adopt(other);
  assert.equal(shown.size, 2);
  assert.ok(shown.version > version);
  shown.remembers = true;
  const columns = { mmsi: [1], vessel_name: ["A"], imo_number: [null], callsign: [null], flag: [null], destination: [null], eta: [null] };
  for (const name of ["route", "a", "b", "c", "d", "source", "simulated"]) columns[name] = [null];
  shown.describe(columns);
  shown.merge(split(answer([60, [], { removed: [1] }]))[0]);
  shown.merge(split(answer([120, [{ mmsi: 1 }]]))[0]);
  assert.equal(shown.names[shown.slots.get(1)], "A");
});

test("the slider is over the hours around the time, or up to the end", () => {
  const range = { from: T0, to: T0 + 100 * 3_600_000 };
  const hours = (hour, now) => windowOf(range, hour, T0 + now * 3_600_000).map((ms) => (ms - T0) / 3_600_000);
  assert.deepEqual(hours(0, 50), [0, 100]);
  assert.deepEqual(hours(6, 99), [94, 100]);
  assert.deepEqual(hours(6, 50), [47, 53]);
  assert.deepEqual(hours(6, 1), [0, 6]);
  assert.equal(describe(Date.parse("2026-11-12T14:03:07Z")), "12 Nov 2026, 14:03:07 UTC");
});
