/** Which vessels are chosen: one, whose panel shows, and a group where there are several. Knows neither map nor page. */

import { toggled } from "./filter.mjs";

/** @param {{selected: number?, group: number[]}} chosen @returns {number[]} MMSIs */
export const membersOf = ({ selected, group }) => (group.length ? group : selected === null ? [] : [selected]);

export class VesselSelection {
  /** @param {import("./state.mjs").State} state its `selected` and `group` */
  constructor(state) {
    this.state = state;
  }

  /** Just this vessel, or none; one of the group leaves the others chosen. @param {number?} mmsi */
  pick(mmsi) {
    const group = this.state.get("group");
    if (mmsi === null) this.state.set({ selected: null, group: [], follow: false, isolate: false });
    else this.state.set({ selected: mmsi, group: group.includes(mmsi) ? group : [], tab: "vessel" });
  }

  /** This one as well, or no longer. @param {number} mmsi */
  toggle(mmsi) {
    this.several(toggled(membersOf(this.state.all()), mmsi));
  }

  /** These as well. @param {number[]} mmsis */
  add(mmsis) {
    if (mmsis.length) this.several([...new Set([...membersOf(this.state.all()), ...mmsis])]);
  }

  /** Just these. @param {number[]} mmsis */
  several(mmsis) {
    if (mmsis.length === 0) return this.pick(null);
    const selected = mmsis.length === 1 ? mmsis[0] : this.state.get("selected");
    const kept = mmsis.includes(selected);
    this.state.set({ group: mmsis.length === 1 ? [] : mmsis, selected: kept ? selected : null, tab: "vessel", ...(kept ? {} : { follow: false }) });
  }
}
