/**
 * The only classic script: Dash and its component libraries find their functions here before the modules have arrived.
 * Each forwarder saves what it was given and hands it on as soon as main.mjs is there.
 */
(() => {
  const main = import("./main.mjs");
  const forward = (name) => (...args) => main.then((module) => module[name](...args));
  const names = ["drawTrack", "fillChart", "gridReady", "zoneDrawn"];
  window.fairway = {
    onAdd: (event, context) => {
      main.then((module) => module.onAdd(context.map));
    },
    onRemove: () => {
      main.then((module) => module.onRemove());
    },
    onHeat: () => {
      main.then((module) => module.onHeat(true));
    },
    onNoHeat: () => {
      main.then((module) => module.onHeat(false));
    },
    onPorts: (event, context) => {
      main.then((module) => module.onPorts(true, context.map));
    },
    onNoPorts: (event, context) => {
      main.then((module) => module.onPorts(false, context.map));
    },
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    fairway: Object.fromEntries(names.map((name) => [name, forward(name)])),
  });
  // Dash loads the whole of Plotly, four times as large, unless this stands: bars and lines are in its basic bundle.
  // It is a classic script whatever its name says; the name keeps Dash from loading it on every page.
  const plotly = new URL("./vendor/plotly/plotly-basic.min.mjs", document.currentScript.src).href;
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => plotly, set: () => {} });
})();
