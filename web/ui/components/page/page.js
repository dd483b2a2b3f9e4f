/**
 * What concerns the whole page: which language it is in, for the browser and for what reads pages aloud (Streamlit's own
 * page says 'en'), and what Streamlit's own English words are in it; and the keys while a dialog is open. Then the letters
 * of the buttons behind it do nothing, and a dialog that begins with a field has the focus in it at once. A popover that
 * the page closes gives it back to its button.
 */
const DIALOG = "[role=dialog]";
const CONTROL = "[data-testid=stVerticalBlock] :is(textarea, input, button, [tabindex='0'])";
const TEXT = "textarea, input[type=text]";
const SENDS = ["Ctrl", "⌘"].map((key) => `[aria-label="Shortcut ${key} + Enter"]`).join();
const OPENS = "[data-testid=stPopoverButton]";
const OPENED = `${OPENS}[aria-expanded=true]`;
const OPENS_WITHIN_MS = 10000;
const TYPED_IN = "input, textarea, select, [contenteditable]:not([contenteditable=false])";

/** A letter that no field hears would be heard by the buttons of the page behind: a dialog has none of its own. */
function heard(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || !/^\p{L}$/u.test(event.key)) return;
  const at = event.composedPath()[0];
  if (at instanceof Element && at.closest(TYPED_IN)) return;
  if (document.querySelector(DIALOG)) event.stopImmediatePropagation();
}

/** Ctrl+Enter in a dialog that has no button for it would press that of the page behind. A field has heard it by now. */
function sent(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  const dialog = document.querySelector(DIALOG);
  if (dialog && !dialog.querySelector(SENDS)) event.stopPropagation();
}

/** A dialog takes the focus itself, and its fields come after it, in any order: until a key is pressed in it or it has
 * stood for a while, it is looked at again. */
function begun(state) {
  const dialog = document.querySelector(DIALOG);
  if (dialog !== state.dialog) Object.assign(state, { dialog, given: dialog, since: performance.now() });
  if (!dialog || performance.now() - state.since > OPENS_WITHIN_MS) return;
  const first = dialog.querySelector(CONTROL);
  if (![document.body, dialog, state.given].includes(document.activeElement)) return;
  if (first === document.activeElement || !first?.matches(TEXT)) return;
  state.given = first;
  first.focus();
}

/**
 * A popover that closes by itself takes the focused field away with it: then the button that opened it has the focus.
 * The page may draw that button anew at any time, so it is known by its name; whoever goes on elsewhere is left alone.
 */
function ended(state) {
  if (!state.opened || document.activeElement !== document.body || document.querySelector(OPENED)) return;
  const button = [...document.querySelectorAll(OPENS)].find((one) => named(one) === state.opened);
  button?.focus({ preventScroll: true });
}

function named(button) {
  return button?.querySelector("p")?.textContent;
}

/** What is said in the place of a text of Streamlit's, or nothing; "{name}" in `says` stands for anything. */
function translator(says) {
  const parts = (english) => english.split(/\{(\w+)\}/);
  const quoted = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const patterns = Object.entries(says)
    .filter(([english]) => english.includes("{"))
    .map(([english, said]) => {
      const form = parts(english).map((part, place) => (place % 2 ? `(?<${part}>.+)` : quoted(part)));
      return [new RegExp(`^${form.join("")}$`), said];
    });
  return (text) => {
    if (Object.hasOwn(says, text)) return says[text];
    for (const [form, said] of patterns) {
      const found = form.exec(text);
      if (found) return said.replace(/\{(\w+)\}/g, (_, name) => found.groups[name]);
    }
    return undefined;
  };
}

const SPOKEN = ["aria-label", "placeholder", "title"];

/** Streamlit's words in an element that is Streamlit's. Its texts are changed in their places, as React looks for them
 * there; what it writes anew is changed anew. */
function say(element, translated) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = element; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const said = translated(node.nodeValue.trim());
      if (said !== undefined) node.nodeValue = said;
    } else {
      for (const name of SPOKEN) {
        const said = node.hasAttribute(name) ? translated(node.getAttribute(name)) : undefined;
        if (said !== undefined) node.setAttribute(name, said);
      }
    }
  }
}

/** Says Streamlit's words in the page's language, now and whenever one is written. Returns what ends that. */
function speak(words) {
  if (!words?.length) return () => {};
  const groups = words.map(({ within, says }) => ({ within, translated: translator(says) }));
  const look = (element) => {
    for (const { within, translated } of groups) {
      if (element.closest(within)) say(element, translated);
      else for (const one of element.querySelectorAll(within)) say(one, translated);
    }
  };
  look(document.body);
  const seen = new MutationObserver((changes) => {
    const changed = changes.flatMap((one) => (one.type === "childList" ? [...one.addedNodes] : [one.target]));
    const elements = changed.map((node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement));
    for (const element of new Set(elements)) if (element?.isConnected) look(element);
  });
  const what = { childList: true, characterData: true, attributes: true, attributeFilter: SPOKEN, subtree: true };
  seen.observe(document.body, what);
  return () => seen.disconnect();
}

function listen() {
  const state = { dialog: null, given: null, since: 0, opened: undefined };
  const look = () => {
    begun(state);
    ended(state);
  };
  const seen = new MutationObserver(look);
  seen.observe(document.body, { childList: true, subtree: true });
  document.addEventListener("focusin", look);
  const acted = () => {
    state.opened = named(document.querySelector(OPENED));
  };
  const pressed = (event) => {
    state.since = -OPENS_WITHIN_MS;
    acted();
    heard(event);
  };
  window.addEventListener("keydown", pressed, true);
  document.body.addEventListener("keydown", sent);
  window.addEventListener("pointerdown", acted, true);
  return () => {
    seen.disconnect();
    document.removeEventListener("focusin", look);
    window.removeEventListener("keydown", pressed, true);
    document.body.removeEventListener("keydown", sent);
    window.removeEventListener("pointerdown", acted, true);
    document.documentElement.lang = "en";
  };
}

const kept = new WeakMap();

export default function ({ data, parentElement }) {
  document.documentElement.lang = data.language;
  const known = kept.get(parentElement) || { end: listen(), spoken: null, silence: () => {} };
  kept.set(parentElement, known);
  if (known.spoken !== data.language) {
    known.silence();
    Object.assign(known, { spoken: data.language, silence: speak(data.words) });
  }
  return () => {
    known.silence();
    known.end();
    kept.delete(parentElement);
  };
}
