"""python -m analysis: files in, files out, and what is said when something is wrong."""

import csv
import gc
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis import __main__ as door
from analysis.__main__ import app
from analysis.models import AT_ONCE
from analysis.progress import progress
from analysis.rows import COLUMNS, Row
from model.assessment import SIGNALS, Assessment

csv.field_size_limit(1 << 30)
FIRST = ["id", "flagged", "severity", "sentiment", "worst", "negative", "spam", "matters", "reasons", "degraded"]


def score(source: Path, target: Path) -> Result:
    return CliRunner().invoke(app, ["score", "--in", str(source), "--out", str(target)])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def test_a_csv_file_keeps_its_order_and_its_ids(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv.gz", tmp_path / "out.csv"
    with gzip.open(source, "wt", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "colour", "id", "seen_elsewhere", "author_seen", "thread_title"])
        table.writerow(["Your treasurer stole the raffle money.", "red", "b,1", "", "", ""])
        table.writerow(["I like it.", "blue", "a", "3.0", "many", "Roses"])
        table.writerow(["x" * 300_000, "", "huge", "", "", ""])
        table.writerow(["", "", "empty", "", "", ""])
    result = score(source, target)
    assert result.exit_code == 0
    assert "a: author_seen or seen_elsewhere is not a count" in result.output
    found = rows(target)
    assert [row["id"] for row in found] == ["b,1", "a", "huge", "empty"]
    assert list(found[0]) == list(COLUMNS)
    assert [row["flagged"] for row in found] == ["1", "0", "1", "0"]
    assert json.loads(found[2]["degraded"]) == ["length"]
    assert set(json.loads(found[0]["matters"])) == {"misconduct", "money"}
    assert json.loads(found[0]["reasons"])[0]["text"] == "Your treasurer stole the raffle money."
    assert float(found[3]["sentiment"]) == 0


def test_json_lines_that_cannot_be_scored_pass_through(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.csv"
    lines = [
        '{"id": 7, "text": "Fine \\ud800 day\\u0000"}',
        "oops",
        "",
        '{"id": "n", "text": null}',
        '["list"]',
        "[" * 9999,
    ]
    source.write_text("\n".join(lines), "utf-8")
    result = score(source, target)
    assert result.exit_code == 0
    assert "n: no text." in result.output
    found = rows(target)
    assert [row["id"] for row in found] == ["7", "line 2", "n", "line 5", "line 6"]
    assert json.loads(found[0]["degraded"]) == []
    assert "matters" in json.loads(found[1]["degraded"])
    assert (found[1]["flagged"], found[1]["negative"], found[1]["spam"]) == ("1", "0.0", "0.0")


def test_bytes_that_are_no_text_are_replaced_and_said(tmp_path: Path) -> None:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(b"\xef\xbb\xbfid,text\r\n1,caf\xe9 \x00 au lait\r\n2\r\n")
    result = score(source, target)
    assert result.exit_code == 0
    assert "1: characters that could not be read were replaced." in result.output
    assert "2: no text." in result.output
    assert [row["id"] for row in rows(target)] == ["1", "2"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.csv", None, "No such file"),
        ("in.csv", b"id,words\n1,x\n", "column 'text' is missing. The columns are: id, words."),
        ("in.csv", b"", "column 'id' is missing. The columns are: none."),
        ("in.txt", b"x", "must end in .csv or .jsonl"),
        ("in.csv.gz", b"not compressed", "cannot be read"),
        ("in.csv.gz", gzip.compress(b"id,text\n" * 999, mtime=0)[:-12], "cut off"),
    ],
)
def test_what_cannot_be_read_overwrites_nothing(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    source, target = tmp_path / name, tmp_path / "out.csv"
    target.write_text("of yesterday", "utf-8")
    if content is not None:
        source.write_bytes(content)
    result = score(source, target)
    assert result.exit_code == 2
    assert says in result.output
    if "cut off" not in says:
        assert target.read_text("utf-8") == "of yesterday"


def test_the_source_is_never_the_target(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text\n1,x\n", "utf-8")
    assert score(source, source).exit_code == 2
    assert score(source, tmp_path / "no" / "out.csv").exit_code == 2
    assert source.read_text("utf-8") == "id,text\n1,x\n"


def test_explain_says_it_in_words() -> None:
    comment = b"Lovely day. Your treasurer stole the raffle money.\x1b[2J \xff"
    result = CliRunner().invoke(app, ["explain", "--thread-title", "Fair"], input=comment)
    assert result.exit_code == 0
    assert "A person should look: severity 3 (high)." in result.output
    assert "Your treasurer stole the raffle money." in result.output
    assert "\x1b" not in result.output


def test_explain_shows_each_signal_with_its_words_and_who_says_so() -> None:
    comment = b"I want to end my life. Ring me on 0171 946 0123. Can anybody help?"
    said = CliRunner().invoke(app, ["explain", "--tier", "0"], input=comment).output.splitlines()
    place = next(i for i, line in enumerate(said) if "self_harm possible" in line)
    assert "[rules 2]" in said[place]
    assert said[place + 1].split() == ["100%", "end", "my", "life"]
    assert any("100%  phone: 0171 946 0123" in line for line in said)
    assert any("100%  Can anybody help?" in line for line in said)
    assert any(line.startswith("Not looked for, as its model is not here: hate") for line in said)
    deeper = CliRunner().invoke(app, ["explain"], input=comment).output.splitlines()
    place = next(i for i, line in enumerate(deeper) if "self_harm possible" in line)
    assert "[meaning 4]" in deeper[place]
    assert "I want to end my life." in deeper[place + 1]


def test_a_row_has_every_signal_and_its_chance(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.csv"
    texts = [
        "I know where you live.",
        "Mail jo@club.example or 0171 946 0123",
        "Wann macht ihr auf und ist es voll?",
        None,
    ]
    source.write_text("\n".join(json.dumps({"id": n, "text": text}) for n, text in enumerate(texts)), "utf-8")
    result = score(source, target)
    assert result.exit_code == 0
    found = rows(target)
    assert list(found[0])[:10] == FIRST
    assert set(SIGNALS) | {f"p_{name}" for name in SIGNALS} <= set(found[0])
    assert float(found[0]["threat"]) >= 0.5 > float(found[0]["self_harm"])
    assert 0 < float(found[0]["p_threat"]) <= 1
    assert 0 < float(found[0]["p_personal_data"]) < float(found[1]["p_personal_data"]) < 1
    assert found[0]["p_question"] == "", "it was never calibrated"
    assert json.loads(found[1]["kinds"]) == [
        {"kind": "email", "start": 5, "end": 20},
        {"kind": "phone", "start": 24, "end": 37},
    ]
    assert float(found[2]["question"]) >= 0.5
    assert "question" in json.loads(found[3]["degraded"])
    assert all(float(found[3][name]) == 0 for name in SIGNALS)
    asked = CliRunner().invoke(app, ["score", "--tier", "0", "--in", str(source), "--out", str(target)])
    assert "encoder" not in asked.output
    assert CliRunner().invoke(app, ["score", "--tier", "2", "--in", str(source), "--out", str(target)]).exit_code == 2


def test_progress_is_for_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, says in ((io.StringIO(), ""), (Screen(), "300 rows")):
        monkeypatch.setattr("sys.stderr", stream)
        with progress() as done:
            done(256)
            done(44)
        assert says in stream.getvalue()
        assert bool(stream.getvalue()) == bool(says)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, alive = tmp_path / "in.csv", []
    score_some = door._score

    def counts(some: list[Row], *rest: Any) -> None:
        score_some(some, *rest)
        alive.append(Counter(type(one) for one in gc.get_objects()))

    monkeypatch.setattr(door, "_score", counts)
    source.write_text("id,text\n" + "".join(f"{n},Fine {n}\n" for n in range(3 * AT_ONCE)))
    assert score(source, tmp_path / "out.csv").exit_code == 0
    assert [there[Row] for there in alive] == [AT_ONCE] * 3
    assert all(there[Assessment] <= AT_ONCE for there in alive)


@pytest.mark.parametrize("command", [[], ["score"], ["explain"]])
def test_every_command_has_help(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output
