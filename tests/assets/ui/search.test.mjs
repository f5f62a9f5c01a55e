import assert from "node:assert/strict";
import { test } from "node:test";

import { Search } from "../../../assets/ui/search.mjs";
import { fleetOf } from "../support/fleets.mjs";

const PORTS = [{ name: "Rotterdam", country: "Netherlands", lat: 51.9, lon: 4.1 }];
const fleet = fleetOf([
  { mmsi: 211000001, vessel_name: "ATLANTIC", destination: "Rotterdam" },
  { mmsi: 211000002, vessel_name: "MV Rotter", callsign: "PABC", imo_number: "IMO7000009" },
  { mmsi: 211000003, vessel_name: "SEA ROTTER" },
]);
const labels = (text) => Search.find(text, fleet, PORTS).map(({ label }) => label);

test("names that begin with the text come first, then ports, names that contain it, and destinations", () => {
  assert.deepEqual(labels("rotter"), ["MV Rotter", "Rotterdam", "SEA ROTTER", "ATLANTIC"]);
});

test("numbers and call signs are found", () => {
  assert.deepEqual([labels("pab"), labels("imo7000009"), labels("7000009"), labels("211000003")], [["MV Rotter"], ["MV Rotter"], ["MV Rotter"], ["SEA ROTTER"]]);
});

test("a result says why it was found, and an empty text finds nothing", () => {
  assert.equal(Search.find("rotterd", fleet, []).at(-1).note, "to Rotterdam");
  assert.deepEqual(labels("  "), []);
});
