import assert from "node:assert/strict";
import { test } from "node:test";

import { read, write } from "../../assets/ui/url_state.mjs";
import { barAt } from "../../assets/ui/bars.mjs";
import { charts, clicked } from "../../assets/ui/charts.mjs";
import { applyFilter, BY_SPEED, BY_TYPE, describe, EVERYTHING, isEmpty, toggled } from "../../assets/fleet/filter.mjs";
import { Fleet } from "../../assets/fleet/fleet.mjs";
import { counts, History, Rate } from "../../assets/fleet/stats.mjs";
import { frameOf, staticOf } from "./frames.mjs";

const CONSTANTS = {
  vessel_types: ["container", "tanker"], statuses: ["at_sea", "in_port", "anchored"], update_interval: 30, colour_modes: ["type", "speed"],
};
const T0 = Date.parse("2026-01-01T00:00:00Z");

function fleet() {
  const made = new Fleet(CONSTANTS);
  const vessels = [
    { mmsi: 1, type: 1, sog: 12, destination: "Rotterdam" },
    { mmsi: 2, type: 1, sog: 0, status: 2, destination: "ABU DHABI" },
    { mmsi: 3, type: 0, sog: 22, source: "aivdm_tcp" },
    { mmsi: 4, type: 0, age: 3600 },
  ];
  made.describe(staticOf(vessels.map((vessel) => ({ source: "simulator", vessel_name: `V${vessel.mmsi}`, ...vessel }))));
  made.merge(frameOf(vessels, { time: T0 }));
  return made;
}

const shown = (filter) => {
  const made = fleet();
  const count = applyFilter({ ...EVERYTHING, ...filter }, made, T0);
  const left = [1, 2, 3, 4].filter((mmsi) => made.hidden[made.slots.get(mmsi)] === 0);
  assert.equal(count, 4 - left.length);
  return left;
};

test("nothing chosen shows everything", () => {
  assert.ok(isEmpty(EVERYTHING));
  assert.deepEqual(shown({}), [1, 2, 3, 4]);
});

test("each part hides what it does not match, and all parts hold at once", () => {
  assert.deepEqual(shown({ types: ["tanker"] }), [1, 2]);
  assert.deepEqual(shown({ status: ["anchored"] }), [2]);
  assert.deepEqual(shown({ to: " abu" }), [2]);
  assert.deepEqual(shown({ sources: ["aivdm_tcp"] }), [3]);
  assert.deepEqual(shown({ maxAge: 30 }), [1, 2, 3]);
  assert.deepEqual(shown({ q: "v4" }), [4]);
  assert.deepEqual(shown({ types: ["tanker"], minSpeed: 1 }), [1]);
});

test("speed 0 is a speed, a speed that is not known is none", () => {
  assert.deepEqual(shown({ maxSpeed: 0 }), [2]);
  assert.deepEqual(shown({ minSpeed: 0 }), [1, 2, 3]);
});

test("the parts at work are told in words, and each can be undone", () => {
  const filter = { ...EVERYTHING, types: ["general_cargo"], minSpeed: 0 };
  assert.deepEqual(describe(filter).map(({ words }) => words), ["general cargo", "at least 0 kn"]);
  assert.ok(isEmpty({ ...filter, ...describe(filter)[0].without, ...describe(filter)[1].without }));
});

test("a chart leaves its own part of the filter aside", () => {
  const made = fleet();
  applyFilter({ ...EVERYTHING, types: ["tanker"], minSpeed: 10 }, made, T0);
  assert.equal(made.hidden[made.slots.get(2)], BY_SPEED);
  assert.equal(made.hidden[made.slots.get(3)], BY_TYPE);
  const { total, type, speed } = counts(made);
  assert.deepEqual([total, type], [1, [1, 1]]);
  assert.deepEqual([speed[0], speed[6]], [1, 1]);
});

test("a click on a bar chooses its part, a second one lets go", () => {
  const once = clicked("speed-chart", { x: 11 }, EVERYTHING);
  assert.deepEqual([once.minSpeed, once.maxSpeed], [10, 12]);
  assert.ok(isEmpty(clicked("speed-chart", { x: 11 }, once)));
  assert.deepEqual(clicked("type-chart", { customdata: "tanker" }, EVERYTHING).types, ["tanker"]);
  assert.deepEqual(toggled(["tanker", "other"], "tanker"), ["other"]);
});

const DEFAULTS = {
  view: null, selected: null, filter: EVERYTHING, colour: "type", safe: false, labels: false, follow: false, isolate: false,
  table: false, tab: "fleet", theme: null, layers: null, charts: "now", group: [],
};

test("an address gives back what was chosen", () => {
  const chosen = {
    ...DEFAULTS,
    view: { lat: 51.9, lon: -4.1, zoom: 9 },
    selected: 235000001,
    filter: { ...EVERYTHING, types: ["tanker"], minSpeed: 0, to: "Rotter & dam", q: "ü" },
    layers: ["Vessels", "Routes"],
    colour: "speed",
    follow: true,
    theme: "dark",
    group: [235000001, 235000002],
    track: false,
    charts: "time",
  };
  const { filter, ...found } = read(write(chosen), CONSTANTS);
  assert.deepEqual(filter, chosen.filter);
  for (const [name, value] of Object.entries(found)) assert.deepEqual(value, chosen[name], name);
  assert.equal(write(DEFAULTS), "");
});

test("nonsense in an address is left out", () => {
  const found = read("?lat=91&lon=4&zoom=9&mmsi=-3&types=tanker,submarine&minSpeed=fast&theme=pink&colour=x", CONSTANTS);
  assert.deepEqual(found, { filter: { ...EVERYTHING, types: ["tanker"] } });
});

test("a destination off the air is text on a chart, never markup", () => {
  const where = [["<b>=</b>&", 2]];
  const figure = { layout: { xaxis: {}, yaxis: {}, margin: {} } };
  const { data: [bar] } = charts["where-chart"]({ where }, figure, { filter: EVERYTHING });
  assert.deepEqual([bar.y, bar.customdata], [["&lt;b&gt;=&lt;/b&gt;&amp; "], ["<b>=</b>&"]]);
});

const sampleOf = (time, wall, count, filter = "all") => ({ time, wall, filter, status: { at_sea: count }, kinds: [count], mean: 9, rate: 1 });
const lineOf = (history) => history.lines().of(({ status }) => status.at_sea);

test("the history is sampled every five seconds, and begins anew when the clock is set back", () => {
  const history = new History();
  history.add(sampleOf(T0, 0, 1));
  history.add(sampleOf(T0 + 1000, 1000, 2));
  history.add(sampleOf(T0 + 6000, 6000, 3));
  assert.deepEqual(lineOf(history), [1, 3]);
  history.add(sampleOf(T0 - 1000, 12_000, 4));
  assert.deepEqual(lineOf(history), [4]);
});

test("a line over time is of one filter, and has a gap where another one was at work", () => {
  const history = new History();
  history.add(sampleOf(T0, 0, 1));
  history.add(sampleOf(T0 + 1000, 1000, 7, "tankers"));
  assert.deepEqual(lineOf(history), [7]);
  history.add(sampleOf(T0 + 60_000, 60_000, 2));
  assert.deepEqual(lineOf(history), [1, null, 2]);
});

test("the rate of updates is right from the beginning", () => {
  const rate = new Rate();
  rate.add(0, 0);
  assert.equal(rate.perSecond(4000), null);
  for (let second = 1; second <= 10; second++) rate.add(40, 1000 * second);
  assert.equal(rate.perSecond(10_000), 40);
});

test("a place on a chart belongs to the bar that is nearest, a place beside all of them to none", () => {
  assert.deepEqual([-0.4, 0.6, 2.5, 2.6, -3].map((place) => barAt([0, 1, 2], place)), [0, 1, 2, null, null]);
  assert.equal(barAt([1, 3, 5], 4.2), 2);
  assert.equal(barAt([], 0), null);
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
