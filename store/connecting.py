"""What it means when PostgreSQL gives no connection; and the database for a restore, where it is not there yet."""

import re
import shlex
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool

from model.errors import LevelheadError
from model.language import _

_KINDS = ("sqlite", "postgresql")
_ALWAYS_THERE = ("postgres", "template1")
_AWAY_STATES = ("53300", "57P01", "57P02", "57P03")
_STATES = {"28P01": "password", "28000": "user", "3D000": "database"}
# A connection that failed carries no SQLSTATE, only sentences: the server's own, or those of the library here. Those of
# a server that speaks another language than English are not told apart; they are shown as they stand.
_SENTENCE = re.compile(r"(?:FATAL|ERROR|PANIC):\s+(.+)")
_AWAY_SAID = re.compile(
    r"the database system is (?:starting|shutting|in recovery|not)|too many clients|too many connections"
    r"|remaining connection slots|no more connections allowed|terminating connection",
    re.IGNORECASE,
)
_SAID = {
    "password": re.compile(r"password authentication failed", re.IGNORECASE),
    "user": re.compile(r'role ".*" does not exist|pg_hba\.conf|authentication failed', re.IGNORECASE),
    "database": re.compile(r'^database ".*" does not exist|no such database', re.IGNORECASE),
}
_AWAY = re.compile(
    r"connection refused|failed: no such file|time(?:d )?out|reset by peer|closed the connection|no route to host"
    r"|network is unreachable|host is down|broken pipe|temporary failure in name resolution|eof detected"
    r"|could not (?:send|receive)|connection is lost",
    re.IGNORECASE,
)
_NO_HOST = re.compile(r"failed to resolve host|could not translate host name", re.IGNORECASE)
_NO_PASSWORD = re.compile(r"no password supplied", re.IGNORECASE)
_WHERE = re.compile(r"^connection (?:failed|is bad): |connection to server (?:at|on) .*? failed: ", re.IGNORECASE)


class NotConnected(LevelheadError):
    """The database cannot be used as it is set up: to try again does not help, and the message says what does."""


def parsed(url: str) -> URL:
    """A database's address. Raises NotConnected for what is none, or is of a kind that is not used here.

    What is wrong with it is not repeated: it may hold a password.
    """
    try:
        address = make_url(url)
        kind = address.get_backend_name()
    except (ArgumentError, ValueError):
        kind = ""
    if kind in _KINDS or kind == "postgres":
        return address
    raise NotConnected(
        _(
            "LEVELHEAD_DATABASE_URL cannot be used. Give an address such as"
            " postgresql://user:password@host:5432/levelhead, with %-codes for special characters of the password; or"
            " leave it empty for a file in the home."
        )
    )


def refusal(error: Any, url: URL) -> NotConnected | None:
    """Why there is no connection, from the driver's error; None when the database is away, or has no room for one more.

    That is for those who may try again in a moment. No sentence holds the password.
    """
    said = str(error)
    sentences, state = _SENTENCE.findall(said), getattr(error, "sqlstate", None) or ""
    if state in _AWAY_STATES or state.startswith("08") or any(_AWAY_SAID.search(one) for one in sentences):
        return None
    kind = _STATES.get(state) or next(
        (kind for kind, words in _SAID.items() if any(words.search(one) for one in sentences)), ""
    )
    if not kind and not sentences and not state and not _NO_PASSWORD.search(said):
        if _AWAY.search(said):
            return None
        if _NO_HOST.search(said):
            return NotConnected(
                _("There is no machine called '{host}'. LEVELHEAD_DATABASE_URL names it.", host=url.host or "")
            )
    cause = sentences[-1] if sentences else _WHERE.sub("", said.strip().partition("\n")[0])
    return NotConnected(_sentence(kind, url, cause.strip().rstrip(".")))


def _sentence(kind: str, url: URL, cause: str) -> str:
    user, name = url.username or "", url.database or ""
    if kind == "password":
        return _(
            "PostgreSQL refuses the password of the user '{user}'. LEVELHEAD_DATABASE_URL holds both: correct it, then"
            " start again.",
            user=user,
        )
    if kind == "user":
        return _(
            "PostgreSQL does not let the user '{user}' in: {cause}. LEVELHEAD_DATABASE_URL names user, password and"
            " database; pg_hba.conf of the server says who may come from where.",
            user=user,
            cause=cause,
        )
    if kind == "database":
        return _(
            "There is no database '{name}'. Make it ({command}), or correct LEVELHEAD_DATABASE_URL.",
            name=name,
            command=_createdb(url),
        )
    return _("The database cannot be used: {cause}. LEVELHEAD_DATABASE_URL says where it is.", cause=cause)


def _createdb(url: URL, owner: str = "") -> str:
    host = url.host or url.query.get("host") or ""
    parts = ["createdb", *(["-h", str(host)] if host else []), *(["-p", str(url.port)] if url.port else [])]
    return shlex.join([*parts, *(["-O", owner] if owner else []), url.database or ""])


def make_database(url: URL) -> bool:
    """Makes the database of a PostgreSQL address where it is not there; returns whether it did.

    Raises NotConnected, with the command for somebody who may, when this user may not.
    """
    if not url.database:
        return False
    for name in _ALWAYS_THERE:
        engine = create_engine(url.set(database=name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        try:
            connection = engine.connect()
        except DBAPIError:
            continue  # what is wrong is said of the database that was asked for
        with connection as tx:
            if tx.execute(text("select 1 from pg_database where datname = :name"), {"name": url.database}).first():
                return False
            quoted = engine.dialect.identifier_preparer.quote_identifier(url.database)
            try:
                # In an encoding that takes every comment, whatever the server's own is.
                tx.exec_driver_sql(f"create database {quoted} encoding 'UTF8' template template0")
            except DBAPIError as error:
                raise NotConnected(
                    _(
                        "There is no database '{name}', and the user '{user}' could not make it: {cause}. Make it as"
                        " somebody who may ({command}), then do this again.",
                        name=url.database,
                        user=url.username or "",
                        cause=str(error.orig).strip().partition("\n")[0].rstrip("."),
                        command=_createdb(url, url.username or ""),
                    )
                ) from error
            return True
    return False
