import assert from "node:assert/strict";
import { test } from "node:test";

import { csvCell, csvOf, geojsonOf, shownSlots } from "../../assets/fleet/exports.mjs";
import { Fleet } from "../../assets/fleet/fleet.mjs";
import { density, ramp } from "../../assets/map/heat.mjs";
import { outline, pxPerMetre } from "../../assets/map/hulls.mjs";
import { placeLabels } from "../../assets/map/labels.mjs";
import { bearing, distanceNm } from "../../assets/map/mercator.mjs";
import { paletteOf } from "../../assets/fleet/palette.mjs";
import { State } from "../../assets/fleet/state.mjs";
import { frameOf, staticOf } from "./frames.mjs";

const CONSTANTS = { vessel_types: ["tanker"], statuses: ["at_sea"], update_interval: 30, palettes: { type: ["#111111"] } };

function fleet(name = "A") {
  const made = new Fleet(CONSTANTS);
  made.describe(staticOf([{ mmsi: 235000001, vessel_name: name, flag: "GB", simulated: true, source: "simulator" }]));
  made.merge(frameOf([{ mmsi: 235000001, lat: 51.5, lon: -0.25, sog: 0 }]));
  return made;
}

test("cells that a spreadsheet would run are made harmless, and quotes are doubled", () => {
  for (const text of ["=1+1", "+A1", "-2", "@SUM(A1)", "\t=1"]) assert.ok(csvCell(text).replace('"', "").startsWith("'"), text);
  assert.equal(csvCell('MV "A", B'), '"MV ""A"", B"');
  assert.equal(csvCell(-33.9), "-33.9");
  assert.equal(csvCell(null), "");
});

test("a CSV has a line for each vessel that shows; zero is a value, unknown is empty", () => {
  const made = fleet('=HYPERLINK("http://x","y")');
  const [head, line, end] = csvOf(made, shownSlots(made)).split("\r\n");
  assert.equal(end, "");
  assert.ok(line.startsWith(`"'=HYPERLINK(""http://x"",""y"")",235000001,,,GB,tanker,at_sea,0,,,51.5,-0.25,`));
  assert.ok(head.startsWith("name,mmsi,imo"));
  made.hidden[0] = 1;
  assert.deepEqual(shownSlots(made), []);
});

test("GeoJSON has longitude first and says what is simulated", () => {
  const [feature] = geojsonOf(fleet(), [0]).features;
  assert.deepEqual(feature.geometry, { type: "Point", coordinates: [-0.25, 51.5] });
  assert.deepEqual([feature.properties.simulated, feature.properties.cog, feature.properties.sog], [true, null, 0]);
});

test("a hull is as long as its ship, and its bow points ahead", () => {
  const size = { bow: 200, stern: 100, port: 20, starboard: 20 };
  const north = outline(size, 0, 1);
  assert.ok(Math.hypot(north[0], north[1] + 200) < 1e-9);
  const east = outline(size, 90, 0.5);
  assert.ok(Math.hypot(east[0] - 100, east[1]) < 1e-9);
  const ys = north.filter((_, at) => at % 2 === 1);
  assert.equal(Math.max(...ys) - Math.min(...ys), 300);
  const [equator, sixty] = [pxPerMetre(0.5, 1e6), pxPerMetre(0.5 - Math.asinh(Math.tan(Math.PI / 3)) / (2 * Math.PI), 1e6)];
  assert.ok(Math.abs(sixty / equator - 2) < 1e-9);
});

test("labels do not lie over one another", () => {
  const placed = placeLabels([{ x: 0, y: 0, text: "first" }, { x: 5, y: 2, text: "over it" }, { x: 0, y: 40, text: "below" }]);
  assert.deepEqual(placed.map(({ text }) => text), ["first", "below"]);
});

test("distances and courses are those of great circles", () => {
  assert.ok(Math.abs(distanceNm({ lat: 0, lng: 0 }, { lat: 1, lng: 0 }) - 60.04) < 0.01);
  assert.ok(Math.abs(distanceNm({ lat: 0, lng: 179.5 }, { lat: 0, lng: -179.5 }) - 60.04) < 0.01);
  assert.ok(Math.abs(bearing({ lat: 0, lng: 0 }, { lat: 0, lng: 1 }) - 90) < 1e-9);
  assert.ok(Math.abs(bearing({ lat: 10, lng: 0 }, { lat: -10, lng: 0 }) - 180) < 1e-9);
});

test("by speed, slow and fast differ, and an unknown speed has a colour of its own", () => {
  const made = fleet();
  const { of, colours } = paletteOf("speed", false, CONSTANTS, made);
  const at = (sog) => ((made.sog[0] = sog), of(0));
  assert.deepEqual([at(0), at(2.6), at(80), at(NaN)], [0, 1, colours.length - 2, colours.length - 1]);
});

test("who listens to a value is told once, and only when it differs", () => {
  const state = new State({ a: 1, list: [1], b: 2 });
  let told = 0;
  state.on(["a", "list"], () => told++);
  state.set({ a: 1, list: [1], b: 3 });
  assert.equal(told, 0);
  state.set({ a: 2, list: [2] });
  assert.equal(told, 1);
  state.flip("a");
  assert.equal(state.get("a"), false);
});

test("density is highest where the vessels are, keeps their number, and ignores who is out of sight", () => {
  const points = [...Array(10).fill([150, 150]), [60, 240], [-5, 3], [1e6, 3]];
  const cells = density(points, 50, 50);
  const most = cells.indexOf(Math.max(...cells));
  assert.deepEqual([most % 50, Math.floor(most / 50)], [25, 25]);
  assert.ok(Math.abs(cells.reduce((a, b) => a + b) - 11) < 1e-3);
});

test("nothing is transparent, the most is red", () => {
  assert.equal(ramp(0)[3], 0);
  assert.deepEqual(ramp(1), [234, 67, 53, 190]);
});
