/** The log: newest entry last, at most 100, scrolls with its end unless a reader has scrolled up. */

import { all } from "./dom.mjs";
import { moment } from "./page.mjs";

const MAX_ENTRIES = 100;
const NEAR_END_PX = 24;

export class Log {
  /**
   * @param {HTMLElement} list @param {HTMLElement} pause button @param {HTMLElement} clear button
   * @param {() => number} clock ms
   * @param {HTMLElement} [kinds] holds a button for each kind of entry that can show alone
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
    for (const button of kinds ? all("button", kinds) : []) button.addEventListener("click", () => this.#showOnly(button));
  }

  #showOnly(chosen) {
    for (const button of chosen.parentElement.children) button.setAttribute("aria-pressed", String(button === chosen));
    this.list.dataset.only = chosen.dataset.kind;
    this.list.scrollTop = this.list.scrollHeight;
  }

  /**
   * Add an entry.
   * @param {"connection"|"update"|"status"|"alert"} kind
   * @param {string} text shown as text, never as markup
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
    while (list.children.length > MAX_ENTRIES) list.firstChild.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  }
}
