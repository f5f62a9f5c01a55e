/** The selected vessels: one, whose panel shows, or a group of several. Knows neither map nor page. */

import { toggled } from "./filter.mjs";

/** The MMSIs of all selected vessels. @param {Record<string, any>} state `selected` and `group` @returns {number[]} */
export const membersOf = ({ selected, group }) => (group.length ? group : selected === null ? [] : [selected]);

export class VesselSelection {
  /** @param {import("./state.mjs").State} state its `selected` and `group` */
  constructor(state) {
    this.state = state;
  }

  /** Select one vessel, or none; a member of the group leaves the others selected. @param {number?} mmsi */
  pick(mmsi) {
    const group = this.state.get("group");
    if (mmsi === null) this.state.set({ selected: null, group: [], follow: false, isolate: false });
    else this.state.set({ selected: mmsi, group: group.includes(mmsi) ? group : [], tab: "vessel" });
  }

  /** Add a vessel, or take it out. @param {number} mmsi */
  toggle(mmsi) {
    this.replace(toggled(membersOf(this.state.all()), mmsi));
  }

  /** Add vessels. @param {number[]} mmsis */
  add(mmsis) {
    if (mmsis.length) this.replace([...new Set([...membersOf(this.state.all()), ...mmsis])]);
  }

  /** Select exactly these vessels. @param {number[]} mmsis */
  replace(mmsis) {
    if (mmsis.length === 0) {
      this.pick(null);
      return;
    }
    const selected = mmsis.length === 1 ? mmsis[0] : this.state.get("selected");
    const stays = mmsis.includes(selected);
    this.state.set({ group: mmsis.length === 1 ? [] : mmsis, selected: stays ? selected : null, tab: "vessel", ...(stays ? {} : { follow: false }) });
  }
}
