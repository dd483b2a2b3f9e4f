"""The thread beside the queue: nesting, marks, links, and that nothing in it is markup, loaded, or opened by itself."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.html import to_text
from channels.links import outward
from model.assessment import Reason
from model.language import using
from model.route import Step
from model.words import Quorum
from store.comments import Comment, Thread
from store.threads import Part
from web.ui import reading
from web.ui.body import MOST, SHOWN, body
from web.ui.links import leads, link, placed
from web.ui.nesting import DEPTH, nested

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
TAGS = {"div", "details", "summary", "mark", "sup", "span", "bdi", "br", "p", "a"}
NASTY = "<script>alert(1)</script><img src=x onerror=alert(1)> \"quoted\" & 'single' javascript:alert(1)"


def comment(number: int, parent: str = "", text: str = "Yes.", **more: object) -> Comment:
    one = Comment(
        id=number,
        source_id=1,
        thread_id=1,
        identity=f"wp:{number}",
        external_id=f"wp:{number}",
        parent_identity=parent,
        author=f"Reader {number}",
        author_id="",
        url="",
        status="",
        published_at=NOW + timedelta(minutes=number),
        read_at=NOW,
        deleted_at=None,
        ours=False,
        revision=1,
        flagged=False,
        spam=False,
        severity=0,
        sentiment=0.0,
        text=text,
        thread_title="Post",
    )
    return replace(one, **more)  # type: ignore[arg-type]


def reason(start: int, end: int, label: str = "Health") -> Reason:
    return Reason("matter:health", label, "health", start, end, "", 0.5)


class Seen(HTMLParser):
    """The elements and attributes of some HTML, and its words without those of notes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


# --- nesting ---------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(-1, 15), max_size=14))
def test_each_comment_stands_once_below_what_it_answers_or_says_whom_it_answers(answers: list[int]) -> None:
    """Answers to what is not there, to themselves, to later ones and in circles included."""
    shown = [comment(n, f"wp:{parent}" if parent >= 0 else "") for n, parent in enumerate(answers)]
    turns = nested(shown, {f"wp:{n}": comment(n) for n in range(20)})
    assert sorted(turn.comment.id for turn in turns) == list(range(len(shown)))
    for place, turn in enumerate(turns):
        assert 0 <= turn.depth <= DEPTH
        nearest = next((one for one in reversed(turns[:place]) if one.depth < turn.depth), None)
        parent = turn.comment.parent_identity
        if turn.answers:
            assert turn.answers.identity == parent
        elif parent and parent != turn.comment.identity:
            assert nearest is not None
            assert nearest.comment.identity == parent
    tops = [turn.comment.id for turn in turns if turn.depth == 0 and not turn.comment.parent_identity]
    assert tops == sorted(tops), "what answers nothing stands in the order given"


def test_answers_go_in_as_far_as_sensible_and_then_name_whom_they_answer() -> None:
    chain = [comment(n, f"wp:{n - 1}" if n else "") for n in range(6)]
    turns = nested(chain)
    assert [turn.depth for turn in turns] == [0, 1, 2, 3, 3, 3]
    assert [turn.answers.id if turn.answers else None for turn in turns] == [None, None, None, None, 3, 4]


# --- marks and escaping ----------------------------------------------------------------------------------------------


@given(st.text(max_size=400), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=5))
def test_whatever_a_comment_says_it_is_words_and_only_our_elements_are_there(
    text: str, spans: list[tuple[int, int]]
) -> None:
    reasons = [reason(start, end, NASTY) for start, end in spans]
    seen = Seen(body(NASTY + text, reasons))
    assert {tag for tag, _ in seen.elements} <= TAGS
    for tag, attributes in seen.elements:
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in attributes), tag
    assert "<script>alert(1)</script>" in seen.words


def test_marks_that_overlap_all_keep_their_number_and_say_why() -> None:
    shown = body("My daughter had a rash on both hands.", [reason(0, 37, "Negative"), reason(18, 22, "A rash")])
    assert re.findall(r"<sup tabindex='0'>(\d)", shown) == ["2", "1"]
    assert "A rash, 50% of the concern, found by its words" in shown
    assert shown.count("class='lh-two'") == 1


def test_a_long_comment_is_folded_and_open_where_a_mark_lies_in_what_is_folded() -> None:
    text = "word " * 2_000
    assert "<details><summary>9,1" in body(text, most=SHOWN)
    assert "<details open>" in body(text, [reason(9_000, 9_100)], most=SHOWN)
    assert f"{30_000 - MOST:,} more characters are not shown" in body("x" * 30_000, most=SHOWN)


def test_names_states_and_titles_are_words_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)
    lead = comment(1, author=NASTY, text="Hello.", revision=2, status="hold")
    ours = comment(2, "wp:1", ours=True, deleted_at=NOW)
    gone = comment(3, text="", erased_at=NOW)
    part = Part((lead, ours, gone), 0, 0, 1, 3, frozenset(), {}, {})
    shown = reading.part(Thread(1, 1, "https://blog.example/post", NASTY, NASTY), part, lead, {}, {2}, soften=5)
    assert "<script" not in shown
    assert "<img" not in shown
    for said in ("on hold on the blog", "edited", ">Ours<", "deleted", "also in this case", "gone for good"):
        assert said in shown
    assert "lh-turn lh-in1" in shown


def test_what_must_be_seen_with_the_comment_that_matters_stands_right_above_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)
    first, lead = comment(1), comment(2)
    post = Thread(1, 1, "https://blog.example/post", "Camp", "")
    here = reading.part(post, Part((first, lead), 0, 0, 1, 2, frozenset(), {}, {}), lead, {}, soften=5, above="<hr>")
    # What is brought into view is the turn with both.
    assert "data-lead='2'><hr><article" in here and here.count("<hr>") == 1
    elsewhere = reading.part(post, Part((first,), 0, 1, 1, 1, frozenset(), {}, {}), lead, {}, soften=5, above="<hr>")
    assert elsewhere.startswith("<hr>") and elsewhere.count("<hr>") == 1


# --- links and images ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "host", "reads", "mixed"),
    [
        ("https://example.org/a?b=c", "example.org", "", False),
        ("www.example.org", "www.example.org", "", False),
        ("https://bank.example@evil.example/", "evil.example", "", False),
        ("http://good.example\\@evil.example/", "good.example", "", False),
        ("https://p\u0430ypal.com/", "xn--pypal-4ve.com", "p\u0430ypal.com", True),
        ("https://xn--pypal-4ve.com/", "xn--pypal-4ve.com", "p\u0430ypal.com", True),
        ("https://fa\u00df.de/", "xn--fa-hia.de", "fa\u00df.de", False),
        ("https://\u65e5\u672c\u8a9e\u30c6\u30b9\u30c8.jp", "xn--zckzah9945czlbtz6h.jp", None, False),
        ("http://%65vil.example:8080/", "evil.example:8080", "", False),
    ],
)
def test_a_link_says_the_host_that_is_really_opened(address: str, host: str, reads: str | None, mixed: bool) -> None:
    found = leads(address)
    assert found is not None
    assert (found.host, found.mixed) == (host, mixed)
    assert reads is None or found.reads == reads
    assert found.address.partition("://")[2].startswith(f"{host}/")
    assert found.address.isascii()


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "mailto:a@b.example", "http://a\u202eb/", ""]
)
def test_what_is_no_web_address_is_no_link(address: str) -> None:
    assert leads(address) is None


@given(st.text(max_size=300))
def test_an_address_is_opened_as_it_is_shown_or_not_at_all(rest: str) -> None:
    found = leads(f"https://{rest}")
    if found:
        assert not re.search(r"[\s<>\"\\]", found.address)
        shown = Seen(link("words", placed(found.address, ())[0][0]))
        (opened,) = [attributes for tag, attributes in shown.elements if tag == "a"]
        assert str(opened["href"]).startswith(("https://", "http://"))


def test_links_and_images_stand_at_their_words_and_nothing_is_loaded_or_opened_by_itself() -> None:
    html = (
        "<p>Read <a href='https://evil.example/x'>https://bank.example</a>, see "
        "<img src='https://pixel.example/p.gif' alt='our hall'><img src=https://blind.example/1.gif></p>"
    )
    text = to_text(html)
    shown = body(text, outward=outward(html))
    seen = Seen(shown)
    for said in ("[link: evil.example]", "[image: pixel.example]", "[image: blind.example]"):
        assert said in seen.words
    assert not [tag for tag, _ in seen.elements if tag == "img"]
    (opened,) = [attributes for tag, attributes in seen.elements if tag == "a"]
    assert (opened["href"], opened["target"]) == ("https://evil.example/x", "_blank")
    assert {"noreferrer", "noopener"} <= set(str(opened["rel"]).split())
    assert shown.index("<details class='lh-link'><summary>") < shown.index("<a href")
    assert "bank.example" not in str(opened["href"])


@given(st.text(max_size=300))
def test_any_html_gives_some_links_and_never_fails(source: str) -> None:
    assert len(outward(source + "<a href='https://x.example'>x</a>" * 60)) <= 50


def test_a_route_ends_where_it_is_said_to_end_in_the_language_of_whoever_reads() -> None:
    steps = [Step(1, "Editors", Quorum.ANY, 3600, ()), Step(2, "Board", Quorum.ALL, 3600, ())]
    with using("de"):
        shown = reading.route(steps, [["Ada", "Ben"], []], first="Begin", last="End")
    assert re.sub("<[^>]*>", "|", shown) == "||Begin||→|||1| Ada oder Ben||→|||2| noch niemand||→||End||"
