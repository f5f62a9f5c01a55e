import assert from "node:assert/strict";
import { test } from "node:test";

import { Table } from "../../../assets/ui/table.mjs";
import { fleetOf } from "../support/fleets.mjs";

const fleet = () => fleetOf([{ mmsi: 1, type: 1, eta: "2026-12-02T04:03:00Z" }, { mmsi: 2 }]);

test("cells are for people: words without underscores, times without T and Z", () => {
  const table = new Table(fleet(), {});
  assert.deepEqual([table.cell(1, "status"), table.cell(1, "eta"), table.cell(1, "time")], ["at sea", "2026-12-02 04:03", "2026-01-01 00:00:00"]);
});

test("an unknown value and a vessel that is gone are empty cells", () => {
  const table = new Table(fleet(), {});
  assert.deepEqual([table.cell(2, "eta"), table.cell(2, "sog"), table.cell(9, "name")], [null, null, null]);
});

test("without a grid the slots are those that the filter shows", () => {
  const shown = fleet();
  shown.hidden[0] = 1;
  assert.deepEqual(new Table(shown, {}).slots(), [1]);
});

test("the grid gets new rows and loses those that are hidden", () => {
  const shown = fleet();
  const table = new Table(shown, {});
  const calls = [];
  table.api = {
    isDestroyed: () => false, getColumnState: () => [], refreshCells() {},
    setGridOption: (_, rows) => calls.push(rows.map(({ mmsi }) => mmsi)),
    applyTransaction: ({ add, remove }) => calls.push([add.length, remove.map(({ mmsi }) => mmsi)]),
  };
  table.refresh(true);
  shown.hidden[0] = 1;
  table.refresh(true);
  assert.deepEqual(calls, [[1, 2], [0, [1]]]);
});
