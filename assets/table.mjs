/** The table of vessels: rows are MMSIs, and the grid reads each visible cell from the fleet's columns. */

import { CELLS, shownSlots } from "./exports.mjs";

const SORT_EVERY = 4;
/** How a cell is read by people, where that differs from what is exported. */
const SHOWN = {
  type: (value) => value.replaceAll("_", " "),
  status: (value) => value.replaceAll("_", " "),
  eta: (value) => value.slice(0, 16).replace("T", " "),
  time: (value) => value.slice(0, 19).replace("T", " "),
};

export class Table {
  /**
   * @param {import("./fleet.mjs").Fleet} fleet
   * @param {(mmsi: number) => void} onPick told of a click on a row
   */
  constructor(fleet, onPick) {
    Object.assign(this, { fleet, onPick, rows: new Map(), beats: 0, selected: null });
  }

  /**
   * Show the drawer or hide it. The grid's script comes with the first look; `onGrid` then has Dash make the grid.
   * @param {boolean} shown @param {HTMLElement} drawer @param {string} script address @param {() => void} onGrid
   */
  open(shown, drawer, script, onGrid) {
    drawer.hidden = !shown;
    if (shown) this.refresh();
    if (!shown || this.asked) return;
    this.asked = true;
    document.head.append(Object.assign(document.createElement("script"), { src: script, onload: onGrid }));
  }

  /** The grid is there. @param {object} api of AG Grid @param {HTMLElement} menu for the choice of columns */
  attach(api, menu) {
    this.api = api;
    api.addEventListener("rowClicked", ({ data }) => this.onPick(data.mmsi));
    menu.replaceChildren(...api.getColumns().map((column) => this.#choice(column)));
    this.refresh();
    this.select(this.selected);
  }

  /** The value of a cell, for the grid. @param {number} mmsi @param {string} column */
  cell(mmsi, column) {
    const slot = this.fleet.slots.get(mmsi);
    const value = slot === undefined ? null : CELLS[column](this.fleet, slot);
    return value !== null && SHOWN[column] ? SHOWN[column](value) : value;
  }

  /** Take over who is shown and what has changed: cheap, for only visible cells are read again. */
  refresh() {
    if (!this.api || this.api.isDestroyed()) return;
    const { fleet } = this;
    const shown = shownSlots(fleet);
    const same = shown.length === this.shown?.length && shown.every((slot, at) => fleet.mmsi[slot] === this.shown[at]);
    if (same) this.#reread();
    else this.api.setGridOption("rowData", shown.map((slot) => this.#row(fleet.mmsi[slot])));
    this.shown = shown.map((slot) => fleet.mmsi[slot]);
  }

  #reread() {
    this.beats++;
    this.api.refreshCells();
    const sorted = this.api.getColumnState().some(({ sort }) => sort);
    if (sorted && this.beats % SORT_EVERY === 0) this.api.refreshClientSideRowModel("sort");
  }

  #row(mmsi) {
    if (!this.rows.has(mmsi)) this.rows.set(mmsi, { mmsi, id: String(mmsi) });
    return this.rows.get(mmsi);
  }

  /** Show a choice that was made elsewhere. @param {number?} mmsi */
  select(mmsi) {
    this.selected = mmsi;
    if (!this.api || this.api.isDestroyed()) return;
    const node = mmsi === null ? null : this.api.getRowNode(String(mmsi));
    if (!node) {
      this.api.deselectAll();
      return;
    }
    node.setSelected(true, true);
    this.api.ensureNodeVisible(node);
  }

  /** Slots in the order and with the column filters of the grid; what is shown where there is no grid. */
  slots() {
    if (!this.api || this.api.isDestroyed()) return shownSlots(this.fleet);
    const slots = [];
    this.api.forEachNodeAfterFilterAndSort(({ data }) => slots.push(this.fleet.slots.get(data.mmsi)));
    return slots.filter((slot) => slot !== undefined);
  }

  #choice(column) {
    const input = Object.assign(document.createElement("input"), { type: "checkbox", checked: column.isVisible() });
    input.addEventListener("change", () => this.api.setColumnsVisible([column.getColId()], input.checked));
    const label = document.createElement("label");
    label.append(input, column.getColDef().headerName);
    return label;
  }
}
