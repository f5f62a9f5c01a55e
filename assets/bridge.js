/**
 * The only classic script: Dash and dash-leaflet find their functions here before the modules have arrived.
 * Each forwarder saves what it was given and hands it on as soon as main.mjs is there.
 */
(() => {
  const main = import("./main.mjs");
  const forward = (name) => (...args) => main.then((module) => module[name](...args));
  window.fairway = {
    onAdd: (event, context) => {
      main.then((module) => module.onAdd(context.map));
    },
    onRemove: () => {
      main.then((module) => module.onRemove());
    },
  };
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    fairway: { drawTrack: forward("drawTrack"), fillChart: forward("fillChart") },
  });
})();
