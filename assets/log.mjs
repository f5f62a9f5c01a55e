/** The log list: newest last, follows its end unless a reader scrolled up, at most 100 entries. */

const MOST = 100;
const NEAR_END_PX = 24;

export class Log {
  /**
   * @param {HTMLElement} list @param {HTMLElement} pause button @param {HTMLElement} clear button
   * @param {() => number} clock ms
   */
  constructor(list, pause, clear, clock = Date.now) {
    Object.assign(this, { list, clock });
    this.paused = false;
    pause.addEventListener("click", () => {
      this.paused = !this.paused;
      pause.setAttribute("aria-pressed", String(this.paused));
    });
    clear.addEventListener("click", () => list.replaceChildren());
  }

  /** @param {"connection"|"update"|"status"} kind @param {string} text any text, also hostile */
  add(kind, text) {
    if (this.paused) return;
    const { list } = this;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    const entry = document.createElement("li");
    entry.dataset.kind = kind;
    const time = document.createElement("time");
    time.textContent = new Date(this.clock()).toISOString().slice(11, 19);
    entry.append(time, ` ${text}`);
    list.append(entry);
    while (list.children.length > MOST) list.firstChild.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  }
}
