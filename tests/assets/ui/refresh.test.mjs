import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { clockWords, followSelected, reportAge } from "../../../assets/ui/refresh.mjs";
import { fleetOf, T0 } from "../support/fleets.mjs";

test("the top bar shows UTC to the second", () => {
  assert.equal(clockWords(T0 + 999), "2026-01-01 00:00:00 UTC");
});

test("the age of a report says when the next one is overdue", () => {
  const fleet = fleetOf([{ mmsi: 1, sog: 5, cog: 0 }]);
  assert.deepEqual([reportAge(fleet, 0, T0 + 60_000), reportAge(fleet, 0, T0 + 100_000)], ["60 s", "100 s, overdue"]);
});

test("the map follows only while the vessel layer is on", () => {
  let calls = 0;
  const view = { follow: (point) => (calls++, assert.equal(point(3), "here")) };
  followSelected({ style: { layer: null }, view });
  followSelected({ style: { layer: { point: () => "here" } }, view });
  assert.equal(calls, 1);
});
