"""What a feed has forgotten is filled by other ways, page by page, or shown until a person has looked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import pytest

from channels import http
from ingest import gaps as ingest
from ingest import read
from ingest.gaps import fill, look_at
from jobs import Context
from model import clock
from model.errors import Conflict, NotAllowed
from model.language import using
from model.words import Role, SourceKind
from store import comments, gaps, sources
from store.db import Store
from store.gaps import Gap
from store.jobs import Job
from store.sources import Source
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.channels.peers import Peer, answer, path
from tests.ingest import reads
from tests.installation import add, set_up

SHOWN = 10


@dataclass
class Blog:
    """A blog with its feed of ten, its interface, the feed of its posts and one of each post."""

    said: list[Said] = field(default_factory=list)
    interface: str = "open"
    hidden: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def comments(self, first: int, last: int, *, text: str = "See you there", posts: int = 1) -> None:
        self.said += [Said(n, f"<p>{text} {n}.</p>\n", post=1 + n % posts) for n in range(first, last + 1)]

    def answers(self, request: str) -> bytes:
        parts = urlsplit(path(request))
        self.asked.append(path(request))
        newest = sorted(self.said, key=lambda one: one.moment, reverse=True)
        if parts.path == "/comments/feed/":
            return answer(self.here(blogs.rss(newest[:SHOWN])))
        if parts.path == "/feed/":
            return answer(self.here(self.posts()))
        if parts.path.endswith("/feed/"):
            post = int(parts.path.split("/")[-3].removeprefix("post-"))
            of_post = [one for one in newest if one.post == post][:SHOWN]
            return answer(self.here(blogs.rss(of_post, post=post)))
        if parts.path == "/wp-json/wp/v2/comments":
            return self.listed(newest, parse_qs(parts.query))
        return answer("", "404 Not Found")

    def here(self, body: bytes) -> bytes:
        return body.replace(blogs.HOME.encode(), self.url.encode())

    url = ""

    def posts(self) -> bytes:
        newest = sorted({one.post for one in self.said}, reverse=True)[:2]
        items = "".join(
            f"<item><title>{n}</title><link>{blogs.HOME}/2026/03/post-{n}/</link>"
            f"<wfw:commentRss>{blogs.HOME}/2026/03/post-{n}/feed/</wfw:commentRss></item>"
            for n in newest
        )
        return (
            f'<rss version="2.0" xmlns:wfw="http://wellformedweb.org/CommentAPI/"><channel><title>A blog</title>'
            f"<link>{blogs.HOME}</link>{items}</channel></rss>"
        ).encode()

    def listed(self, newest: Sequence[Said], asked: dict[str, list[str]]) -> bytes:
        if self.interface == "closed":
            return answer('{"code": "rest_forbidden", "message": "No."}', "401 Unauthorized")
        if self.interface == "down":
            return answer("", "503 Service Unavailable")
        if "include" in asked:
            wanted = set(asked["include"][0].split(","))
            return answer(self.here(blogs.interface([one for one in newest if str(one.number) in wanted])))
        if "before" in asked:
            before = datetime.fromisoformat(asked["before"][0])
            newest = [one for one in newest if one.moment < before]
        offset, many = int(asked["offset"][0]), int(asked["per_page"][0])
        page = [one for one in newest[offset : offset + many] if one.number not in self.hidden]
        return answer(self.here(blogs.interface(page)), X_WP_Total=str(len(newest)))


@pytest.fixture
def blog() -> Blog:
    return Blog()


def source(
    store: Store, peer: Peer, blog: Blog, *, api: bool = True, kind: SourceKind = SourceKind.WORDPRESS
) -> Source:
    blog.url = peer.url
    here = reads.source(store, f"{peer.url}/comments/feed/", kind)
    with store.write() as tx:
        sources.change(tx, here.id, api_url=f"{peer.url}/wp-json/" if api else "", read_at=datetime.now(UTC))
    return reads.row(store, here.id)


def the_gap(store: Store) -> Gap:
    (only,) = reads.everything(store)["gaps"]
    with store.read() as tx:
        found = gaps.get(tx, only["id"])
    assert found is not None
    return found


def run(store: Store, gap: Gap) -> Gap:
    fill(Context(store, Job(0, "read.fill", gap.id, f"fill:{gap.id}:{gap.step}", 1, 1), lease_seconds=60))
    return the_gap(store)


def numbers(store: Store) -> set[int]:
    return {int(one["identity"].removeprefix("wp:")) for one in reads.everything(store)["comments"]}


@pytest.fixture(autouse=True)
def always_ours() -> Iterator[None]:
    """The jobs of these tests have no row, so nobody can take them away."""
    with patch.object(Context, "still_mine", lambda _: True):
        yield


def missed_some(store: Store, blog: Blog, here: Source, last: int = 300, posts: int = 1) -> Gap:
    """Ten comments are read; then so many come that the feed shows the last ten of them alone."""
    blog.comments(1, 10)
    reads.read(store, here)
    blog.comments(11, last, posts=posts)
    reads.read(store, reads.row(store, here.id))
    assert numbers(store) == {*range(1, 11), *range(last - 9, last + 1)}
    return the_gap(store)


def test_three_hundred_comments_between_two_reads_are_all_read_by_the_interface(store: Store, blog: Blog) -> None:
    blog.hidden = {150, 151}
    with Peer(blog.answers) as peer:
        gap = missed_some(store, blog, source(store, peer, blog))
        assert (gap.since, gap.until) == (Said(10, "").moment, Said(291, "").moment)
        assert [(j["name"], j["ref"]) for j in reads.waiting(store)] == [("read.fill", gap.id)]

        after = run(store, gap)

    assert numbers(store) == set(range(1, 301)) - blog.hidden
    assert (after.how, after.brought, after.filled_at is not None) == ("interface", 278, True)
    assert after.next_at is None
    actions = [one["action"] for one in reads.everything(store)["audit"]]
    assert actions.count("gap.found") == actions.count("gap.filled") == 1
    assert "Authorization" not in "".join(peer.requests)


def test_what_a_gap_hid_is_news_and_opens_a_case(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer:
        here = source(store, peer, blog)
        gap = missed_some(store, blog, here, 30)
        blog.said[14] = Said(15, "<p>My daughter was left alone at the lake, and she is six.</p>\n")
        run(store, gap)
    (case,) = reads.all_cases(store)
    assert case.lead_comment_id == reads.comment(store, here, 15).id


def test_filling_goes_on_in_a_further_job_from_where_it_was(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer, patch.object(ingest, "_PAGES_A_JOB", 1):
        gap = missed_some(store, blog, source(store, peer, blog))
        first = run(store, gap)
        assert first.filled_at is None
        assert (first.step, first.place) == (gap.step + 1, 90)
        assert gap.since < first.until < gap.until, "what is left of it gets shorter"
        waiting = [j["key"] for j in reads.waiting(store)]
        assert f"fill:{gap.id}:{first.step}" in waiting
        for _ in range(3):
            first = run(store, first)
    assert first.filled_at is not None
    assert numbers(store) == set(range(1, 301))


def test_comments_that_are_deleted_and_left_meanwhile_move_nothing_past_it(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer, patch.object(ingest, "_PAGES_A_JOB", 1):
        gap = missed_some(store, blog, source(store, peer, blog))
        gap = run(store, gap)
        blog.said = [one for one in blog.said if not 280 <= one.number < 290]
        gap = run(store, gap)
        blog.comments(301, 330)
        while gap.filled_at is None:
            gap = run(store, gap)
    assert numbers(store) >= set(range(1, 280))


def test_an_interface_that_is_down_is_tried_again_and_a_closed_one_is_not(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer:
        gap = missed_some(store, blog, source(store, peer, blog), 30)
        blog.interface = "down"
        later = run(store, gap)
        assert (later.way, later.failures) == ("interface", 1)
        assert "error (503)" in later.problem
        assert later.next_at is not None
        assert later.next_at > datetime.now(UTC) + timedelta(minutes=1)
        with store.read() as tx:
            assert not gaps.due(tx, datetime.now(UTC))
            assert [one.id for one in gaps.due(tx, later.next_at)] == [gap.id]

        blog.interface = "closed"
        closed = run(store, later)
    assert closed.way == ""
    assert closed.filled_at is None
    assert closed.next_at is None


@pytest.mark.parametrize("api", [True, False])
def test_where_the_interface_is_closed_the_feeds_of_the_posts_bring_what_they_can(
    store: Store, blog: Blog, api: bool
) -> None:
    blog.interface = "closed"
    with Peer(blog.answers) as peer:
        gap = missed_some(store, blog, source(store, peer, blog, api=api), 40, posts=5)
        after = run(store, gap)
    assert numbers(store) == set(range(1, 41))
    assert (after.way, after.filled_at, after.next_at) == ("", None, None)
    assert "under other posts may be missing" in after.problem, "nobody knows of posts that were never met"
    assert after.brought == 20


@pytest.mark.parametrize("says", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "200 OK", "another host"])
def test_a_feed_that_cannot_be_read_fills_nothing(store: Store, blog: Blog, says: str) -> None:
    refusing = False

    def answers(request: str) -> bytes:
        wanted = path(request)
        if refusing and says == "another host" and wanted == "/feed/":
            return blog.answers(request).replace(b"<wfw:commentRss>http://", b"<wfw:commentRss>https://")
        if refusing and says == "404 Not Found" and wanted == "/feed/":
            return answer("", says)
        if refusing and says[0] in "42" and says[:3] != "404" and "post-" in wanted:
            return answer("<html><body>Please log in.</body></html>", says)
        return blog.answers(request)

    with Peer(answers) as peer:
        gap = missed_some(store, blog, source(store, peer, blog, api=False), 40, posts=5)
        refusing = True
        after = run(store, gap)
    assert (after.way, after.filled_at) == ("", None)
    assert after.problem == "Some feeds of its posts could not be read."


def test_a_feed_of_posts_that_is_down_is_tried_again_which_is_said_in_the_language_of_the_job(
    store: Store, blog: Blog
) -> None:
    down = False

    def answers(request: str) -> bytes:
        return answer("", "503 Service Unavailable") if down and path(request) == "/feed/" else blog.answers(request)

    with Peer(answers) as peer:
        gap = missed_some(store, blog, source(store, peer, blog, api=False), 40, posts=5)
        down = True
        later = run(store, gap)
        assert (later.way, later.failures) == ("post feeds", 1)
        assert later.problem == "127.0.0.1 is busy or being repaired. It is tried again later."
        with using("de"):
            later = run(store, later)
    assert later.problem == "127.0.0.1 ist überlastet oder wird gewartet. Es wird später erneut versucht."


def test_the_feed_of_a_post_that_is_gone_is_an_empty_one(store: Store, blog: Blog) -> None:
    def answers(request: str) -> bytes:
        return answer("", "404 Not Found") if "post-3/feed" in path(request) else blog.answers(request)

    with Peer(answers) as peer:
        after = run(store, missed_some(store, blog, source(store, peer, blog, api=False), 40, posts=5))
    assert "under other posts" in after.problem


def test_feeds_that_are_not_asked_are_passed_and_not_stood_at(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer, patch.object(ingest, "_THREADS_A_CALL", 1):
        gap = missed_some(store, blog, source(store, peer, blog, api=False), 40, posts=5)
        with patch.object(ingest, "_same_host", lambda *_: False):
            after = run(store, gap)
    assert (after.way, after.problem) == ("", "Some feeds of its posts could not be read.")


def test_what_the_feeds_of_the_posts_have_forgotten_too_stays_to_be_looked_at(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer:
        here = source(store, peer, blog, api=False)
        after = run(store, missed_some(store, blog, here, 100, posts=2))
    assert (after.way, after.filled_at, after.next_at) == ("", None, None)
    assert "more new comments than their feeds show" in after.problem
    assert len(numbers(store)) < 100

    alice = set_up(store)
    bob = add(store, alice, "Bob", Role.MANAGER)
    with pytest.raises(NotAllowed):
        look_at(store, bob, after.id)
    look_at(store, alice, after.id)
    assert the_gap(store).how == "looked at"
    with pytest.raises(Conflict):
        look_at(store, alice, after.id)
    with store.read() as tx:
        assert gaps.still_open(tx) == []


def test_a_plain_feed_has_no_other_way_so_its_gap_is_shown(store: Store, blog: Blog) -> None:
    def plain(request: str) -> bytes:
        return blog.answers(request).replace(b"wordpress.org", b"forum.example")

    with Peer(plain) as peer:
        gap = missed_some(store, blog, source(store, peer, blog, api=False, kind=SourceKind.FEED), 40)
    assert (gap.way, gap.next_at) == ("", None)
    assert gap.problem
    assert not reads.waiting(store)


def test_what_was_lost_on_the_way_is_looked_for_again(store: Store, blog: Blog) -> None:
    with Peer(blog.answers) as peer:
        here = source(store, peer, blog)
        gap = missed_some(store, blog, here, 30)
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    with store.write() as tx:
        gaps.change(tx, gap, next_at=long_ago)
        sources.change(tx, here.id, next_read_at=None)
    read.look(store)
    assert [j["key"] for j in reads.waiting(store)] == [f"fill:{gap.id}:0", f"fill:{gap.id}:1"]


# --- the first read --------------------------------------------------------------------------------------------------


def test_the_first_read_takes_a_hundred_as_context_and_makes_no_news_of_what_is_old(store: Store, blog: Blog) -> None:
    grave = "My daughter was left alone at the lake, and she is six. Nobody answered me. Number"
    blog.comments(1, 150, text=grave)
    with Peer(blog.answers) as peer:
        here = source(store, peer, blog)
        with store.write() as tx:
            sources.change(tx, here.id, read_at=None)
        reads.read(store, reads.row(store, here.id))
        assert numbers(store) == set(range(51, 151))
        (case,) = reads.all_cases(store)
        blog.comments(151, 155)
        reads.read(store, reads.row(store, here.id))
    with store.read() as tx:
        lead = comments.get(tx, case.lead_comment_id)
    assert lead is not None
    assert lead.identity in {f"wp:{n}" for n in range(141, 151)}, "only what the feed itself shows is news"
    assert not reads.everything(store)["gaps"]
    assert not [one for one in peer.requests if "offset=90" in one]


def test_a_blog_whose_interface_does_not_answer_is_read_all_the_same(store: Store, blog: Blog) -> None:
    blog.comments(1, 20)
    blog.interface = "down"
    with Peer(blog.answers) as peer, patch.dict(http.fetch.__kwdefaults__, timeout_s=2):
        here = source(store, peer, blog)
        with store.write() as tx:
            sources.change(tx, here.id, read_at=None)
        after = reads.read(store, reads.row(store, here.id))
    assert numbers(store) == set(range(11, 21))
    assert after.problem == ""


def test_more_news_than_the_first_read_looks_back_upon_is_a_gap(store: Store, blog: Blog) -> None:
    """Of three hundred comments, a minute apart, the last two hundred and fifty were left in the last two days."""
    blog.comments(1, 300)
    with clock.at(Said(50, "").moment + timedelta(days=2)), Peer(blog.answers) as peer:
        here = source(store, peer, blog)
        with store.write() as tx:
            sources.change(tx, here.id, read_at=None)
        reads.read(store, reads.row(store, here.id))
        gap = the_gap(store)
        assert (gap.since, gap.until, gap.way) == (Said(50, "").moment, Said(201, "").moment, "interface")
        assert run(store, gap).filled_at is not None
    assert numbers(store) >= set(range(50, 301))


@pytest.mark.parametrize("says", ["down", "closed"])
def test_a_first_look_back_that_fails_is_a_gap_and_made_up_for_without_making_news_of_what_is_old(
    store: Store, blog: Blog, says: str
) -> None:
    """Of three hundred comments, a minute apart, the last hundred and fifty were left in the last two days."""
    blog.comments(1, 300, text="My daughter was left alone at the lake, and she is six. Number")
    blog.interface = says
    with (
        clock.at(Said(150, "").moment + timedelta(days=2)),
        Peer(blog.answers) as peer,
        patch.dict(http.fetch.__kwdefaults__, timeout_s=2),
    ):
        here = source(store, peer, blog)
        with store.write() as tx:
            sources.change(tx, here.id, read_at=None)
        here = reads.read(store, reads.row(store, here.id))
        gap = the_gap(store)
        assert (gap.since, gap.until, gap.way) == (Said(150, "").moment, Said(291, "").moment, "interface")
        assert here.problem == ""
        blog.interface = "open"
        assert run(store, gap).filled_at is not None
    assert numbers(store) >= set(range(150, 301))
    assert min(numbers(store)) < 150, "what stands on the same page is read as well"
    in_cases = {one["comment_id"] for one in reads.everything(store)["case_comments"]}
    identities = {one["identity"] for one in reads.everything(store)["comments"] if one["id"] in in_cases}
    assert identities == {f"wp:{number}" for number in range(150, 301)}


def test_a_first_look_back_that_fails_is_no_gap_where_the_feed_shows_all_that_is_news(store: Store, blog: Blog) -> None:
    blog.comments(1, 20)
    blog.interface = "closed"
    with clock.at(Said(15, "").moment + timedelta(days=2)), Peer(blog.answers) as peer:
        here = source(store, peer, blog)
        with store.write() as tx:
            sources.change(tx, here.id, read_at=None)
        reads.read(store, reads.row(store, here.id))
    assert not reads.everything(store)["gaps"]


def test_a_page_that_fills_a_gap_makes_no_news_of_what_was_there_before_the_source(store: Store, blog: Blog) -> None:
    blog.comments(1, 50, text="My daughter was left alone at the lake, and she is six. Number")
    with Peer(blog.answers) as peer:
        here = source(store, peer, blog)
        with store.write() as tx:
            sources.change(
                tx, here.id, created_at=Said(40, "").moment + timedelta(days=2), front_at=Said(40, "").moment
            )
        reads.read(store, reads.row(store, here.id))
        with store.write() as tx:
            changed = gaps.change(tx, the_gap(store), since=Said(45, "").moment)
        assert changed
        run(store, the_gap(store))
    assert numbers(store) == set(range(1, 51))
    in_cases = {one["comment_id"] for one in reads.everything(store)["case_comments"]}
    old = {one["id"] for one in reads.everything(store)["comments"] if int(one["identity"][3:]) < 40}
    assert not in_cases & old
