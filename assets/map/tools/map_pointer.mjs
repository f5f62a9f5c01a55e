/** The pointer on the map: a tooltip over a vessel, and a click that selects it. */

export class MapPointer {
  /**
   * @param {L.Map} map
   * @param {() => import("../vessel_layer.mjs").VesselLayer?} layer the vessel layer, null while it is off
   * @param {(slot: number) => string} words for the tooltip
   * @param {(mmsi: number?, together: boolean) => void} onPick called for a click with the vessel, null for
   *   open water, and whether Shift was held
   */
  constructor(map, layer, words, onPick) {
    this.map = map;
    this.layer = layer;
    this.words = words;
    this.onPick = onPick;
    /** Whether another tool takes the clicks. */
    this.busy = false;
    this.tip = L.DomUtil.create("div", "vessel-tip", map.getContainer());
    this.tip.hidden = true;
    map.on({ click: (e) => this.#click(e), mousemove: (e) => this.#hover(e), mouseout: () => this.#point(null) });
  }

  #click({ containerPoint, originalEvent }) {
    if (this.busy || originalEvent?.target?.closest?.(".leaflet-draw, .leaflet-interactive.zone")) return;
    const slot = this.layer()?.nearest(containerPoint) ?? null;
    this.onPick(slot === null ? null : this.layer().fleet.mmsi[slot], originalEvent?.shiftKey === true);
  }

  #hover({ containerPoint }) {
    this.#point(this.busy ? null : (this.layer()?.nearest(containerPoint) ?? null), containerPoint);
  }

  #point(slot, at) {
    this.map.getContainer().classList.toggle("over-vessel", slot !== null);
    this.tip.hidden = slot === null;
    if (slot === null) return;
    this.tip.textContent = this.words(slot);
    // near the right edge the tooltip stands to the left of the pointer
    const left = at.x + 14 + this.tip.offsetWidth > this.map.getSize().x ? at.x - 14 - this.tip.offsetWidth : at.x + 14;
    this.tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(at.y) + 14}px)`;
  }
}
