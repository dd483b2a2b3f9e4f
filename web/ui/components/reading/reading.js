/**
 * Brings the comment that matters into view, once for each thing that is opened, and only where it is out of sight.
 * It draws nothing, changes nothing and sends nothing. Escape closes the note of a mark (WCAG 1.4.13).
 */
const TRIES = 60;
const LOW = 0.55;
const GAP = 16;
let shown = "";

export default function ({ data }) {
  if (shown !== data.about) {
    shown = data.about;
    bring(data.about, data.target, TRIES);
  }
  document.addEventListener("keydown", leave);
  return () => document.removeEventListener("keydown", leave);
}

function leave(event) {
  const at = event.target;
  if (event.key === "Escape" && at instanceof Element && at.matches(".lh-thread sup")) at.blur();
}

/** The page comes in pieces: what is looked for may be a few frames away. */
function bring(about, target, left) {
  if (shown !== about) return;
  const found = document.querySelector(target);
  const box = found?.getBoundingClientRect();
  if (!box?.height) {
    if (left) requestAnimationFrame(() => bring(about, target, left - 1));
    return;
  }
  const pane = found.closest(".st-key-read");
  if (pane && pane.scrollHeight > pane.clientHeight + 1 && getComputedStyle(pane).overflowY === "auto") {
    // Only the pane moves: the list beside it and the page stay where they are.
    const from = pane.getBoundingClientRect().top + (pane.querySelector(".st-key-bar")?.offsetHeight ?? 0);
    if (box.top < from || box.top > innerHeight * LOW) pane.scrollTop += box.top - from - GAP;
  } else if (box.top < 0 || box.top > innerHeight * LOW) {
    found.scrollIntoView({ block: "start" });
  }
}
