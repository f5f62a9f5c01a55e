/**
 * The only classic script: Dash and its component libraries need these functions before the modules have arrived.
 * Each forwarder keeps its arguments and passes them on as soon as main.mjs has loaded.
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
  // Without this property Dash loads the whole of Plotly, which is four times as large as the basic bundle of bars and lines.
  // The file is a classic script; its name ends in .mjs because Dash would load a .js file on every page.
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  const plotly = new URL("./vendor/plotly/plotly-basic.min.mjs", src).href;
  Object.defineProperty(window, "_dashPlotlyJSURL", { get: () => plotly, set: () => {} });
})();
