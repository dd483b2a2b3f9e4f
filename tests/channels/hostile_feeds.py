"""Feeds that mean harm, or were made by accident: what grows, odd letters, odd forms."""

import gzip
import zlib
from functools import partial

from tests.channels.hostile import (
    DAMAGED,
    FAMILY,
    NOT_A_FEED,
    SOUND,
    TOO_HARD,
    TOWER,
    TURNED,
    Kind,
    atom,
    entry,
    item,
    laughs,
    made,
    packed_zeros,
    rss,
    sends,
)


def bare(body: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


GROWING: tuple[Kind, ...] = (
    Kind("billion laughs", made(laughs), says=f"{TOO_HARD}|{DAMAGED}", kept=True, hides=("lollollol",)),
    Kind(
        "billion laughs in UTF-16",
        made(lambda: laughs().decode().encode("utf-16")),
        says=f"{TOO_HARD}|{DAMAGED}",
        kept=True,
        hides=("lollollol",),
    ),
    Kind(
        "billion laughs hidden in UTF-7",
        made(lambda: laughs().replace(b"?>", b' encoding="utf-7"?>', 1).replace(b"<!E", b"+ADw-!E")),
        says=f"{TOO_HARD}|{DAMAGED}",
        kept=True,
        hides=("lollollol",),
    ),
    Kind(
        "quadratic entity",
        made(lambda: rss(item(), item("&a;" * 20_000, 2), head=f'<!DOCTYPE rss [<!ENTITY a "{"x" * 30_000}">]>')),
        says=f"{TOO_HARD}|{NOT_A_FEED}|{DAMAGED}",
    ),
    Kind(
        "entities that name each other",
        made(lambda: rss(item(), item("&a;", 2), head='<!DOCTYPE rss [<!ENTITY a "&b;"><!ENTITY b "&a;">]>')),
        says=DAMAGED,
        finds=1,
        shows=(SOUND,),
    ),
    Kind(
        "external entity, a file",
        made(lambda: rss(item(), item("&x;", 2), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>')),
        finds=1,
        says=DAMAGED,
        shows=(SOUND,),
        hides=("root:",),
    ),
    Kind(
        "external entity, a server",
        made(lambda: rss(item(), item("&x;", 2), head='<!DOCTYPE rss [<!ENTITY x SYSTEM "http://blog.example/x">]>')),
        finds=1,
        says=DAMAGED,
        asked=1,
    ),
    Kind(
        "parameter entities from outside",
        made(lambda: rss(item(), head='<!DOCTYPE rss [<!ENTITY % p SYSTEM "http://blog.example/x"> %p;]>')),
        finds=1,
        says=DAMAGED,
        asked=1,
    ),
    Kind(
        "document type from outside", made(lambda: rss(item(), head='<!DOCTYPE rss SYSTEM "http://blog.example/x">')), 1
    ),
    Kind("gzip bomb", made(partial(packed_zeros, 100), content_encoding="gzip"), says="more than 10 MB"),
    Kind("deflate bomb", made(partial(packed_zeros, 100, 15), content_encoding="deflate"), says="more than 10 MB"),
    Kind(
        "gzip in gzip", made(lambda: gzip.compress(packed_zeros(100)), content_encoding="gzip, gzip"), says="unpacked"
    ),
    Kind(
        "gzip in gzip, told once",
        made(lambda: gzip.compress(packed_zeros(100)), content_encoding="gzip"),
        says=NOT_A_FEED,
    ),
    Kind(
        "gzip of a hundred thousand members",
        made(lambda: gzip.compress(b"") * 100_000 + gzip.compress(rss(item())), content_encoding="gzip"),
        finds=1,
    ),
    Kind("deflate nobody asked for", sends(zlib.compress(rss(item())), content_encoding="deflate"), 1, shows=(SOUND,)),
    Kind("bare deflate", sends(bare(rss(item())), content_encoding="deflate"), 1, shows=(SOUND,)),
    Kind(
        "deflate with more behind it",
        sends(zlib.compress(rss(item())) + b"x", content_encoding="deflate"),
        0,
        "unpacked",
    ),
    Kind("brotli nobody asked for", sends(b"\x0b\x02\x80a\x03", content_encoding="br"), says="unpacked"),
    Kind("a gzip file as the feed", made(lambda: gzip.compress(rss(item()))), says=NOT_A_FEED),
    Kind(
        "100,000 entries",
        made(
            lambda: rss(*(f"<item><guid>{n}</guid><description>{SOUND}</description></item>" for n in range(100_000)))
        ),
        10_000,
        "10,000 entries",
        (SOUND,),
        kept=True,
        mb=200,
    ),
    Kind("100,000 long entries", made(lambda: rss(*(item(number=n) for n in range(100_000)))), says="10 MB"),
    Kind(
        "100,000 short entries",
        made(lambda: rss(*(f"<item><guid>{n}</guid></item>" for n in range(100_000)))),
        10_000,
        "10,000 entries",
        kept=True,
        mb=200,
    ),
    Kind("100,000 levels deep", made(lambda: rss(item(), "<a>" * 100_000 + "</a>" * 100_000)), 1, shows=(SOUND,)),
    Kind(
        "200,000 levels that never end",
        made(lambda: rss(item(), "<a>" * 200_000)),
        says=f"{TOO_HARD}|{DAMAGED}",
        kept=True,
    ),
    Kind(
        "100,000 levels of text",
        made(lambda: atom(entry(f"<content type='xhtml'>{'<div>' * 100_000}x{'</div>' * 100_000}</content>"))),
        1,
    ),
    Kind(
        "a million attributes",
        made(lambda: rss(item(), "<a " + " ".join(f"a{n}=''" for n in range(900_000)) + "/>")),
        says=f"{TOO_HARD}|{DAMAGED}|MB",
        kept=True,
    ),
    Kind(
        "the same attribute a million times",
        made(lambda: rss(item(), "<a " + 'a="1" ' * 1_000_000 + "/>")),
        says=f"{TOO_HARD}|{DAMAGED}",
        kept=True,
    ),
    Kind("a huge attribute", made(lambda: rss(item(), f'<a b="{"x" * 9_000_000}"/>')), 1, shows=(SOUND,), mb=90),
    Kind("one text of 10 MB", made(lambda: rss(item(), item("word " * 1_980_000, 2))), 2, shows=(SOUND,), mb=90),
    Kind("more than 10 MB, of one entry", made(lambda: rss(item("word " * 2_100_000))), says="10 MB"),
    Kind(
        "a million ampersands",
        made(lambda: rss(item(), item("&" * 1_000_000, 2))),
        says=f"{TOO_HARD}|{DAMAGED}",
        kept=True,
    ),
    Kind(
        "entity soup",
        sends(rss(item(), item("&nbsp;&eacute;&#x110000;&#0;&#xD800;&bogus;&amp;amp;lt;&&;&#;", 2))),
        2,
        DAMAGED,
        (SOUND, "é"),
    ),
    Kind(
        "half a million tags in a broken feed",
        made(lambda: rss(item("&bad;" + "<p>x</p>" * 240_000))),
        says=f"{TOO_HARD}|{DAMAGED}",
        kept=True,
    ),
    Kind(
        "100,000 feeds in feeds",
        made(lambda: b"<rss><channel><item>" * 100_000),
        says=f"{TOO_HARD}|{DAMAGED}|10,000 entries",
        kept=True,
    ),
    Kind("30,000 namespaces", made(lambda: rss(item(), *(f'<x:a xmlns:x="urn:{n}"/>' for n in range(30_000)))), 1),
    Kind("50,000 categories of one entry", made(lambda: rss(item(more="<category>x</category>" * 50_000))), 1),
    Kind("20,000 texts of one entry", made(lambda: rss(item(more="<description>x</description>" * 20_000))), 1),
)

LETTERS: tuple[Kind, ...] = (
    Kind("NUL bytes", sends(rss(item("See\x00 you \x00on Saturday.\x00"))), 1, shows=(SOUND,), hides=("\\x00",)),
    Kind("every control character", sends(rss(item(SOUND + "".join(map(chr, range(1, 9)))))), 1, shows=(SOUND,)),
    Kind(
        "invalid bytes",
        sends(rss(item("gr\xf6\xdfer und gr\xf6\xdfer é")).replace("é".encode(), b"\xff")),
        1,
        "letters of the feed are damaged",
        ("größer",),
    ),
    Kind("overlong UTF-8", sends(rss(item(SOUND + "@")).replace(b"@", b"\xc0\xaf")), 1, "letters", (SOUND,)),
    Kind("lone surrogates", sends(rss(item(SOUND + "\ud83d"))), 1, "letters", (SOUND,), hides=("\\ud83d",)),
    Kind("right-to-left overrides", sends(rss(item(TURNED))), 1, shows=("Pay",)),
    Kind("combining towers", sends(rss(item(TOWER), item(number=2))), 2, shows=(SOUND,)),
    Kind("emoji towers", sends(rss(item(FAMILY), item(number=2))), 2, shows=(SOUND,)),
    Kind(
        "UTF-16 with a mark",
        sends(rss(item("größer")).decode().encode("utf-16"), content_type="application/rss+xml"),
        1,
        shows=("größer",),
    ),
    Kind("UTF-16 without a mark", sends(rss(item("größer")).decode().encode("utf-16-be")), 1, shows=("größer",)),
    Kind("UTF-32 with a mark", sends(rss(item("größer")).decode().encode("utf-32")), 1, shows=("größer",)),
    Kind("UTF-32 without a mark", sends(rss(item("größer")).decode().encode("utf-32-le")), 1, shows=("größer",)),
    Kind(
        "half a letter of UTF-32",
        sends(rss(item("größer")).decode().encode("utf-32")[:-3]),
        1,
        "letters of the feed",
        shows=("größer",),
    ),
    Kind(
        "EBCDIC",
        sends(rss(item("grosser"), head='<?xml version="1.0" encoding="cp037"?>').decode().encode("cp037")),
        1,
        shows=("grosser",),
    ),
    Kind(
        "UTF-7 that hides a tag",
        sends(rss(item("+ADw-script+AD4-x"), head='<?xml version="1.0" encoding="utf-7"?>')),
        1,
    ),
    Kind(
        "an encoding that does not exist",
        sends(rss(item("größer"), head='<?xml version="1.0" encoding="klingon-1"?>')),
        1,
        "UTF-8",
        ("größer",),
    ),
    Kind(
        "an encoding that is a codec of Python",
        sends(rss(item(), head='<?xml version="1.0" encoding="bz2_codec"?>'), content_type="text/xml; charset=rot13"),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "declared UTF-16, is UTF-8",
        sends(rss(item("größer"), head='<?xml version="1.0" encoding="utf-16"?>')),
        1,
        "UTF-8",
        ("größer",),
    ),
    Kind(
        "sent as one charset, declared as another, is a third",
        sends(
            rss(item("größer"), head='<?xml version="1.0" encoding="big5"?>').decode().encode("cp1252"),
            content_type="text/xml; charset=koi8-r",
        ),
        1,
    ),
    Kind(
        "mixed newlines",
        sends(rss(item("&lt;p&gt;one\r\ntwo\rthree\n\r four&lt;/p&gt;\u2028five\u0085"))),
        1,
        shows=("one two three four",),
    ),
    Kind(
        "letters that look like others", sends(rss(item("pаypаl", more="<author>Аda</author>"))), 1, shows=("pаypаl",)
    ),
)

FORM: tuple[Kind, ...] = (
    Kind(
        "19,000 comments without end",
        made(lambda: rss(item(), item("<!-- words and words " * 19_000, 2))),
        1,
        DAMAGED,
        (SOUND,),
    ),
    Kind(
        "19,000 CDATA without end",
        made(lambda: rss(item(), item("<![CDATA[ words and more " * 19_000, 2))),
        1,
        DAMAGED,
        (SOUND,),
    ),
    Kind(
        "dates of no use",
        sends(
            rss(
                *(
                    item(number=n, date=d)
                    for n, d in enumerate(
                        (
                            "Mon, 01 Jan 0000 00:00:00 GMT",
                            "9999-12-31T23:59:59Z",
                            "99999-01-01",
                            "-1",
                            "0",
                            "9" * 400,
                            "Mon, 32 Feb 2026 25:61:61 +9999",
                            "2026-03-02T08:00:00+99:99",
                            "Mon, 02 Mar 2026 08:00:00 XYZ",
                            "ⅫI, ０２ Mar ２０２６",
                        )
                    )
                )
            )
        ),
        10,
    ),
    Kind("a date of five million letters", made(lambda: rss(item(date="2026-" * 1_000_000), item(number=2))), 2, mb=90),
    Kind(
        "one guid for all",
        sends(rss(*(f"<item><guid>same</guid><description>text {n}</description></item>" for n in range(50)))),
        50,
        shows=("text 49",),
    ),
    Kind(
        "no guid, no link",
        sends(rss(*(f"<item><description>text {n}</description></item>" for n in range(50)))),
        50,
        shows=("text 49",),
    ),
    Kind(
        "guids that are almost equal",
        sends(
            rss(
                *(
                    f"<item><guid>{g}</guid><description>{n}</description></item>"
                    for n, g in enumerate(("g", "G", "g\u200b", "ｇ"))
                )
            )
        ),
        4,
    ),
    Kind(
        "xml:base games",
        sends(
            rss(
                *(
                    f'<item xml:base="{b}"><link>x</link><guid>{n}</guid><description>{SOUND}</description></item>'
                    for n, b in enumerate(("javascript:", "file:///etc/", "//", "http://[", "data:,"))
                )
            )
        ),
        5,
        hides=("url='javascript", "url='file", "url='data"),
    ),
    Kind(
        "script and iframe",
        sends(rss(item("&lt;script&gt;alert(1)&lt;/script&gt;&lt;iframe src='//x'&gt;y&lt;/iframe&gt;" + SOUND))),
        1,
        shows=(f"text='{SOUND}'",),
    ),
    Kind(
        "script in every field",
        sends(
            rss(item(more="<title><![CDATA[<script>x</script>]]></title><author>&lt;img src=x onerror=y&gt;</author>"))
        ),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "links that are no web address",
        sends(
            rss(
                *(
                    f"<item><guid>{n}</guid><link>{u}</link><description>{SOUND}</description></item>"
                    for n, u in enumerate(
                        (
                            "javascript:alert(1)",
                            "data:text/html,x",
                            "vbscript:x",
                            " java\tscript:x",
                            "file:///etc/passwd",
                        )
                    )
                )
            )
        ),
        5,
        hides=("url='j", "url='d", "url='v", "url='f"),
    ),
    Kind(
        "a name and password in links",
        sends(
            rss(
                f"<item><guid>1</guid><link>https://bank.example:pw@evil.example/</link><description>{SOUND}</description></item>"
            )
        ),
        1,
        hides=("url='https://bank",),
    ),
    Kind(
        "links in look-alike letters",
        sends(rss(f"<item><guid>1</guid><link>https://аpple.example/</link><description>{SOUND}</description></item>")),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "absurdly long title, author, link and guid",
        made(
            lambda: rss(
                f"<item><title>{'t' * 1_000_000}</title><author>{'a' * 1_000_000}</author>"
                f"<link>https://blog.example/{'l' * 1_000_000}</link><guid>{'g' * 1_000_000}</guid>"
                f"<description>{SOUND}</description></item>"
            )
        ),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "an author of a million at-signs",
        made(lambda: rss(item(more=f"<author>{'a@' * 500_000}</author>"))),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "CDATA games",
        sends(rss(item("<![CDATA[a ]]]]><![CDATA[> b <![CDATA[ c]]>"), item(number=2))),
        2,
        shows=(SOUND,),
    ),
    Kind(
        "CDATA without end",
        sends(rss(item(), "<item><guid>2</guid><description><![CDATA[ no end")),
        1,
        DAMAGED,
        (SOUND,),
        kept=True,
    ),
    Kind("a comment without end", sends(rss(item(), "<!-- no end ")), 1, DAMAGED, (SOUND,)),
    Kind(
        "processing instructions",
        sends(rss('<?php system("x") ?>', item(), '<?xml-stylesheet href="javascript:x"?>')),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "a declaration after the beginning",
        sends(b"\n\n " + rss(item(), head='<?xml version="1.0"?>')),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "namespaces bound anew",
        sends(
            atom(entry(f"<content>{SOUND}</content>"), f'<x xmlns="urn:other">{entry("<content>no</content>", 2)}</x>')
        ),
        1,
        shows=(SOUND,),
    ),
    Kind("a prefix that nobody bound", sends(rss(item(more="<bad:x>y</bad:x>"))), 1, DAMAGED, (SOUND,)),
    Kind("entries outside the channel", sends(rss(item(), after=item("Outside.", 2))), 2, shows=(SOUND, "Outside.")),
    Kind(
        "a feed inside an entry",
        sends(rss(item(more=rss(item("Inside.", 2)).decode()), item(number=3))),
        2,
        shows=(SOUND,),
    ),
    Kind("two feeds one after the other", sends(rss(item()) + rss(item("Second.", 2))), 1, DAMAGED, (SOUND,)),
    Kind(
        "an entry that answers itself",
        sends(
            atom(
                entry(
                    f"<content>{SOUND}</content>",
                    more='<in-reply-to xmlns="http://purl.org/syndication/thread/1.0" ref="tag:blog.example,1"/>',
                )
            )
        ),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "Atom within RSS within RDF",
        sends(
            b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            + rss(item())
            + atom(entry("<content>Atom.</content>", 2))
            + b"</rdf:RDF>"
        ),
        2,
        shows=(SOUND, "Atom."),
    ),
    Kind(
        "tags in capitals, attributes without quotes",
        sends(rss(item()).upper().replace(b"VERSION=", b"version =")),
        1,
        shows=("SEE YOU",),
    ),
)
