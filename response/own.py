"""A response of our own, with no comment behind it: a post, a tweet, a statement, to one or more channels.

It is routed, approved and gated like any other. On a blog where our account may publish posts it is published as one;
at each other target it is handed to a person, at most once.
"""

from dataclasses import dataclass

from access.permissions import Permission, require
from channels.wordpress import api as wordpress
from model import clock
from model.assessment import Reason
from model.content import Target
from model.errors import BadInput, Conflict, NotFound
from model.language import _
from model.person import Person
from model.words import Action, Channel, SourceKind
from response import blogs, drafts, matters, writing
from response.drafts import Outlook
from response.routing import aim_of, assessed
from store import audit, responses, sources
from store.db import Store, Tx
from store.responses import Response


@dataclass(frozen=True, slots=True)
class Blog:
    """A blog that is read with an account of ours. `posts` says whether that may publish posts there; None: the blog
    was never asked."""

    id: int
    name: str
    channel: Channel
    posts: bool | None


def blogs_of(tx: Tx) -> list[Blog]:
    """The blogs with an account of ours, by name."""
    return [
        Blog(one.id, one.name, Channel(one.channel), blogs.posts(one))
        for one in sources.every(tx)
        if one.active and one.kind == SourceKind.WORDPRESS and one.can_reply
    ]


def ask(store: Store, by: Person, source_id: int) -> None:
    """Asks a blog what our account may do there, and keeps the answer. Raises AccountProblem or a FetchError."""
    require(by, Permission.TRIAGE)
    with store.read() as tx:
        source = sources.get(tx, source_id)
    if source is None or not source.can_reply:
        raise NotFound(_("There is no such blog with an account of ours."))
    able = blogs.able(wordpress.whoami(blogs.site(source)))
    with store.write() as tx:
        now = sources.get(tx, source_id)
        if now is None or (now.user_name, now.secret) != (source.user_name, source.secret):
            raise Conflict(_("Somebody has entered another account for this blog in this moment. Ask again."))
        sources.change(tx, source_id, account=able)
        audit.record(tx, "source.asked", "source", source_id, by=by.id, posts=bool(able["posts"]))


def start(store: Store, by: Person, channels: frozenset[Channel], source_ids: frozenset[int] = frozenset()) -> int:
    """Begins one for these channels, where a person posts it, and for these blogs, where we do; returns its id."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        targets = _targets(tx, channels, source_ids)
        response_id = responses.add(tx, None, by.id, targets, now)
        data = _recorded(targets)
        audit.record(tx, "response.started", "response", response_id, by=by.id, at=now, **data)
    return response_id


def aim(
    store: Store,
    by: Person,
    response_id: int,
    channels: frozenset[Channel],
    source_ids: frozenset[int] = frozenset(),
) -> None:
    """It goes to these channels and blogs and no others. Raises Conflict once it is under way: take it back first."""
    require(by, Permission.TRIAGE)
    now = clock.now()
    with store.write() as tx:
        response = own(tx, response_id)
        if response is None:
            raise NotFound(_("There is no such response of our own."))
        if response.state not in writing.WRITABLE:
            raise Conflict(_("It is under way. Take it back first; then say where it goes."))
        wanted = _targets(tx, channels, source_ids)
        if responses.targets(tx, response_id) == wanted:
            return
        responses.set_targets(tx, response_id, wanted)
        responses.change(tx, response_id, response.version)
        responses.add_editor(tx, response_id, by.id)
        data = _recorded(wanted)
        audit.record(tx, "response.aimed", "response", response_id, by=by.id, at=now, **data)


def outlook(tx: Tx, response: Response) -> Outlook:
    """What it needs by what it says now, as it was saved last."""
    wrote = responses.editors(tx, response.id) | {response.author_id}
    return drafts.outlook(tx, None, aim_of(tx, response), wrote)


def concerns(tx: Tx, text: str) -> tuple[Reason, ...]:
    """What the words of a text are about that rules may ask levels for, each with its span; spam is no concern."""
    judged = assessed(text, matters.in_force(tx).vocabulary)
    return tuple(one for one in judged.reasons if not one.rule.startswith("spam:"))


def own(tx: Tx, response_id: int) -> Response | None:
    """The response of this id, if it is one of our own."""
    found = responses.get(tx, response_id)
    return found if found and found.case_id is None and found.action is Action.REPLY else None


def _recorded(targets: tuple[Target, ...]) -> dict[str, list[str] | list[int]]:
    """Where it goes, as the record has it."""
    return {
        "channels": sorted({str(target.channel) for target in targets}),
        "sources": [target.source_id for target in targets if target.source_id is not None],
    }


def _targets(tx: Tx, channels: frozenset[Channel], source_ids: frozenset[int]) -> tuple[Target, ...]:
    if not channels and not source_ids:
        raise BadInput(_("Say where it goes: choose a channel."))
    there = {one.id: one for one in blogs_of(tx)}
    for number in sorted(source_ids):
        if number not in there:
            raise BadInput(_("This blog is switched off, or has no account of ours any more. Choose 'Blog' instead."))
        if not there[number].posts:
            raise BadInput(
                _(
                    "Our account on '{name}' may not publish posts. Choose 'Blog' instead: then a person"
                    " posts the text there.",
                    name=there[number].name,
                )
            )
    ours = [Target(there[number].channel, number, None, None, None) for number in sorted(source_ids)]
    return (*ours, *(Target(channel, None, None, None, None) for channel in sorted(channels)))
