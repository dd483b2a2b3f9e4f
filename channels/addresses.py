"""Which network addresses a host name has, and which of them are not of the public internet."""

import ipaddress
import queue
import socket
import threading
from urllib.parse import unquote

from channels.faults import TimedOut, Unreachable
from model.language import _

# Addresses that carry an IPv4 address in their last 32 bits; the packets may be unwrapped on their way.
_WRAPPED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96"))
_SITE_LOCAL = ipaddress.ip_network("fec0::/10")


def private(address: str) -> bool:
    """Whether an IP address is not one of the public internet, also when it is wrapped in an IPv6 address."""
    ip = _ip(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if inner is None and any(ip in net for net in _WRAPPED):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner:
            return ip.is_loopback or ip.is_unspecified or private(str(inner))
        if ip in _SITE_LOCAL:
            return True
    return not ip.is_global or ip.is_multicast or ip.is_reserved


def loopback(address: str) -> bool:
    """Whether an IP address is this machine."""
    ip = _ip(address)
    mapped = ip.ipv4_mapped if isinstance(ip, ipaddress.IPv6Address) else None
    return (mapped or ip).is_loopback


def lookup(host: str, port: int, timeout_s: float) -> tuple[str, ...]:
    """All IP addresses of a host, IPv4 first (on machines without IPv6 the other order costs a failed connection).

    Odd spellings of addresses (decimal, octal, hexadecimal) come back as the addresses they mean. Raises Unreachable
    or TimedOut.
    """
    results: queue.SimpleQueue[set[str] | None] = queue.SimpleQueue()

    def look() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            results.put({str(info[4][0]) for info in infos})
        except (OSError, UnicodeError, ValueError):
            results.put(None)

    # The system's resolver knows no time limit, so it is asked in a thread that is left behind when it takes too long.
    threading.Thread(target=look, name="lookup", daemon=True).start()
    try:
        found = results.get(timeout=max(timeout_s, 0.001))
    except queue.Empty:
        raise TimedOut(
            _("The name {host} could not be looked up in time.", host=host[:100]), sent=False, again=True
        ) from None
    if not found:
        raise Unreachable(
            _(
                "There is no site called {host}. Check the address for typing errors.",
                host=unquote(host[:100]).rstrip("."),
            ),
            sent=False,
        )
    return tuple(sorted(found, key=lambda address: (":" in address, address)))


def _ip(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(address.split("%", maxsplit=1)[0])
