"""Sending one mail by SMTP, within one deadline, and what went wrong in words for people.

The server is named in the settings of the machine, by whoever runs it; nobody can name one on a page.
"""

import contextlib
import smtplib
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Literal

from channels.addresses import lookup, loopback
from channels.faults import FetchError
from model.errors import LevelheadError
from model.language import _

TIMEOUT_S = 30.0
_CONNECT_S = 10.0
_MOST_SAID = 200

Security = Literal["tls", "starttls", "none"]


class MailError(LevelheadError):
    """A mail was not sent. `said` is what the server answered; `lasting`: trying again will not help."""

    def __init__(self, message: str, said: str = "", *, lasting: bool = False) -> None:
        super().__init__(message)
        self.said = said
        self.lasting = lasting


class Unknown(MailError):
    """The server takes no mail for this address, and says so for good."""


@dataclass(frozen=True, slots=True)
class Server:
    """An SMTP server and how it is spoken to. `name` is how we call ourselves."""

    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "localhost"


def send(server: Server, message: EmailMessage, *, timeout_s: float = TIMEOUT_S) -> str:
    """Sends a mail to the one person in its To; returns what the server said when it took it.

    `timeout_s` holds for everything together. Raises MailError, or Unknown where the server refuses the address for
    good. A user and a password are never sent without TLS, except to this machine.
    """
    host = server.host[:100]
    deadline = time.monotonic() + timeout_s
    line = _Line(deadline)
    client: _Client | None = None
    try:
        client = _Client(server, lookup(server.host, server.port, min(_CONNECT_S, timeout_s)), line)
        return _deliver(client, server, message)
    except MailError:
        raise
    except FetchError as error:
        raise MailError(
            _("The mail server {host} cannot be found. Check its name in LEVELHEAD_SMTP_HOST.", host=host)
        ) from error
    except ssl.SSLError as error:
        raise MailError(
            _(
                "The mail server {host} has no certificate that this machine trusts, or speaks no TLS on port"
                " {port}. Check LEVELHEAD_SMTP_SECURITY and LEVELHEAD_SMTP_PORT.",
                host=host,
                port=server.port,
            ),
            str(error)[:_MOST_SAID],
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise MailError(_("The mail server {host} did not answer in time.", host=host)) from error
        if isinstance(error, smtplib.SMTPServerDisconnected):
            raise MailError(
                _("The mail server {host} broke off the conversation.", host=host), _words(error)
            ) from error
        raise MailError(
            _(
                "The mail server {host} cannot be reached on port {port}. Check that it runs, and the settings.",
                host=host,
                port=server.port,
            ),
            _words(error) if isinstance(error, smtplib.SMTPException) else "",
        ) from error
    finally:
        if client:
            client.end()
        line.end()


def _deliver(client: "_Client", server: Server, message: EmailMessage) -> str:
    """The conversation itself, on a connection that stands."""
    host = server.host[:100]
    client.ehlo_or_helo_if_needed()
    if server.security == "starttls":
        if not client.has_extn("starttls"):
            raise MailError(
                _(
                    "The mail server {host} offers no encryption on port {port}. Check LEVELHEAD_SMTP_PORT,"
                    " or set LEVELHEAD_SMTP_SECURITY to 'tls' or 'none'.",
                    host=host,
                    port=server.port,
                ),
                lasting=False,
            )
        client.starttls(context=ssl.create_default_context())
        client.ehlo()
    if server.user:
        _log_in(client, server)
    sender, address = parseaddr(str(message["From"]))[1], parseaddr(str(message["To"]))[1]
    international = not (sender.isascii() and address.isascii())
    if international and not client.has_extn("smtputf8"):
        raise Unknown(
            _(
                "The mail server {host} takes no address with letters such as these: {address}.",
                host=host,
                address=address,
            ),
            lasting=True,
        )
    options = ["SMTPUTF8"] if international else []
    _expect(
        client.mail(sender, options),
        _("The mail server {host} does not let us write as {sender}.", host=host, sender=sender),
    )
    code, answer = client.rcpt(address)
    if code not in (250, 251):
        said = _said(code, answer)
        if 500 <= code < 600:
            raise Unknown(
                _("The mail server {host} takes no mail for {address}.", host=host, address=address), said, lasting=True
            )
        raise MailError(
            _("The mail server {host} takes no mail for {address} at the moment.", host=host, address=address), said
        )
    flat = message.as_bytes(policy=SMTP.clone(utf8=international))
    code, answer = client.data(flat)
    if code != 250:
        said = _said(code, answer)
        raise MailError(_("The mail server {host} refused the mail.", host=host), said, lasting=500 <= code < 600)
    return _said(code, answer)


def _log_in(client: "_Client", server: Server) -> None:
    host = server.host[:100]
    if server.security == "none" and not client.here:
        raise MailError(
            _(
                "The password is not sent to {host} without encryption. Set LEVELHEAD_SMTP_SECURITY to"
                " 'starttls' or 'tls'.",
                host=host,
            )
        )
    try:
        client.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        raise MailError(
            _(
                "The mail server {host} does not accept the user and password. Check LEVELHEAD_SMTP_USER and"
                " LEVELHEAD_SMTP_PASSWORD.",
                host=host,
            ),
            _said(error.smtp_code, error.smtp_error),
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise MailError(
            _(
                "The mail server {host} takes no password here. Leave LEVELHEAD_SMTP_USER empty, or check the port.",
                host=host,
            )
        ) from None


def _expect(answer: tuple[int, bytes], otherwise: str) -> None:
    if answer[0] != 250:
        raise MailError(otherwise, _said(*answer))


def _said(code: int, answer: bytes | str) -> str:
    """A server's answer on one line, without what no screen can show, and bounded."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _line(f"{code} {text}")


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return _line(str(error))


def _line(text: str) -> str:
    clean = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(clean.split())[:_MOST_SAID]


class _Line:
    """The connection, cut at the deadline: the library waits anew for each line, so a server that sends one a minute
    would hold us for ever."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._watched: socket.socket | None = None
        self._watch: threading.Timer | None = None

    def left(self) -> float:
        """Seconds to the deadline, a little more than none."""
        return max(self._deadline - time.monotonic(), 0.01)

    def begin(self, plain: socket.socket) -> None:
        self._watched = plain.dup()
        self._watch = threading.Timer(self.left(), self._cut)
        self._watch.daemon = True
        self._watch.start()

    def _cut(self) -> None:
        if self._watched is not None:
            with contextlib.suppress(OSError):
                self._watched.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        if self._watch:
            self._watch.cancel()
        if self._watched:
            self._watched.close()


class _Client(smtplib.SMTP):
    """The library's client, on a connection to one of the addresses that were looked up."""

    def __init__(self, server: Server, addresses: tuple[str, ...], line: _Line) -> None:
        self._server = server
        self._addresses = addresses
        self._line = line
        self.here = False
        super().__init__(server.host, server.port, local_hostname=server.name, timeout=_CONNECT_S)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        last: OSError = OSError("no address")
        for address in self._addresses:
            try:
                plain = socket.create_connection((address, port), min(timeout, self._line.left()))
            except OSError as error:
                last = error
                continue
            self.here = loopback(address)
            self._line.begin(plain)
            plain.settimeout(self._line.left())
            if self._server.security != "tls":
                return plain
            try:
                return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            except BaseException:
                plain.close()
                raise
        raise last

    def end(self) -> None:
        """Says goodbye where that can be said at once."""
        try:
            if self.sock is not None:
                self.sock.settimeout(1.0)
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()
