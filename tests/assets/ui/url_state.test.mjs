import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING } from "../../../assets/fleet/filter.mjs";
import { INITIAL } from "../../../assets/fleet/state.mjs";
import { MAX_GROUP, read, write } from "../../../assets/ui/url_state.mjs";
import { CONSTANTS } from "../support/fleets.mjs";

test("an address restores the state", () => {
  const chosen = {
    ...INITIAL,
    view: { lat: 51.9, lon: -4.1, zoom: 9 },
    selected: 235000001,
    filter: { ...EVERYTHING, types: ["tanker"], minSpeed: 0, to: "Rotter & dam", q: "ü" },
    layers: ["Vessels", "Routes"],
    colour: "speed",
    follow: true,
    theme: "dark",
    group: [235000001, 235000002],
    track: false,
    charts: "time",
  };
  const { filter, ...found } = read(write(chosen), CONSTANTS);
  assert.deepEqual(filter, chosen.filter);
  for (const [name, value] of Object.entries(found)) assert.deepEqual(value, chosen[name], name);
  assert.equal(write(INITIAL), "");
});

test("invalid values in an address are left out", () => {
  const found = read("?lat=91&lon=4&zoom=9&mmsi=-3&types=tanker,submarine&minSpeed=fast&theme=pink&colour=x", CONSTANTS);
  assert.deepEqual(found, { filter: { ...EVERYTHING, types: ["tanker"] } });
});

test("an empty list of layers and a time are kept, a long group is cut", () => {
  const state = { ...INITIAL, layers: [], at: Date.parse("2026-01-01T00:00:00Z"), group: Array.from({ length: 999 }, (_, at) => at + 1) };
  const query = write(state);
  assert.ok(query.includes("at=2026-01-01T00:00:00Z"));
  const found = read(query, CONSTANTS);
  assert.deepEqual([found.layers, found.at, found.group.length], [[], state.at, MAX_GROUP]);
});
