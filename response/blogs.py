"""A source's blog as its interface wants it: address, account, and the numbers of its comments."""

from channels.http import Account
from channels.wordpress import api as wordpress
from model.words import SourceKind
from store.keys import keys
from store.sources import Source

_PREFIX = "wp:"


def site(source: Source) -> wordpress.Site:
    """The interface of a source, with our account there if it has one."""
    account = Account(source.user_name, keys().decrypt(source.secret)) if source.secret else None
    return wordpress.Site(source.api_url, account, source.allow_private)


def moderates(source: Source) -> bool:
    """Whether our account there may moderate, as the blog said when the account was saved."""
    return source.kind == SourceKind.WORDPRESS and source.can_reply and bool(source.account.get("moderates"))


def number(identity: str) -> int | None:
    """The number of a comment on its blog, None for one that has none."""
    digits = identity.removeprefix(_PREFIX)
    return int(digits) if identity != digits and digits.isascii() and digits.isdigit() and len(digits) < 18 else None
