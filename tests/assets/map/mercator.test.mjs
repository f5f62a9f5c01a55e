import assert from "node:assert/strict";
import { test } from "node:test";

import { bearing, distanceNm, latitude, longitude, velocity, worldX, worldY } from "../../../assets/map/mercator.mjs";

test("a latitude and a longitude survive the way there and back", () => {
  for (const degrees of [-80, -33.9, 0, 51.9, 84]) assert.ok(Math.abs(latitude(worldY(degrees)) - degrees) < 1e-9);
  assert.equal(longitude(worldX(179.5) + 1), 179.5);
});

test("distances and courses belong to great circles", () => {
  assert.ok(Math.abs(distanceNm({ lat: 0, lng: 0 }, { lat: 1, lng: 0 }) - 60.04) < 0.01);
  assert.ok(Math.abs(distanceNm({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }) - 60.04) < 0.01);
  assert.ok(Math.abs(bearing({ lat: 0, lng: 0 }, { lat: 0, lng: 1 }) - 90) < 1e-9);
  assert.ok(Math.abs(bearing({ lat: 10, lng: 0 }, { lat: -10, lng: 0 }) - 180) < 1e-9);
});

test("60 knots to the east are a minute of longitude a minute at the equator", () => {
  const [vx, vy] = velocity(0, 60, 90);
  assert.ok(Math.abs(vx * 60 * 360 - 1 / 60) < 1e-4);
  assert.ok(Math.abs(vy) < 1e-12);
});
