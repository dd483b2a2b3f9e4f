/**
 * Brings the comment that matters into view, once for each thing that is opened, and only where it is out of sight.
 * It draws nothing, changes nothing and sends nothing. Escape closes the note of a mark (WCAG 1.4.13).
 */
const COMES_WITHIN_MS = 10_000;
/** The page comes in pieces: what was brought into view is moved on by what comes later, until nothing moved so long. */
const SETTLED_MS = 500;
const SETTLED_FRAMES = 20;
const LOW = 0.55;
const GAP = 16;
/** Whoever has begun to read or to act is not moved any more; */
const BEGUN = ["wheel", "touchstart", "pointerdown", "keydown"];
/** who had begun before this was there to hear it has something open, or types. */
const OPENED = "[data-testid=stPopoverButton][aria-expanded=true]";
const TYPING = ":is(.st-key-read, [data-testid=stPopoverBody]) :is(input, textarea):focus";
let shown = "";
let begun = false;

export default function ({ data }) {
  for (const kind of BEGUN) document.addEventListener(kind, begin, { capture: true, passive: true });
  if (shown !== data.about) {
    shown = data.about;
    begun = false;
    settle(data.about, data.target);
  }
  document.addEventListener("keydown", leave);
  return () => document.removeEventListener("keydown", leave);
}

function begin() {
  begun = true;
}

function leave(event) {
  const at = event.target;
  if (event.key === "Escape" && at instanceof Element && at.matches(".lh-thread sup")) at.blur();
}

/** Keeps what is looked for in view until the page around it is complete; what begins out of sight comes to the top. */
function settle(about, target) {
  const until = performance.now() + COMES_WITHIN_MS;
  let [at, since, frames, moved] = [NaN, 0, 0, false];
  const look = () => {
    const now = performance.now();
    if (shown !== about || begun || now > until || document.querySelector(`${OPENED}, ${TYPING}`)) return;
    const found = document.querySelector(target);
    const place = found?.getBoundingClientRect().height ? bring(found, moved) : undefined;
    if (place) {
      moved ||= place.moved;
      if (place.at === at) frames += 1;
      else [at, since, frames] = [place.at, now, 0];
      if (frames >= SETTLED_FRAMES && now - since >= SETTLED_MS) return;
    }
    requestAnimationFrame(look);
  };
  look();
}

/** Moves to `found` if it is out of sight, or `anyway`. Says whether, and where it is now from the window's top. */
function bring(found, anyway) {
  const top = () => Math.round(found.getBoundingClientRect().top);
  const pane = found.closest(".st-key-read");
  if (pane && pane.scrollHeight > pane.clientHeight + 1 && getComputedStyle(pane).overflowY === "auto") {
    // Only the pane moves: the list beside it and the page stay where they are.
    const from = pane.getBoundingClientRect().top + (pane.querySelector(".st-key-bar")?.offsetHeight ?? 0);
    if (!anyway && top() >= from && top() <= innerHeight * LOW) return { at: top(), moved: false };
    pane.scrollTop += top() - from - GAP;
  } else {
    if (!anyway && top() >= 0 && top() <= innerHeight * LOW) return { at: top(), moved: false };
    found.scrollIntoView({ block: "start" });
  }
  return { at: top(), moved: true };
}
