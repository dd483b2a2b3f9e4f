"""From which severity on a text is hidden until asked for: the rule, and each place that shows a comment's words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.assessment import Reason
from model.content import Target
from model.words import Action, Channel
from response.wellness import NEVER
from store.answered import Answered
from store.authors import Author, Past
from store.comments import Comment, Thread
from store.deciding import Row
from web.ui import author, deciding_lists, earlier, moderating, preview, reading, softening

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = "I know where you live"
TARGET = Target(Channel.BLOG, 1, 1, 1, 1)
POST = Thread(1, 1, "https://blog.example/post", "A post", "")
WHOSE = ("Cem", Channel.BLOG, 4, {}, NOW)
REASON = Reason("harm:threat", f"Threat (“{WORDS}”)", "", 0, len(WORDS), WORDS, 1.0)


def comment(severity: int, *, flagged: bool = True, number: int = 1) -> Comment:
    known = {"source_id": 1, "thread_id": 1, "identity": f"wp:{number}", "external_id": str(number), "author": "Cem"}
    known |= {"parent_identity": "", "author_id": "", "url": "", "status": "", "published_at": NOW, "read_at": NOW}
    rest = {"deleted_at": None, "ours": False, "revision": 1, "spam": False, "sentiment": 0.0, "thread_title": ""}
    return Comment(id=number, flagged=flagged, severity=severity, text=WORDS, **known, **rest)  # type: ignore[arg-type]


@given(st.integers(0, 4), st.integers(1, NEVER))
def test_what_was_flagged_is_hidden_from_the_chosen_severity_on_and_nothing_else(severity: int, soften: int) -> None:
    assert bool(softening.holds(severity, soften, [REASON])) == (severity >= soften)
    assert softening.holds(0, soften) == ""
    assert WORDS not in softening.holds(severity, soften, [REASON])


def test_what_was_not_flagged_is_shown_whatever_a_score_says() -> None:
    assert comment(4, flagged=False).flagged_severity == 0


def places(one: Comment, soften: int) -> dict[str, str]:
    """What each place shows of a comment."""
    past = Past(2, "wp:2", NOW, one.text, "", "", None, None, severity=one.flagged_severity)
    answered = Answered(1, 1, 1, "Cem", one.text, "We are sorry.", NOW, "", one.flagged_severity)
    act = Row(1, 1, 1, 1, Action.TRASH, "waiting", 1, "Ines", "A threat.", one.text, one.flagged_severity, *WHOSE)
    reply = replace(comment(0, number=2), parent_identity=one.identity, text="An answer")
    return {
        "the comment": reading.comment(one, [REASON], lead=True, soften=soften),
        "the thread": reading.thread(POST, [one, reply], reply, {}, soften=soften),
        "why it is here": reading.why([REASON], hide=bool(softening.holds(one.flagged_severity, soften))),
        "the preview": preview.previews([TARGET], "We are sorry.", "Us", 1, one, soften=soften),
        "what they wrote before": author.author(Author("Cem", False, 2, NOW, (past,), ()), "Blog", soften),
        "earlier answers": earlier._shown(earlier.Earlier(answered, 1.0, ()), soften),
        "moderation": moderating.to_be_done(Action.TRASH, one, soften),
        "the list of My approvals": str(deciding_lists.drawn(act, soften)),
        "what waits because of somebody": deciding_lists.because_html([act], {}, [], soften),
    }


@pytest.mark.parametrize("soften", [1, 4])
def test_no_place_shows_hidden_words_but_behind_show_and_all_show_what_is_not(
    soften: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.ui.words.zone", lambda: UTC)
    for place, shown in places(comment(4), soften).items():
        before, _, behind = shown.partition("<summary>Hidden: severity 4")
        assert WORDS not in before.replace("Hidden: severity 4", ""), place
        assert behind == "" or WORDS in behind, place
    for place, shown in places(comment(4), NEVER).items():
        assert WORDS in shown and "Hidden" not in shown, place
