/** A box that is drawn over the map to choose what lies in it. */

const LEAST_PX = 6;

export class BoxSelect {
  /**
   * @param {L.Map} map
   * @param {(event: PointerEvent) => boolean} begins whether a box begins with this press
   * @param {(box: {left: number, top: number, right: number, bottom: number}) => void} onBox px of the container
   */
  constructor(map, begins, onBox) {
    // Leaflet would zoom to it
    map.boxZoom.disable();
    this.container = map.getContainer();
    this.begins = begins;
    this.onBox = onBox;
    this.from = null;
    this.frame = L.DomUtil.create("div", "choose-box", this.container);
    this.frame.hidden = true;
    this.container.addEventListener("pointerdown", (event) => this.#down(event));
    this.container.addEventListener("pointermove", (event) => this.#move(event));
    this.container.addEventListener("pointerup", (event) => this.#up(event));
    this.container.addEventListener("pointercancel", () => this.#end());
  }

  #down(event) {
    // a second finger pinches
    if (!event.isPrimary) return this.#end();
    if (event.button !== 0 || event.target.closest(".leaflet-control") || !this.begins(event)) return;
    this.from = this.#at(event);
    L.DomUtil.disableTextSelection();
  }

  #move(event) {
    if (!this.from || !event.isPrimary) return;
    const box = this.#box(event);
    if (this.frame.hidden && Math.max(box.right - box.left, box.bottom - box.top) < LEAST_PX) return;
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
    // the click that follows is no click on the map
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
    const [{ x, y }, to] = [this.from, this.#at(event)];
    return { left: Math.min(x, to.x), top: Math.min(y, to.y), right: Math.max(x, to.x), bottom: Math.max(y, to.y) };
  }
}
