/** The globals of a browser that modules read when they are imported, as far as tests need them. Import it first. */

const storage = () => {
  const values = new Map();
  return { getItem: (name) => values.get(name) ?? null, setItem: (name, value) => values.set(name, String(value)), clear: () => values.clear() };
};
const element = () => ({ dataset: {}, style: {}, append() {}, addEventListener() {}, getContext: () => ({}) });

Object.assign(globalThis, {
  document: { documentElement: element(), baseURI: "http://fairway.test/base/", hidden: false, createElement: element, getElementById: () => element(), querySelectorAll: () => [] },
  matchMedia: () => ({ matches: false, addEventListener() {} }),
  localStorage: storage(),
  sessionStorage: storage(),
});
