/** The page's parts as `window.fairway`, for the console and the tests. */

import { Search } from "./search.mjs";

/** @param {Record<string, any>} page @returns {object} with getters for what is created later */
export const hooksOf = (page) => ({
  state: page.state,
  stream: page.stream,
  select: page.select,
  selection: page.selection,
  now: page.now,
  map: () => page.map,
  get replay() { return page.replay; },
  get layers() { return page.layers; },
  cell: (mmsi, column) => page.table.cell(mmsi, column),
  vessels: () => page.fleet.size,
  drawn: () => page.style.layer?.drawn ?? 0,
  search: (text) => Search.find(text, page.fleet, page.constants.ports),
  point: (mmsi) => page.style.layer.point(page.fleet.slots.get(mmsi)),
  mmsis: () => Array.from(page.fleet.mmsi.subarray(0, page.fleet.size)),
});
