/**
 * The list of the queue: one element. Rows come as data and are drawn with textContent alone, so that nothing of what
 * strangers wrote is ever markup. The row in hand is marked at once; what is sent waits 120 ms while a key is held.
 *
 * Rows can be chosen, to do one thing to all of them: each as it was drawn when it was chosen (its version), and none
 * whose text is not shown. Which are chosen is known here alone; it is sent with what is to be done, so that a fast
 * hand never does it to others.
 */
const WAIT_MS = 120;
const ASKED_MS = 1500;
const IN_VIEW = 0.75;
const TYPED_IN = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
const kept = new WeakMap();

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function button(name, text) {
  const made = element("button", name, text);
  made.type = "button";
  return made;
}

function drawn(row, place, all) {
  const option = element("div", "row severity-" + row.severity);
  option.setAttribute("role", "option");
  option.setAttribute("aria-setsize", String(all));
  option.setAttribute("aria-posinset", String(place + 1));
  option.setAttribute("aria-label", row.spoken);
  option.dataset.key = row.key;
  const head = element("div", "head");
  head.append(element("strong", "", row.title));
  if (row.severity_word) head.append(element("span", "severity", row.severity_word));
  const age = element("span", "age", row.age);
  age.title = row.exact;
  head.append(age);
  const words = element("div", "words");
  words.dir = "auto";
  words.append(row.before);
  if (row.marked) words.append(element("mark", "", row.marked));
  words.append(row.after);
  const foot = element("div", "foot");
  foot.append(element("span", "where", row.where));
  if (row.same) foot.append(element("span", "same", row.same));
  foot.append(element("span", row.yours ? "who yours" : "who", row.who));
  option.append(element("span", row.hidden ? "tick none" : "tick"), head, words, foot);
  if (row.parts) option.append(element("div", row.late ? "parts late" : "parts", row.parts));
  return option;
}

function build(parent) {
  const bar = element("div", "bar");
  bar.setAttribute("role", "toolbar");
  const all = button("all");
  all.setAttribute("role", "checkbox");
  const count = element("span", "count");
  bar.append(all, count);
  const list = element("div", "list");
  list.setAttribute("role", "listbox");
  const live = element("p", "live");
  live.setAttribute("role", "status");
  // What is done to the chosen ones stands below the rows, where it comes and goes and grows without moving any.
  const foot = element("div", "does");
  foot.setAttribute("role", "toolbar");
  const acts = element("span", "acts");
  const none = button("act none", "✕");
  foot.append(acts, none);
  parent.append(bar, list, foot, live);
  const parts = { parent, bar, all, count, foot, acts, none, list, live };
  const none_yet = { rows: new Map(), seen: new Map(), chosen: new Map() };
  return { ...parts, ...none_yet, shown: "", drawnActs: "", hand: "", place: -1, timer: 0 };
}

function mark(state, key, { focus = false, say = false } = {}) {
  state.hand = key;
  let found = null;
  for (const option of state.list.children) {
    const is = option.dataset.key === key;
    if (is) option.setAttribute("aria-current", "true");
    else option.removeAttribute("aria-current");
    option.tabIndex = is ? 0 : -1;
    if (is) {
      found = option;
      state.place = [...state.list.children].indexOf(option);
    }
  }
  if (!found && state.list.firstElementChild) state.list.firstElementChild.tabIndex = 0;
  if (found && (focus || say)) found.scrollIntoView({ block: "nearest" });
  if (found && focus) found.focus({ preventScroll: true });
  if (found && say) state.live.textContent = found.getAttribute("aria-label");
}

function open(state, key, { at_once = false, focus = true } = {}) {
  if (!key) return;
  const same = key === state.hand && !state.timer;
  mark(state, key, { focus, say: !focus });
  clearTimeout(state.timer);
  const send = () => {
    state.timer = 0;
    state.send("picked", key);
  };
  if (at_once) send();
  else if (!same) state.timer = setTimeout(send, WAIT_MS);
}

function step(state, by, focus) {
  const options = [...state.list.children];
  if (!options.length) return;
  const found = options.findIndex((one) => one.dataset.key === state.hand);
  // What was in hand has left the list: the one that stands in its place now is the next.
  const place = found >= 0 ? found : by > 0 ? state.place - 1 : state.place;
  const next = by === -Infinity ? 0 : by === Infinity ? options.length - 1 : place + by;
  const within = Math.min(options.length - 1, Math.max(0, next));
  if (within !== found) open(state, options[within].dataset.key, { focus });
}

// --- what is chosen

function paint(state, say) {
  for (const option of state.list.children) {
    option.setAttribute("aria-selected", String(state.chosen.has(option.dataset.key)));
  }
  const many = state.chosen.size;
  const can = [...state.rows.values()].filter((row) => !row.hidden);
  const rest = can.some((row) => !seen(state, row.key));
  const chosen = rest ? state.says.rest : state.says.chosen;
  const text = many ? chosen.replace("{}", many) : state.says.shown.replace("{}", state.rows.size);
  state.all.setAttribute("aria-checked", many === 0 ? "false" : many >= can.length ? "true" : "mixed");
  state.count.textContent = text;
  state.foot.hidden = !many;
  state.foot.setAttribute("aria-label", text);
  if (say) state.live.textContent = many ? text : state.says.nothing;
}

function choosable(state, key) {
  const row = state.rows.get(key);
  return Boolean(row) && !row.hidden && state.can;
}

function add(state, key) {
  if (choosable(state, key) && !state.chosen.has(key)) state.chosen.set(key, state.rows.get(key).version);
}

function toggle(state, key) {
  if (!state.can || !state.rows.has(key)) return;
  state.anchor = null;
  if (!choosable(state, key)) state.live.textContent = state.says.hidden;
  else {
    if (!state.chosen.delete(key)) add(state, key);
    paint(state, true);
  }
}

/** Whether a row's text, as it is now, was on the screen: what nobody had before their eyes is not chosen with others. */
function seen(state, key) {
  return state.seen.get(key) === state.rows.get(key)?.version;
}

function watch(state) {
  state.watched ??= new IntersectionObserver(
    (entries) => {
      const now = entries.filter((one) => one.isIntersecting).map((one) => one.target.dataset.key);
      for (const key of now) state.seen.set(key, state.rows.get(key)?.version);
      if (now.length && state.can) paint(state, false);
    },
    { threshold: IN_VIEW },
  );
  state.watched.disconnect();
  for (const option of state.list.children) state.watched.observe(option);
}

/** What is on the screen in this moment: the browser tells of it a little later. */
function look(state) {
  const { top, bottom } = state.list.getBoundingClientRect();
  const [from, to] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
  for (const option of state.list.children) {
    const box = option.getBoundingClientRect();
    const shown = Math.min(box.bottom, to) - Math.max(box.top, from);
    const key = option.dataset.key;
    if (shown >= box.height * IN_VIEW) state.seen.set(key, state.rows.get(key)?.version);
  }
}

function everything(state) {
  if (!state.can) return;
  look(state);
  for (const key of state.rows.keys()) if (seen(state, key)) add(state, key);
  paint(state, true);
}

function nothing(state) {
  state.anchor = null;
  state.chosen.clear();
  paint(state, true);
}

/** From the row where it began to this one, beside what was chosen before; back again, and they are chosen no more. */
function reach(state, key) {
  if (!state.can || !state.rows.has(key)) return;
  look(state);
  const keys = [...state.rows.keys()];
  const from = state.rows.has(state.hand) ? state.hand : key;
  if (!state.anchor) state.anchor = { key: from, before: new Map(state.chosen) };
  const ends = [keys.indexOf(state.anchor.key), keys.indexOf(key)].sort((one, other) => one - other);
  state.chosen = new Map(state.anchor.before);
  for (const each of keys.slice(ends[0], ends[1] + 1)) if (each === key || seen(state, each)) add(state, each);
  paint(state, true);
}

function extend(state, by, focus) {
  const keys = [...state.rows.keys()];
  const place = keys.indexOf(state.hand);
  if (place < 0) return step(state, by, focus);
  const next = Math.min(keys.length - 1, Math.max(0, place + by));
  reach(state, keys[next]);
  if (next !== place) open(state, keys[next], { focus });
  paint(state, true);
}

function ask(state, does) {
  if (!state.chosen.size || Date.now() - state.asked < ASKED_MS) return;
  state.asked = Date.now();
  // Sent for itself, the row that was just taken in hand would close the dialog that asks for words.
  const hand = state.timer ? state.hand : "";
  clearTimeout(state.timer);
  state.timer = 0;
  state.send("asked", { does, of: [...state.chosen], hand });
}

// --- keys

const OURS = ["j", "k", "m"];
const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity };

function within(state, event) {
  if (event.altKey) return;
  const key = event.key;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() !== "a" || !state.can) return;
    everything(state);
  } else if (key in MOVES && event.shiftKey) extend(state, MOVES[key], true);
  else if (key in MOVES) {
    state.anchor = null;
    step(state, MOVES[key], true);
  } else if (key === " ") toggle(state, state.hand);
  else if (key === "Enter") open(state, state.hand, { at_once: true });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Whether a key is for the page, and not for a field or a dialog. */
function free(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return false;
  const at = event.composedPath()[0];
  return !(at instanceof Element && at.closest(TYPED_IN)) && !document.querySelector("[role=dialog]");
}

function everywhere(state, event) {
  if (!free(event)) return;
  const key = event.key.toLowerCase();
  const shift = event.shiftKey;
  if (key === "f1" && !shift) state.send("help", true);
  else if (key === "escape" && state.chosen.size) nothing(state);
  else if (!state.letters) return;
  else if ((key === "j" || key === "k") && shift) extend(state, key === "j" ? 1 : -1, false);
  else if (key === "j" || key === "k") {
    state.anchor = null;
    step(state, key === "j" ? 1 : -1, false);
  } else if (key === "m" && shift) everything(state);
  else if (key === "m") toggle(state, state.hand);
  else return;
  event.preventDefault();
}

/**
 * While rows are chosen the letters are for them: before the buttons of the open case hear them. Those buttons hear none
 * either while another row is in hand than the one that is open.
 */
function first(state, event) {
  if (!state.letters || event.shiftKey || !free(event)) return;
  const key = event.key.toLowerCase();
  const act = state.chosen.size ? state.does.find((one) => one.key && one.key.toLowerCase() === key) : undefined;
  if (!act && (!state.timer || !/^\p{L}$/u.test(key) || OURS.includes(key))) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (act) ask(state, act.does);
}

function clicked(state, event) {
  const option = event.target.closest("[role=option]");
  if (!option) return;
  const key = option.dataset.key;
  if (event.shiftKey) reach(state, key);
  else if (event.ctrlKey || event.metaKey || event.target.closest(".tick")) toggle(state, key);
  else open(state, key, { at_once: true });
}

function listen(state) {
  state.list.addEventListener("keydown", (event) => within(state, event));
  state.list.addEventListener("click", (event) => clicked(state, event));
  // A range is chosen with Shift: without this, its text would be marked too.
  state.list.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
  state.all.addEventListener("click", () => {
    const had = state.chosen.size;
    everything(state);
    if (had && state.chosen.size === had) nothing(state);
  });
  state.none.addEventListener("click", () => nothing(state));
  state.acts.addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed) ask(state, pressed.dataset.does);
  });
  state.heard = (event) => everywhere(state, event);
  state.heardFirst = (event) => first(state, event);
  document.addEventListener("keydown", state.heard);
  window.addEventListener("keydown", state.heardFirst, true);
}

function drawActs(state, acts) {
  state.does = acts;
  const shown = JSON.stringify([acts, state.letters]);
  if (shown === state.drawnActs) return;
  state.drawnActs = shown;
  const made = acts.map((act) => {
    const one = button("act", act.label);
    one.dataset.does = act.does;
    if (act.key && state.letters) one.append(element("kbd", "", act.key));
    return one;
  });
  state.acts.replaceChildren(...made);
}

/** What can be done to several rows, and the words of its bar; nothing where rows are only opened. */
function chooseFrom(state, acts, says) {
  state.can = acts.length > 0;
  state.bar.hidden = !state.can;
  state.foot.hidden = !state.can || !state.chosen.size;
  state.list.classList.toggle("can", state.can);
  state.list.setAttribute("aria-multiselectable", state.can);
  state.says = says;
  drawActs(state, acts);
  if (!state.can) return;
  state.bar.setAttribute("aria-label", says.bar);
  state.all.setAttribute("aria-label", says.all);
  state.none.setAttribute("aria-label", says.none);
  state.none.title = says.none;
}

export default function ({ data, parentElement, setTriggerValue }) {
  let state = kept.get(parentElement);
  if (!state) {
    state = build(parentElement);
    state.done = data.done;
    kept.set(parentElement, state);
    listen(state);
  }
  state.send = setTriggerValue;
  state.letters = data.letters;
  state.list.setAttribute("aria-label", data.label);
  chooseFrom(state, data.acts, data.says);
  state.rows = new Map(data.rows.map((row) => [row.key, row]));
  if (data.done !== state.done) state.chosen.clear();
  state.done = data.done;
  for (const key of state.chosen.keys()) if (!choosable(state, key)) state.chosen.delete(key);
  const rows = JSON.stringify(data.rows);
  if (rows !== state.shown) {
    state.shown = rows;
    const had = state.list.contains(parentElement.activeElement ?? document.activeElement);
    const top = state.list.scrollTop;
    state.list.replaceChildren(...data.rows.map((row, place) => drawn(row, place, data.rows.length)));
    state.list.scrollTop = top;
    watch(state);
    mark(state, state.timer ? state.hand : data.hand, { focus: had });
  } else if (!state.timer && data.hand !== state.hand) {
    mark(state, data.hand, { say: true });
  }
  if (state.can) paint(state, false);
  return () => {
    clearTimeout(state.timer);
    state.watched?.disconnect();
    document.removeEventListener("keydown", state.heard);
    window.removeEventListener("keydown", state.heardFirst, true);
    for (const part of [state.bar, state.list, state.foot, state.live]) part.remove();
    kept.delete(parentElement);
  };
}
