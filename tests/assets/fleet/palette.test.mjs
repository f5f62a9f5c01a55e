import assert from "node:assert/strict";
import { test } from "node:test";

import { paletteOf } from "../../../assets/fleet/palette.mjs";
import { CONSTANTS, fleetOf } from "../support/fleets.mjs";

test("by speed, slow and fast differ, and an unknown speed has a colour of its own", () => {
  const fleet = fleetOf([{ mmsi: 1, sog: 0 }]);
  const { of, colours } = paletteOf("speed", false, CONSTANTS, fleet);
  const at = (sog) => ((fleet.sog[0] = sog), of(0));
  assert.deepEqual([at(0), at(2.6), at(80), at(NaN)], [0, 1, colours.length - 2, colours.length - 1]);
});

test("by type, the colours are those of the server, in the set that is chosen", () => {
  const fleet = fleetOf([{ mmsi: 1, type: 1 }]);
  const [usual, safe] = [paletteOf("type", false, CONSTANTS, fleet), paletteOf("type", true, CONSTANTS, fleet)];
  assert.deepEqual([usual.colours[usual.of(0)], safe.colours[safe.of(0)]], ["#222222", "#444444"]);
  assert.deepEqual(usual.entries[1], { words: "tanker", colour: "#222222", name: "tanker" });
});
