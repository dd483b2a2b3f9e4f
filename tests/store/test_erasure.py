"""Erasing a commenter: words and names go, hashes and our responses stay, and nothing comes back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update
from typer.testing import CliRunner

from model.content import Content, Target, content_hash
from model.errors import BadInput
from model.words import Channel
from store import audit, comments, erased, erasure, people, retention, scrub, search_index, sources
from store.__main__ import app
from store.db import Store, Tx
from store.erasure import Erased, Who, erase, find, quotes
from store.keys import Keys, keys
from store.purge import Purge
from store.schema import audit as audit_table
from store.schema import (
    case_comments,
    cases,
    erased_names,
    escalations,
    metadata,
    raw_items,
    response_versions,
    responses,
    revisions,
    template_uses,
    template_versions,
    templates,
    threads,
    words,
)
from store.schema import comments as comments_table
from store.search import Wanted, find_comments

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAME = "Katharina Öztürk <k>"
TEXT = "My landlord threw my boxes into the river on Tuesday, and your chairman watched."


@dataclass(frozen=True, slots=True)
class Place:
    """A source with three comments of one person, one of another, a case about the first, and our answer to it."""

    store: Store
    alice: int
    source: int
    case: int
    hash: str


@pytest.fixture
def place(database: Store, alice: int) -> Place:
    with database.write() as tx:
        source = sources.add(tx, name="Blog", channel="blog", kind="feed", site_url="", feed_url="", created_at=NOW)
        thread = tx.execute(insert(threads).values(source_id=source, url="u", title="t").returning(threads.c.id))
        thread_id = thread.scalar_one()
        for number, (author, author_id, text) in enumerate(
            [(NAME, "7", TEXT), (NAME, "7", "Still waiting."), (NAME, "8", "Hello"), ("Ben", "", "Nice garden")], 1
        ):
            _comment(tx, source, thread_id, number, author, author_id, text)
        opened = {"thread_id": thread_id, "lead_comment_id": 1, "lead_revision": 1, "state": "open", "severity": 3}
        case = tx.execute(
            insert(cases)
            .values(**opened, headline="Anger", matters=[], opened_at=NOW, due_at=NOW)
            .returning(cases.c.id)
        ).scalar_one()
        tx.execute(insert(case_comments).values(case_id=case, comment_id=1, revision=1, at=NOW))
        for text in ("She says he 'threw my boxes into the RIVER'. True?", "Mrs Katharina Öztürk (K) again", "Yes."):
            said, _ = audit.say(tx, keys(), "question", text, by=alice, at=NOW)
            tx.execute(insert(escalations).values(case_id=case, by=alice, words_id=said, at=NOW))
        content = Content("We are sorry.", (Target(Channel.BLOG, source, thread_id, 1, 1),))
        row = {"case_id": case, "state": "published", "author_id": alice, "saved_at": NOW, "saved_by": alice}
        response = tx.execute(insert(responses).values(**row, created_at=NOW).returning(responses.c.id)).scalar_one()
        digest = content_hash(content)
        version = {"response_id": response, "number": 1, "text": content.text, "targets": [], "by": alice, "at": NOW}
        tx.execute(insert(response_versions).values(**version, content_hash=digest))
        for number, raw in enumerate(("<author>Katharina Öztürk &lt;k&gt;</author><x", "<author>Ben</author><x")):
            sources.keep_raw(tx, source, raw, str(number), "broken", NOW)
    return Place(database, alice, source, case, digest)


def _comment(tx: Tx, source: int, thread: int, number: int, author: str, author_id: str, text: str) -> None:
    row = {
        "source_id": source,
        "thread_id": thread,
        "identity": f"wp:{number}",
        "external_id": f"https://blog.example.org/?p=1#comment-{number}",
        "author": author,
        "author_id": author_id,
        "url": f"https://blog.example.org/?p=1#comment-{number}",
        "read_at": NOW,
        "at": NOW,
        "text_hash": f"hash {number}",
        "near_key": "near",
    }
    (comment_id,) = comments.add_comments(tx, source, [row])
    comments.add_revisions(
        tx, [{"comment_id": comment_id, "number": 1, "text": text, "html": f"<p>{text}</p>", "read_at": NOW}]
    )


def everything(store: Store) -> str:
    """All that stands in the database, as one text."""
    with store.read() as tx:
        return "\n".join(
            repr(tuple(row)) for table in metadata.sorted_tables for row in tx.execute(select(table)).all()
        )


def test_what_would_go_is_shown_first(place: Place) -> None:
    with place.store.read() as tx:
        found = find(tx, Who(author=NAME), few=2)
        assert (found.count, [one.text for one in found.few], found.words) == (3, ["Hello", "Still waiting."], 2)
        assert find(tx, Who(author=NAME, author_id="7")).count == 2
        assert find(tx, Who(author_id="8")).count == 1
        assert find(tx, Who(author=NAME, source_id=place.source + 1)).count == 0
        with pytest.raises(BadInput, match="Give the name"):
            find(tx, Who())


def test_words_and_names_go_and_hashes_and_our_answer_stay(place: Place) -> None:
    done = erase(place.store, keys(), Who(author=NAME), "asked for it", by=place.alice, now=NOW)
    assert done == Erased(comments=3, words=2, raw=1)
    left = everything(place.store)
    for gone in ("Katharina", "Öztürk", "landlord", "boxes", "Still waiting", "Hello"):
        assert gone not in left, gone
    for kept in ("Nice garden", "Ben", "We are sorry.", "hash 1", "wp:1", "Yes.", "Anger", place.hash, "asked for it"):
        assert kept in left, kept
    with place.store.read() as tx:
        assert audit.verify(tx).holds
        (event,) = tx.execute(select(audit_table).where(audit_table.c.action == "commenter.erased")).all()
        assert event.data["comments"] == [1, 2, 3]
        assert event.data["who"] == keys().keyed_hash("commenter", f"{NAME}\n")
        one = comments.get(tx, 1)
        assert one is not None
        assert one.deleted_at == NOW, "an answer under way stops at the gate"
        assert tx.execute(select(revisions.c.erased_at).where(revisions.c.comment_id == 1)).scalar() == NOW


def _made_of_a_template(place: Place, values: dict[str, str]) -> None:
    with place.store.write() as tx:
        mine = tx.execute(select(responses.c.id).where(responses.c.case_id == place.case)).scalar_one()
        carries = {"state": "published", "author_id": place.alice, "created_at": NOW, "saved_at": NOW}
        carrier = tx.execute(
            insert(responses).values(**carries, saved_by=place.alice).returning(responses.c.id)
        ).scalar()
        named = insert(templates).values(name="Thanks", by=place.alice, at=NOW).returning(templates.c.id)
        template = tx.execute(named).scalar()
        row = {"template_id": template, "number": 1, "response_id": carrier, "fields": [], "scope": {}}
        version = tx.execute(insert(template_versions).values(**row).returning(template_versions.c.id)).scalar()
        use = {"response_id": mine, "version_id": version, "values": values, "by": place.alice, "at": NOW}
        tx.execute(insert(template_uses).values(use))


def _values(store: Store) -> dict[str, str]:
    with store.read() as tx:
        return dict(tx.execute(select(template_uses.c["values"])).scalar_one())


def test_a_name_that_was_filled_into_a_template_goes_and_other_fields_stay(place: Place) -> None:
    filled = {"name": "Katharina", "whole": NAME, "said": "you wrote threw my boxes into the river", "day": "3 May"}
    _made_of_a_template(place, {**filled, "none": ""})
    erase(place.store, keys(), Who(author=NAME), "asked for it", by=place.alice, now=NOW)
    assert _values(place.store) == {"name": "", "whole": "", "said": "", "day": "3 May", "none": ""}
    assert "Katharina" not in everything(place.store)
    with place.store.read() as tx:
        assert audit.verify(tx).holds


def test_what_was_filled_into_a_template_goes_with_the_words_of_its_case(place: Place) -> None:
    _made_of_a_template(place, {"name": "Katharina", "day": "3 May"})
    with place.store.write() as tx:
        tx.execute(update(cases).values(state="closed", closed_at=NOW - timedelta(days=400)))
        retention.change(tx, "cases", 365, by=place.alice, at=NOW)
    Purge(place.store).run()
    assert _values(place.store) == {"name": "", "day": ""}


def test_what_the_feed_still_shows_is_not_taken_again(place: Place) -> None:
    erase(place.store, keys(), Who(author=NAME), "asked", by=place.alice, now=NOW)
    with place.store.write() as tx:
        known = comments.known(tx, place.source, ["wp:1", "wp:4"])
        assert [known[identity].gone for identity in ("wp:1", "wp:4")] == [True, False]
        sources.keep_raw(tx, place.source, "<author>Katharina Öztürk &lt;k&gt;</author><x", "0", "broken", NOW)
        assert [raw for _, raw in sources.kept(tx, place.source)] == ["<author>Ben</author><x"]
        assert sources.unreadable_counts(tx) == {place.source: 1}


def test_a_name_that_was_erased_is_kept_out_of_uploads_by_its_keyed_hash_alone(place: Place) -> None:
    erase(place.store, keys(), Who(author_id="7"), "asked", by=place.alice, now=NOW)
    assert erase(place.store, keys(), Who("Nobody", source_id=place.source), "x", by=place.alice, now=NOW).comments == 0
    names = [NAME.upper(), "Ben", "nobody", "", "  "]
    with place.store.read() as tx:
        assert erased.kept_out(tx, keys(), place.source, names) == {NAME.upper(), "nobody"}
        assert erased.kept_out(tx, keys(), place.source + 1, names) == {NAME.upper()}, "at all, and at one source alone"
        assert erased.kept_out(tx, Keys("A" * 43 + "="), place.source, names) == set()
        assert audit.verify(tx).holds
        stones = tx.execute(select(func.count()).select_from(erased_names)).scalar()
    erase(place.store, keys(), Who(NAME), "once more", by=place.alice, now=NOW)
    with place.store.read() as tx:
        assert tx.execute(select(func.count()).select_from(erased_names)).scalar() == stones
    assert "obody" not in everything(place.store)


def test_many_comments_go_in_short_steps_and_a_cut_off_erasure_goes_on(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    with place.store.write() as tx:
        thread = tx.execute(select(threads.c.id)).scalar_one()
        for number in range(10, 130):
            _comment(tx, place.source, thread, number, NAME, "", f"Number {number}")
    real = erasure.blank
    calls = []

    def once(tx: Tx, ids: list[int], now: datetime) -> None:
        if calls:
            raise ZeroDivisionError
        calls.append(ids)
        real(tx, ids, now)

    monkeypatch.setattr(erasure, "blank", once)
    with pytest.raises(ZeroDivisionError):
        erase(place.store, keys(), Who(author=NAME), "asked", by=place.alice, now=NOW)
    monkeypatch.setattr(erasure, "blank", real)
    place.store.longest_write = 0
    assert erase(place.store, keys(), Who(author=NAME), "asked", by=place.alice, now=NOW).comments == 123 - 50
    assert place.store.longest_write < 1
    with place.store.read() as tx:
        left = select(func.count()).where(comments_table.c.author == NAME)
        assert tx.execute(left).scalar() == 0
        assert audit.verify(tx).holds


def test_the_command_shows_first_and_erases_with_a_reason_by_an_administrator_alone(place: Place) -> None:
    run = CliRunner()
    args = ["erase", "--author", NAME, "--by", "alice@example.org"]
    refused = run.invoke(app, args)
    assert (refused.exit_code, refused.output) == (1, "alice@example.org is not an administrator here.\n")
    with place.store.write() as tx:
        people.set_roles(tx, place.alice, frozenset({"administrator"}), frozenset())  # type: ignore[arg-type]
    shown = run.invoke(app, args)
    assert "3 comments would be erased. Nothing was" in shown.output
    assert "Katharina" in everything(place.store)
    done = run.invoke(app, [*args, "--reason", "letter of 3 March"])
    assert "Erased: 3 comments, 2 notes and reasons that quoted them, 1 items" in done.output
    assert "Katharina" not in everything(place.store)


# --- what counts as a quotation ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("He THREW my boxes, into the river?", True),
        ("the boxes in a river", False),
        ("Katharina  Öztürk!", True),
        ("Katharinaöztürk", False),
        ("", False),
    ],
)
def test_a_name_or_four_words_in_a_row_are_a_quotation(typed: str, is_one: bool) -> None:
    assert quotes(typed, ["Katharina Öztürk"], [TEXT]) is is_one


@given(text=st.text(), before=st.text(), after=st.text())
def test_a_whole_text_between_other_words_is_always_found(text: str, before: str, after: str) -> None:
    enough = len(erasure._words(text)) >= 2
    assert quotes(f"{before} {text} {after}", [], [text]) or not enough


@given(typed=st.text(), text=st.text())
def test_without_a_word_in_common_nothing_is_a_quotation(typed: str, text: str) -> None:
    if not set(erasure._words(typed)) & set(erasure._words(text)):
        assert not quotes(typed, [], [text])


def test_update_of_words_leaves_their_hash(place: Place) -> None:
    with place.store.write() as tx:
        before = tx.execute(select(words.c.id, words.c.keyed_hash).order_by(words.c.id)).all()
        tx.execute(update(words).values(text=words.c.text))
    erase(place.store, keys(), Who(author=NAME), "asked", by=place.alice, now=NOW)
    with place.store.read() as tx:
        after = tx.execute(select(words.c.id, words.c.keyed_hash).order_by(words.c.id)).all()
        assert tx.execute(select(func.count()).select_from(raw_items)).scalar() == 2
    assert after[: len(before)] == before


# --- what could not be read -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        '{"author": "Jos\\u00e9 M\\u00fcller"',
        '{"author": "José Müller"',
        "<author>Jos&#233; M&#xfc;ller</author><x",
        "&lt;author&gt;Jos&amp;eacute; M&amp;uuml;ller",
        "<author>&#74;os&#233; &#77;&#252;ller</author>",
    ],
)
def test_a_name_in_an_item_that_could_not_be_read_is_found_however_it_is_written(place: Place, raw: str) -> None:
    with place.store.write() as tx:
        sources.keep_raw(tx, place.source, raw, "new", "Row 3 of 'José Müller' has no text.", NOW)
    with place.store.read() as tx:
        assert find(tx, Who(author="José Müller")).raw == 1
        assert find(tx, Who(author="Somebody Else")).raw == 0
    assert erase(place.store, keys(), Who(author="José Müller"), "asked", by=place.alice, now=NOW).raw == 1
    with place.store.read() as tx:
        kept = tx.execute(select(raw_items.c.raw, raw_items.c.problem).where(raw_items.c.raw_hash == "new")).one()
    assert tuple(kept) == ("", "")


def test_all_items_are_looked_through_and_those_of_a_later_name_too(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "_LOOKED_AT", 3)
    monkeypatch.setattr(erasure, "BATCH", 1)
    with place.store.write() as tx:
        tx.execute(update(comments_table).where(comments_table.c.id == 2).values(author="Kathi Other"))
        for number in range(10, 30):
            name = "Kathi Other" if number % 2 else "Katharina Öztürk &lt;k&gt;"
            sources.keep_raw(tx, place.source, f"<author>{name}</author>", str(number), "broken", NOW)
    done = erase(place.store, keys(), Who(author_id="7"), "asked", by=place.alice, now=NOW)
    assert (done.comments, done.raw) == (2, 21)
    assert "Kath" not in "".join(raw for _, raw in _kept(place))


def _kept(place: Place) -> list[tuple[int, str]]:
    with place.store.read() as tx:
        return sources.kept(tx, place.source)


# --- what is left in the files ----------------------------------------------------------------------------------------


def _files(store: Store) -> bytes:
    """Every byte of the database: its file and the log of writes beside it."""
    assert store.file is not None
    log = Path(f"{store.file}-wal")
    return store.file.read_bytes() + (log.read_bytes() if log.exists() else b"")


def _with_search(place: Place) -> None:
    """More of the same, entered into the index of search in several parts, as it grows day by day."""
    with place.store.read() as tx:
        thread = tx.execute(select(threads.c.id)).scalar_one()
    for start in range(200, 260, 20):
        with place.store.write() as tx:
            for number in range(start, start + 20):
                author = "Xaverius" if number % 3 == 0 else "Ben"
                _comment(tx, place.source, thread, number, author, "", f"Quetzal feathers {number}" * 20)
        search_index.follow(place.store)


@pytest.mark.sqlite
def test_an_erasure_leaves_no_word_in_the_files_of_the_database(place: Place) -> None:
    _with_search(place)
    assert b"averius" in _files(place.store)
    erase(place.store, keys(), Who(author="Xaverius"), "asked", by=place.alice, now=NOW)
    erase(place.store, keys(), Who(author=NAME), "asked", by=place.alice, now=NOW)
    left = _files(place.store).lower()
    for gone in (b"averius", b"atharina", b"landlord", b"boxes into"):
        assert gone not in left, gone
    with place.store.read() as tx:
        assert find_comments(tx, Wanted(words="quetzal"), None).found, "search still finds the others"
        assert tx.execute(text("insert into search_comments (search_comments) values ('integrity-check')")) is not None


@pytest.mark.sqlite
def test_what_a_purge_deleted_is_not_left_in_the_files_either(place: Place) -> None:
    _with_search(place)
    with place.store.write() as tx:
        long_ago = datetime(2024, 3, 1, 12, tzinfo=UTC)
        tx.execute(update(comments_table).where(comments_table.c.author == "Xaverius").values(read_at=long_ago))
    assert Purge(place.store).run()
    assert b"averius" not in _files(place.store).lower()


@pytest.mark.sqlite
def test_who_reads_for_long_holds_up_no_writer_and_the_log_is_emptied_later(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrub, "_TRIES", 2)
    _with_search(place)
    with place.store.read() as reading:
        reading.execute(select(threads.c.id)).all()
        erase(place.store, keys(), Who(author="Xaverius"), "asked", by=place.alice, now=NOW)
        assert b"averius" in _files(place.store).lower()
        assert not scrub.scrub(place.store)
        with place.store.write() as tx:
            tx.execute(update(comments_table).values(spam=True))
    assert scrub.scrub(place.store)
    assert b"averius" not in _files(place.store).lower()
    with place.store.engine.connect() as one:
        assert one.exec_driver_sql("pragma busy_timeout").scalar() == 10_000
