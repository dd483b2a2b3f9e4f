"""Every hostile kind of the table, over real sockets, through the real door."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels import http
from channels.feed import apart
from channels.feed import read as feed
from channels.shape import Fresh
from model.errors import LevelheadError
from tests.channels.hostile import SOUND, Kind, Large, item, rss
from tests.channels.hostile_feeds import FORM, GROWING, LETTERS
from tests.channels.hostile_servers import ANSWERS, REDIRECTS, SLOW
from tests.channels.network import Network
from tests.channels.peers import Peer, answer

KINDS = (*GROWING, *LETTERS, *FORM, *ANSWERS, *REDIRECTS)
SECONDS = 20
STEP = re.compile(
    r"\b(?:tried|read) again later[.;]"
    r"|\. (?:Ask|Check|Choose|Enter|Leave|Look|Paste|Use) "
    r"|\. (?:An administrator|Whoever runs the site) can (?:allow|mend) "
)
"""How a sentence tells the next step: what Levelhead does by itself, what to do, or who can do something."""
BAD_WORDS = re.compile(r"Error|Exception|Traceback|None|errno|\bXML\b|SAX|utf8")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    made = Network()
    made.plug(monkeypatch)
    monkeypatch.setattr(apart, "CPU_S", 4)
    return made


@dataclass
class Cost:
    """Seconds on the clock and megabytes that the process grew by at its highest; 0 where that cannot be measured."""

    seconds: float = 0.0
    megabytes: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    cost, before = Cost(), _memory("VmRSS")
    try:
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark begins again
    except OSError:
        before = 0.0
    began = time.monotonic()
    yield cost
    cost.seconds = time.monotonic() - began
    cost.megabytes = _memory("VmHWM") - before if before else 0.0


def _memory(name: str) -> float:
    try:
        found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1000 if found else 0.0


def plain(sentence: str) -> None:
    """What happened, and the next step, in words of a community manager."""
    assert sentence.endswith("."), sentence
    assert STEP.search(sentence), f"no next step: {sentence}"
    assert "\n" not in sentence
    assert len(sentence) <= 250, sentence
    assert not BAD_WORDS.search(sentence), sentence


def read(kind: Kind, network: Network, peer: Peer) -> tuple[Fresh | None, str]:
    """What reading gives, and the sentence that it says, or an empty one."""
    network.names = kind.names
    try:
        fresh = feed.read(kind.url.format(port=peer.port))
    except LevelheadError as error:
        return None, str(error)
    problems = fresh.reading.problems if fresh.reading else ()
    for problem in problems:
        plain(problem)
    return fresh, problems[0] if problems else ""


def holds(kind: Kind, fresh: Fresh | None, said: str, peer: Peer) -> None:
    reading = fresh.reading if fresh else None
    assert bool(said) == bool(kind.says), said
    if said:
        plain(said)
        assert re.search(kind.says, said), said
    entries = reading.entries if reading else ()
    assert len(entries) >= kind.finds
    assert bool(reading and any(one.raw for one in reading.unreadable)) or not kind.kept
    for one in reading.unreadable if reading else ():
        plain(one.problem)
    shown = repr(entries)
    assert all(words in shown for words in kind.shows)
    assert not any(words in shown for words in kind.hides)
    assert all(len(one.external_id) <= 2000 and len(one.text) <= 100_000 for one in entries)
    assert len({one.external_id for one in entries}) >= kind.finds
    assert kind.asked is None or len(peer.requests) == kind.asked


def and_the_next_is_read(network: Network) -> None:
    network.names = {}
    with Peer(lambda _: answer(rss(item()))) as sound:
        fresh = feed.read(f"http://blog.example:{sound.port}/feed")
    assert fresh.reading is not None
    assert [one.text for one in fresh.reading.entries] == [SOUND]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_can_be_read_is_read_and_the_rest_is_said(kind: Kind, network: Network) -> None:
    with kind.serve if isinstance(kind.serve, Large) else nullcontext(), Peer(kind.serve) as peer:
        with measured() as cost:
            fresh, said = read(kind, network, peer)
        holds(kind, fresh, said, peer)
    assert cost.seconds < SECONDS
    assert cost.megabytes < kind.mb
    and_the_next_is_read(network)


@pytest.mark.parametrize("kind", SLOW, ids=lambda kind: kind.name)
def test_whoever_is_slow_ends_at_the_deadline(kind: Kind, network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(http.fetch.__kwdefaults__, "timeout_s", 0.6)
    with Peer(lambda request: peer.drip(kind.serve(request), 0.05)) as peer:
        with measured() as cost:
            fresh, said = read(kind, network, peer)
        holds(kind, fresh, said, peer)
    assert cost.seconds < 3
    and_the_next_is_read(network)


def test_a_sentence_that_leaves_its_reader_there_is_found() -> None:
    for said in ("It broke off.", "It was read again later than before.", "Ask nobody.", "A site can mend that."):
        with pytest.raises(AssertionError, match="no next step"):
            plain(said)


def test_there_are_more_kinds_than_sixty_and_no_two_have_one_name() -> None:
    names = [kind.name for kind in (*KINDS, *SLOW)]
    assert len(set(names)) == len(names) > 60


@pytest.mark.parametrize("kind", [kind for kind in GROWING if "laughs" in kind.name], ids=lambda kind: kind.name)
def test_what_declares_entities_is_never_parsed_in_this_process(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("parsed here")

    monkeypatch.setattr(apart.parsing, "parse", never)
    with kind.serve if isinstance(kind.serve, Large) else nullcontext():
        whole = kind.serve("")
    assert isinstance(whole, bytes)
    assert apart.parse(whole.partition(b"\r\n\r\n")[2]).unreadable
