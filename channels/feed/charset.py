"""In which letters a document is written: what its bytes say counts more than what it claims."""

import codecs
import re

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}\bencoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_SENT = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_UTF8 = "application/xml; charset=utf-8"


def settle(body: bytes, content_type: str) -> tuple[bytes, str, tuple[str, ...]]:
    """A document, the content type to parse it with, and problems for people.

    Bytes that make sense as UTF-8 are UTF-8 whatever was declared, as no other text looks like that by chance; so one
    damaged byte, or a cut within a letter, does not turn every accent of the document into two wrong letters.
    """
    if b"\x00" in body[:200] or body.isascii():
        return body, content_type, ()
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(body)
    damaged, extra = text.count("\ufffd"), len(body) - len(text)
    if damaged and extra < 2 * damaged:
        return body, content_type, ()
    if half := len(decoder.getstate()[0]):
        body = body[:-half]  # the document was cut within a letter, which says nothing of the others
    declared = [one for one in (_sent(content_type), _in_document(body)) if one]
    problems = []
    if damaged:
        body = text.encode()
        problems.append("Some letters of the feed are damaged; they are shown as \ufffd.")
    elif any(one not in ("utf-8", "utf8", "us-ascii") for one in declared):
        problems.append(f"The feed says that it is written in {declared[0]}, but it is in UTF-8; it was read as that.")
    return body, _UTF8, tuple(problems)


def _sent(content_type: str) -> str:
    found = _SENT.search(content_type)
    return found[1].lower() if found else ""


def _in_document(body: bytes) -> str:
    found = _DECLARED.search(body[:300])
    return found[1].decode("ascii").lower() if found else ""
