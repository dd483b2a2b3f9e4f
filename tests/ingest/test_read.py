"""From what a source sends to comments, revisions and cases, on a real database."""

import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import feedparser
import pytest

import analysis
from channels import http
from channels.feed.parse import parse
from channels.wordpress.parse import parse as parse_interface
from ingest import read as ingest
from ingest.sources import read_now
from ingest.take import Taken, take
from model.assessment import Subject
from model.comment import Reading
from model.words import CaseOutcome, SourceKind
from response import cases
from store import cases as case_rows
from store import comments, sources
from store.db import Store
from store.sources import Source
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.channels.peers import Peer, answer, header
from tests.ingest import reads
from tests.installation import set_up
from tests.jobs import hands

GRAVE = "<p>A lovely camp. My daughter was left alone at the lake, and she is six.</p>\n"
CALM = "<p>See you on Saturday.</p>\n"
THREE = (Said(1, CALM), Said(2, GRAVE, author="Ben", parent=1), Said(3, CALM, author="Cem", parent=2, page=2))


def close(store: Store, case_id: int) -> None:
    with store.write() as tx:
        case = case_rows.get(tx, case_id)
        assert case is not None
        cases.close(tx, case_id, case.version, CaseOutcome.DISMISSED, datetime.now(UTC), by=None)


# --- what becomes a case ---------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_in_the_seed_thread_the_told_crisis_is_the_case(store: Store, shared: Path) -> None:
    source = reads.source(store, kind=SourceKind.FEED)
    reading = parse((shared / "feeds" / "approval_thread.xml").read_bytes())

    assert take(store, source, reading) == Taken(new=5, cases=1)

    (case,) = reads.all_cases(store)
    with store.read() as tx:
        thread = comments.of_thread(tx, case.thread_id)
        assessment = comments.assessment(tx, case.lead_comment_id, case.lead_revision)
        assert case_rows.comment_ids(tx, case.id) == [case.lead_comment_id]
    by_number = {int(one.external_id.rpartition("-")[2]): one for one in thread}
    assert by_number[3].id == case.lead_comment_id
    assert [(one.flagged, one.spam) for _, one in sorted(by_number.items())] == [
        (False, False),
        (False, False),
        (True, False),
        (False, True),
        (False, True),
    ]
    assert assessment is not None
    concerns = [reason for reason in assessment.reasons if not reason.rule.startswith("spam:")]
    assert any("crisis" in reason.text for reason in concerns)
    for reason in concerns:
        assert by_number[3].text[reason.start : reason.end] == reason.text


def test_only_what_is_flagged_becomes_a_case_and_joins_the_one_of_its_thread(store: Store, blog: Source) -> None:
    said = (*THREE, Said(4, GRAVE.replace("lake", "river"), author="Dia"), Said(5, GRAVE, author="Eli", post=8))
    assert take(store, blog, parse(blogs.rss(said))) == Taken(new=5, cases=2)

    first, second = reads.all_cases(store)
    numbers = {number: reads.comment(store, blog, number).id for number in (2, 4, 5)}
    with store.read() as tx:
        assert case_rows.comment_ids(tx, first.id) == [numbers[2], numbers[4]]
        assert case_rows.comment_ids(tx, second.id) == [numbers[5]]


# --- the same again, edits, other routes -----------------------------------------------------------------------------


def test_the_same_reading_again_changes_nothing(store: Store, blog: Source) -> None:
    cut = parse(blogs.rss(THREE)[:-300])
    assert cut.unreadable
    take(store, blog, cut)
    before = reads.everything(store)
    assert take(store, blog, cut).new == 0
    assert reads.everything(store)["raw_items"] == before["raw_items"]

    take(store, blog, parse(blogs.rss(THREE)))
    before = reads.everything(store)
    assert take(store, blog, parse(blogs.rss(THREE))) == Taken()
    assert reads.everything(store) == before


def test_an_edit_is_one_revision_and_brings_a_closed_case_back_only_with_a_reason(store: Store, blog: Source) -> None:
    take(store, blog, parse(blogs.rss(THREE)))
    (case,) = reads.all_cases(store)
    close(store, case.id)

    def edited(shown: str) -> Taken:
        return take(store, blog, parse(blogs.rss((THREE[0], replace(THREE[1], shown=shown), THREE[2]))))

    assert edited(GRAVE) == Taken()
    assert edited("<p>A lovely camp.</p>\n") == Taken(edited=1)
    assert reads.comment(store, blog, 2).text == "A lovely camp."
    assert len(reads.all_cases(store)) == 1
    assert edited(GRAVE) == Taken(edited=1, cases=1)

    found = reads.comment(store, blog, 2)
    texts = [one["text"] for one in reads.everything(store)["revisions"] if one["comment_id"] == found.id]
    assert found.revision == 3
    assert texts == [found.text, "A lovely camp.", found.text]
    back = reads.all_cases(store)[1]
    assert (back.lead_comment_id, back.lead_revision, back.previous_id) == (found.id, 3, case.id)


ROUTES: dict[str, Callable[[], Reading]] = {
    "feed": lambda: parse(blogs.rss(THREE)),
    "feed of the post": lambda: parse(blogs.rss(THREE, post=7)),
    "interface": lambda: parse_interface(blogs.interface(THREE)),
}


@pytest.mark.parametrize("order", list(itertools.permutations(ROUTES)), ids=" then ".join)
def test_another_route_is_never_a_revision(store: Store, blog: Source, order: tuple[str, ...]) -> None:
    first, *others = order
    assert take(store, blog, ROUTES[first]()) == Taken(new=3, cases=1)
    before = reads.everything(store)
    for other in others:
        assert take(store, blog, ROUTES[other]()) == Taken()
    assert reads.everything(store) == before
    assert reads.comment(store, blog, 3).parent_identity == "wp:2"


@pytest.mark.shared
def test_a_recorded_blog_is_the_same_by_each_route(store: Store, blog: Source, shared: Path) -> None:
    folder = shared / "feeds" / "wordpress"
    pages = [parse_interface(page.read_bytes()) for page in sorted(folder.glob("rest-comments-*.json"))]
    routes = [parse((folder / name).read_bytes()) for name in ("comments-rss2.xml", "comments-atom.xml")]

    new = [take(store, blog, reading).new for reading in (*routes, *pages)]

    assert new[0] == len(routes[0].entries) > 0
    assert sum(new) == len({entry.identity for reading in (*routes, *pages) for entry in reading.entries})
    assert {one["revision"] for one in reads.everything(store)["comments"]} == {1}


# --- what the analysis is told ---------------------------------------------------------------------------------------


def told(store: Store, blog: Source, *said: Said) -> dict[str, Subject]:
    """Takes a reading; what the analysis was told of each comment, by its text."""
    with patch.object(analysis, "assess_all", wraps=analysis.assess_all) as assess:
        take(store, blog, parse(blogs.rss(said)))
    return {subject.text: subject for call in assess.call_args_list for subject in call.args[0]}


def test_the_analysis_is_told_the_thread_the_parent_and_the_authors_past(store: Store, blog: Source) -> None:
    first = told(store, blog, Said(1, "<p>One.</p>"), Said(2, "<p>Two.</p>"), Said(3, "<p>Three.</p>", author="Ben"))
    assert [first[text].author_seen for text in ("One.", "Two.", "Three.")] == [0, 1, 0]

    then = told(
        store, blog, Said(1, "<p>One!</p>"), Said(4, "<p>Four.</p>", parent=3), Said(5, "<p>Five.</p>", author="")
    )
    assert then["Four."] == Subject(
        "Four.",
        parent="Three.",
        thread_title=blogs.title(7),
        author="Ada",
        author_seen=2,
        seen_elsewhere=0,
        our_hosts=("blog.example",),
    )
    assert then["One!"].author_seen == 1, "an edited comment is not its own past"
    assert then["Five."].author_seen is None, "nobody is not somebody who was seen before"


def test_the_analysis_is_told_of_near_equal_comments_in_other_threads(store: Store, blog: Source) -> None:
    praise = "<p>What a wonderful article, I will tell all of my friends</p>"
    told(store, blog, Said(1, praise, post=1), Said(2, praise, post=1))
    again = told(store, blog, Said(3, praise.upper(), post=2), Said(4, CALM, post=2))
    assert [one.seen_elsewhere for one in again.values()] == [1, 0]
    at_once = told(store, blog, Said(5, f"{praise} 5", post=3), Said(6, f"{praise} 6", post=4))
    assert {one.seen_elsewhere for one in at_once.values()} == {3}


# --- ours ------------------------------------------------------------------------------------------------------------


def test_our_own_answer_is_ours_and_opens_no_case(store: Store, blog: Source) -> None:
    take(store, blog, parse(blogs.rss(THREE[:1])))
    reads.published(store, blog, reads.comment(store, blog, 1), "wp:2")
    assert take(store, blog, parse(blogs.rss(THREE))) == Taken(new=2, cases=0)
    found = reads.comment(store, blog, 2)
    assert (found.ours, found.flagged) == (True, True)
    assert not reads.comment(store, blog, 3).ours


def test_what_our_account_wrote_on_the_blog_is_ours(store: Store, blog: Source) -> None:
    with store.write() as tx:
        sources.change(tx, blog.id, account_id="12")
    page = json.loads(blogs.interface(THREE))
    page[1]["author"] = 12
    take(store, reads.row(store, blog.id), parse_interface(json.dumps(page).encode()))
    assert reads.comment(store, blog, 2).ours
    assert not reads.all_cases(store)


# --- what cannot be read ---------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_kept_once_beside_what_can(store: Store, blog: Source) -> None:
    page = [*json.loads(blogs.interface(THREE)), {"id": "none"}]
    for _ in range(2):
        take(store, blog, parse_interface(json.dumps(page).encode()))
    (kept,) = reads.everything(store)["raw_items"]
    assert json.loads(kept["raw"]) == {"id": "none"}
    assert kept["problem"]
    assert reads.comment(store, blog, 3).text == "See you on Saturday."


def test_a_feed_that_was_cut_is_read_whole_the_next_time(store: Store) -> None:
    whole, cut = blogs.rss(THREE), blogs.rss(THREE)[:-300]
    bodies = iter([cut, cut, whole])

    def respond(request: str) -> bytes:
        if header(request, "if-none-match") == '"mark"':
            return answer(status="304 Not Modified")
        return answer(next(bodies), ETag='"mark"')

    with Peer(respond) as peer:
        source = reads.source(store, peer.url)
        for _ in range(2):
            assert "cut off" in reads.read(store, source).problem
            assert len(reads.everything(store)["comments"]) == 2
        after = reads.read(store, source)
    assert after.problem == ""
    assert len(reads.everything(store)["comments"]) == 3
    assert {one["revision"] for one in reads.everything(store)["comments"]} == {1}


# --- a source that fails, and one that has nothing new ---------------------------------------------------------------

FAULTS: dict[str, tuple[Callable[[Peer], object], str]] = {
    "an error": (lambda peer: answer("broken", "500 Internal Server Error"), "error (500)"),
    "gone": (lambda peer: answer("gone", "404 Not Found"), "nothing at this address"),
    "no feed": (lambda peer: answer("<html><title>Hello</title></html>"), "not an RSS or Atom feed"),
    "hanging": (lambda peer: peer.drip([b"HTTP/1.1 200 OK\r\n"] * 100, 0.2), "did not answer in time"),
    "cut": (lambda peer: answer(b"half of it", length=5000), "broke off"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_source_says_so_waits_longer_each_time_and_recovers(store: Store, fault: str) -> None:
    make, words = FAULTS[fault]
    ill = True
    with (
        patch.dict(http.fetch.__kwdefaults__, timeout_s=1),
        Peer(lambda _: make(peer) if ill else answer(blogs.rss(THREE))) as peer,  # type: ignore[return-value]
    ):
        source = reads.source(store, peer.url)
        take(store, source, parse(blogs.rss(THREE[:1])))
        pauses = []
        for failures in (1, 2, 3):
            began = datetime.now(UTC)
            failed = reads.read(store, source)
            assert words in failed.problem
            assert failed.failures == failures
            assert failed.next_read_at is not None
            pauses.append(failed.next_read_at - began)
        assert pauses[1] > 1.5 * pauses[0]
        assert pauses[2] > 1.5 * pauses[1]
        assert failed.failing_since is not None
        assert failed.read_at is None

        ill = False
        well = reads.read(store, source)
    assert (well.problem, well.failures, well.failing_since) == ("", 0, None)
    assert well.read_at is not None
    assert well.next_read_at is not None
    assert well.next_read_at - well.read_at <= pauses[0] * 1.1, "it is read as often as before"
    assert reads.comment(store, source, 3)
    events = [one["action"] for one in reads.everything(store)["audit"] if one["action"].startswith("source.")]
    assert events == ["source.read", "source.failed", "source.read"]


FORUM = blogs.rss(THREE).replace(b"wordpress.org", b"forum.example.org").replace(b"/?p=", b"/topic/")


def test_a_304_and_an_equal_body_are_not_parsed(store: Store) -> None:
    marks = {"ETag": '"mark"'}

    def respond(request: str) -> bytes:
        if marks and header(request, "if-none-match") == '"mark"':
            return answer(status="304 Not Modified")
        return answer(FORUM, **marks)

    with Peer(respond) as peer, patch.object(feedparser, "parse", wraps=feedparser.parse) as parser:
        source = reads.source(store, peer.url, SourceKind.FEED)
        first = reads.read(store, source)
        assert parser.call_count == 1
        unchanged = reads.read(store, source)
        marks.clear()
        equal = reads.read(store, source)
        assert parser.call_count == 1
    assert header(peer.requests[1], "if-none-match") == '"mark"'
    assert first.read_at is not None
    assert unchanged.read_at is not None
    assert equal.read_at is not None
    assert first.read_at < unchanged.read_at < equal.read_at
    assert equal.problem == ""


def test_wordpress_is_asked_without_marks_as_it_does_not_date_edits(store: Store) -> None:
    said = [*THREE]

    def respond(request: str) -> bytes:
        if header(request, "if-none-match") == '"mark"':
            return answer(status="304 Not Modified")
        return answer(blogs.rss(said), ETag='"mark"', Last_Modified="Sun, 01 Mar 2026 08:03:00 GMT")

    with Peer(respond) as peer, patch.object(feedparser, "parse", wraps=feedparser.parse) as parser:
        source = reads.source(store, peer.url)
        for _ in range(3):
            reads.read(store, source)
        assert parser.call_count == 1
        said[1] = replace(said[1], shown=CALM)
        reads.read(store, source)
    assert reads.comment(store, source, 2).text == "See you on Saturday."


def test_a_source_that_is_due_is_read_by_one_job(store: Store, blog: Source) -> None:
    for _ in range(2):
        ingest.look(store)
    (job,) = reads.waiting(store)
    assert (job["name"], job["ref"], job["attempts"]) == ("read", blog.id, 0)
    due = reads.row(store, blog.id).next_read_at
    assert due is not None
    assert due > datetime.now(UTC)


def test_a_read_asked_for_while_another_ends_is_made_all_the_same(store: Store, blog: Source) -> None:
    ingest.look(store)
    ending = hands.take(store)
    assert ending is not None
    ingest.read_source(ending)  # it has said when the next one is; its job is there still
    read_now(store, set_up(store), blog.id)

    ingest.look(store)  # here the job of the first stands in the way
    hands.finish(ending)
    with store.read() as tx:
        assert sources.due(tx, datetime.now(UTC) + timedelta(seconds=10)) == [blog.id]
        assert sources.due(tx, datetime.now(UTC)) == [], "nobody looks again and again while it ends"


def test_a_comment_that_is_back_from_the_blogs_bin_is_no_longer_deleted(store: Store) -> None:
    source = reads.source(store)
    reading = parse(blogs.rss(THREE))
    take(store, source, reading)
    here = reads.comment(store, source, 2)
    with store.write() as tx:
        comments.change(tx, here.id, deleted_at=datetime.now(UTC))

    assert take(store, source, reading) == Taken()

    assert reads.comment(store, source, 2).deleted_at is None


def test_what_was_kept_is_read_again_once_it_can_be(store: Store) -> None:
    source = reads.source(store)
    whole, now = blogs.rss(THREE).decode(), datetime.now(UTC)
    with store.write() as tx:
        for raw in (whole, "no feed at all"):
            sources.keep_raw(tx, source.id, raw, raw[:60], "It could not be read.", now)
    alice = set_up(store)

    assert ingest.read_again(store, alice, source.id) == len(THREE)

    with store.read() as tx:
        assert [raw for _, raw in sources.kept(tx, source.id)] == ["no feed at all"]
    assert ingest.read_again(store, alice, source.id) == 0


def test_two_workers_that_take_one_reading_at_once_store_it_once(store: Store) -> None:
    source = reads.source(store)
    reading = parse(blogs.rss(THREE))
    start = threading.Barrier(4)
    brought: list[int] = []

    def work() -> None:
        start.wait()
        brought.append(take(store, source, reading).new)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(brought) == [0, 0, 0, len(THREE)]


def test_a_long_reading_goes_in_by_parts_and_goes_on_where_it_was_cut(store: Store) -> None:
    source = reads.source(store)
    reading = parse(blogs.rss([Said(number, CALM) for number in range(1, 451)]))

    def cut(_tx: object, _taken: Taken) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take(store, source, reading, also=cut)
    with store.read() as tx:
        assert len(comments.known(tx, source.id, [f"wp:{number}" for number in range(1, 451)])) == 400
    assert reads.row(store, source.id).front_at is None, "a gap before it would still be seen"

    assert take(store, source, reading) == Taken(new=50)
    assert reads.row(store, source.id).front_at is not None
