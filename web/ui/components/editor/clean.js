/** What a paste brings in: plain text, without what word processors leave in it. Nothing that can be read is lost. */

const BULLET = /^([ \t]*)(?:[\u2022\u00B7\u25AA\u25CF\u25E6\u2043\uF0B7\uF0A7\uF0D8\uF076\u00A7]|o(?=\t))[ \t\u00A0]+/gm;
const NUMBER = /^([ \t]*)(\d{1,3}[.)])[\t\u00A0]+[ \t\u00A0]*/gm;
// Without width and without meaning. The joiners of emoji and of Persian or Indic words stay.
const UNSEEN = /[\u200B\u2060\uFEFF\u00AD\u180E\u0000-\u0008\u000E-\u001F\u007F]/g;

/** Non-breaking blanks become blanks, but where they hold figures or French signs together. */
function blanks(text) {
  return text.replace(/\u00A0+/g, (found, at) => {
    const before = text[at - 1] ?? "";
    const after = text[at + found.length] ?? "";
    const held = (/\d/.test(before) && /[\d%€$£]/.test(after)) || /[:;!?»]/.test(after) || before === "«";
    return held ? "\u00A0" : " ".repeat(found.length);
  });
}

export function clean(pasted) {
  const lines = pasted
    .replace(/\r\n?|\u2028|\u000B|\u0085/g, "\n")
    .replace(/\u2029|\f/g, "\n\n")
    .replace(UNSEEN, "")
    .replace(BULLET, "$1- ")
    .replace(NUMBER, "$1$2 ");
  return blanks(lines)
    .replace(/\t/g, " ")
    .replace(/ +$/gm, "")
    .replace(/\n{3,}/g, "\n\n");
}
