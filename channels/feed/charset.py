"""In which letters a document is written: what its bytes say counts more than what it claims."""

import codecs
import re

from model.language import _

_DECLARED = re.compile(rb"<\?xml[^>]{0,100}\bencoding\s{0,5}=\s{0,5}[\"']([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_SENT = re.compile(r"charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9._-]{1,40})", re.IGNORECASE)
_UTF8 = "application/xml; charset=utf-8"
# Encodings in which every ASCII letter is written as itself, and no other bytes hide one.
_ASCII_WITHIN = re.compile(
    "(?:utf-?8|us-ascii|ascii|latin-?[0-9]+|iso-?8859-[0-9]+|windows-[0-9]+|cp125[0-9]|koi8-[ru]"
    "|gb2312|gbk|gb18030|big5|shift_jis|euc-[a-z]{2})$"
)
# How '<' and what follows it look in the encodings that no ASCII word can be found in.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARATION = re.compile(r"^\ufeff?\s{0,20}<\?xml[^>]{0,200}\?>")
# What no XML may hold and no text needs; escape and shift stay, as Japanese encodings are made of them.
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r\x0e\x0f\x1b"})


def narrow(body: bytes, content_type: str) -> tuple[bytes, str]:
    """A document without control characters, in an encoding that has ASCII in it, and its content type."""
    for start, encoding in _WIDE:
        if body.startswith(start):
            text = body.decode(encoding, "replace")
            body, content_type = _DECLARATION.sub("", text).encode("utf-8", "replace"), _UTF8
            break
    # Many blogs send empty lines before the declaration, where no XML may have any.
    return body.translate(None, _CONTROLS).lstrip(), content_type


def ordinary(body: bytes, content_type: str) -> bool:
    """Whether the ASCII letters among the bytes are what they look like, whatever encoding is named."""
    named = (_sent(content_type), _in_document(body))
    return all(not one or _ASCII_WITHIN.match(one) for one in named)


def settle(body: bytes, content_type: str) -> tuple[bytes, str, tuple[str, ...]]:
    """A document, the content type to parse it with, and problems for people.

    Bytes that make sense as UTF-8 are UTF-8 whatever was declared, as no other text looks like that by chance; so one
    damaged byte, or a cut within a letter, does not turn every accent of the document into two wrong letters.
    """
    if body.isascii():
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
        problems.append(
            _("Some letters of the feed are damaged; they are shown as \ufffd. Whoever runs the site can mend that.")
        )
    elif any(one not in ("utf-8", "utf8", "us-ascii") for one in declared):
        problems.append(
            _(
                "The feed says that it is written in {letters}, but it is in UTF-8; it was read as that. Whoever runs"
                " the site can mend that.",
                letters=declared[0],
            )
        )
    return body, _UTF8, tuple(problems)


def _sent(content_type: str) -> str:
    found = _SENT.search(content_type)
    return found[1].lower() if found else ""


def _in_document(body: bytes) -> str:
    found = _DECLARED.search(body[:300])
    return found[1].decode("ascii").lower() if found else ""
