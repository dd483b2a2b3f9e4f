"""A real mail server on this machine: what it was given, and the ways in which servers go wrong."""

import asyncio
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Mailbox:
    """What came, as it came. `refuses` has an answer for each address that is not taken, `slow_s` waits before data."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    answers: str = "250 OK, queued as 4711"
    slow_s: float = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _o: Any) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.slow_s)
        with self.lock:
            if self.answers.startswith("250"):
                content = envelope.content
                assert isinstance(content, bytes)
                letter = message_from_bytes(content, policy=default)
                assert isinstance(letter, EmailMessage)
                self.letters.append(letter)
                self.senders.append(envelope.mail_from or "")
                self.encrypted.append(session.ssl is not None)
            return self.answers


@contextmanager
def mailbox(tls: ssl.SSLContext | None = None, password: str = "", **options: Any) -> Iterator[Mailbox]:
    """A server while it runs. With `tls` it wants STARTTLS first, with `password` a log-in of 'levelhead'."""
    box = Mailbox(port=free_port(), **options)

    def known(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (b"levelhead", password.encode())
        return AuthResult(success=right, handled=False)

    further: dict[str, Any] = {}
    if tls:
        further |= {"tls_context": tls, "require_starttls": True}
    if password:
        further |= {"authenticator": known, "auth_required": True, "auth_require_tls": bool(tls)}
    server = Controller(box, hostname="127.0.0.1", port=box.port, **further)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def free_port() -> int:
    """A port of this machine on which nobody listens now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def dripping(every_s: float = 0.05) -> Iterator[int]:
    """A server that never ends its greeting and sends a letter now and then; yields its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        over = threading.Event()

        def drip() -> None:
            server.settimeout(0.1)
            open_ones: list[socket.socket] = []
            while not over.is_set():
                with suppress(TimeoutError):
                    open_ones.append(server.accept()[0])
                for one in open_ones:
                    try:
                        one.sendall(b"2")
                    except OSError:
                        continue
                time.sleep(every_s)
            for one in open_ones:
                one.close()

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            over.set()
            thread.join(5)


def certificate(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of its own, and the file that makes a client trust it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    names = [x509.DNSName(host), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, secret = folder / "trusted.pem", folder / "key.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context, trusted
