/** Short forms of the DOM that every panel uses. */

/** @param {string} id @returns {any} the element, whatever its kind */
export const byId = (id) => document.getElementById(id);

/**
 * A new element.
 * @param {string} tag @param {object} [properties] @param {...(Node|string)} children
 * @returns {any} of the tag's own kind
 */
export function element(tag, properties = {}, ...children) {
  const created = Object.assign(document.createElement(tag), properties);
  created.append(...children);
  return created;
}

/** Finds every element that matches. @param {string} selector @param {any} [root] @returns {any[]} */
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
