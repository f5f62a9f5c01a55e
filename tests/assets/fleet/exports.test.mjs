import assert from "node:assert/strict";
import { test } from "node:test";

import { csvCell, csvOf, geojsonOf, shownSlots } from "../../../assets/fleet/exports.mjs";
import { fleetOf } from "../support/fleets.mjs";

const fleet = (name = "A") =>
  fleetOf([{ mmsi: 235000001, vessel_name: name, flag: "GB", simulated: true, source: "simulator", lat: 51.5, lon: -0.25, sog: 0 }], { time: 0 });

test("cells that a spreadsheet would run are made harmless, and quotes are doubled", () => {
  for (const text of ["=1+1", "+A1", "-2", "@SUM(A1)", "\t=1"]) assert.ok(csvCell(text).replace('"', "").startsWith("'"), text);
  assert.equal(csvCell('MV "A", B'), '"MV ""A"", B"');
  assert.equal(csvCell(-33.9), "-33.9");
  assert.equal(csvCell(null), "");
});

test("a CSV has a line for each visible vessel; zero is a value, unknown is empty", () => {
  const made = fleet('=HYPERLINK("http://x","y")');
  const [head, line, end] = csvOf(made, shownSlots(made)).split("\r\n");
  assert.equal(end, "");
  assert.ok(line.startsWith(`"'=HYPERLINK(""http://x"",""y"")",235000001,,,GB,container,at_sea,0,,,51.5,-0.25,`));
  assert.ok(head.startsWith("name,mmsi,imo"));
  made.hidden[0] = 1;
  assert.deepEqual(shownSlots(made), []);
});

test("GeoJSON has longitude first and marks simulated vessels", () => {
  const [feature] = geojsonOf(fleet(), [0]).features;
  assert.deepEqual(feature.geometry, { type: "Point", coordinates: [-0.25, 51.5] });
  assert.deepEqual([feature.properties.simulated, feature.properties.cog, feature.properties.sog], [true, null, 0]);
});
