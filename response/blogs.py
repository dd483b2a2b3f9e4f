"""A source's blog as its interface wants it: address, account, and the numbers of its comments."""

from channels.http import Account
from channels.wordpress import api as wordpress
from model.content import Target
from model.words import SourceKind
from store.keys import keys
from store.sources import Source

_PREFIX = "wp:"


def site(source: Source) -> wordpress.Site:
    """The interface of a source, with our account there if it has one."""
    account = Account(source.user_name, keys().decrypt(source.secret)) if source.secret else None
    return wordpress.Site(source.api_url, account, source.allow_private)


def able(me: wordpress.Self) -> dict[str, object]:
    """What is kept of what the blog says that our account may do."""
    return {"name": me.name, "rewrites": me.rewrites, "moderates": me.moderates, "posts": me.posts}


def moderates(source: Source) -> bool:
    """Whether our account there may moderate, as the blog said when the account was saved."""
    return source.kind == SourceKind.WORDPRESS and source.can_reply and bool(source.account.get("moderates"))


def posts(source: Source) -> bool | None:
    """Whether our account there may publish posts, as the blog said when it was asked; None when it never was."""
    if source.kind != SourceKind.WORDPRESS or not source.can_reply:
        return False
    said = source.account.get("posts")
    return None if said is None else bool(said)


def publishes(source: Source | None, target: Target) -> bool:
    """Whether we publish at a target ourselves; else its text is handed to a person."""
    if source is None:
        return False
    return source.can_reply if target.comment_id is not None else bool(posts(source))


def number(identity: str) -> int | None:
    """The number of a comment on its blog, None for one that has none."""
    digits = identity.removeprefix(_PREFIX)
    return int(digits) if identity != digits and digits.isascii() and digits.isdigit() and len(digits) < 18 else None
