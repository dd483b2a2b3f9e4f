"""Notices as mails and as short messages: text and HTML from the same sentences. Pure.

Each is in the language of its reader. A notice says what waits, since when, which version exactly, and where. It holds
no comment and no draft, unless whoever runs the installation allows that (LEVELHEAD_MAIL_TEXTS): mail is read where
nobody logs in, and nobody can erase it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from model import moments
from model.language import ENGLISH, _, later, many, using

_STYLE = "font: 15px/1.5 system-ui, sans-serif; color: #0F1720; background: #FFFFFF; max-width: 40em"
_QUIET = "color: #566471; font-size: 14px"
_BUTTON = (
    "display: inline-block; padding: 10px 16px; border-radius: 6px; background: #14646B; color: #FFFFFF; "
    "text-decoration: none"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that waits: what is said of it, where it leads to, and its text where that may be sent. `opens` and
    `button` are said of the address."""

    subject: str
    says: str
    what: str
    since: datetime
    address: str
    thread: str = ""
    text: str = ""
    opens: str = later("Open it (you log in first):")
    button: str = later("Open it")


@dataclass(frozen=True, slots=True)
class Letter:
    """What all mails of an installation to one person share."""

    organisation: str
    base: str
    sender: str
    name: str
    to: str
    zone: ZoneInfo
    language: str = ENGLISH

    @property
    def domain(self) -> str:
        """What our message ids end with."""
        return urlsplit(self.base).hostname or "localhost"


def moment(when: datetime, zone: ZoneInfo) -> str:
    """'Mon 2 Mar 2026, 09:00 (Europe/Berlin)'."""
    return f"{moments.full(when.astimezone(zone))} ({zone.key})"


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def subject(line: Line) -> str:
    """The subject of a mail about one thing."""
    return _first(_(line.subject, what=line.what))


def sentence(line: Line, letter: Letter) -> str:
    """What is said of one thing."""
    return _first(_(line.says, what=line.what, since=moment(line.since, letter.zone)))


def mail(letter: Letter, lines: Sequence[Line], identity: str, now: datetime) -> EmailMessage:
    """One mail about one thing or, as a digest, about several. `identity` makes its Message-ID: the same notice sent
    again has the same one, so that mail programs show it once."""
    with using(letter.language):
        return _mail(letter, lines, identity, now)


def _mail(letter: Letter, lines: Sequence[Line], identity: str, now: datetime) -> EmailMessage:
    one = lines[0] if len(lines) == 1 else None
    title = subject(one) if one else _several(lines)
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(f"Levelhead, {letter.organisation}"[:100], addr_spec=letter.sender)  # as it is
    made["To"] = Address(letter.name, addr_spec=letter.to)
    made["Subject"] = title
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<notice-{_digest(identity)}@{letter.domain}>"
    if one and one.thread:
        # There is no first mail of a response that all would have; the id that stands for it binds them together.
        root = f"<{one.thread}.{_digest(letter.base + one.thread)}@{letter.domain}>"
        made["In-Reply-To"] = root
        made["References"] = root
    made["List-Id"] = f"Notices of Levelhead <notices.{letter.domain}>"  # as it is
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(_plain(letter, title, lines, one), cte="quoted-printable")
    made.add_alternative(_html(letter, title, lines, one), subtype="html", cte="quoted-printable")
    made["Content-Language"] = letter.language  # last: to set a content drops what is said of the content
    return made


def short(letter: Letter, lines: Sequence[Line]) -> tuple[str, str]:
    """Title and text for a messenger."""
    with using(letter.language):
        title = subject(lines[0]) if len(lines) == 1 else _several(lines)
        return title, "\n\n".join(f"{sentence(line, letter)}\n{line.address}" for line in lines)


def trial(letter: Letter, now: datetime) -> EmailMessage:
    """The mail with which an administrator tries the settings."""
    line = Line(
        later("Mail from Levelhead works"),
        later("Mail from Levelhead works. This was sent on {since}, because you asked for it."),
        "",
        now,
        f"{letter.base}/people",
    )
    return mail(letter, [line], f"trial {letter.to} {now.isoformat()}", now)


def invitation(letter: Letter, link: str, until: datetime, now: datetime, *, new: bool) -> EmailMessage:
    """The mail with a one-time link: to somebody new, or to somebody who lost the password."""
    line = Line(
        later("You are invited to Levelhead") if new else later("Set a new password for Levelhead"),
        later(
            "You were added to Levelhead of {what}. Set your password with this link: it works once, and until {since}."
        )
        if new
        else later(
            "Set a new password for Levelhead of {what} with this link: it works once, and until {since}."
            " An administrator made it for you."
        ),
        letter.organisation,
        until,
        link,
        opens=later("Set your password:"),
        button=later("Set my password"),
    )
    return mail(letter, [line], f"link {letter.to} {now.isoformat()}", now)


def _several(lines: Sequence[Line]) -> str:
    return many("{n} thing waits for you", "{n} things wait for you", len(lines))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def _foot() -> str:
    return _("When and how you are told is yours to choose:")


def _plain(letter: Letter, title: str, lines: Sequence[Line], one: Line | None) -> str:
    parts = [_("Hello {name},", name=letter.name)]
    if not one:
        parts.append(f"{title}.")
    for line in lines:
        parts.append(f"{sentence(line, letter)}\n{_(line.opens)}\n{line.address}")
        if line.text:
            parts.append("\n".join(f"> {row}" for row in line.text.splitlines()))
    parts.append(f"-- \n{_foot()}\n{letter.base}/me")
    return "\n\n".join(parts) + "\n"


def _html(letter: Letter, title: str, lines: Sequence[Line], one: Line | None) -> str:
    hello = escape(_("Hello {name},", name=letter.name))
    rows = [f"<p>{hello}</p>"] if one else [f"<p>{hello}</p>", f"<p><strong>{escape(title)}.</strong></p>"]
    for line in lines:
        rows.append(f"<p>{escape(sentence(line, letter))}</p>")
        if line.text:
            text = "<br>".join(escape(row) for row in line.text.splitlines())
            rows.append(f"<blockquote>{text}</blockquote>")
        button = escape(_(line.button))
        rows.append(f'<p><a href="{escape(line.address)}" style="{_BUTTON}">{button}</a></p>')
        rows.append(f'<p style="{_QUIET}">{escape(line.address)}</p>')
    settings = escape(f"{letter.base}/me")
    rows.append(f'<p style="{_QUIET}">{escape(_foot())} <a href="{settings}">{settings}</a></p>')
    body = "\n".join(rows)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(letter.language)}">\n<head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n"
        f'<body style="{_STYLE}">\n{body}\n</body>\n</html>\n'
    )
