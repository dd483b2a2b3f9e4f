"""The whole path from a feed to its cases, against the plain pipeline; and what a second read costs."""

import gc
import statistics
import time
from calendar import timegm
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import feedparser
import pandas as pd
from sqlalchemy import create_engine
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

import worker
from bench.figures import Figure
from bench.generated import SITE, Made, feeds, rss
from channels.feed.parse import parse
from ingest.take import Taken, take
from model.words import Channel, SourceKind
from response import policies
from store import cases, sources
from store.db import Store
from store.migrate import migrate
from store.sources import Source

SIZE = 200
FEEDS = 100
READS = 15
P = ParamSpec("P")
T = TypeVar("T")


def new_store(path: Path) -> Store:
    """An installation's database with its tables and the shipped policy."""
    store = Store(f"sqlite:///{path}")
    migrate(store)
    policies.ensure(store)
    return store


def new_source(store: Store, name: str) -> Source:
    """A WordPress blog to read from."""
    now = datetime.now(UTC)
    with store.write() as tx:
        number = sources.add(
            tx,
            name=name,
            channel=Channel.BLOG,
            kind=SourceKind.WORDPRESS,
            site_url=f"{SITE}/",
            feed_url=f"{SITE}/comments/feed/",
            next_read_at=now,
            created_at=now,
        )
        source = sources.get(tx, number)
    assert source is not None
    return source


def read(store: Store, source: Source, body: bytes) -> Taken:
    """What a read of a feed comes to once its bytes are here."""
    return take(store, source, parse(body, "application/rss+xml", base=source.feed_url))


def plain_pipeline(path: Path) -> Callable[[bytes], int]:
    """feedparser, VADER on each whole text, and DataFrame.to_sql, as one writes it in an afternoon."""
    engine, vader = create_engine(f"sqlite:///{path}"), SentimentIntensityAnalyzer()

    def row(entry: Any) -> dict[str, object]:
        text = entry.content[0].value
        return {
            "id": entry.id,
            "author": entry.author,
            "url": entry.link,
            "published": datetime.fromtimestamp(timegm(entry.published_parsed), UTC),
            "text": text,
            "sentiment": vader.polarity_scores(text)["compound"],
        }

    def run(body: bytes) -> int:
        rows = [row(entry) for entry in feedparser.parse(body).entries]
        pd.DataFrame(rows).to_sql("comments", engine, if_exists="append", index=False)
        return len(rows)

    return run


def timed(act: Callable[P, T], *args: P.args, **named: P.kwargs) -> tuple[float, T]:
    """Seconds on the clock, and what came of it."""
    began = time.perf_counter()
    result = act(*args, **named)
    return time.perf_counter() - began, result


def whole_path(folder: Path) -> Figure:
    """20,000 comments, feed by feed through both pipelines in turn, so that a slow moment of the machine hits both."""
    store, plain = new_store(folder / "path.db"), plain_pipeline(folder / "plain.db")
    source = new_source(store, "The association")
    bodies = [rss(made) for made in feeds(FEEDS, SIZE)]
    _warm_up(folder, plain_pipeline(folder / "warm.db"))
    usual = gc.get_threshold()
    worker.rarely_collected()  # It is the same for both.
    ours, against, comments = 0.0, 0.0, 0
    for body in bodies:
        seconds, taken = timed(read, store, source, body)
        ours += seconds
        comments += taken.new
        seconds, _ = timed(plain, body)
        against += seconds
    with store.read() as tx:
        opened = cases.count_open(tx)
    gc.unfreeze()
    gc.set_threshold(*usual)
    store.engine.dispose()
    if comments != FEEDS * SIZE:
        raise RuntimeError(f"{comments} comments were stored where {FEEDS * SIZE} were sent")
    return Figure(
        f"feed to case, {comments:,} comments in {FEEDS} feeds ({opened} cases)",
        f"{ours:.1f} s, {comments / ours:,.0f}/s",
        f"plain pipeline {against:.1f} s, {comments / against:,.0f}/s",
        f"{against / ours:.2f} of its speed",
        against / ours,
        bar=0.7,
    )


def _warm_up(folder: Path, plain: Callable[[bytes], int]) -> None:
    """Both load their lexicons before the clock runs."""
    body = rss(next(feeds(1, 20, seed=1)))
    store = new_store(folder / "warm-path.db")
    read(store, new_source(store, "warm"), body)
    plain(body)
    store.engine.dispose()


def second_read(folder: Path) -> Figure:
    """A feed of 200 read first, and again with one new comment at its top; the median of several feeds."""
    store = new_store(folder / "again.db")
    first, again = list[float](), list[float]()
    for made in feeds(READS, SIZE, seed=11):
        source = new_source(store, "The association")
        before, after = rss(made), rss(_one_more(made))
        first.append(timed(read, store, source, before)[0])
        seconds, taken = timed(read, store, source, after)
        again.append(seconds)
        if taken != Taken(new=1):
            raise RuntimeError(f"one comment was new, but the read brought {taken}")
    store.engine.dispose()
    whole, part = statistics.median(first), statistics.median(again)
    return Figure(
        f"a read with 1 new and {SIZE - 1} known entries",
        f"{part * 1000:.0f} ms",
        f"its first read {whole * 1000:.0f} ms",
        f"{part / whole:.2f} of its time",
        part / whole,
        bar=0.3,
        at_least=False,
    )


def _one_more(made: Sequence[Made]) -> list[Made]:
    """The feed after one more comment: that one on top, the oldest gone."""
    newest = replace(made[0], number=1_000_000_000 + made[0].number, parent=None, paragraphs=("Is it open on Sunday?",))
    return [newest, *made[:-1]]
