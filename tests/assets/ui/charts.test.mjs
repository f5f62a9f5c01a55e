import assert from "node:assert/strict";
import { test } from "node:test";

import { EVERYTHING, isEmpty } from "../../../assets/fleet/filter.mjs";
import { History } from "../../../assets/fleet/stats.mjs";
import { charts, clicked, differs, isOverTime } from "../../../assets/ui/charts.mjs";
import { CONSTANTS, T0 } from "../support/fleets.mjs";

test("a click on a bar filters by it, a second one removes the filter", () => {
  const once = clicked("speed-chart", { x: 11 }, EVERYTHING);
  assert.deepEqual([once.minSpeed, once.maxSpeed], [10, 12]);
  assert.ok(isEmpty(clicked("speed-chart", { x: 11 }, once)));
  assert.deepEqual(clicked("type-chart", { customdata: "tanker" }, EVERYTHING).types, ["tanker"]);
});

test("a destination off the air is text on a chart, never markup", () => {
  const where = [["<b>=</b>&", 2]];
  const figure = { layout: { xaxis: {}, yaxis: {}, margin: {} } };
  const { data: [bar] } = charts["where-chart"]({ where }, figure, { filter: EVERYTHING });
  assert.deepEqual([bar.y, bar.customdata], [["&lt;b&gt;=&lt;/b&gt;&amp; "], ["<b>=</b>&"]]);
});

test("charts over time: by status with a legend, and the largest types", () => {
  const history = new History();
  history.add({ time: T0, wall: 0, filter: "", status: { at_sea: 3, in_port: 1, anchored: 0 }, kinds: [0, 4], mean: 11.5, rate: 2 });
  const given = { constants: CONSTANTS, history, colours: { type: ["#111", "#222"], status: ["#1", "#2", "#3"] } };
  const figure = { layout: { xaxis: {}, yaxis: {}, margin: {} } };
  const [status, type, mean] = ["status-time", "type-time", "mean-time"].map((id) => charts[id]({}, figure, given));
  assert.deepEqual([status.data.map(({ y }) => y[0]), status.layout.showlegend], [[3, 1, 0], true]);
  assert.deepEqual(type.data.map(({ name, y }) => [name, y]), [["tanker", [4]]]);
  assert.deepEqual([mean.data[0].y, mean.data[0].x], [[11.5], ["2026-01-01T00:00:00.000Z"]]);
});

test("every bar has its name, however many there are", () => {
  const constants = { vessel_types: "abcdefgh".split("") };
  const type = constants.vessel_types.map(() => 1);
  const { layout } = charts["type-chart"]({ type }, { layout: {} }, { constants, filter: { types: [] }, colours: { type } });
  assert.equal(layout.yaxis.dtick, 1);
});

test("a chart differs when its own data, the filter or the colours differ", () => {
  const stats = { type: [1], facet: [2], filter: EVERYTHING, safe: false };
  assert.deepEqual([differs("type-chart", stats), differs("type-chart", { ...stats, facet: [3] }), differs("type-chart", { ...stats, safe: true })], [true, false, true]);
});

test("the charts over time are known by their ids", () => {
  assert.deepEqual(Object.keys(charts).filter(isOverTime), ["status-time", "mean-time", "rate-time", "type-time"]);
});
