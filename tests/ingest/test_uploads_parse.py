"""A file that somebody uploads, from bytes to comments and problems: whatever is in it, nothing raises and nothing is
guessed that could be two things."""

import json
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.html import tidy
from ingest import dates
from ingest.tables import MAX_BYTES, MAX_ROWS, Row, Table, Terms, again, parse
from model.comment import Entry
from model.words import Channel

pytestmark = pytest.mark.values

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
TERMS = Terms(Channel.FACEBOOK, BERLIN, NOW)
SECONDS = 10  # far more than any of these takes on a slow machine; what grows with the square takes minutes


def read(text: str | bytes, name: str = "comments.csv") -> Table:
    return parse(text.encode() if isinstance(text, str) else text, TERMS, name)


def entries(table: Table) -> list[Entry]:
    return [row.entry for row in table.rows if row.entry is not None]


def only(table: Table) -> Entry:
    (entry,) = entries(table)
    return entry


def refused(table: Table) -> Row:
    (row,) = [row for row in table.rows if row.entry is None]
    return row


# --- letters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_letters_are_read_in_every_usual_coding(coding: str) -> None:
    table = read("Text;Name\nSchöne Grüße – 😀;Ärzte\n".encode(coding))
    assert (only(table).text, only(table).author, table.notes) == ("Schöne Grüße – 😀", "Ärzte", ())


def test_what_is_not_utf_8_is_taken_for_windows_1252_line_by_line_and_said() -> None:
    table = read("text,author\nGrüße,Ada\n".encode() + "Grüße – „ja“,Ben\n".encode("cp1252"))
    assert [entry.text for entry in entries(table)] == ["Grüße", "Grüße – „ja“"]
    assert "1 line is not in UTF-8 and taken for Windows-1252" in table.notes[0]


def test_zero_bytes_and_halves_of_characters_are_dropped() -> None:
    assert only(read(b"text,author\nGood\x00 day,A\x00da" + b"!" * 99)).text == "Good day"
    assert only(read('{"text": "Good \\ud800day\\u0000"}', "a.jsonl")).text == "Good day"


# --- columns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_and_quoted_fields_may_hold_it_and_lines(mark: str) -> None:
    table = read(f'Comment{mark}Author\n"Two\n""lines""{mark} one comment"{mark}Ada\nShort{mark}Ben\n')
    assert [(row.line, row.entry and row.entry.text) for row in table.rows] == [
        (2, 'Two\n"lines"' + mark.strip() + " one comment"),
        (4, "Short"),
    ]


def test_names_of_columns_are_known_in_several_spellings() -> None:
    table = read(
        "Comment ID;Nachricht;USER_NAME;created-at;Permalink;Post URL;In Reply To;Plattform;likes\n"
        "7;Hallo;Ada;2026-11-01 10:00;https://x.example/c7;https://x.example/p;6;Instagram;12\n"
    )
    (row,) = table.rows
    assert row.entry is not None
    assert (row.channel, row.entry.external_id, row.entry.text, row.entry.author) == (
        Channel.INSTAGRAM,
        "7",
        "Hallo",
        "Ada",
    )
    assert (row.entry.url, row.entry.thread_url) == ("https://x.example/c7", "https://x.example/p")
    assert row.entry.published_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert row.entry.parent_identity
    assert table.notes == ("Left out: likes.",)


def test_json_lines_say_the_same() -> None:
    table = read(json.dumps({"Message": "Hallo", "author": "Ada", "id": 7}) + "\n\n" + '{"text": 5}\nno\n[]\n', "a.txt")
    assert [(e.text, e.author) for e in entries(table)] == [("Hallo", "Ada"), ("5", "")]
    assert entries(table)[0].external_id == "7"
    assert [(row.line, row.problem[:24]) for row in table.rows if row.entry is None] == [
        (4, "This line is not JSON."),
        (5, "This line is no JSON obj"),
    ]


def test_cells_that_look_like_formulas_are_text() -> None:
    table = read('text,author\n"=HYPERLINK(""http://x"")",@SUM(1)\n-1+1,+49 30\n')
    assert [(e.text, e.author) for e in entries(table)] == [('=HYPERLINK("http://x")', "@SUM(1)"), ("-1+1", "+49 30")]


def test_a_file_without_a_text_column_says_which_columns_it_has() -> None:
    assert read("a,b\n1,2\n").problems == (
        "No column is the text of a comment. The first line must name the columns, one of them 'text'; it says “a”,"
        " “b”.",
    )


def test_an_address_that_is_none_is_left_out_and_said() -> None:
    (row,) = read("text,url,thread\nHallo,javascript:alert(1),Our group\n").rows
    assert row.entry is not None
    assert (row.entry.url, row.entry.thread_url, row.entry.thread_title) == ("", "Our group", "Our group")
    assert row.notes == ("Its address is not one of the web and was left out.",)


# --- rows that cannot be read ----------------------------------------------------------------------------------------


def test_a_row_that_cannot_be_read_is_kept_raw_with_its_line_and_can_be_read_again() -> None:
    table = read("text,author,date\nFine,Ada,2026-11-01\nWhen,Ben,03/04/2026\nToo,many,2026-11-01,fields\n,Cem,\n")
    assert [(row.line, row.problem) for row in table.rows if row.entry is None] == [
        (3, "The date “03/04/2026” could be 3 April or 4 March. Write it as 2026-04-03 or 2026-03-04."),
        (4, "This row has 4 fields, and the first line names 3."),
        (5, "There is no text in this row."),
    ]
    when = table.rows[1]
    assert json.loads(when.raw) == {"text": "When", "author": "Ben", "date": "03/04/2026"}
    assert again(when.raw, TERMS).problem == when.problem
    mended = again(when.raw.replace("03/04/2026", "2026-04-03"), TERMS).entry
    assert mended is not None
    assert (mended.text, mended.author) == ("When", "Ben")


def test_a_quotation_mark_that_is_never_closed_costs_its_own_line() -> None:
    table = read('text,author\n"Never closed,Ada\nFine,Ben\nFine too,Cem\n')
    assert (refused(table).line, [e.author for e in entries(table)]) == (2, ["Ben", "Cem"])


def test_the_same_row_twice_is_one_and_one_id_with_two_texts_is_none() -> None:
    table = read("id,text\n1,One\n1,One\n1,Two\n")
    assert [row.problem for row in table.rows] == [
        "",
        "This row says the same as line 2.",
        "This row has the id or address of line 2, and another text.",
    ]


def test_an_unknown_channel_is_refused_with_those_that_are_known() -> None:
    assert "“Orkut” is not known. Write one of: blog, facebook" in refused(read("text,channel\nHi,Orkut\n")).problem


# --- who is who ------------------------------------------------------------------------------------------------------


def test_the_same_comment_is_the_same_by_id_by_address_or_by_all_it_says() -> None:
    def named(text: str) -> str:
        return only(read(text)).identity

    assert named("id,text,thread\n1,One,A\n") == named("id,text,thread,author\n1,Two,A,Ada\n")
    assert named("id,text,thread\n1,One,A\n") != named("id,text,thread\n1,One,B\n")
    assert named("text,url\nOne,https://x.example/1\n") == named("text,url\nTwo,https://x.example/1\n")
    assert named("text,author\nOne,Ada\n") == named("author;text\nAda;One\n")
    assert named("text,author\nOne,Ada\n") != named("text,author\nOne,Ben\n")


def test_parents_are_found_by_id_and_by_address_in_any_order() -> None:
    table = read(
        "id,text,parent,url,thread\n2,Second,1,https://x.example/2,T\n1,First,,https://x.example/1,T\n"
        "3,Third,https://x.example/2,,T\n4,Elsewhere,99,,T\n"
    )
    second, first, third, elsewhere = entries(table)
    assert (second.parent_identity, third.parent_identity) == (first.identity, second.identity)
    assert elsewhere.parent_identity not in {"", first.identity, second.identity, third.identity}


# --- hostile files ---------------------------------------------------------------------------------------------------

HOSTILE = {
    "a zip": b"PK\x03\x04" + bytes(1000),
    "gzip": b"\x1f\x8b" + bytes(1000),
    "an old spreadsheet": b"\xd0\xcf\x11\xe0" + bytes(1000),
    "every byte": bytes(range(256)) * 400,
    "nothing but zeros": bytes(1_000_000),
    "a million columns": b"text" + b"," * 1_000_000,
    "a million columns in a row": b"text\n" + b"," * 1_000_000,
    "one line of ten megabytes": b"text\n" + b"x" * (MAX_BYTES - 5),
    "one line of quotation marks": b"text\n" + b'"' * (MAX_BYTES - 5),
    "quotation marks that open": b"text\n" + b'"open\n' * 100_000,
    "quotation marks that open and never match": b"text,b\n" + b'a,"open ""\n' * 60_000,
    "blank rows": b"text\n" + b"\n" * (MAX_BYTES - 5),
    "empty rows": b"text,b\n" + b",\n" * 4_900_000,
    "a deep list": b'{"text":' + b"[" * 120_000,
    "many deep lists": (b'{"text":' + b"[" * 1000 + b"\n") * 2000,
    "a number of many digits": b'{"text": ' + b"9" * 100_000 + b"}",
    "a list": b"[" + b'{"text":"a"},' * 1000,
    "half of UTF-16": "text\nHallo".encode("utf-16") + b"\x00",
    "a mark alone": b"\xff\xfe",
    "three codings": "text\nä\n".encode() + "ö\n".encode("cp1252") + "ü\n".encode("utf-16-le"),
    "overrides and towers": ("text\n\u202egnp.exe\u202c " + "a" + "\u0301" * 5000 + "\n").encode(),
    "a delimiter that is none": b'sep="\ntext"a\n',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_read_or_refused_in_a_moment(kind: str) -> None:
    began = time.monotonic()
    table = read(HOSTILE[kind])
    assert time.monotonic() - began < SECONDS
    assert table.problems or table.rows
    for row in table.rows:
        assert row.entry is not None or row.problem.endswith((".", "”"))
        assert len(row.raw) <= 100_000


def test_too_many_rows_and_too_many_bytes_are_refused_whole() -> None:
    assert f"more than {MAX_ROWS:,} rows" in read("text\n" + "x\n" * (MAX_ROWS + 1)).problems[0]
    assert "larger than 10 MB" in read(b"x" * (MAX_BYTES + 1)).problems[0]
    assert read("text\n" + "".join(f"x{n}\n" for n in range(MAX_ROWS))).readable == MAX_ROWS


@given(st.binary(max_size=400))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for start in (b"", b"text,date\n", b'{"text": "'):
        table = read(start + body)
        assert table.problems or table.rows


CELL = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\r"), min_size=1, max_size=40).map(
    lambda text: " ".join(f"x{text}x".split())
)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8, unique=True), st.sampled_from(",;\t|"))
@settings(deadline=None)
def test_what_a_spreadsheet_writes_is_read_as_it_was(cells: list[tuple[str, str]], mark: str) -> None:
    def quoted(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    whole = f"text{mark}id\n" + "".join(f"{quoted(text)}{mark}{quoted(str(n))}\n" for n, (text, _) in enumerate(cells))
    table = read(whole)
    assert len(entries(table)) == len(cells)
    assert [e.external_id for e in entries(table)] == [str(n) for n in range(len(cells))]
    assert [e.text for e in entries(table)] == [tidy(text) for text, _ in cells]


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("2026-11-20", "2026-11-19T23:00"),
        ("2026-11-20 14:05", "2026-11-20T13:05"),
        ("2026-07-20 14:05", "2026-07-20T12:05"),
        ("2026-11-20T14:05:00Z", "2026-11-20T14:05"),
        ("2026-11-20 14:05:00 +0200", "2026-11-20T12:05"),
        ("2026-11-20 14:05:00 UTC", "2026-11-20T14:05"),
        ("2026/11/20 14:05", "2026-11-20T13:05"),
        ("24.11.2025, 14:05 Uhr", "2025-11-24T13:05"),
        ("24/3/2026", "2026-03-23T23:00"),
        ("3/24/2026 2:05 PM", "2026-03-24T13:05"),
        ("3/24/2026 12:05 am", "2026-03-23T23:05"),
        ("4/4/2026", "2026-04-03T22:00"),
        ("Fri, 20 Nov 2026 01:25:45 +0000", "2026-11-20T01:25:45"),
        ("Nov 20, 2026 2:05 PM", "2026-11-20T13:05"),
        ("3. März 2026 um 14.05 Uhr", "2026-03-03T13:05"),
        ("1763992800", "2025-11-24T14:00"),
        ("1763992800000", "2025-11-24T14:00"),
    ],
)
def test_dates_are_read_in_the_forms_that_people_and_programs_use(told: str, utc: str) -> None:
    assert dates.parse(told, BERLIN, NOW) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "told",
    [
        "",
        "soon",
        "3/4/2026",
        "3-4-2026",
        "31.02.2026",
        "2027-01-01",
        "1970-01-01",
        "9999-12-31",
        "0001-01-01 +0500",
        "Fri, 20 Nov 2026 10:00:00 CET",
        "24.11.26",
        "13:00 PM 3/24/2026",
        "99999999999999",
        "²³.11.2026",
        "2026-13-01",
    ],
)
def test_dates_that_could_be_two_or_none_are_refused(told: str) -> None:
    with pytest.raises(dates.Unclear):
        dates.parse(told, BERLIN, NOW)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_any_words_are_a_moment_of_the_past_or_refused(told: str) -> None:
    try:
        moment = dates.parse(told, BERLIN, NOW)
    except dates.Unclear as refusal:
        assert str(refusal).endswith(".")
    else:
        assert dates.EARLIEST <= moment <= NOW + timedelta(days=1)


@given(st.datetimes(datetime(1991, 1, 1), datetime(2026, 11, 23)))  # noqa: DTZ001 (a wall clock)
@settings(deadline=None)
def test_a_date_in_any_clear_form_is_the_same_moment(wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    forms = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%d.%m.%Y %H:%M", "%d %B %Y %H:%M", "%B %d, %Y %I:%M %p")
    assert len({dates.parse(wall.strftime(form), BERLIN, NOW) for form in forms}) == 1
