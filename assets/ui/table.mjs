/** The table of vessels: rows are MMSIs, and the grid reads each visible cell from the fleet's columns. */

import { CELLS, shownSlots } from "../fleet/exports.mjs";

const SORT_EVERY = 4;
/** AG Grid's sources of a selection that a person made. */
const BY_HAND = ["rowClicked", "spaceKey", "keyboardSelectAll"];
/** Cells that the table shows differently than an export does. */
const SHOWN = {
  type: (value) => value.replaceAll("_", " "),
  status: (value) => value.replaceAll("_", " "),
  eta: (value) => value.slice(0, 16).replace("T", " "),
  time: (value) => value.slice(0, 19).replace("T", " "),
};

export class Table {
  /**
   * @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {import("../fleet/selection.mjs").VesselSelection} selection follows the selected rows
   */
  constructor(fleet, selection) {
    this.fleet = fleet;
    this.selection = selection;
    /** The grid's row object of each MMSI. @type {Map<number, {mmsi: number, id: string}>} */
    this.rows = new Map();
    this.refreshes = 0;
    /** @type {number?} */
    this.selected = null;
    /** @type {number[]} */
    this.members = [];
    /** MMSIs in the grid; null before the first ones. @type {Set<number>?} */
    this.shown = null;
    /** The grid's API, once the grid is there. @type {any} */
    this.api = null;
  }

  /**
   * Show the drawer or hide it. The first opening loads the grid's script; `onScript` then lets Dash build the grid.
   * @param {boolean} shown @param {HTMLElement} drawer @param {string} script address @param {() => void} onScript
   */
  open(shown, drawer, script, onScript) {
    drawer.hidden = !shown;
    if (shown) this.refresh(true);
    if (!shown || this.loading) return;
    this.loading = true;
    document.head.append(Object.assign(document.createElement("script"), { src: script, onload: onScript }));
  }

  /** Connect the grid that Dash has built. @param {any} api of AG Grid @param {HTMLElement} menu of the columns */
  attach(api, menu) {
    this.api = api;
    // functions, because the grid interprets expressions, and a sort reads every cell
    const cells = ({ colId, ...rest }) => ({ ...rest, colId, valueGetter: ({ data }) => this.cell(data.mmsi, colId) });
    api.setGridOption("columnDefs", api.getColumnDefs().map(cells));
    api.addEventListener("selectionChanged", ({ source }) => BY_HAND.includes(source) && this.#takeSelection());
    menu.replaceChildren(...api.getColumns().map((column) => this.#columnSwitch(column)));
    this.refresh(true);
    this.select(this.selected, this.members);
  }

  /** One selected row is a vessel, several rows are a group. */
  #takeSelection() {
    const mmsis = this.api.getSelectedNodes().map(({ data }) => data.mmsi);
    if (mmsis.length > 1) this.selection.replace(mmsis);
    else this.selection.pick(mmsis[0] ?? null);
    // a click on one of a group: the others stay selected
    this.select(this.selected, this.members);
  }

  /** The value of a cell, for the grid. @param {number} mmsi @param {string} column */
  cell(mmsi, column) {
    const slot = this.fleet.slots.get(mmsi);
    const value = slot === undefined ? null : CELLS[column](this.fleet, slot);
    return value !== null && SHOWN[column] ? SHOWN[column](value) : value;
  }

  /**
   * Call once a second: reads the visible cells again, and from time to time adds and removes rows.
   * @param {boolean} [atOnce] whether a person waits for it
   */
  refresh(atOnce = false) {
    if (!this.api || this.api.isDestroyed()) return;
    this.refreshes++;
    // a sort of a large table costs more, and matters less
    const due = this.refreshes % Math.max(SORT_EVERY, Math.round((this.shown?.size ?? 0) / 1000)) === 0;
    if (atOnce || due || !this.shown) this.#updateRows();
    else this.api.refreshCells();
  }

  #updateRows() {
    const { fleet } = this;
    const now = new Set(shownSlots(fleet).map((slot) => fleet.mmsi[slot]));
    const add = [...now].filter((mmsi) => !this.shown?.has(mmsi)).map((mmsi) => this.#row(mmsi));
    const remove = [...(this.shown ?? [])].filter((mmsi) => !now.has(mmsi)).map((mmsi) => this.#row(mmsi));
    if (!this.shown) this.api.setGridOption("rowData", add);
    else if (add.length || remove.length) this.api.applyTransaction({ add, remove });
    for (const { mmsi } of remove) if (!fleet.slots.has(mmsi)) this.rows.delete(mmsi);
    this.shown = now;
    this.api.refreshCells();
    if (this.api.getColumnState().some(({ sort }) => sort)) this.api.refreshClientSideRowModel("sort");
  }

  #row(mmsi) {
    if (!this.rows.has(mmsi)) this.rows.set(mmsi, { mmsi, id: String(mmsi) });
    return this.rows.get(mmsi);
  }

  /** Show the selection. @param {number?} selected the vessel whose panel shows @param {number[]} members of the selection */
  select(selected, members) {
    this.selected = selected;
    this.members = members;
    if (!this.api || this.api.isDestroyed()) return;
    const nodeOf = (mmsi) => this.api.getRowNode(String(mmsi));
    this.api.deselectAll();
    this.api.setNodesSelected({ nodes: members.map(nodeOf).filter(Boolean), newValue: true });
    const node = selected === null ? null : nodeOf(selected);
    if (node) this.api.ensureNodeVisible(node);
  }

  /** Slots in the grid's order and with its column filters; the visible ones while there is no grid. @returns {number[]} */
  slots() {
    if (!this.api || this.api.isDestroyed()) return shownSlots(this.fleet);
    const slots = [];
    this.api.forEachNodeAfterFilterAndSort(({ data }) => slots.push(this.fleet.slots.get(data.mmsi)));
    return slots.filter((slot) => slot !== undefined);
  }

  #columnSwitch(column) {
    const input = Object.assign(document.createElement("input"), { type: "checkbox", checked: column.isVisible() });
    input.addEventListener("change", () => this.api.setColumnsVisible([column.getColId()], input.checked));
    const label = document.createElement("label");
    label.append(input, column.getColDef().headerName);
    return label;
  }
}
