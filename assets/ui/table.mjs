/** The table of vessels: rows are MMSIs, and the grid reads each visible cell from the fleet's columns. */

import { CELLS, shownSlots } from "../fleet/exports.mjs";

const SORT_EVERY = 4;
/** What AG Grid calls a choice that a person made. */
const BY_HAND = ["rowClicked", "spaceKey", "keyboardSelectAll"];
/** How a cell is read by people, where that differs from what is exported. */
const SHOWN = {
  type: (value) => value.replaceAll("_", " "),
  status: (value) => value.replaceAll("_", " "),
  eta: (value) => value.slice(0, 16).replace("T", " "),
  time: (value) => value.slice(0, 19).replace("T", " "),
};

export class Table {
  /**
   * @param {import("../fleet/fleet.mjs").Fleet} fleet
   * @param {import("../fleet/selection.mjs").VesselSelection} choice follows the rows that are chosen
   */
  constructor(fleet, choice) {
    this.fleet = fleet;
    this.choice = choice;
    this.rows = new Map();
    this.beats = 0;
    this.selected = null;
    this.members = [];
  }

  /**
   * Show the drawer or hide it. The grid's script comes with the first look; `onGrid` then has Dash make the grid.
   * @param {boolean} shown @param {HTMLElement} drawer @param {string} script address @param {() => void} onGrid
   */
  open(shown, drawer, script, onGrid) {
    drawer.hidden = !shown;
    if (shown) this.refresh(true);
    if (!shown || this.asked) return;
    this.asked = true;
    document.head.append(Object.assign(document.createElement("script"), { src: script, onload: onGrid }));
  }

  /** The grid is there. @param {object} api of AG Grid @param {HTMLElement} menu for the choice of columns */
  attach(api, menu) {
    this.api = api;
    // functions proper: the grid's expressions are interpreted, and a sort reads every cell
    const cells = ({ colId, ...rest }) => ({ ...rest, colId, valueGetter: ({ data }) => this.cell(data.mmsi, colId) });
    api.setGridOption("columnDefs", api.getColumnDefs().map(cells));
    api.addEventListener("selectionChanged", ({ source }) => BY_HAND.includes(source) && this.#chosen());
    menu.replaceChildren(...api.getColumns().map((column) => this.#choice(column)));
    this.refresh(true);
    this.select(this.selected, this.members);
  }

  /** One row is a vessel, several are a group. */
  #chosen() {
    const mmsis = this.api.getSelectedNodes().map(({ data }) => data.mmsi);
    if (mmsis.length > 1) this.choice.several(mmsis);
    else this.choice.pick(mmsis[0] ?? null);
    // one of a group was clicked: the others stay chosen
    this.select(this.selected, this.members);
  }

  /** The value of a cell, for the grid. @param {number} mmsi @param {string} column */
  cell(mmsi, column) {
    const slot = this.fleet.slots.get(mmsi);
    const value = slot === undefined ? null : CELLS[column](this.fleet, slot);
    return value !== null && SHOWN[column] ? SHOWN[column](value) : value;
  }

  /**
   * Once a second: read the visible cells again; now and then take over who came and who left.
   * @param {boolean} [atOnce] a person waits for it
   */
  refresh(atOnce = false) {
    if (!this.api || this.api.isDestroyed()) return;
    this.beats++;
    // the larger the table, the more a sort costs, and the less it matters that it is of this second
    const due = this.beats % Math.max(SORT_EVERY, Math.round((this.shown?.size ?? 0) / 1000)) === 0;
    if (atOnce || due || !this.shown) this.#renew();
    else this.api.refreshCells();
  }

  #renew() {
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

  /** Show a choice. @param {number?} selected the one whose panel shows @param {number[]} members of the group, and it */
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
