"""What went wrong is said in the language of whoever reads: the same fault in English and in German."""

import pytest

from channels import messengers
from channels.faults import FetchError, to_try_again, without_promise
from channels.feed import apart
from channels.feed import read as feed
from channels.shape import Outcome, Rejected, Unknown
from channels.wordpress import api
from channels.wordpress.api import Site
from model.errors import LevelheadError
from model.language import using
from tests.channels.hostile import item, rss
from tests.channels.peers import Peer, Pieces, answer, as_json

LONG_WORD = "w" * 600
"""With it a feed is parsed in a process of its own."""


def fault(made: Pieces) -> LevelheadError:
    """What is raised where a site answers this to whoever reads its feed."""
    with Peer(lambda _: made) as peer, pytest.raises(LevelheadError) as raised:
        feed.read(peer.url, allow_private=True)
    return raised.value


@pytest.mark.parametrize(
    ("made", "english", "german", "again"),
    [
        (
            answer("", "503 Service Unavailable"),
            "127.0.0.1 is busy or being repaired.",
            "127.0.0.1 ist überlastet oder wird gewartet.",
            True,
        ),
        (
            answer("", "500 Oops"),
            "127.0.0.1 answered with an error (500).",
            "127.0.0.1 antwortete mit einem Fehler (500).",
            True,
        ),
        (
            answer("", "410 Gone"),
            "127.0.0.1 says that this feed is gone for good. Look for its new address.",
            "127.0.0.1 meldet, dass es diesen Feed endgültig nicht mehr gibt. Suchen Sie seine neue Adresse.",
            False,
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf",
            "The connection to 127.0.0.1 broke off.",
            "Die Verbindung zu 127.0.0.1 brach ab.",
            True,
        ),
        (
            answer(b"", length=12_340_000),
            "127.0.0.1 sent 12.3 MB (10 MB are allowed), which is refused. Choose a feed with fewer entries.",
            "127.0.0.1 schickte 12,3 MB (erlaubt sind 10 MB); so viel wird nicht angenommen. "
            "Wählen Sie einen Feed mit weniger Einträgen.",
            False,
        ),
    ],
)
def test_a_fault_promises_another_try_where_there_is_one_in_either_language(
    made: Pieces, english: str, german: str, again: bool
) -> None:
    said = fault(made)
    assert (str(said), without_promise(said)) == (english + " It is tried again later." * again, english)
    assert to_try_again(said) == english + " Try again in a few minutes." * again, "who asked for it tries again"
    with using("de"):
        said = fault(made)
    assert (str(said), without_promise(said)) == (german + " Es wird später erneut versucht." * again, german)


def test_a_private_address_can_be_allowed_for_a_source_and_for_no_messenger() -> None:
    for language, typed, private, allowed in (
        (
            "en",
            "should look like",
            "127.0.0.1 is an address inside a private network, which is refused.",
            "for a source",
        ),
        (
            "de",
            "sollte aussehen wie",
            "127.0.0.1 ist eine Adresse in einem privaten Netz; solche werden nicht aufgerufen.",
            "bei einer Quelle",
        ),
    ):
        with using(language):
            with pytest.raises(FetchError, match=typed):
                feed.read("http://")
            with pytest.raises(FetchError) as of_source:
                feed.read("http://127.0.0.1:9/")
            with pytest.raises(FetchError) as of_messenger:
                messengers.send("json://127.0.0.1:9/hook", "Title", "Text")
        assert str(of_source.value).startswith(f"{private} ")
        assert allowed in str(of_source.value)
        assert str(of_messenger.value) == private


def test_a_feed_that_is_parsed_in_a_process_of_its_own_is_said_in_the_same_language(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = rss(item(f"{LONG_WORD} in a comment", date="some day"), item("Half of", 2)).partition(b"Half of")[0]
    english = apart.parse(body)
    with using("de"):
        german = apart.parse(body)
        monkeypatch.setattr(apart, "MEMORY", 1)
        too_hard = apart.parse(body)
    for reading, says, undated, half in (
        (english, "The feed is damaged", "This entry has no usable date.", "This entry was cut off."),
        (german, "Der Feed ist beschädigt", "Dieser Eintrag hat kein brauchbares Datum.", "Dieser Eintrag wurde abge"),
    ):
        assert reading.problems[0].startswith(says)
        assert reading.entries[0].problems == (undated,)
        assert reading.unreadable[0].problem.startswith(half)
    assert too_hard.problems[0].startswith("Der Feed ist so gemacht, dass es zu lange dauert")


@pytest.mark.parametrize(
    ("made", "english", "german"),
    [
        (
            as_json({"code": "comment_flood"}, "400 Bad Request"),
            Rejected("The blog asks us to wait between two comments. Send it again in a minute.", "comment_flood"),
            Rejected(
                "Der Blog verlangt, dass wir zwischen zwei Kommentaren warten. "
                "Senden Sie die Antwort in einer Minute noch einmal.",
                "comment_flood",
            ),
        ),
        (
            answer("", "502 Bad Gateway"),
            Unknown("The blog answered 502, and not in the way WordPress confirms this."),
            Unknown("Der Blog antwortete 502, und nicht so, wie WordPress das bestätigt."),
        ),
        (b"", Unknown("The connection to 127.0.0.1 broke off."), Unknown("Die Verbindung zu 127.0.0.1 brach ab.")),
    ],
)
def test_what_became_of_a_reply_is_said_in_either_language(made: Pieces, english: Outcome, german: Outcome) -> None:
    with Peer(lambda _: made) as peer:
        site = Site(f"{peer.url}/wp-json/", None, allow_private=True)
        assert api.reply(site, 1, 2, "Thank you.") == english
        with using("de"):
            assert api.reply(site, 1, 2, "Thank you.") == german


def test_how_a_text_is_shown_otherwise_is_said_in_either_language() -> None:
    assert api.difference("We call today.", "<p>We call.</p>") == (
        "The blog shows '…We call.…' where '…We call today.…' was sent."
    )
    with using("de"):
        assert api.difference("We call today.", "<p>We call.</p>") == (
            "Der Blog zeigt „…We call.…“, wo „…We call today.…“ gesendet wurde."
        )
