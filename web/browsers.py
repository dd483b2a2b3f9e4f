"""What a browser says of itself, in two words that a person knows again among their sessions."""

from starlette.requests import Request

# The order counts: most say that they are also the others.
_NAMES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),  # as it is
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),  # as it is
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def named(request: Request) -> str:
    """The browser of a request: 'Firefox, Linux'; empty where it says nothing that is known."""
    return in_words(request.headers.get("user-agent", ""))


def in_words(said: str) -> str:
    """The same from what it says of itself. Nothing of that is kept but our own words."""
    found = [next((name for mark, name in marks if mark in said), "") for marks in (_NAMES, _SYSTEMS)]
    return ", ".join(name for name in found if name)
