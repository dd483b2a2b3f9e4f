/**
 * The field in which a response is written. It sends its text when somebody pauses, leaves it or presses Ctrl+Enter,
 * and never has its text changed by the page but where a person asked for it.
 *
 * `data`: id, label, hint, text and seq (what to begin from), tab, most, form, opened, saved (the answer to the last
 * text that was sent), grant (another text that a person chose to replace), take (one that they chose instead), words
 * (all that is said).
 */
import { clean } from "./clean.js";
import { count } from "./count.js";
import { preview } from "./preview.js";

const PAUSE_MS = 700;
const LONGEST_MS = 900;
const ANSWER_WITHIN_MS = 8000;

function make(tag, name, parent) {
  const one = document.createElement(tag);
  if (name) one.className = name;
  parent?.append(one);
  return one;
}

function filled(words, values) {
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

class Editor {
  constructor(root, data) {
    this.data = data;
    this.tab = data.tab;
    this.seq = data.seq;
    this.n = data.saved?.n ?? 0;
    this.known = data.text; // what the server has of this window's text
    this.sent = null;
    this.taken = data.take?.token ?? 0;
    this.build(root);
    this.field.value = data.text;
    this.leaving = (event) => {
      if (this.field.value === this.known) return;
      this.flush();
      event.preventDefault();
    };
    this.hidden = () => document.visibilityState === "hidden" && this.flush();
    window.addEventListener("beforeunload", this.leaving);
    document.addEventListener("visibilitychange", this.hidden);
    this.say(data.opened);
  }

  build(root) {
    const box = make("div", "box", root);
    const label = make("label", "label", box);
    label.textContent = this.data.label;
    label.htmlFor = "text";
    this.field = make("textarea", "text", box);
    Object.assign(this.field, { id: "text", dir: "auto", rows: 9, spellcheck: true });
    this.field.setAttribute("aria-describedby", "count hint");
    const line = make("div", "line", box);
    this.counted = make("span", "count", line);
    this.counted.id = "count";
    this.state = make("span", "state", line);
    this.hint = make("p", "unseen", box);
    this.hint.id = "hint";
    this.hint.textContent = this.data.hint;
    this.warning = make("p", "warning", box);
    this.live = make("p", "unseen", box);
    this.live.setAttribute("role", "status");
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("blur", () => this.flush());
    this.field.addEventListener("paste", (event) => this.paste(event));
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.flush();
    });
  }

  /** New data from the page: an answer to what was sent, or a text that a person chose. */
  update(data, send) {
    this.data = data;
    this.send = send;
    const { saved, take, grant } = data;
    if (saved && saved.n === this.n && this.sent !== null) {
      clearTimeout(this.waiting);
      this.answered(saved);
    }
    if (grant > this.seq) {
      this.seq = grant;
      this.flush(true);
    }
    if (take && take.token > this.taken) {
      this.taken = take.token;
      this.seq = take.seq;
      this.replace(take.text);
    }
    this.tell();
  }

  answered(saved) {
    const sent = this.sent;
    this.sent = null;
    this.held = "";
    if (saved.ok) {
      this.seq = Math.max(this.seq, saved.seq);
      this.known = sent;
    } else {
      this.held = saved.told;
      if (saved.kept) this.known = sent;
    }
    if (this.field.value === sent) this.say(saved.ok ? filled(this.data.words.saved, saved) : saved.told, !saved.ok);
    else this.typed();
  }

  typed() {
    const now = Date.now();
    this.since ??= now;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.flush(), Math.max(0, Math.min(PAUSE_MS, this.since + LONGEST_MS - now)));
    if (!this.state.classList.contains("bad")) this.state.textContent = this.data.words.unsaved;
    this.tell();
  }

  /** Sends the text at once, also what is still being composed (as Chinese or Japanese is typed). */
  flush(again = false) {
    clearTimeout(this.pause);
    this.since = undefined;
    const text = this.field.value;
    if (!again && (text === this.known || text === this.sent)) return;
    if (text.length > this.data.most * 10) {
      this.say(this.data.words.endless, true);
      return;
    }
    this.n += 1;
    this.sent = text;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.say(this.data.words.silent, true);
      this.flush(true);
    }, ANSWER_WITHIN_MS);
    this.send("typed", { text, base: this.seq, tab: this.tab, n: this.n });
  }

  paste(event) {
    const pasted = event.clipboardData?.getData("text/plain");
    if (!pasted) return;
    event.preventDefault();
    this.insert(clean(pasted));
  }

  /** Puts text in the place of the selection, so that the browser's own undo takes it out again. */
  insert(text) {
    this.field.focus();
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (!done) this.field.setRangeText(text, this.field.selectionStart, this.field.selectionEnd, "end");
    this.typed();
  }

  replace(text) {
    this.field.focus();
    this.field.select();
    this.insert(text);
    this.flush();
  }

  say(text, bad = false) {
    this.state.textContent = text ?? "";
    this.state.classList.toggle("bad", bad);
    if (this.live.textContent !== this.state.textContent) this.live.textContent = this.state.textContent;
  }

  /** Count, warning and preview, as it stands in the field. */
  tell() {
    const { form, words, most } = this.data;
    const text = this.field.value;
    const length = text.trim().length;
    const counted = count(text.trim(), form);
    const limit = form.limit;
    this.counted.textContent = filled(words.count, {
      count: counted.toLocaleString(words.language),
      limit: limit.toLocaleString(words.language),
    });
    const over = Array.from(text.trim()).length > most && length > most ? words.most : counted > limit ? words.over : "";
    this.counted.classList.toggle("bad", Boolean(over));
    const warned =
      over &&
      filled(over, {
        many: (counted - limit).toLocaleString(words.language),
        limit: limit.toLocaleString(words.language),
      });
    if (this.warning.textContent !== warned) this.warning.textContent = warned;
    preview(this.data.id, text.trim(), words);
  }

  leave() {
    this.flush();
    clearTimeout(this.pause);
    clearTimeout(this.waiting);
    window.removeEventListener("beforeunload", this.leaving);
    document.removeEventListener("visibilitychange", this.hidden);
  }
}

const editors = new WeakMap();

export default function ({ data, parentElement, setStateValue }) {
  let editor = editors.get(parentElement);
  if (!editor) {
    editor = new Editor(parentElement, data);
    editors.set(parentElement, editor);
  }
  editor.update(data, setStateValue);
  return () => {
    editors.get(parentElement)?.leave();
    editors.delete(parentElement);
  };
}
