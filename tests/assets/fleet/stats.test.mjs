import assert from "node:assert/strict";
import { test } from "node:test";

import { applyFilter, BY_SPEED, BY_TYPE, EVERYTHING } from "../../../assets/fleet/filter.mjs";
import { counts, History, Rate } from "../../../assets/fleet/stats.mjs";
import { fleetOf, T0 } from "../support/fleets.mjs";

const fleet = () => fleetOf([
  { mmsi: 1, type: 1, sog: 12, destination: "Rotterdam" },
  { mmsi: 2, type: 1, sog: 0, status: 2, simulated: true },
  { mmsi: 3, type: 0, sog: 22 },
  { mmsi: 4, type: 0 },
]);
const sampleOf = (time, wall, count, filter = "all") => ({ time, wall, filter, status: { at_sea: count }, kinds: [count], mean: 9, rate: 1 });
const lineOf = (history) => history.lines().of(({ status }) => status.at_sea);

test("a chart ignores its own part of the filter", () => {
  const made = fleet();
  applyFilter({ ...EVERYTHING, types: ["tanker"], minSpeed: 10 }, made, T0);
  assert.equal(made.hidden[made.slots.get(2)], BY_SPEED);
  assert.equal(made.hidden[made.slots.get(3)], BY_TYPE);
  const { total, type, speed } = counts(made);
  assert.deepEqual([total, type], [1, [1, 1]]);
  assert.deepEqual([speed[0], speed[6]], [1, 1]);
});

test("the visible vessels are counted by status, type and destination, and their mean speed at sea", () => {
  const found = counts(fleet());
  assert.deepEqual(found.status, { at_sea: 3, in_port: 0, anchored: 1 });
  assert.deepEqual([found.total, found.kinds, found.mean, found.where, found.simulated], [4, [2, 2], 17, [["Rotterdam", 1]], true]);
});

test("the history takes a sample every five seconds, and starts again when the clock is set back", () => {
  const history = new History();
  history.add(sampleOf(T0, 0, 1));
  history.add(sampleOf(T0 + 1000, 1000, 2));
  history.add(sampleOf(T0 + 6000, 6000, 3));
  assert.deepEqual(lineOf(history), [1, 3]);
  history.add(sampleOf(T0 - 1000, 12_000, 4));
  assert.deepEqual(lineOf(history), [4]);
});

test("a line over time belongs to one filter, and has a gap where another one was active", () => {
  const history = new History();
  history.add(sampleOf(T0, 0, 1));
  history.add(sampleOf(T0 + 1000, 1000, 7, "tankers"));
  assert.deepEqual(lineOf(history), [7]);
  history.add(sampleOf(T0 + 60_000, 60_000, 2));
  assert.deepEqual(lineOf(history), [1, null, 2]);
});

test("the rate of updates is right from the beginning", () => {
  const rate = new Rate();
  rate.add(0, 0);
  assert.equal(rate.perSecond(4000), null);
  for (let second = 1; second <= 10; second++) rate.add(40, 1000 * second);
  assert.equal(rate.perSecond(10_000), 40);
});
