import assert from "node:assert/strict";
import { test } from "node:test";

import { COLUMNS, FleetColumns, LISTS } from "../../../assets/fleet/columns.mjs";

test("a new row holds zeros and empty texts, whatever the slot held before", () => {
  const columns = new FleetColumns();
  const slot = columns.add();
  columns.sog[slot] = 12;
  columns.names[slot] = "A";
  columns.drop(slot);
  assert.equal(columns.add(), slot);
  assert.deepEqual([columns.sog[slot], columns.names[slot], columns.size], [0, "", 1]);
});

test("the last row moves into a dropped one, in every column", () => {
  const columns = new FleetColumns();
  for (let row = 0; row < 3; row++) columns.mmsi[columns.add()] = row + 1;
  columns.names[2] = "third";
  columns.drop(0);
  assert.deepEqual([columns.size, columns.mmsi[0], columns.names[0], columns.names.length], [2, 3, "third", 2]);
});

test("every column grows and keeps its values", () => {
  const columns = new FleetColumns();
  for (let row = 0; row < 3000; row++) columns.mmsi[columns.add()] = row;
  for (const name of Object.keys(COLUMNS)) assert.ok(columns[name].length >= 3000, name);
  for (const name of LISTS) assert.equal(columns[name].length, 3000);
  assert.deepEqual([columns.mmsi[500], columns.mmsi[1500], columns.mmsi[2999]], [500, 1500, 2999]);
});
