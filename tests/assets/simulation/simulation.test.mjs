import assert from "node:assert/strict";
import { test } from "node:test";

import "../support/browser.mjs";
import { scenarioWords, voyageWords } from "../../../assets/simulation/simulation.mjs";

test("a custom vessel shows its route, or its destination, or that it is free", () => {
  const vessel = { route: "", route_progress: 0.4, destination: "", speed_over_ground: 12 };
  assert.equal(voyageWords({ ...vessel, route: "Ours" }), "Ours, 40 % of the way out · 12.0 kn");
  assert.equal(voyageWords({ ...vessel, destination: "Halifax" }), "to Halifax · 12.0 kn");
  assert.equal(voyageWords(vessel), "free · 12.0 kn");
});

test("a scenario shows how many of its events have started, and the seed", () => {
  const events = [{ state: "over" }, { state: "running" }, { state: "ahead" }];
  assert.match(scenarioWords("Storm", events, 7), /^Storm: 2 of 3 events have started. Seed 7:/);
  assert.match(scenarioWords("", events, 7), /^3 events. Seed 7:/);
  assert.match(scenarioWords("", [], 7), /^No scenario runs. Seed 7:/);
});
