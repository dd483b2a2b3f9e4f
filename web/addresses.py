"""Which hosts and origins this installation answers to."""

from model.settings import Settings


def hosts(settings: Settings) -> frozenset[str]:
    """The exact values of the Host header that are answered, in lower case."""
    return frozenset(origin.partition("://")[2] for origin in origins(settings))


def origins(settings: Settings) -> frozenset[str]:
    """The exact values of the Origin header that may post forms and open the web socket."""
    port = "" if settings.port == 80 else f":{settings.port}"
    local = {f"http://{name}{port}" for name in ("localhost", "127.0.0.1", "[::1]")}
    return frozenset(local | ({settings.url} if settings.url else set()))


def public(settings: Settings, host: str = "") -> str:
    """The address for people, without a slash at its end; without LEVELHEAD_URL that of the `host` they came by."""
    return settings.url or f"http://{host or f'localhost:{settings.port}'}"


def secure(settings: Settings) -> bool:
    """Whether people reach Levelhead over TLS, so that cookies must never travel without it."""
    return settings.url.startswith("https://")
