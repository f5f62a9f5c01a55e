/** Draws a box over the map to select the vessels in it. */

const MIN_BOX_PX = 6;

/**
 * The box with these corners.
 * @param {{x: number, y: number}} a @param {{x: number, y: number}} b
 * @returns {{left: number, top: number, right: number, bottom: number}}
 */
export const boxBetween = (a, b) => ({
  left: Math.min(a.x, b.x), top: Math.min(a.y, b.y), right: Math.max(a.x, b.x), bottom: Math.max(a.y, b.y),
});

export class BoxSelect {
  /**
   * @param {L.Map} map
   * @param {(event: PointerEvent) => boolean} canBegin whether a box may begin with this press
   * @param {(box: {left: number, top: number, right: number, bottom: number}) => void} onBox px of the container
   */
  constructor(map, canBegin, onBox) {
    // Leaflet's own box zooms the map
    map.boxZoom.disable();
    this.container = map.getContainer();
    this.canBegin = canBegin;
    this.onBox = onBox;
    /** @type {{x: number, y: number}?} */
    this.from = null;
    this.frame = L.DomUtil.create("div", "choose-box", this.container);
    this.frame.hidden = true;
    this.container.addEventListener("pointerdown", (event) => this.#down(event));
    this.container.addEventListener("pointermove", (event) => this.#move(event));
    this.container.addEventListener("pointerup", (event) => this.#up(event));
    this.container.addEventListener("pointercancel", () => this.#end());
  }

  #down(event) {
    // a second finger is a pinch
    if (!event.isPrimary) this.#end();
    if (!event.isPrimary || event.button !== 0 || event.target.closest(".leaflet-control") || !this.canBegin(event)) return;
    this.from = this.#at(event);
    L.DomUtil.disableTextSelection();
  }

  #move(event) {
    if (!this.from || !event.isPrimary) return;
    const box = this.#box(event);
    if (this.frame.hidden && Math.max(box.right - box.left, box.bottom - box.top) < MIN_BOX_PX) return;
    if (this.frame.hidden) this.container.setPointerCapture(event.pointerId);
    this.frame.hidden = false;
    const style = { left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top };
    for (const [name, value] of Object.entries(style)) this.frame.style[name] = `${value}px`;
  }

  #up(event) {
    if (!this.from) return;
    const drawn = !this.frame.hidden;
    const box = this.#box(event);
    this.#end();
    if (!drawn) return;
    // the browser sends a click after the press: it is no click on the map
    const swallow = (click) => click.stopPropagation();
    this.container.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => this.container.removeEventListener("click", swallow, { capture: true }));
    this.onBox(box);
  }

  #end() {
    if (this.from) L.DomUtil.enableTextSelection();
    this.from = null;
    this.frame.hidden = true;
  }

  #at({ clientX, clientY }) {
    const { left, top } = this.container.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #box(event) {
    return boxBetween(this.from, this.#at(event));
  }
}
