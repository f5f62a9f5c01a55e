/** The forms of the simulation's panel: a new vessel, faults, time. They do not know the server. */

import { element } from "../ui/dom.mjs";

const words = (name) => name.replaceAll("_", " ");
const SHARES = { drop: "Drop", duplicate: "Twice", disorder: "Disorder", late: "Late" };
const number = (input) => (input.value === "" ? undefined : Number(input.value));

function field(label, properties, tag = "input") {
  const input = element(tag, { autocomplete: "off", ...properties });
  return [element("label", { textContent: label }, input), input];
}

const row = (...fields) => element("div", { className: "fields" }, ...fields);
const buttons = (...children) => element("div", { className: "buttons" }, ...children);

/** A form whose submission stays on the page. */
function form(id, act, ...children) {
  const created = element("form", { id }, ...children);
  created.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
  return created;
}

/**
 * The form of a new vessel, which starts on a route or at a place on the map.
 * @param {string[]} types @param {{add: (vessel: object) => void, place: (route: string, share: number) => void}} acts
 */
export function vesselForm(types, { add, place }) {
  const option = (value, text) => element("option", { value, textContent: text });
  const [nameLabel, name] = field("Name", { id: "ship-name", required: true, maxLength: 20 });
  const [typeLabel, type] = field("Type", { id: "ship-type" }, "select");
  type.append(...types.map((kind) => option(kind, words(kind))));
  type.value = "container";
  const [speedLabel, speed] = field("Speed, kn", { id: "ship-speed", type: "number", min: 0, max: 60, step: 0.1, placeholder: "usual" });
  const [lengthLabel, length] = field("Length, m", { id: "ship-length", type: "number", min: 5, max: 460, placeholder: "usual" });
  const [routeLabel, route] = field("Where", { id: "ship-route" }, "select");
  const [shareLabel, share] = field("How far along", { id: "ship-progress", type: "range", min: 0, max: 100, value: 0 });
  const submit = element("button", { id: "ship-add", type: "submit", className: "strong" });
  const show = () => {
    shareLabel.hidden = !route.value;
    submit.textContent = route.value ? "Put it on the route" : "Place it on the map";
    place(route.value, share.value / 100);
  };
  const offer = (names) => {
    const known = [...route.options].map(({ value }) => value).filter(Boolean);
    if (route.options.length && known.join("\n") === names.join("\n")) return;
    const selected = route.value;
    route.replaceChildren(option("", "free, on the map"), ...names.map((one) => option(one, one)));
    route.value = names.includes(selected) ? selected : "";
    show();
  };
  const values = () => ({
    vessel_name: name.value.trim(), vessel_type: type.value, speed: number(speed), length: number(length),
    ...(route.value ? { route: route.value, route_progress: share.value / 100 } : {}),
  });
  route.addEventListener("change", show);
  share.addEventListener("input", show);
  const root = form("ship-form", () => add(values()), row(nameLabel, typeLabel), row(speedLabel, lengthLabel), row(routeLabel), row(shareLabel), buttons(submit));
  offer([]);
  return {
    root, offer,
    select: (wanted) => {
      route.value = wanted;
      show();
      name.focus();
    },
    clear: () => (name.value = ""),
  };
}

/** The form of the faults that the simulation injects. @param {(shares: object) => void} set */
export function faultForm(set) {
  const fields = Object.entries(SHARES).map(([key, label]) => [key, ...field(`${label}, %`, { id: `fault-${key}`, type: "number", min: 0, max: 100, placeholder: "0" })]);
  const [lateLabel, late] = field("Late by, s", { id: "fault-late_s", type: "number", min: 0, max: 3600, placeholder: "60" });
  const [silenceLabel, silence] = field("Silence", { id: "fault-silence", type: "checkbox" });
  silenceLabel.className = "check";
  const state = element("p", { id: "fault-state", role: "status" });
  const shares = () => Object.fromEntries(fields.map(([key, , input]) => [key, (number(input) ?? 0) / 100]));
  const off = element("button", { id: "fault-off", type: "button", textContent: "All off" });
  off.addEventListener("click", () => {
    root.reset();
    set({});
  });
  const inject = element("button", { id: "fault-set", type: "submit", textContent: "Inject" });
  const root = form(
    "fault-form", () => set({ silence: silence.checked, ...shares(), ...(late.value === "" ? {} : { late_s: number(late) }) }),
    state, row(...fields.slice(0, 3).map(([, label]) => label)), row(fields[3][1], lateLabel, silenceLabel), buttons(inject, off),
  );
  return { root, show: (faults) => {
    state.textContent = faultWords(faults);
    root.dataset.active = faults.active;
  } };
}

/**
 * The active faults in words.
 * @param {Record<string, any>} faults `active`, `silence` and `counts`; shares by name, 0 to 1; `late_s`
 */
export function faultWords(faults) {
  const parts = Object.entries(SHARES).filter(([key]) => faults[key] > 0).map(([key, label]) => `${label.toLowerCase()} ${Number((100 * faults[key]).toPrecision(3))} %`);
  if (faults.late > 0) parts.push(`by ${faults.late_s} s`);
  if (faults.silence) parts.unshift("silence");
  const counts = Object.entries(faults.counts).filter(([, count]) => count > 0).map(([key, count]) => `${count.toLocaleString("en")} ${key}`);
  const now = faults.active ? `Injected: ${parts.join(", ")}.` : "Nothing goes wrong on purpose.";
  return counts.length ? `${now} So far ${counts.join(", ")}.` : now;
}

/** The forms of the clock: jump, step, interval of the reports. @param {(method: string, path: string, body: object) => void} send */
export function clockForms(send) {
  const go = (id, text) => element("button", { id, type: "submit", textContent: text });
  const [timeLabel, time] = field("Time, UTC", { id: "jump-time", type: "datetime-local", step: 1, required: true });
  const [stepLabel, step] = field("Step, s", { id: "step-seconds", type: "number", min: 1, max: 3600, value: 60, required: true });
  const [everyLabel, every] = field("Reports every, s", { id: "interval-seconds", type: "number", min: 0.25, max: 3600, step: 0.25, required: true });
  const root = element(
    "div", { id: "time-forms" },
    form("jump-form", () => send("PATCH", "clock", { time: `${time.value.length === 16 ? `${time.value}:00` : time.value}Z` }), row(timeLabel), go("jump-go", "Jump")),
    form("step-form", () => send("POST", "step", { seconds: number(step) }), row(stepLabel), go("step-go", "Step")),
    form("interval-form", () => send("PATCH", "clock", { update_interval: number(every) }), row(everyLabel), go("interval-go", "Set")),
  );
  const put = (input, value) => {
    // a field in which a person types keeps its text
    if (document.activeElement !== input && input.dataset.shown !== value) [input.value, input.dataset.shown] = [value, value];
  };
  return { root, show: ({ time: now, update_interval: interval, mode }) => {
    for (const id of ["jump-form", "step-form"]) root.querySelector(`#${id}`).hidden = mode !== "simulation";
    put(time, now.slice(0, 19));
    put(every, String(interval));
  } };
}
