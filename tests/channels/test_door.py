"""The door out, against real sockets: what it refuses, where it stops, and what it says was sent."""

import gzip
import itertools
import socket
import ssl
import threading
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from channels import http
from channels.http import Account, FetchError, Refused, TimedOut, TooLarge, Unreachable
from tests.channels.peers import Peer, answer, header, path

SECRET = Account("bob", "tr0ub4dor")


def no_secret(error: pytest.ExceptionInfo[FetchError]) -> None:
    assert SECRET.password not in str(error.value) + repr(error.value) + repr(SECRET)


def test_an_answer_comes_back_whole() -> None:
    with Peer(lambda _: answer("hello", etag='"1"', Link="<a>; rel=x")) as peer:
        got = http.fetch(peer.url + "/feed?x=1", allow_private=True, params={"y": "ä"})
    assert (got.status, got.body, got.headers["etag"], got.headers["link"]) == (200, b"hello", '"1"', "<a>; rel=x")
    assert path(peer.requests[0]) == "/feed?x=1&y=%C3%A4"
    assert header(peer.requests[0], "host") == f"127.0.0.1:{peer.port}"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://0:{port}/",
        "http://127。0。0。1:{port}/",
        "http://[::1]:{port}/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.64.0.1/",
        "http://[64:ff9b::7f00:1]/",
        "http://[fe80::1%25eth0]/",
        "http://[fd00::1]/",
        "http://224.0.0.1/",
        "http://user:pw@127.0.0.1:{port}/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "gopher://127.0.0.1:{port}/",
        "javascript:alert(1)",
        "//127.0.0.1/",
        "http://",
        "http://\x00",
        "127.0.0.1:{port}",
        "",
    ],
)
def test_what_is_not_of_the_public_web_is_refused_before_anything_is_sent(url: str) -> None:
    with Peer(lambda _: answer("secret")) as peer:
        with pytest.raises((Refused, Unreachable)) as error:
            http.fetch(url.format(port=peer.port))
        assert peer.requests == []
        assert not error.value.sent


def test_a_name_is_looked_up_once_and_the_connection_goes_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names that change their address between the check and the connection gain nothing."""
    asked: list[str] = []
    genuine = socket.getaddrinfo

    def changing(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host != "blog.example":
            return genuine(host, port, *args, **kwargs)
        asked.append(host)
        there = "127.0.0.1" if len(asked) == 1 else "10.9.9.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (there, port))]

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    with Peer(lambda _: answer("hello")) as peer:
        assert http.fetch(f"http://blog.example:{peer.port}/", allow_private=True).body == b"hello"
        assert header(peer.requests[0], "host") == f"blog.example:{peer.port}"
    assert asked == ["blog.example"]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 80)) for ip in ("93.184.216.34", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(Refused):
        http.fetch("http://two.example/")


def test_a_redirect_from_an_allowed_address_into_another_private_one_is_refused() -> None:
    with Peer(lambda _: answer("secret")) as inner:
        target = inner.url.replace("127.0.0.1", "127.0.0.2")
        with Peer(lambda _: answer(status="302 Found", location=target)) as outer, pytest.raises(Refused):
            http.fetch(outer.url, allow_private=True)
        assert inner.requests == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://a:b@127.0.0.1/", "http://[", "gopher://x/"])
def test_a_redirect_to_what_is_no_web_address_is_refused(target: str) -> None:
    with Peer(lambda _: answer(status="301 Moved", location=target)) as peer:
        with pytest.raises((Refused, Unreachable)):
            http.fetch(peer.url, allow_private=True)
        assert len(peer.requests) == 1


def test_redirects_are_followed_and_counted() -> None:
    def respond(request: str) -> bytes:
        left = int(path(request)[1:])
        return answer(status="302 Found", location=f"/{left - 1}") if left else answer("there")

    with Peer(respond) as peer:
        assert http.fetch(peer.url + "/5", allow_private=True).url == peer.url + "/0"
        with pytest.raises(FetchError, match="redirects more than 5 times"):
            http.fetch(peer.url + "/6", allow_private=True)


def test_a_password_stays_with_its_origin() -> None:
    with (
        Peer(lambda _: answer("other")) as other,
        Peer(lambda r: answer(status="302 Found", location=other.url if path(r) == "/away" else "/away")) as home,
    ):
        http.fetch(home.url + "/here", allow_private=True, account=SECRET)
    assert [bool(header(r, "authorization")) for r in home.requests] == [True, True]
    assert not header(other.requests[0], "authorization")


def test_a_password_is_not_sent_without_https_or_permission(monkeypatch: pytest.MonkeyPatch) -> None:
    public = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: public)
    for allowed in (True, False):
        with pytest.raises(Refused, match="only sent over https") as error:
            http.fetch("http://blog.example/", account=SECRET, allow_private=allowed)
        no_secret(error)


def test_a_post_is_neither_redirected_nor_repeated() -> None:
    with Peer(lambda _: answer(status="307 Temporary Redirect", location="/again")) as peer:
        with pytest.raises(FetchError) as error:
            http.fetch(peer.url, method="POST", data={"a": 1}, allow_private=True, account=SECRET)
        assert error.value.sent
        assert len(peer.requests) == 1
        no_secret(error)


def test_a_connection_cut_in_mid_answer_is_not_repeated_and_may_have_been_acted_on() -> None:
    with Peer(lambda _: answer("half", length=1000)) as peer:
        with pytest.raises(Unreachable) as error:
            http.fetch(peer.url, method="POST", data={"a": 1}, allow_private=True, account=SECRET)
        assert error.value.sent
        assert len(peer.requests) == 1
        no_secret(error)


def test_what_never_left_is_known_not_to_be_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(Unreachable) as error:
        http.fetch(f"http://127.0.0.1:{port}", method="POST", data={}, allow_private=True)
    assert not error.value.sent
    with pytest.raises(Unreachable, match=r"no site called nowhere\.invalid") as unknown:
        http.fetch("http://nowhere.invalid/", method="POST", data={})
    assert not unknown.value.sent


@pytest.mark.parametrize("head", [True, False])
def test_a_peer_that_drips_ends_at_the_deadline(head: bool) -> None:
    def respond(_: str) -> Any:
        start = b"HTTP/1.1 200 OK\r\n" + (b"" if head else b"content-length: 9999\r\n\r\n")
        return itertools.chain([start], peer.drip(itertools.repeat(b"x-a: b\r\n" if head else b"a"), 0.05))

    with Peer(respond) as peer:
        began = time.monotonic()
        with pytest.raises(TimedOut) as error:
            http.fetch(peer.url, allow_private=True, timeout_s=0.5)
        assert time.monotonic() - began < 2
        assert error.value.sent


def test_a_resolver_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        release.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(TimedOut) as error:
        http.fetch("http://slow.example/", timeout_s=0.2)
    release.set()
    assert not error.value.sent


def test_more_than_allowed_is_refused_by_what_the_header_says_and_by_what_comes() -> None:
    with Peer(lambda _: answer(b"", length=12_300_000)) as peer, pytest.raises(TooLarge, match=r"12\.3 MB"):
        http.fetch(peer.url, allow_private=True)
    endless = itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b"x" * 65_536))
    with Peer(lambda _: endless) as peer, pytest.raises(TooLarge, match="more than 1 MB"):
        http.fetch(peer.url, allow_private=True, max_bytes=1_000_000)


def test_exactly_as_much_as_allowed_is_taken() -> None:
    body = b"x" * 1000
    for raw, coding in ((body, "identity"), (gzip.compress(body), "gzip")):
        made = answer(raw, content_encoding=coding)
        with Peer(lambda _, made=made: made) as peer:
            assert http.fetch(peer.url, allow_private=True, max_bytes=1000).body == body
            with pytest.raises(TooLarge):
                http.fetch(peer.url, allow_private=True, max_bytes=999)


def test_a_small_packed_body_that_unpacks_to_a_huge_one_is_stopped() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 1_000_000
    with Peer(lambda _: answer(bomb, content_encoding="gzip")) as peer, pytest.raises(TooLarge):
        http.fetch(peer.url, allow_private=True)


@pytest.mark.parametrize(
    ("body", "coding"),
    [(gzip.compress(b"x" * 5000)[:-9], "gzip"), (b"no gzip", "gzip"), (b"\x0b\x02\x80a\x03", "br")],
    ids=["cut off", "not packed", "not asked for"],
)
def test_a_body_that_cannot_be_unpacked_is_an_error(body: bytes, coding: str) -> None:
    with Peer(lambda _: answer(body, content_encoding=coding)) as peer, pytest.raises(Unreachable):
        http.fetch(peer.url, allow_private=True)


def test_several_gzip_streams_make_one_body() -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    with Peer(lambda _: answer(packed, content_encoding="gzip")) as peer:
        assert http.fetch(peer.url, allow_private=True).body == b"one two"


def test_conditions_are_sent_and_a_304_has_no_body() -> None:
    with Peer(lambda _: answer(status="304 Not Modified")) as peer:
        got = http.fetch(peer.url, allow_private=True, etag='W/"7"', last_modified="Mon, 23 Nov 2026 11:00:42 GMT")
        http.fetch(peer.url, allow_private=True, etag="bad\r\nX-Evil: 1", last_modified="ü")
    assert (got.status, got.body) == (304, b"")
    assert header(peer.requests[0], "if-none-match") == 'W/"7"'
    assert header(peer.requests[0], "if-modified-since") == "Mon, 23 Nov 2026 11:00:42 GMT"
    assert "evil" not in peer.requests[1].lower()
    assert not header(peer.requests[1], "if-modified-since")


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Peer(lambda _: answer("proxy")) as proxy, Peer(lambda _: answer("site")) as site:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert http.fetch(site.url, allow_private=True).body == b"site"


# --- TLS -------------------------------------------------------------------------------------------------------------


def certificate(name: str, folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return public, private


@pytest.mark.parametrize("name", ["blog.example", "other.example"])
def test_tls_still_checks_the_name_though_the_connection_goes_to_an_address(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, private = certificate("blog.example", tmp_path)
    genuine = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *a, **k: genuine("127.0.0.1" if "example" in host else host, *a, **k)
    )
    monkeypatch.setattr(http, "_tls", lambda: ssl.create_default_context(cafile=public))
    asked: list[str | None] = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    server.sni_callback = lambda _, wanted, __: asked.append(wanted)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            try:
                with server.wrap_socket(connection, server_side=True) as secure:
                    secure.recv(10_000)
                    secure.sendall(answer("safe"))
            except OSError:
                connection.close()

        threading.Thread(target=serve, daemon=True).start()
        url = f"https://{name}:{listening.getsockname()[1]}/"
        if name == "blog.example":
            assert http.fetch(url, allow_private=True, account=SECRET).body == b"safe"
        else:
            with pytest.raises(Unreachable, match="no valid certificate") as error:
                http.fetch(url, allow_private=True, account=SECRET, method="POST", data={})
            assert not error.value.sent
    assert asked == [name]
