"""Which hosts and origins this installation answers to."""

from urllib.parse import urlsplit

from model.settings import Settings


def hosts(settings: Settings) -> frozenset[str]:
    """The exact values of the Host header that are answered, in lower case."""
    local = {f"{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset(local | ({urlsplit(settings.url).netloc.lower()} if settings.url else set()))


def origins(settings: Settings) -> frozenset[str]:
    """The exact values of the Origin header that may post forms and open the web socket."""
    local = {f"http://{name}:{settings.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset(local | ({origin(settings.url)} if settings.url else set()))


def origin(url: str) -> str:
    """Scheme, host and port of an address, as browsers write them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def public(settings: Settings) -> str:
    """The address for people, without a slash at its end."""
    return settings.url.rstrip("/") or f"http://localhost:{settings.port}"
