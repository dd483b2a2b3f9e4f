/**
 * The text as it will appear, in the page's own previews (web/ui/preview.py makes the same from what was saved): text
 * only, whatever it says. A place says in `data-look` how its channel shows a text, in `data-links` whether addresses
 * become links there, and in `data-form` how it counts.
 */
import { count } from "./count.js";

const LINK = /https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)]/gi;

function make(tag, parent, name = "") {
  const one = document.createElement(tag);
  if (name) one.className = name;
  parent.append(one);
  return one;
}

/** A line of text; addresses look as links do, and lead nowhere. */
function line(text, into, links) {
  let at = 0;
  for (const found of links ? text.matchAll(LINK) : []) {
    into.append(text.slice(at, found.index));
    make("span", into, "lh-address").textContent = found[0];
    at = found.index + found[0].length;
  }
  into.append(text.slice(at));
}

function paragraphs(text, place, links) {
  for (const part of text.split(/\n{2,}/).filter(Boolean)) {
    const paragraph = make("p", place);
    paragraph.dir = "auto";
    part.split("\n").forEach((one, at) => {
      if (at) make("br", paragraph);
      line(one, paragraph, links);
    });
  }
}

/** A post's title is its first line, where there is more than that line. */
function parted(text) {
  const end = text.indexOf("\n");
  const title = text.slice(0, Math.max(end, 0)).trim();
  const rest = text.slice(end + 1).replace(/^\n+/, "");
  return title && rest.trim() ? [title, rest] : ["", text];
}

const LOOKS = {
  paragraphs,
  post(text, place, links) {
    const [title, rest] = parted(text);
    if (title) {
      const heading = make("p", place, "lh-title");
      heading.dir = "auto";
      heading.textContent = title;
    }
    paragraphs(rest, place, links);
  },
  lines(text, place, links) {
    const all = make("p", place, "lh-lines");
    all.dir = "auto";
    line(text, all, links);
  },
};

export function preview(id, text, words) {
  for (const place of document.querySelectorAll(`[data-preview="${id}"]`)) {
    if ((place.dataset.text ?? null) === text) continue;
    place.dataset.text = text;
    place.replaceChildren();
    const show = LOOKS[place.dataset.look] ?? paragraphs;
    if (text) show(text, place, "links" in place.dataset);
    else make("p", place, "lh-quiet").textContent = words.empty;
    const counted = place.parentElement.querySelector("[data-counts]");
    if (!counted) continue;
    const form = JSON.parse(counted.dataset.counts);
    const used = count(text, form);
    counted.textContent = words.count
      .replace("{count}", used.toLocaleString(words.language))
      .replace("{limit}", form.limit.toLocaleString(words.language));
    counted.classList.toggle("lh-over", used > form.limit);
  }
}
