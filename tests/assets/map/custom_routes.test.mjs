import assert from "node:assert/strict";
import { test } from "node:test";

import { joined, placeAlong, shifted } from "../../../assets/map/custom_routes.mjs";

test("a line moves to the copy of the world in which it begins near a longitude", () => {
  assert.deepEqual(shifted([[0, 179], [0, 181]], -170), [[0, -181], [0, -179]]);
  assert.deepEqual(shifted([[0, 10]], 20), [[0, 10]]);
});

test("each leg begins where the last one ended, over 180 degrees too", () => {
  assert.deepEqual(joined([[[0, 170], [0, 190]], [[0, -170], [0, -160]]]), [[[0, 170], [0, 190]], [[0, 190], [0, 200]]]);
});

test("a share of a route is a share of its length, over all legs", () => {
  const legs = [[[0, 0], [0, 10]], [[0, 10], [0, 40]]];
  assert.deepEqual([0, 0.25, 0.5, 1].map((share) => Math.round(placeAlong(legs, share)[1])), [0, 10, 20, 40]);
});
