import assert from "node:assert/strict";
import test from "node:test";

import { delay, etaRows } from "../../../assets/simulation/scenario.mjs";

test("a delay is reported in days and hours, also backwards, and not where an ETA is missing", () => {
  assert.equal(delay("2026-03-01T00:00:00Z", "2026-03-12T05:30:00Z"), "+11 d 5 h");
  assert.equal(delay("2026-03-01T06:00:00Z", "2026-03-01T04:00:00Z"), "−2 h");
  assert.equal(delay(null, "2026-03-01T04:00:00Z"), "–");
});

test("the vessels that lose most come first, by name where it is known", () => {
  const change = (mmsi, day) => ({ mmsi, eta_before: "2026-03-01T00:00:00Z", eta_after: `2026-03-${day}T00:00:00Z` });
  const rows = etaRows([{ changes: [change(1, "05"), change(2, "12")] }, { changes: [] }], [{ mmsi: 2, vessel_name: "Two" }]);
  assert.deepEqual(rows.map((row) => [row.name, row.delay]), [["Two", "+11 d 0 h"], ["1", "+4 d 0 h"]]);
});
