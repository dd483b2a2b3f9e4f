"""Comments as readers write them and WordPress feeds as blogs send them, made in code and the same in each run."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape

SITE = "https://blog.example.org"
_START = datetime(2026, 1, 1, 8, tzinfo=UTC)
_POSTS = 400

_OPENINGS = [
    "I read this twice on the train",
    "My sister told me about your post",
    "We talked about this at our last meeting",
    "The new rooms look as they did on the plan",
    "I was at the open day in March",
    "Our neighbours have the same question",
    "As a member since 2011 I follow this closely",
    "I am new here and do not know all the names",
    "For the record, I like the new timetable",
    "On Mondays we come with the whole family",
]
_MIDDLES = [
    "and the part about the parking places is not clear to me",
    "but the bus stops running at eight in winter",
    "and I wonder who decides which groups get the hall",
    "so I will bring my camera and two friends",
    "although the old form was easier to fill in",
    "and the photographs of the garden are lovely",
    "but the price for families went up again",
    "because the meeting was moved without a word",
    "and I could not find the minutes anywhere",
    "while the choir practises on the same evening",
]
_CLOSINGS = [
    "Is there a list of dates?",
    "I would help on Saturdays.",
    "Maybe next year, then.",
    "It was a good evening all the same.",
    "That is too bad, really.",
    "Could somebody explain it in plain words?",
    "I hope the weather holds!",
    "The coffee was terrible, the cake was great.",
    "See you all in the autumn.",
    "Not everybody can pay online, you know.",
]
_GRAVE = [
    "My son was hurt on the broken stairs and nobody called me.",
    "I was insulted at the desk because of where I come from.",
    "You promised a refund in May, and I have written three times without an answer.",
    "My lawyer says that this is a breach of contract.",
    "You published my home address, and now strangers ring at my door.",
]
_SPAM = [
    "Great post! I really like your writing, keep up the good work!",
    "Cheap watches and casino bonus at http://spam.example.net/win today.",
]
_ANSWERS = '<p>In reply to <a href="{url}">{name}</a>.</p>\n'


@dataclass(frozen=True, slots=True)
class Made:
    """A generated comment; `parent` is the one it answers, in the same feed."""

    number: int
    post: int
    author: str
    paragraphs: tuple[str, ...]
    parent: "Made | None"

    @property
    def url(self) -> str:
        return f"{SITE}/2026/post-{self.post}/#comment-{self.number}"


def feeds(count: int, size: int, seed: int = 7) -> Iterator[list[Made]]:
    """`count` feeds of `size` comments, newest first as WordPress sends them; numbers go on from feed to feed.

    About one comment in fifteen needs a person, one in twenty is spam, one in five answers another.
    """
    chance = random.Random(seed)
    number = 0
    for _ in range(count):
        made: list[Made] = []
        for _ in range(size):
            number += 1
            made.append(_comment(chance, number, made))
        yield made[::-1]


def _comment(chance: random.Random, number: int, before: Sequence[Made]) -> Made:
    parent = chance.choice(before) if before and chance.random() < 0.2 else None
    post = parent.post if parent else chance.randrange(_POSTS)
    author = f"Reader {chance.randrange(4000)}"
    luck = chance.random()
    if luck < 0.05:
        return Made(number, post, author, (chance.choice(_SPAM),), parent)
    paragraphs = [_paragraph(chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    if luck > 0.92:
        paragraphs.insert(chance.randrange(len(paragraphs) + 1), chance.choice(_GRAVE))
    return Made(number, post, author, tuple(paragraphs), parent)


def _paragraph(chance: random.Random) -> str:
    sentences = [
        f"{chance.choice(_OPENINGS)}, {chance.choice(_MIDDLES)}. {chance.choice(_CLOSINGS)}"
        for _ in range(chance.choice((1, 1, 2, 2, 3)))
    ]
    return " ".join(sentences)


def rss(comments: Sequence[Made]) -> bytes:
    """The comments as WordPress's comments feed (RSS 2.0), with the paragraph it puts before answers."""
    return (_HEAD + "".join(_item(comment) for comment in comments) + "</channel></rss>\n").encode()


_HEAD = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
	xmlns:content="http://purl.org/rss/1.0/modules/content/"
	xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:atom="http://www.w3.org/2005/Atom"
	xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">
<channel>
	<title>Comments for The association</title>
	<atom:link href="{SITE}/comments/feed/" rel="self" type="application/rss+xml" />
	<link>{SITE}/</link>
	<description>Rooms, courses and company</description>
	<sy:updatePeriod>hourly</sy:updatePeriod>
	<sy:updateFrequency>1</sy:updateFrequency>
	<generator>https://wordpress.org/?v=6.8</generator>
"""


def _item(comment: Made) -> str:
    answers = _ANSWERS.format(url=comment.parent.url, name=comment.parent.author) if comment.parent else ""
    body = answers + "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in comment.paragraphs)
    plain = escape(" ".join(comment.paragraphs), quote=False)
    return f"""	<item>
		<title>Comment on Post {comment.post} by {comment.author}</title>
		<link>{comment.url}</link>
		<dc:creator><![CDATA[{comment.author}]]></dc:creator>
		<pubDate>{format_datetime(_START + timedelta(minutes=comment.number))}</pubDate>
		<guid isPermaLink="false">{SITE}/?p={comment.post}#comment-{comment.number}</guid>
		<description>{plain}</description>
		<content:encoded><![CDATA[{body}]]></content:encoded>
	</item>
"""
