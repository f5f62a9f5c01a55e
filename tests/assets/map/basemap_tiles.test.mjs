import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";

import * as basemap from "../../../assets/map/basemap_tiles.mjs";
import { worldX, worldY } from "../../../assets/map/mercator.mjs";
import { landWithin } from "../../../scripts/build_basemap/harbours.mjs";
import { clip, closeAtPole, extent, flatten, pack, unwrap } from "../../../scripts/build_basemap/rings.mjs";

const path = (name) => new URL(`../../../assets/basemap/${name}.json.gz`, import.meta.url);
const baked = (name) => JSON.parse(gunzipSync(readFileSync(path(name))));
const coarse = baked("coarse");
const pauses = [];
const indexes = await basemap.makeIndexes(coarse, () => pauses.push(performance.now()));

/** Is there land at a place, as the tile of this zoom has it? Even-odd, along a line to the west. */
function onLand(lon, lat, z) {
  const world = 256 * 2 ** z;
  const [px, py] = [worldX(lon) * world, worldY(lat) * world];
  const tile = { x: Math.floor(px / 256), y: Math.floor(py / 256), z };
  const { features, scale, left, top } = basemap.cut(indexes, tile);
  const [x, y] = [(px - tile.x * 256 + left) / scale, (py - tile.y * 256 + top) / scale];
  let inside = false;
  for (const { tags, geometry } of features) {
    if (tags.kind !== basemap.LAND) continue;
    for (const ring of geometry) {
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        const [xi, yi, xj, yj] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
        if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
      }
    }
  }
  return inside;
}

test("a ring over the antimeridian runs on instead of crossing the world", () => {
  const fiji = [[179, -16], [-179, -16], [-179, -17], [179, -17], [179, -16]];
  assert.deepEqual(unwrap(fiji), [[179, -16], [181, -16], [181, -17], [179, -17], [179, -16]]);
});

test("a polygon lies at home and its hole within it, wherever its ring began", () => {
  const outer = [[-170, 60], [20, 60], [20, 70], [-170, 70], [-170, 60]];
  const hole = [[50, 63], [60, 63], [60, 64], [50, 63]];
  const [flat, flatHole] = flatten([outer, hole]);
  assert.deepEqual(extent(flat), [20, 190]);
  assert.deepEqual(extent(flatHole), [50, 60]);
});

test("a ring around the pole is closed along the edges of the world, in either direction", () => {
  const coast = [[-180, -70], [-60, -75], [60, -65], [180, -70]];
  for (const ring of [coast, coast.toReversed()]) {
    const closed = closeAtPole(ring, -90);
    assert.deepEqual(extent(closed), [-180, 180]);
    assert.ok(closed.some(([lon, lat]) => lon === 180 && lat === -90));
    assert.ok(closed.some(([lon, lat]) => lon === -180 && lat === -90));
    assert.equal(closed.filter(([, lat]) => lat === -65).length, 1);
  }
});

test("clipping keeps what is inside and cuts along the box", () => {
  const square = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]];
  assert.deepEqual(extent(clip(square, [-1, -1, 2, 5])), [0, 2]);
  assert.deepEqual(clip(square, [5, 5, 6, 6]), []);
});

test("around a port, false small holes go and real water stays", () => {
  const ring = (lon, lat, size) => [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]];
  const [found] = landWithin([[ring(0, 0, 2), ring(1, 1, 0.02), ring(0.5, 0.5, 0.1)]], [0, 0, 2, 2]);
  assert.equal(found.length, 2);
  assert.deepEqual(landWithin([[ring(10, 10, 1)]], [0, 0, 2, 2]), []);
});

test("packed and unpacked, a line is the same to half a step of the grid", () => {
  const line = [[179.994, -16.5], [180.006, -16.51], [180.0061, -16.51], [181, 20]];
  const again = basemap.unpack(pack(line, 0.01), 0.01);
  assert.equal(again.length, 3);
  assert.ok(Math.abs(again[1][0] - 180.01) < 1e-9 && Math.abs(again[2][1] - 20) < 1e-9);
});

test("land and sea are where they belong at every zoom, past the index's last one too", () => {
  for (const z of [2, 5, 8, 12, 16]) {
    assert.equal(onLand(2.3, 48.8, z), true, `Paris at ${z}`);
    assert.equal(onLand(178, 67, z), true, `Chukotka at ${z}`);
    assert.equal(onLand(-178, 66.5, z), true, `Chukotka beyond 180 at ${z}`);
    assert.equal(onLand(20, -80, z), true, `Antarctica at ${z}`);
    assert.equal(onLand(-40, 72, z), true, `Greenland at ${z}`);
    assert.equal(onLand(-140, 0, z), false, `the Pacific at ${z}`);
    assert.equal(onLand(178, 60, z), false, `the Bering Sea at ${z}`);
    assert.equal(onLand(0, -16.5, z), false, `no line from Fiji at ${z}`);
    assert.equal(onLand(179.9, -40, z), false, `off New Zealand at ${z}`);
  }
});

test("the page can answer while outlines are indexed", () => {
  assert.equal(pauses.length, indexes.length - 1);
  assert.ok(pauses.length > 0);
});

test("no outline jumps over the world", () => {
  for (const { grid, land, lakes, borders } of [coarse, baked("fine")]) {
    for (const steps of [...land.flat(), ...lakes.flat(), ...borders]) {
      const jumps = basemap.unpack(steps, grid).filter(([, lat], at) => at > 0 && lat > -85 && Math.abs(steps[2 * at] * grid) > 60);
      assert.deepEqual(jumps, []);
    }
  }
});

test("columns beyond the world are the world's own", () => {
  assert.deepEqual(basemap.wrapped({ x: -1, y: 2, z: 3 }), { x: 7, y: 2, z: 3 });
  assert.deepEqual(basemap.wrapped({ x: 17, y: 2, z: 3 }), { x: 1, y: 2, z: 3 });
});

test("a box around a place lies around its pixel of the tile", () => {
  const [left, top, right, bottom] = basemap.boxInTile([-1, -1, 1, 1], { x: 1, y: 1, z: 1 });
  assert.ok(left < 0 && right > 0 && top < 0 && bottom > 0);
  assert.ok(Math.abs(left + right) < 1e-9 && Math.abs(top + bottom) < 1e-9);
});

test("graticule lines of neighbouring tiles keep their distance", () => {
  for (let z = 3; z <= 16; z++) {
    const found = basemap.graticule({ x: 0, y: 1, z }).meridians;
    const next = basemap.graticule({ x: 1, y: 1, z }).meridians.map((px) => px + 256);
    const all = [...found, ...next];
    assert.ok(all.length >= 1, `zoom ${z}`);
    all.slice(1).forEach((px, i) => assert.ok(px - all[i] >= 119, `zoom ${z}`));
  }
});

test("of two names in one place the first stays, across tiles and across 180 degrees", () => {
  const name = (text, x) => ({ kind: basemap.SEA, text, x, y: 0.3, from: 0, to: 9 });
  const texts = (names, key) => (basemap.placeNames(names, 2, () => 60).get(key) ?? []).map((placed) => placed.name.text);
  assert.deepEqual(texts([name("a", 0.26), name("b", 0.24)], "1:1"), ["a"]);
  assert.deepEqual(texts([name("a", 0.26), name("b", 0.24)], "0:1"), ["a"]);
  assert.deepEqual(texts([name("a", 0.999), name("b", 0.001)], "0:1"), ["a"]);
  assert.deepEqual(texts([name("a", 0.999), name("c", 0.1)], "0:1").sort(), ["a", "c"]);
});

test("a name shows only at its zooms", () => {
  const names = basemap.namesOf(basemap.CITY, [["Rotterdam", 4.48, 51.92, 6, 24]]);
  assert.equal(basemap.placeNames(names, 5, () => 50).size, 0);
  assert.ok(basemap.placeNames(names, 6, () => 50).size >= 1);
});

test("at each zoom the names that find room do not overlap", () => {
  const names = [...basemap.namesOf(basemap.SEA, coarse.seas), ...basemap.namesOf(basemap.COUNTRY, coarse.countries)];
  for (let zoom = 2; zoom <= 7; zoom++) {
    const placed = basemap.placeNames(names, zoom, ({ text }) => text.length * 7);
    for (const list of placed.values()) {
      list.forEach((a, i) => list.slice(i + 1).forEach((b) => {
        const shift = basemap.nearest(a.x - b.x, 256 * 2 ** zoom);
        const apart = a.right <= b.left + shift || b.right + shift <= a.left || a.bottom <= b.top || b.bottom <= a.top;
        assert.ok(apart, `${a.name.text} and ${b.name.text} at ${zoom}`);
      }));
    }
  }
});

test("the first files are small and all together stay below 1.5 MB", () => {
  const sizes = ["coarse", "fine", "cities", "harbours"].map((name) => statSync(path(name)).size);
  assert.ok(sizes[0] < 200_000);
  assert.ok(sizes.reduce((a, b) => a + b) < 1_500_000);
});

test("each harbour's box has land and sea", () => {
  for (const { box, land } of baked("harbours").boxes) {
    assert.ok(box[0] < box[2] && box[1] < box[3]);
    assert.ok(land.length > 0, `${box}`);
  }
});

test("the Suez Canal runs from sea to sea within boxes of fine coasts", () => {
  const { boxes, canals: [canal] } = baked("harbours");
  assert.ok(canal[0][1] > 31.2 && canal.at(-1)[1] < 30);
  const inside = ([lon, lat]) => boxes.some(({ box: [west, south, east, north] }) => west < lon && lon < east && south < lat && lat < north);
  assert.ok(canal.every(inside));
});

test("no port bears the name of a city beside it", () => {
  const { cities, ports } = baked("cities");
  const near = (a, b) => Math.abs(a[1] - b[1]) < 0.8 && Math.abs(a[2] - b[2]) < 0.8;
  assert.ok(ports.length > 1000);
  const double = ports.filter((port) => cities.some((city) => city[0].toLowerCase() === port[0].toLowerCase() && near(city, port)));
  assert.deepEqual(double, []);
});
