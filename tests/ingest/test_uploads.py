"""Uploads from the file to comments and cases, and back again when the whole is undone."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from access import people
from ingest import read, sources, take, undo, uploads
from model.errors import BadInput, Conflict, NotAllowed
from model.language import using
from model.person import Person
from model.words import CaseOutcome, Channel, Role, SourceKind
from response import cases, drafts
from store import audit, comments, erasure, metrics
from store import cases as case_rows
from store import people as facts
from store import sources as source_rows
from store import uploads as rows
from store.db import Store
from store.keys import FACT, KeyMissing, keys
from tests.ingest import reads
from tests.ingest.bringing import begun, lines, listed, outcomes, saved, upload, uploaded
from tests.installation import add, set_up
from tests.response.together import together

ANGRY = "This is the worst service I have ever seen and I hate all of you."
GRAVE = "My daughter was left alone at the lake and she is six."
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
LONG_AGO = f"{datetime.now(UTC) - timedelta(days=200):%Y-%m-%d}"
FILE = f"""id,text,author,date,thread,parent
1,See you on Saturday.,Ada,{TODAY},https://f.example/camp,
2,{GRAVE},Ben,{TODAY},https://f.example/camp,1
3,{GRAVE} Twice.,Cem,{LONG_AGO},https://f.example/old,
4,When was this?,Dia,03/04/2026,https://f.example/camp,
"""


@pytest.fixture
def alice(store: Store) -> Person:
    return set_up(store)


@pytest.fixture
def dave(store: Store, alice: Person) -> Person:
    return add(store, alice, "Dave", Role.MANAGER)


def chain_holds(store: Store) -> bool:
    with store.read() as tx:
        return audit.verify(tx).holds


# --- before anything is saved ----------------------------------------------------------------------------------------


def test_a_preview_says_what_would_come_and_saves_nothing(store: Store, dave: Person) -> None:
    before = reads.everything(store)
    seen = uploads.preview(store, dave, FILE.encode(), "comments.csv", Channel.FACEBOOK, 30)
    assert (seen.new, seen.known, seen.edited, seen.old, len(seen.wrong)) == (3, 0, 0, 1, 1)
    assert "could be 3 April or 4 March" in seen.wrong[0].problem
    assert reads.everything(store) == before

    uploaded(store, dave, FILE)
    changed = FILE.replace("on Saturday", "on Sunday")
    seen = uploads.preview(store, dave, changed.encode(), "comments.csv", Channel.FACEBOOK, 30)
    assert (seen.new, seen.known, seen.edited) == (0, 2, 1)


def test_times_without_a_zone_are_those_of_the_organisation(store: Store, dave: Person) -> None:
    uploaded(store, dave, "text,date\nHallo,2026-07-01 12:00\n")
    (one,) = listed(store)
    assert one.published_at == datetime(2026, 7, 1, 10, tzinfo=UTC)


def test_a_file_of_which_nothing_can_be_read_is_not_taken(store: Store, dave: Person) -> None:
    before = reads.everything(store)
    for text, says in (
        ("a,b\n1,2\n", "No column is the text"),
        ("text\n \n", "no row"),
        ("text,date\nx,1/2/2026\n", "Not"),
    ):
        with pytest.raises(BadInput, match=says):
            begun(store, dave, text)
    assert reads.everything(store) == before


# --- saving ----------------------------------------------------------------------------------------------------------


def test_what_is_saved_is_what_a_feed_would_have_brought(store: Store, dave: Person) -> None:
    done = uploaded(store, dave, FILE)
    assert (done.state, done.rows, done.done, done.cases) == ("saved", 4, 4, 1)
    assert outcomes(store, done.id) == ["new", "new", "new", "unreadable"]

    (case,) = reads.all_cases(store)
    with store.read() as tx:
        (source,) = source_rows.every(tx)
        (kept,) = source_rows.kept(tx, source.id)
        assert rows.body(tx, done.id) is None
    ada, ben = sorted(listed(store), key=lambda one: one.author)[:2]
    assert case.lead_comment_id == ben.id
    assert (ben.parent_identity, ben.thread_id) == (ada.identity, ada.thread_id)
    assert (source.kind, source.channel, source.next_read_at, source.can_reply) == (
        SourceKind.BY_HAND,
        "facebook",
        None,
        False,
    )
    assert '"date": "03/04/2026"' in kept[1]
    assert chain_holds(store)


def test_the_same_file_again_changes_nothing(store: Store, dave: Person) -> None:
    uploaded(store, dave, FILE)
    before = reads.everything(store)
    again = uploaded(store, dave, FILE)
    after = reads.everything(store)
    assert outcomes(store, again.id) == ["known", "known", "known", "unreadable"]
    for table in ("comments", "revisions", "assessments", "cases", "case_comments", "raw_items", "threads", "sources"):
        assert after[table] == before[table], table


def test_another_text_under_the_same_id_is_a_new_version(store: Store, dave: Person) -> None:
    uploaded(store, dave, FILE)
    done = uploaded(store, dave, FILE.replace("on Saturday", "on Sunday"))
    assert outcomes(store, done.id) == ["edited", "known", "known", "unreadable"]
    assert {one.revision for one in listed(store)} == {1, 2}


def test_old_comments_do_not_flood_the_queue_unless_somebody_asks(store: Store, dave: Person) -> None:
    text = "text,author,date\n" + "".join(f"{GRAVE} {n},A{n},{LONG_AGO}\n" for n in range(5))
    assert uploaded(store, dave, text).cases == 0
    assert all(one.flagged for one in listed(store))
    assert uploaded(store, dave, text.replace("author,", "author,channel,").replace(",2", ",x,2"), days=365).cases == 5
    undated = uploaded(store, dave, f"text,author\n{GRAVE},Nobody knows when\n")
    assert undated.cases == 1


def test_channels_of_one_file_have_sources_of_their_own(store: Store, dave: Person) -> None:
    uploaded(store, dave, "text,channel\nOne,Instagram\nTwo,\nThree,fb\n")
    with store.read() as tx:
        found = {one.id: one.channel for one in source_rows.every(tx)}
    assert sorted((found[one.source_id], one.text) for one in listed(store)) == [
        ("facebook", "Three"),
        ("facebook", "Two"),
        ("instagram", "One"),
    ]


def test_saving_goes_on_where_it_was_cut_off(store: Store, dave: Person) -> None:
    text = "id,text\n" + "".join(f"{n},Comment {n}\n" for n in range(uploads.PART * 3))
    upload_id = begun(store, dave, text)
    real = take.take
    calls = iter([True, True])

    def dies(*given: object, **named: object) -> object:
        if not next(calls, False):
            raise KeyboardInterrupt
        return real(*given, **named)  # type: ignore[arg-type]

    with patch("ingest.uploads.take", dies), pytest.raises(KeyboardInterrupt):
        saved(store, upload_id)
    half = upload(store, upload_id)
    assert (half.state, half.done) == ("saving", uploads.PART * 2)
    done = saved(store, upload_id)
    assert (done.state, done.done) == ("saved", uploads.PART * 3)
    assert set(outcomes(store, upload_id)) == {"new"}
    assert len(lines(store, upload_id)) == uploads.PART * 3


def test_no_part_holds_the_database_for_long(store: Store, dave: Person) -> None:
    """Each change has so many rows and no more; how long it takes is measured by bench/store.py."""
    open_cases = [0]
    real = store.write

    def counted() -> Iterator[object]:
        with real() as tx:
            yield tx
            open_cases.append(case_rows.count_open(tx))

    text = "text,author,thread\n" + "".join(f"{GRAVE} {n},A{n},T{n}\n" for n in range(uploads.PART * 2))
    with patch.object(store, "write", contextmanager(counted)):
        done = uploaded(store, dave, text)
        undone = undo.undo(store, dave, done.id)
    assert done.cases == uploads.PART * 2 == undone.closed
    assert max(open_cases) == uploads.PART * 2
    assert max(abs(after - before) for before, after in pairwise(open_cases)) <= uploads.PART


# --- the report ------------------------------------------------------------------------------------------------------


def test_the_report_tells_each_row_and_holds_no_formula(store: Store, dave: Person) -> None:
    text = 'id,text,author,date\n1,"=HYPERLINK(""http://x"")",@Ada,\n2,+49 30 1,-Ben,\n3,\tx,Cem,1/2/2026\n'
    done = uploaded(store, dave, text)
    told = list(csv.reader(io.StringIO(uploads.report(store, dave, done.id))))
    assert [row[:2] for row in told] == [
        ["line", "what became of it"],
        ["2", "new"],
        ["3", "new"],
        ["4", "could not be read"],
    ]
    assert told[1][3] == "'@Ada"
    assert told[1][6] == '\'=HYPERLINK("http://x")'
    assert "could be" in told[3][2]
    cells = [cell for row in told for cell in row]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r\n|%")]


# --- undo ------------------------------------------------------------------------------------------------------------


def test_undoing_takes_away_what_nobody_worked_on_and_closes_its_cases(store: Store, dave: Person) -> None:
    done = uploaded(store, dave, FILE)
    (case,) = reads.all_cases(store)

    found = undo.undo(store, dave, done.id)

    assert (found.taken_away, found.stays, found.closed, found.cases) == (3, 0, 1, set())
    assert listed(store) == []
    closed = reads.all_cases(store)[0]
    assert (closed.id, closed.state, closed.outcome) == (case.id, "closed", CaseOutcome.UPLOAD_UNDONE)
    assert outcomes(store, done.id) == ["taken away"] * 3 + ["unreadable"]
    with store.read() as tx:
        told = [event.action for event in audit.history(tx, "upload", [done.id])]
        assert "case.upload_undone" in [event.action for event in audit.history(tx, "case", [case.id])]
    assert told == ["upload.undone", "upload.undo", "upload.saved", "upload.begun"]
    assert chain_holds(store)
    with pytest.raises(Conflict, match="undone already"):
        undo.undo(store, dave, done.id)

    again = uploaded(store, dave, FILE)
    assert (outcomes(store, again.id), again.cases) == (["new", "new", "new", "unreadable"], 1)
    assert len(listed(store)) == 3


def test_what_an_undone_upload_leaves_behind_counts_nowhere(store: Store, dave: Person) -> None:
    done = uploaded(store, dave, FILE)
    today = datetime.now(UTC).date()
    whole = today - timedelta(days=300), today, ZoneInfo("UTC")
    with store.read() as tx:
        assert sum(day.tally.comments for day in metrics.days(tx, *whole)) == 3
        source, author = next((one.source_id, one.author) for one in listed(store) if one.flagged)
        assert comments.author_counts(tx, source, [author])[author] >= 1
    undo.undo(store, dave, done.id)
    with store.read() as tx:
        assert metrics.days(tx, *whole) == []
        assert comments.author_counts(tx, source, [author]) == {}, "an undone upload makes nobody a regular"


def test_what_somebody_worked_on_stays_and_is_named(store: Store, dave: Person) -> None:
    done = uploaded(store, dave, FILE)
    (case,) = reads.all_cases(store)
    drafts.start(store, dave, case.id)

    with using("de"):
        found = undo.undo(store, dave, done.id)

    assert (found.taken_away, found.stays, found.cases) == (2, 1, {case.id})
    assert [one.author for one in listed(store)] == ["Ben"]
    assert reads.all_cases(store)[0].state == "open"
    ben = lines(store, done.id)[1]
    assert (ben.outcome, ben.says, ben.case_id) == ("stays", "Somebody has worked on its case.", case.id)
    with using("de"):
        (told,) = [row for row in csv.reader(io.StringIO(uploads.report(store, dave, done.id))) if row[3] == "Ben"]
    assert told[1:3] == [
        "geblieben, als der Upload rückgängig gemacht wurde",
        "Jemand hat sich schon um den Fall gekümmert.",
    ]


def test_a_case_that_was_dismissed_keeps_its_comment(store: Store, dave: Person) -> None:
    done = uploaded(store, dave, FILE)
    (case,) = reads.all_cases(store)
    cases.dismiss(store, dave, case.id, case.version, "We called.")
    assert undo.undo(store, dave, done.id).cases == {case.id}
    assert reads.all_cases(store)[0].outcome == CaseOutcome.DISMISSED


def test_a_case_that_holds_others_goes_on_without_those_of_the_upload(store: Store, dave: Person) -> None:
    first = uploaded(store, dave, f"id,text,author,thread\n1,Hello.,Ada,T\n2,{ANGRY},Ben,T\n")
    (before,) = reads.all_cases(store)
    worse = "He threatened to kill her and touched my child."
    second = uploaded(store, dave, f"id,text,thread\n9,{worse},T\n")
    assert reads.all_cases(store)[0].severity > before.severity
    nine = lines(store, second.id)[0].comment_id
    ben = lines(store, first.id)[1].comment_id

    undo.undo(store, dave, second.id)
    (after,) = reads.all_cases(store)
    assert (after.state, after.lead_comment_id, after.severity) == ("open", ben, before.severity)
    assert nine not in {one.id for one in listed(store)}

    undo.undo(store, dave, first.id)
    assert reads.all_cases(store)[0].outcome == CaseOutcome.UPLOAD_UNDONE
    assert listed(store) == []


def test_a_text_that_an_upload_replaced_comes_back(store: Store, dave: Person) -> None:
    uploaded(store, dave, "id,text,date\n1,See you on Saturday.,\n")
    second = uploaded(store, dave, f"id,text,date\n1,{GRAVE},\n")
    assert second.cases == 1
    found = undo.undo(store, dave, second.id)
    (one,) = listed(store)
    assert (found.taken_away, one.text, one.revision, one.flagged) == (1, "See you on Saturday.", 3, False)
    assert reads.all_cases(store)[0].outcome == CaseOutcome.UPLOAD_UNDONE
    third = uploaded(store, dave, "id,text,date\n1,See you on Saturday.,\n")
    assert outcomes(store, third.id) == ["known"]


def erase(store: Store, alice: Person, name: str = "Ada") -> None:
    erasure.erase(store, keys(), erasure.Who(author=name), "asked", by=alice.id, now=datetime.now(UTC))


def texts(store: Store) -> str:
    return repr(reads.everything(store)["revisions"])


def test_what_was_erased_stays_and_does_not_come_back_with_the_same_file(
    store: Store, dave: Person, alice: Person
) -> None:
    done = uploaded(store, dave, FILE)
    erase(store, alice)
    found = undo.undo(store, dave, done.id)
    assert (found.taken_away, found.stays) == (2, 1)
    assert lines(store, done.id)[0].says == "It was erased."
    again = uploaded(store, dave, FILE)
    assert outcomes(store, again.id) == ["gone", "new", "new", "unreadable"]
    assert "See you on Saturday." not in texts(store)
    assert "its words were here and are gone for good" in uploads.report(store, dave, again.id)


def test_without_the_key_that_knows_the_erased_names_no_file_is_taken(
    store: Store, dave: Person, alice: Person
) -> None:
    erase(store, alice)
    with store.write() as tx:
        facts.set_fact(tx, FACT, "that of another key")
    for act in (uploads.preview, uploads.begin):
        with pytest.raises(KeyMissing, match="Nothing was changed"):
            act(store, dave, FILE.encode(), "a.csv", Channel.BLOG, 30)
    with store.write() as tx:
        facts.set_fact(tx, FACT, keys().fingerprint())
    assert outcomes(store, uploaded(store, dave, FILE).id)[0] == "erased"


@pytest.mark.parametrize("who", ["Ada", "Ben"])
def test_what_was_undone_and_then_erased_does_not_come_back_with_the_same_file_unless_a_person_chooses(
    store: Store, dave: Person, alice: Person, who: str
) -> None:
    """Ada's comment is gone with the undo, Ben's stands in his closed case."""
    said, number = {"Ada": ("See you on Saturday.", 0), "Ben": (f"{GRAVE}'", 1)}[who]
    undo.undo(store, dave, uploaded(store, dave, FILE).id)
    erase(store, alice, who)
    assert said not in texts(store)
    seen = uploads.preview(store, dave, FILE.encode(), "comments.csv", Channel.FACEBOOK, 30)
    assert (seen.new, seen.erased, seen.gone) == (2, 1, 0)
    again = uploaded(store, dave, FILE)
    line = lines(store, again.id)[number]
    assert (line.outcome, line.comment_id, line.text) == ("erased", None, None)
    assert said not in texts(store)
    assert "erased on request" in uploads.report(store, dave, again.id)
    assert chain_holds(store)

    chosen = saved(store, begun(store, dave, FILE, with_erased=True))
    assert [line.outcome for line in lines(store, chosen.id)].count("new") == 1
    assert said in texts(store)
    with store.read() as tx:
        (begin, *_) = [one for one in audit.history(tx, "upload", [chosen.id]) if one.action == "upload.begun"]
    assert begin.data["with_erased"] is True


def test_the_other_rows_of_a_file_come_and_a_comment_that_is_here_is_known(
    store: Store, dave: Person, alice: Person
) -> None:
    erase(store, alice)
    done = uploaded(store, dave, FILE)
    assert outcomes(store, done.id) == ["erased", "new", "new", "unreadable"]
    saved(store, begun(store, dave, FILE, with_erased=True))
    assert outcomes(store, uploaded(store, dave, FILE).id) == ["known", "known", "known", "unreadable"]


def test_what_another_upload_holds_stays_until_that_is_undone_too(store: Store, dave: Person) -> None:
    first, second = uploaded(store, dave, FILE), uploaded(store, dave, FILE)
    assert undo.undo(store, dave, first.id).stays == 3
    assert len(listed(store)) == 3
    assert undo.undo(store, dave, second.id).taken_away == 3
    assert listed(store) == []


def test_an_undo_during_the_saving_stops_it(store: Store, dave: Person) -> None:
    text = "id,text\n" + "".join(f"{n},Comment {n}\n" for n in range(uploads.PART * 3))
    upload_id = begun(store, dave, text)
    real, parts = take.take, iter([False, True])

    def undone_meanwhile(*given: object, **named: object) -> object:
        if next(parts, False):
            undo.undo(store, dave, upload_id)
        return real(*given, **named)  # type: ignore[arg-type]

    with patch("ingest.uploads.take", undone_meanwhile):
        after = saved(store, upload_id)
    assert after.state == "undone"
    assert listed(store) == []


def test_two_who_undo_at_once_undo_it_once(store: Store, dave: Person, alice: Person) -> None:
    done = uploaded(store, dave, FILE)
    together(lambda: undo.undo(store, dave, done.id), lambda: undo.undo(store, alice, done.id))
    assert (listed(store), chain_holds(store)) == ([], True)
    assert upload(store, done.id).state == "undone"


# --- who, and the source ---------------------------------------------------------------------------------------------


def test_community_managers_and_administrators_may_upload_and_nobody_else(store: Store, alice: Person) -> None:
    carla = add(store, alice, "Carla", Role.APPROVER, levels=(1,))
    people.set_roles(store, alice, alice.id, frozenset({Role.ADMIN}), frozenset())
    assert uploaded(store, alice, FILE).done == 4
    for act in (
        lambda: begun(store, carla, FILE),
        lambda: uploads.preview(store, carla, FILE.encode(), "x.csv", Channel.BLOG, 30),
        lambda: undo.undo(store, carla, 1),
        lambda: uploads.report(store, carla, 1),
    ):
        with pytest.raises(NotAllowed, match="You may not add comments"):
            act()


def test_a_source_that_people_bring_is_never_polled(store: Store, alice: Person, dave: Person) -> None:
    uploaded(store, dave, FILE)
    with store.read() as tx:
        (source,) = source_rows.every(tx)
        assert source_rows.due(tx, datetime.now(UTC) + timedelta(days=3000)) == []
    sources.set_active(store, alice, source.id, False)
    sources.set_active(store, alice, source.id, True)
    assert reads.row(store, source.id).next_read_at is None
    with pytest.raises(BadInput, match="Nothing is read here"):
        sources.read_now(store, alice, source.id)
    assert reads.read(store, source) == reads.row(store, source.id)
    assert reads.row(store, source.id).problem == ""
    assert reads.everything(store)["gaps"] == []


def test_rows_that_were_kept_can_be_read_again(store: Store, alice: Person, dave: Person) -> None:
    uploaded(store, dave, FILE)
    with store.read() as tx:
        (source,) = source_rows.every(tx)
    assert read.read_again(store, alice, source.id) == 0
    with patch("ingest.dates._by_numbers", lambda told: datetime(2026, 4, 3)):  # noqa: DTZ001 (as a mended rule would)
        assert read.read_again(store, alice, source.id) == 1
    assert "When was this?" in {one.text for one in listed(store)}
    with store.read() as tx:
        assert source_rows.kept(tx, source.id) == []
