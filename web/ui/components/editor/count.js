/** How many characters a channel counts in a text. response/lengths.py counts the same way, for what is sent. */

const LINK = /https?:\/\/[^\s<>"']+/gi;
const segments = "Segmenter" in Intl ? new Intl.Segmenter(undefined, { granularity: "grapheme" }) : null;

function clusters(text) {
  return segments ? Array.from(segments.segment(text), (one) => one.segment) : Array.from(text);
}

/** X: signs of most European scripts count one, all others and every emoji two. */
function weight(cluster) {
  if (/\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(cluster)) return 2;
  let sum = 0;
  for (const sign of cluster) {
    const code = sign.codePointAt(0);
    const light =
      code <= 4351 || (code >= 8192 && code <= 8205) || (code >= 8208 && code <= 8223) || (code >= 8242 && code <= 8247);
    sum += light ? 1 : 2;
  }
  return sum;
}

/** `form`: { unit: "graphemes" | "weighted", link: what a link counts, 0 for its own length }. */
export function count(text, form) {
  let links = 0;
  const rest = form.link
    ? text.replace(LINK, () => {
        links += 1;
        return "";
      })
    : text;
  const parts = clusters(form.unit === "weighted" ? rest.normalize("NFC") : rest);
  const own = form.unit === "weighted" ? parts.reduce((sum, one) => sum + weight(one), 0) : parts.length;
  return own + links * form.link;
}
