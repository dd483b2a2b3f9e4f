/**
 * Offers names below a field of the page while somebody types '@' and the beginning of one: arrows choose, Enter, Tab or
 * a tap takes, Escape closes. What is taken is typed into the field, so that all else is as if it were typed by hand.
 *
 * `data`: field (a selector of what holds the field), names (all there are), label, words (what is said aloud).
 */
const MOST = 5;
const LONGEST = 60;

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Where the '@' stands that the caret is behind, and what was typed after it; null where there is none. */
function asked(field) {
  if (field.selectionStart !== field.selectionEnd) return null;
  const before = field.value.slice(0, field.selectionStart);
  const at = before.lastIndexOf("@");
  const begun = before.slice(at + 1);
  if (at < 0 || begun.includes("\n") || begun.length > LONGEST || /[\p{L}\p{N}_@]$/u.test(before.slice(0, at))) return null;
  return { at, begun };
}

/** The names that begin so, or one of whose words does; none when all of one is there already. */
function fitting(names, begun) {
  const typed = folded(begun);
  const begins = (name) => [name, ...name.split(" ")].some((part) => folded(part).startsWith(typed));
  return names.filter((name) => begins(name) && folded(name) !== typed).slice(0, MOST);
}

class Names {
  constructor(root) {
    this.list = document.createElement("ul");
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.live = document.createElement("p");
    this.live.className = "unseen";
    this.live.setAttribute("role", "status");
    root.append(this.list, this.live);
    this.offered = [];
    // On the window: the page may draw the field anew at any time, and what holds it hears Escape after us.
    this.hears = {
      input: (event) => this.mine(event) && this.look(event.target),
      click: (event) => this.mine(event) && this.look(event.target),
      keydown: (event) => this.mine(event) && this.pressed(event),
      focusout: (event) => this.mine(event) && this.offer([]),
    };
    for (const [what, heard] of Object.entries(this.hears)) window.addEventListener(what, heard, true);
  }

  mine(event) {
    return event.target instanceof HTMLTextAreaElement && event.target.closest(this.data.field) !== null;
  }

  look(field) {
    const found = asked(field);
    this.field = field;
    this.offer(found ? fitting(this.data.names, found.begun) : []);
  }

  offer(names) {
    const same = names.length === this.offered.length && names.every((name, place) => name === this.offered[place]);
    if (same) return;
    this.offered = names;
    this.chosen = 0;
    this.list.hidden = !names.length;
    this.list.setAttribute("aria-label", this.data.label);
    this.list.replaceChildren(
      ...names.map((name) => {
        const row = document.createElement("li");
        row.setAttribute("role", "option");
        row.textContent = name;
        row.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the caret
        row.addEventListener("click", () => this.take(name));
        return row;
      }),
    );
    this.mark();
    cancelAnimationFrame(this.next);
    this.follow();
  }

  /** Stays with the field while that moves: a dialog that opens or grows, a page that is scrolled, a keyboard. */
  follow() {
    this.place();
    if (this.offered.length) this.next = requestAnimationFrame(() => this.follow());
  }

  /** Above the field where there is no room below it, as on a telephone whose keyboard is open; and never beyond what
   * is seen, where the field itself may have been scrolled to. */
  place() {
    this.list.style.translate = "";
    if (!this.offered.length) return;
    // The page may have drawn the field anew since it was last typed into.
    if (!this.field.isConnected && this.mine({ target: document.activeElement })) this.field = document.activeElement;
    const { top, height } = this.list.getBoundingClientRect();
    const seen = window.visualViewport;
    const last = seen.offsetTop + seen.height - height;
    const above = this.field.getBoundingClientRect().top - height;
    const wanted = top > last && above > seen.offsetTop ? above : top;
    const there = Math.max(seen.offsetTop, Math.min(wanted, last));
    if (there !== top) this.list.style.translate = `0 ${there - top}px`;
  }

  mark() {
    [...this.list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === this.chosen)));
    const many = this.offered.length;
    const values = { name: this.offered[this.chosen], place: this.chosen + 1, many };
    this.live.textContent = many ? this.data.words.replace(/\{(\w+)\}/g, (_, key) => values[key]) : "";
  }

  pressed(event) {
    const many = this.offered.length;
    if (!many || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, ArrowUp: many - 1 }[event.key];
    if (step) {
      this.chosen = (this.chosen + step) % many;
      this.mark();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) this.take(this.offered[this.chosen]);
    else if (event.key === "Escape") this.offer([]);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  take(name) {
    const found = asked(this.field);
    this.offer([]);
    if (!found) return;
    this.field.focus();
    this.field.setSelectionRange(found.at, this.field.selectionStart);
    // As if typed: the page hears of it, and the browser's own undo takes it out again.
    document.execCommand("insertText", false, `@${name} `);
    this.offer([]);
  }

  leave() {
    for (const [what, heard] of Object.entries(this.hears)) window.removeEventListener(what, heard, true);
  }
}

const all = new WeakMap();

export default function ({ data, parentElement }) {
  const known = all.get(parentElement);
  const names = known ?? new Names(parentElement);
  all.set(parentElement, names);
  names.data = data;
  // Whoever types at once has typed before this was there to hear it.
  const field = document.activeElement;
  if (!known && names.mine({ target: field })) names.look(field);
  return () => {
    all.get(parentElement)?.leave();
    all.delete(parentElement);
  };
}
