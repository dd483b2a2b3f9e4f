"""Search, the same on both databases: what was typed finds what holds it, and nothing that is typed breaks it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from model.words import Channel, SourceKind
from store import cases as case_rows
from store import comments as comment_rows
from store import responses as response_rows
from store import search, search_index, sources
from store.db import Store, Tx
from store.migrate import migrate
from store.schema import assessments, comments, responses, revisions, threads
from store.schema import cases as cases_table
from store.search import Results, Wanted, terms

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def add(store: Store, *texts: str, author: str = "Ann", source: str = "The blog", **values: object) -> list[int]:
    """Comments of one source, a minute apart; their ids."""
    with store.write() as tx:
        there = [one.id for one in sources.every(tx) if one.name == source]
        source_id = there[0] if there else _source(tx, source, str(values.pop("channel", Channel.BLOG)))
        url = f"https://blog.example.org/{len(source)}/"
        if url not in comment_rows.threads_by_url(tx, source_id, [url]):
            comment_rows.add_threads(tx, [{"source_id": source_id, "url": url, "title": "The open day", "text": ""}])
        thread = comment_rows.threads_by_url(tx, source_id, [url])[url].id
        known = len(comment_rows.of_thread(tx, thread))
        rows = [
            {
                "thread_id": thread,
                "identity": f"{known + n}",
                "external_id": f"{known + n}",
                "author": author,
                "read_at": NOW,
                "at": NOW + timedelta(minutes=known + n),
                "text_hash": "",
                **values,
            }
            for n in range(len(texts))
        ]
        ids = comment_rows.add_comments(tx, source_id, rows)
        found = zip(ids, texts, strict=True)
        comment_rows.add_revisions(
            tx, [{"comment_id": i, "number": 1, "text": text, "html": "", "read_at": NOW} for i, text in found]
        )
    search_index.follow(store)
    return ids


def _source(tx: Tx, name: str, channel: str) -> int:
    return sources.add(
        tx,
        name=name,
        channel=channel,
        kind=SourceKind.FEED,
        site_url="https://blog.example.org/",
        feed_url="https://blog.example.org/feed/",
        next_read_at=NOW,
        created_at=NOW,
    )


def find(store: Store, typed: str = "", before: int | None = None, **narrowed: object) -> list[int]:
    return [one.id for one in results(store, typed, before, **narrowed).found]


def results(store: Store, typed: str = "", before: int | None = None, **narrowed: object) -> Results:
    with store.read() as tx:
        return search.find_comments(tx, replace(Wanted(words=typed), **narrowed), before)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("lake", [0, 2]),
        ("LAKE camp", [0]),
        ('"the lake"', [0]),
        ('"lake the"', []),
        ("lake -camp", [2]),
        ('lake -"two boats"', [0]),
        ("boat*", [2]),
        ("boat", []),
        ("bo*", []),
        ("grusse", [1]),
        ("GRÜSSE", [1]),
        ("well-kept", [2]),
        ("kept", [2]),
        ("example.org", [1]),
        ("example", [1]),
        ("don't", [0]),
        ("Zoë", [3]),
        ("zoe", [3]),
        ("-lake", []),
        ("…", []),
    ],
)
def test_what_was_typed_finds_what_holds_it(database: Store, typed: str, expected: list[int]) -> None:
    ids = add(
        database,
        "My son was at the camp by the lake. I don't know more.",
        "Viele Grüße aus Köln, viele Grüsse! See https://www.example.org/page?x=1.",
        "A well-kept lake; two boats.",
    )
    ids += add(database, "Thank you.", author="Zoë Smith")
    assert sorted(find(database, typed)) == [ids[n] for n in expected]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40) | st.text("\"*-()^:+ANDORNOTEAR'\\\x00lake \ud800%_{}|&!<>", max_size=30))
def test_nothing_that_is_typed_breaks_it(one: Store, typed: str) -> None:
    with one.read() as tx:
        for look in (search.find_comments, search.find_cases, search.find_responses):
            look(tx, Wanted(words=typed))
            look(tx, Wanted(words="lake", author=typed))


@pytest.fixture
def one(database: Store) -> Store:
    add(database, "By the lake.")
    return database


def test_the_newest_come_first_and_pages_meet_without_a_gap(database: Store) -> None:
    ids = add(database, *(f"lake number {n}" for n in range(75)))
    first = results(database, "lake")
    second = results(database, "lake", first.further)
    third = results(database, "lake", second.further)
    assert [one.id for page in (first, second, third) for one in page.found] == ids[::-1]
    assert third.further is None


def test_filters_narrow_it_down(database: Store) -> None:
    calm = add(database, "lake one", author="Ann")
    bad = add(database, "lake two", author="Bob", flagged=True)
    spam = add(database, "lake three", author="Bob", spam=True, source="Another", channel=Channel.MASTODON)
    assert find(database, "lake", flagged=True) == bad
    assert find(database, "lake", flagged=False) == [*spam, *calm]
    assert find(database, "lake", spam=True) == spam
    assert find(database, "lake", channel="mastodon") == spam
    assert find(database, "lake", author="bob") == [*spam, *bad]
    assert find(database, "", author="bob") == [*spam, *bad]
    assert find(database, "two", author="ann") == []
    assert find(database, "", flagged=True) == bad
    with database.read() as tx:
        other = next(one.id for one in sources.every(tx) if one.name == "Another")
    assert find(database, "lake", source_id=other) == spam
    later = NOW + timedelta(seconds=30)
    assert find(database, "lake", since=later) == bad
    assert find(database, "lake", until=later) == [*spam, *calm]


def test_a_rare_filter_over_many_says_where_to_go_on(database: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LOOKED_AT", 20)
    (rare,) = add(database, "lake", flagged=True)
    add(database, *["lake"] * 45)
    looked, before, pages = [], None, 0
    while pages == 0 or before is not None:
        page = results(database, "lake", before, flagged=True)
        looked += [one.id for one in page.found]
        before, pages = page.further, pages + 1
    assert looked == [rare]
    assert pages == 3


def _walked(store: Store, typed: str, **filters: object) -> tuple[list[int], int]:
    """All that is found by going further back to the end, and in how many searches."""
    found, before, times = [], None, 0
    while times == 0 or before is not None:
        page = results(store, typed, before, **filters)
        assert page.further is None or before is None or page.further < before
        found += [one.id for one in page.found]
        before, times = page.further, times + 1
    return found, times


@pytest.mark.parametrize(
    ("typed", "filters"),
    [("lake camp", {}), ('"lake camp"', {}), ("lake", {"author": "bob"}), ("lake -boat", {}), ("lake -camp", {})],
)
def test_a_search_stops_at_so_many_and_going_further_back_finds_the_rest(
    database: Store, monkeypatch: pytest.MonkeyPatch, typed: str, filters: dict[str, object]
) -> None:
    texts = ["lake camp", "lake", "camp", "boat on a lake", "camp by the lake", "lake camp boat", "sea"] * 4
    add(database, *texts, author="Ann")
    add(database, *texts, author="Bob")
    whole, once = _walked(database, typed, **filters)
    assert once == 1
    assert whole
    for at, past in ((3, 15_000), (1_500, 2), (2, 1)):
        monkeypatch.setattr(search, "LOOKED_AT", at)
        monkeypatch.setattr(search, "LOOKED_PAST", past)
        found, times = _walked(database, typed, **filters)
        assert found == whole
        if database.sqlite and "-" in typed:
            assert times > 1


@pytest.mark.parametrize(("typed", "author"), [("lake camp", ""), ("lake", "ann"), ('"lake camp"', "ann")])
def test_the_newest_blocks_come_first_and_each_step_further_back_looks_through_so_many_more(
    database: Store, typed: str, author: str
) -> None:
    numbers = (1, 20_000, 200_000, 500_000, 990_000, 1_000_000)
    for number in numbers:
        add(database, "lake camp", source=f"Blog {number}", id=number)
    first = results(database, typed, author=author)
    assert [one.id for one in first.found][:2] == [1_000_000, 990_000]
    assert first.further is None or first.further >= 1_000_000 // 8_192 * 8_192 - 3 * 8_192
    found, times = _walked(database, typed, author=author)
    assert found == list(numbers[::-1])
    assert times > 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed=st.lists(st.sampled_from(["lake", "camp", '"lake camp"', "lak*", "-camp", "-cam*", "sea"]), max_size=3),
    author=st.sampled_from(["", "ann", "ann lee", "bob*", "nobody"]),
    flagged=st.none() | st.booleans(),
    at=st.integers(1, 5),
    more=st.integers(1, 4),
)
def test_walking_to_the_end_finds_exactly_what_a_plain_look_at_each_finds(
    many: Store, typed: list[str], author: str, flagged: bool | None, at: int, more: int
) -> None:
    if not any(word[0] != "-" for word in typed) and (typed or not author):
        return
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("LOOKED_AT", at), ("FURTHER", (more,)), ("MOST_BEGUN", at - 1)):
            patch.setattr(search, name, value)
        found, _ = _walked(many, " ".join(typed), author=author, flagged=flagged)
    assert found == [i for i in sorted(_MANY, reverse=True) if _plainly(*_MANY[i], typed, author, flagged)]


_TEXTS = ("lake camp", "camp by the lake", "lake", "lakes and seas", "sea", "camping", "a boat")
_NAMES = ("Ann Lee", "Bob", "Ann", "Lee", "")
_MANY = {n * 5_003 + 1: (_TEXTS[n % 7], _NAMES[n % 5], n % 3 == 0) for n in range(60)}


@pytest.fixture
def many(database: Store) -> Store:
    for number, (words, name, flagged) in _MANY.items():
        add(database, words, author=name, source=f"Blog {number}", id=number, flagged=flagged)
    return database


def _plainly(words: str, name: str, flag: bool, typed: list[str], author: str, flagged: bool | None) -> bool:
    said, named = f" {words.lower()} ", f" {name.lower()} "

    def holds(one: str, *where: str) -> bool:
        bare = one.strip('-"')
        return any(f" {bare[:-1]}" in each if one.endswith("*") else f" {bare} " in each for each in where)

    places = (said,) if author else (said, named)
    kept = all(holds(one, *places) != one.startswith("-") for one in typed)
    return kept and all(holds(one, named) for one in author.split()) and flagged in (None, flag)


def _edit(store: Store, comment_id: int) -> None:
    with store.write() as tx:
        comment_rows.change(tx, comment_id, revision=2)
        row = {"comment_id": comment_id, "number": 2, "text": "By the sea.", "html": "", "read_at": NOW}
        comment_rows.add_revisions(tx, [row])
    search_index.follow(store)


def _erase(store: Store, comment_id: int) -> None:
    with store.write() as tx:
        tx.execute(update(revisions).where(revisions.c.comment_id == comment_id).values(text="", html=""))
        tx.execute(update(comments).where(comments.c.id == comment_id).values(author=""))


def _purge(store: Store, comment_id: int) -> None:
    with store.write() as tx:
        for table in (assessments, revisions):
            tx.execute(delete(table).where(table.c.comment_id == comment_id))
        tx.execute(delete(comments).where(comments.c.id == comment_id))


@pytest.mark.parametrize("change", [_edit, _erase, _purge])
def test_what_is_gone_is_not_found_any_more(database: Store, change: Callable[[Store, int], None]) -> None:
    gone, left = add(database, "By the lake.", "A lake too.", author="Ann")
    change(database, gone)
    assert find(database, "lake") == [left]
    assert (gone in find(database, "ann")) == (change is _edit)
    assert find(database, "sea") == ([gone] if change is _edit else [])


def test_what_was_missed_is_entered_the_next_time(database: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_index, "AT_ONCE", 3)
    ids = add(database, *["lake"] * 10)
    assert find(database, "lake") == ids[::-1]


def test_cases_are_found_by_headline_and_thread_and_responses_by_their_text(database: Store, alice: int) -> None:
    (comment,) = add(database, "My daughter was left alone at the lake.")
    with database.write() as tx:
        thread = tx.execute(threads.select()).first()
        assert thread is not None
        made = {"lead_comment_id": comment, "lead_revision": 1, "state": "open", "severity": 2, "version": 1}
        case = {**made, "thread_id": thread.id, "headline": "Children", "matters": [], "opened_at": NOW, "due_at": NOW}
        case_id = case_rows.add_all(tx, [case])[thread.id]
        said = {"author_id": alice, "saved_at": NOW, "saved_by": alice, "created_at": NOW, "version": 1}
        row = responses.insert().values(case_id=case_id, state="draft", draft="We are sorry", **said)
        response_id = tx.execute(row.returning(responses.c.id)).scalar_one()
    assert _kinds(database, "children") == _kinds(database, '"open day"') == ([case_id], [])
    assert _kinds(database, "sorry") == ([], [response_id])
    with database.write() as tx:
        case_rows.change(tx, case_id, 1, headline="Threats", state="closed")
        response_rows.change(tx, response_id, 1, draft="We call you today")
    assert _kinds(database, "children") == _kinds(database, "sorry") == ([], [])
    assert _kinds(database, "threats") == ([case_id], [])
    assert _kinds(database, "today") == ([], [response_id])
    assert _kinds(database, "threats", state="open") == ([], [])


def test_what_comes_after_the_newest_revision_went_is_found(database: Store) -> None:
    (first,) = add(database, "By the lake.")
    with database.write() as tx:
        told = {"comment_id": first, "number": 2, "text": "At the lake.", "html": "", "read_at": NOW}
        comment_rows.add_revisions(tx, [told])
        comment_rows.change(tx, first, revision=2)
    search_index.follow(database)
    _purge(database, first)
    (new,) = add(database, "On a mountain.")
    assert find(database, "mountain") == [new]


def test_a_case_is_found_by_a_title_that_came_later(database: Store) -> None:
    (lead,) = add(database, "No.")
    with database.write() as tx:
        opened = {"lead_comment_id": lead, "lead_revision": 1, "severity": 3, "matters": [], "due_at": NOW}
        thread = tx.execute(select(threads.c.id)).scalar_one()
        case_row = {**opened, "thread_id": thread, "state": "open", "headline": "Anger", "opened_at": NOW}
        case_id = tx.execute(cases_table.insert().values(case_row).returning(cases_table.c.id)).scalar_one()
        comment_rows.describe_thread(tx, thread, title="The regatta", text="")
    assert _kinds(database, "regatta") == ([case_id], [])
    assert _kinds(database, "anger") == ([case_id], [])


def test_cases_and_responses_are_looked_through_so_many_at_a_time(database: Store, alice: int) -> None:
    """Those with an id far below are found by going further back, and a page without any says that there is more."""
    numbers = (1, 900, 5_000, 20_000)
    (lead,) = add(database, "No.")
    with database.write() as tx:
        of = {"lead_comment_id": lead, "lead_revision": 1, "severity": 3, "matters": [], "due_at": NOW}
        of |= {"thread_id": tx.execute(select(threads.c.id)).scalar_one(), "state": "closed", "opened_at": NOW}
        by = {"author_id": alice, "saved_at": NOW, "saved_by": alice, "created_at": NOW, "version": 1}
        for number in (*numbers, 10_000):
            said = "A boat" if number == 10_000 else "A lake, a camp"
            tx.execute(cases_table.insert().values(id=number, headline=said, **of))
            tx.execute(responses.insert().values(id=number, state="draft", draft=said, **by))
    for kind, look in (("cases", search.find_cases), ("responses", search.find_responses)):
        for typed in ("lake camp", '"a camp"', "lak* camp -boat"):
            pages = [look_once(database, look, typed)]
            while pages[-1].further is not None:
                pages.append(look_once(database, look, typed, pages[-1].further))
            found = [one.id for page in pages for one in page.found]
            assert found == list(numbers[::-1])
            assert len(pages) > 2
            with database.read() as tx:
                moments = [search.looked_back_to(tx, kind, page) for page in pages]
            assert moments == [NOW] * (len(pages) - 1) + [None]


def look_once(store: Store, look: Callable[..., Results], typed: str, before: int | None = None) -> Results:
    with store.read() as tx:
        return look(tx, Wanted(words=typed), before)


def test_however_long_a_text_and_its_words_are_it_is_taken_and_found(database: Store) -> None:
    """PostgreSQL refuses more than a megabyte of words, and each stands there behind its block."""
    long = add(database, *("camp " + "x" * length for length in (1_990, 2_040, 2_046, 2_050, 60_000)))
    (wide,) = add(database, "sea " + "\ufdfa" * 99_000)
    letters = " ".join(chr(0x20000 + n) for n in range(40_000))
    (many,) = add(database, f"lake {letters}", source="A", id=2_000_000_000)
    assert find(database, "lake") == [many]
    assert find(database, "camp") == long[::-1]
    assert find(database, "sea") == [wide]


def _kinds(store: Store, typed: str, state: str = "") -> tuple[list[int], list[int]]:
    wanted = Wanted(words=typed, state=state)
    with store.read() as tx:
        cases, said = search.find_cases(tx, wanted), search.find_responses(tx, wanted)
    return [one.id for one in cases.found], [one.id for one in said.found]


@pytest.mark.sqlite
def test_a_migration_puts_the_triggers_back(database: Store) -> None:
    with database.write() as tx:
        tx.exec_driver_sql("drop trigger search_comment_gone")
    migrate(database)
    (gone,) = add(database, "By the lake.")
    _purge(database, gone)
    assert find(database, "lake") == []


def test_what_came_by_another_way_is_entered_when_the_tables_are_brought_up_to_date(
    database: Store, alice: int
) -> None:
    with database.write() as tx:
        said = {"author_id": alice, "saved_at": NOW, "saved_by": alice, "created_at": NOW, "version": 1}
        tx.execute(responses.insert().values(state="draft", draft="We are sorry", **said))
        if database.sqlite:
            tx.exec_driver_sql("delete from search_responses")
    migrate(database)
    assert len(_kinds(database, "sorry")[1]) == 1


def test_terms_are_told_apart() -> None:
    found = terms('lake "by the sea" -camp boat* -"two words" ab* … don\'t')
    assert [(term.words, term.beginning, term.unwanted) for term in found] == [
        (("lake",), False, False),
        (("by", "the", "sea"), False, False),
        (("camp",), False, True),
        (("boat",), True, False),
        (("two", "words"), False, True),
        (("ab",), False, False),
        (("don", "t"), False, False),
    ]
