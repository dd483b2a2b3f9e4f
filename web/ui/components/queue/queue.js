/**
 * The list of the queue: one element. Rows come as data and are drawn with textContent alone, so that nothing of what
 * strangers wrote is ever markup. The row in hand is marked at once; what is sent waits 120 ms while a key is held.
 */
const WAIT_MS = 120;
const TYPED_IN = "input, textarea, select, [contenteditable]:not([contenteditable=false])";
const kept = new WeakMap();

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
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
  option.append(head, words, foot);
  if (row.parts) option.append(element("div", row.late ? "parts late" : "parts", row.parts));
  return option;
}

function build(parent) {
  const list = element("div", "list");
  list.setAttribute("role", "listbox");
  const live = element("p", "live");
  live.setAttribute("role", "status");
  parent.append(list, live);
  return { list, live, shown: "", chosen: "", place: -1, timer: 0 };
}

function mark(state, key, { focus = false, say = false } = {}) {
  state.chosen = key;
  let found = null;
  for (const option of state.list.children) {
    const is = option.dataset.key === key;
    option.setAttribute("aria-selected", String(is));
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

function choose(state, key, { at_once = false, focus = true } = {}) {
  if (!key) return;
  const same = key === state.chosen && !state.timer;
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
  const found = options.findIndex((one) => one.dataset.key === state.chosen);
  // What was in hand has left the list: the one that stands in its place now is the next.
  const place = found >= 0 ? found : by > 0 ? state.place - 1 : state.place;
  const next = by === -Infinity ? 0 : by === Infinity ? options.length - 1 : place + by;
  const within = Math.min(options.length - 1, Math.max(0, next));
  if (within !== found) choose(state, options[within].dataset.key, { focus });
}

const MOVES = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -Infinity, End: Infinity };

function within(state, event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in MOVES) step(state, MOVES[event.key], true);
  else if (event.key === "Enter" || event.key === " ") choose(state, state.chosen, { at_once: true });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function everywhere(state, event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
  const at = event.composedPath()[0];
  if (at instanceof Element && at.closest(TYPED_IN)) return;
  if (document.querySelector("[role=dialog]")) return;
  const key = event.key.toLowerCase();
  if (key === "f1") state.send("help", true);
  else if (state.letters && key === "j") step(state, 1, false);
  else if (state.letters && key === "k") step(state, -1, false);
  else return;
  event.preventDefault();
}

export default function ({ data, parentElement, setTriggerValue }) {
  let state = kept.get(parentElement);
  if (!state) {
    state = build(parentElement);
    kept.set(parentElement, state);
    state.list.addEventListener("keydown", (event) => within(state, event));
    state.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) choose(state, option.dataset.key, { at_once: true });
    });
    state.heard = (event) => everywhere(state, event);
    document.addEventListener("keydown", state.heard);
  }
  state.send = setTriggerValue;
  state.letters = data.letters;
  state.list.setAttribute("aria-label", data.label);
  const rows = JSON.stringify(data.rows);
  if (rows !== state.shown) {
    state.shown = rows;
    const had = state.list.contains(parentElement.activeElement ?? document.activeElement);
    const top = state.list.scrollTop;
    state.list.replaceChildren(...data.rows.map((row, place) => drawn(row, place, data.rows.length)));
    state.list.scrollTop = top;
    mark(state, state.timer ? state.chosen : data.chosen, { focus: had });
  } else if (!state.timer && data.chosen !== state.chosen) {
    mark(state, data.chosen, { say: true });
  }
  return () => {
    clearTimeout(state.timer);
    document.removeEventListener("keydown", state.heard);
    state.list.remove();
    state.live.remove();
    kept.delete(parentElement);
  };
}
