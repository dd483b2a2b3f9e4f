"""What a WordPress blog makes of a text: what it would store otherwise, and what readers see in the end."""

import re

from channels.html import to_text
from model.language import _, number

_LONGEST = 65_525  # bytes of the column that holds a comment

_MARKS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′", "'"),
        **dict.fromkeys("“”„″«»", '"'),
        **dict.fromkeys("–—−", "-"),
        "…": "...",
        "×": "x",
        "™": "(tm)",
        "\u00a0": " ",
    }
)
_SMILEYS = {
    "🙂": ":) :-) :smile:",
    "🙁": ":( :-( :sad:",
    "😉": ";) ;-) :wink:",
    "😀": ":D :-D :grin:",
    "😛": ":P :-P :razz:",
    "😐": ":| :-| :neutral:",
    "😕": ":? :-? :???:",
    "😡": ":x :-x :mad:",
    "😮": ":o :-o :eek:",
    "😯": "8O 8-O :shock:",  # as it is
    "😎": "8-) :cool:",
    "😈": ":twisted:",
    "👿": ":evil:",
    "😳": ":oops:",
    "🙄": ":roll:",
    "😥": ":cry:",
    "😆": ":lol:",
    "➡": ":arrow:",
    "💡": ":idea:",
    "❗": ":!:",
    "❓": ":?:",
}
_EMOJI = {typed: emoji for emoji, forms in _SMILEYS.items() for typed in forms.split()}


def would_rewrite(text: str, rewrites: bool) -> list[str]:
    """What the blog would store otherwise than it is written here, each in words; empty when nothing.

    `rewrites` says that our account there may not write HTML as it likes, which is so for every role below Editor.
    """
    found = []
    if rewrites:
        if "<" in text:
            found.append(
                _("The blog removes or changes '<' and what follows it, because our account may not write HTML.")
            )
        if ">" in text:
            found.append(_("The blog stores '>' as '&gt;'. Readers see '>', but the stored text differs."))
        if re.search(r"&(?!(?:amp|lt|gt|quot);)", text):
            found.append(_("The blog stores '&' as '&amp;'. Readers see '&', but the stored text differs."))
    if re.search(r"<a\s", text, re.IGNORECASE):
        found.append(_("The blog adds 'rel' to links that are written as HTML. Write the plain address instead."))
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f]", text):
        found.append(_("The text holds invisible control characters, which the blog removes."))
    if len(text.encode("utf-8", "replace")) > _LONGEST:
        found.append(_("The text is longer than the {most} bytes that the blog can store.", most=number(_LONGEST)))
    return found


def difference(sent: str, rendered: str, *, place: str = "") -> str:
    """How what readers see differs from what was sent, beyond the blog's typography; empty when it does not.

    WordPress curls quotes, joins dashes and dots, turns smileys into pictures and makes paragraphs; words, numbers and
    addresses must be the same.
    """
    ours, theirs = _plain(sent), _plain(to_text(rendered))
    if ours == theirs:
        return ""
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), min(len(ours), len(theirs)))
    start = max(0, at - 15)
    return _(
        "{place} shows '…{theirs}…' where '…{ours}…' was sent.",
        place=place or _("The blog"),
        theirs=theirs[start : at + 25],
        ours=ours[start : at + 25],
    )


def _plain(text: str) -> str:
    words = (_EMOJI.get(word, word) for word in text.translate(_MARKS).split())
    joined = " ".join(words).replace("''", '"').replace("``", '"').replace("Wordpress", "WordPress")
    return re.sub("-{2,3}", "-", joined)
