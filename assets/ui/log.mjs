/** The log list: newest last, follows its end unless a reader scrolled up, at most 100 entries. */

import { moment } from "./page.mjs";

const MOST = 100;
const NEAR_END_PX = 24;

export class Log {
  /**
   * @param {HTMLElement} list @param {HTMLElement} pause button @param {HTMLElement} clear button
   * @param {() => number} clock ms
   * @param {HTMLElement} [kinds] holds a button for each kind of entry that can be shown alone
   */
  constructor(list, pause, clear, clock = Date.now, kinds = null) {
    this.list = list;
    this.clock = clock;
    this.paused = false;
    pause.addEventListener("click", () => {
      this.paused = !this.paused;
      pause.setAttribute("aria-pressed", String(this.paused));
    });
    clear.addEventListener("click", () => list.replaceChildren());
    for (const button of kinds?.children ?? []) button.addEventListener("click", () => this.#only(button));
  }

  #only(chosen) {
    for (const button of chosen.parentElement.children) button.setAttribute("aria-pressed", String(button === chosen));
    this.list.dataset.only = chosen.dataset.kind;
    this.list.scrollTop = this.list.scrollHeight;
  }

  /**
   * @param {"connection"|"update"|"status"|"alert"} kind
   * @param {string} text any text, also hostile
   * @param {(() => void)?} [onClick]
   */
  add(kind, text, onClick = null) {
    if (this.paused) return;
    const { list } = this;
    const follows = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_END_PX;
    const entry = document.createElement("li");
    entry.dataset.kind = kind;
    const words = document.createElement(onClick ? "button" : "span");
    words.textContent = text;
    if (onClick) words.addEventListener("click", onClick);
    entry.append(moment(this.clock(), this.clock()), " ", words);
    list.append(entry);
    while (list.children.length > MOST) list.firstChild.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  }
}
