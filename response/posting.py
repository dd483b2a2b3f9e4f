"""A post of our own on its way to a blog: looked for, and sent once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from channels.faults import passes, without_promise
from channels.shape import WITHHELD, Outcome, Posted, Rejected
from channels.wordpress import posts
from channels.wordpress.interface import Site
from model.errors import LevelheadError
from model.language import _, later
from response import blogs
from response.outgoing import Outgoing

_NOT_THERE = later("The blog answered, and no post of ours with this text is there.")


def post_of(what: Outgoing) -> posts.Post:
    """The approved text as a post. Each attempt to publish it gives it the same mark, and no other post has that."""
    # The moment too: another installation before this one may have counted the same.
    one = what.publication
    return posts.post_of(what.text, f"{one.id} {one.content_hash} {what.submission.at.isoformat()}")


def search(what: Outgoing) -> Posted | str:
    """Our own post on the blog, or what was seen instead, in words. Raises a LevelheadError when it cannot look."""
    with _at_the_blog(what) as (here, mine):
        return _there(here, what, mine) or _(_NOT_THERE)


def unknown_post(what: Outgoing) -> Posted | None:
    """A post of our account that nobody here knew of. Raises a LevelheadError when it cannot look."""
    with _at_the_blog(what) as (here, mine):
        return posts.since(here, mine, what.known_until, what.known)


def send(what: Outgoing, *, again: bool, before_write: Callable[[], str]) -> Outcome:
    """The last look and the call. Everything that stops it before the call is a plain no: nothing was sent.

    `again`: it may be there since an earlier attempt, and then is the one that was sent.
    """
    try:
        with _at_the_blog(what) as (here, mine):
            there = _there(here, what, mine)
    except LevelheadError as error:
        why = without_promise(error)
        said = _("Before sending, the blog could not be asked: {why} Nothing was sent.", why=why)
        return Rejected(said, passes=passes(error))
    if there and again:
        return there
    if there:
        return Rejected(
            _("The blog already has exactly this text from us, at {address} Nothing was sent.", address=there.url)
        )
    if reason := before_write():
        return Rejected(_("{reason} Nothing was sent.", reason=reason), WITHHELD)
    return posts.publish(here, post_of(what), before_write)


def _there(here: Site, what: Outgoing, mine: int) -> Posted | None:
    """By the mark that it was sent with; else, as a plugin may give another, by its exact words since it was sent for
    approval."""
    post = post_of(what)
    return posts.sent(here, post, mine) or posts.same(here, post, mine, what.submission.at)


@contextmanager
def _at_the_blog(what: Outgoing) -> Iterator[tuple[Site, int]]:
    """The blog and our account's number there. Raises a LevelheadError when one is not known."""
    if what.source is None:
        raise LevelheadError(_("Its source is not known any more."))
    try:
        yield blogs.site(what.source), int(what.source.account_id)
    except (ValueError, KeyError, TypeError) as error:
        raise LevelheadError(_("The blog answered in a way that is not WordPress's.")) from error
