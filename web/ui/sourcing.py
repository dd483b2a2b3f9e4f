"""How the reading of a source goes, in words."""

from datetime import datetime

from model.language import _, many
from model.words import Channel, SourceKind
from store.sources import Source
from web.ui import words


def state(source: Source) -> str:
    """Whether it is read, and when again; what went wrong, and that nothing is lost by it. As HTML, as `figures`."""
    return words.with_times(_state(source), ago=words.timed(source.read_at))


def _state(source: Source) -> str:
    if source.problem:
        said = [source.problem]
        if source.failing_since:
            said.append(_("Since {when}.", when=words.exact(source.failing_since)))
        again = words.exact(source.next_read_at)
        said.append(_("Nothing is lost: what came before was read. Next try {when}.", when=again))
        return " ".join(said)
    if not source.active:
        return _("Switched off. What was read stays.")
    if source.kind == SourceKind.BY_HAND:
        return _("Not read: people bring what was said here, on Add comments.")
    if not source.read_at:
        return _("Being read for the first time")
    if not source.next_read_at:
        return _("Read {ago}", ago="{ago}")
    return _("Read {ago}, next {time}", ago="{ago}", time=words.time_of_day(source.next_read_at))


def figures(source: Source, newest: datetime | None, unreadable: int) -> str:
    """Its channel, who answers there, its newest comment, and what of it could not be read."""
    said = [
        words.CHANNEL[Channel(source.channel)],
        _("answered as {name}", name=source.user_name) if source.can_reply else _("answered by hand"),
        _("newest comment {ago}", ago="{ago}") if newest else _("no comment yet"),
    ]
    if unreadable:
        said.append(many("{n} entry could not be read and kept", "{n} entries could not be read and kept", unreadable))
    return words.with_times(" · ".join(said), ago=words.timed(newest))


def brought(comments: int) -> str:
    """What reading again came to."""
    return many(
        "{n} comment came of what was kept. What still cannot be read stays kept.",
        "{n} comments came of what was kept. What still cannot be read stays kept.",
        comments,
    )
