"""Personal data as people write it, made up: addresses, telephone numbers, cards, accounts, streets and names."""

from hypothesis import strategies as st

_DIGITS = st.text("0123456789", min_size=4, max_size=4)
_WORD = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9)
_CAPITAL = _WORD.map(str.capitalize)

EMAILS = st.builds(
    "{}{}{}@{}.{}".format,
    _WORD,
    st.sampled_from(["", ".", "_", "+", "-"]),
    _WORD,
    _WORD,
    st.sampled_from(["org", "de"]),
)
PHONES = st.one_of(
    st.builds("0{} {} {}".format, st.integers(100, 999), st.integers(100, 999), _DIGITS),
    st.builds("+{} {} {}{}".format, st.integers(1, 99), st.integers(100, 999), _DIGITS, _DIGITS),
    st.builds("({}) {}-{}".format, st.integers(201, 999), st.integers(200, 999), _DIGITS),
    st.builds("{}.{}.{}".format, st.integers(201, 999), st.integers(200, 999), _DIGITS),
)
STREETS = st.one_of(
    st.builds(
        "{} {} {}".format,
        st.integers(1, 999),
        _CAPITAL,
        st.sampled_from(["Street", "Road", "Avenue", "Lane", "Close", "Way", "Court", "Drive", "St", "Gardens"]),
    ),
    st.builds("{}{} {}".format, _CAPITAL, st.sampled_from(["straße", "strasse", "weg", "gasse"]), st.integers(1, 199)),
    st.builds("{} {}, {}".format, st.sampled_from(["rue", "via", "calle"]), _CAPITAL, st.integers(1, 199)),
)


def _luhn(digits: str) -> str:
    total = sum(d - 9 * (d > 9) for place, c in enumerate(reversed(digits)) for d in [int(c) * (2 - place % 2)])
    return digits + str(-total % 10)


def _grouped(digits: str, between: str) -> str:
    return between.join(digits[start : start + 4] for start in range(0, len(digits), 4))


CARDS = st.builds(
    lambda begin, rest, between: _grouped(_luhn(begin + rest), between),
    st.sampled_from(["4", "51", "37"]),
    st.text("0123456789", min_size=13, max_size=14),
    st.sampled_from(["", " ", "-"]),
)


def _iban(country: str, account: str, between: str) -> str:
    numbers = "".join(str(int(c, 36)) for c in account + country + "00")
    return _grouped(f"{country}{98 - int(numbers) % 97:02}{account}", between)


IBANS = st.builds(
    _iban,
    st.sampled_from(["DE", "AT", "FR"]),
    st.text("0123456789", min_size=16, max_size=23),
    st.sampled_from(["", " "]),
)
NAMES = st.one_of(
    st.builds("{} {}".format, _CAPITAL, _CAPITAL),
    st.builds("{}_{}".format, _WORD, st.integers(1, 99999)),
    st.text("ÄÖÜäöüßéèáñçİığşØøæ李明王芳Иванова", min_size=2, max_size=8).filter(str.strip),
)
_FILLER = st.sampled_from(
    [
        "I am very angry.",
        "please call",
        "or write to",
        "as they said,",
        "It happened on Monday",
        "\n",
        "(",
        ")",
        "–",
        ":",
    ]
)


def said(secrets: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, list[str]]]:
    """A text, and what stands in it that must not come out."""

    def text(parts: list[tuple[str, str]]) -> tuple[str, list[str]]:
        return " ".join(f"{filler} {secret}" for filler, secret in parts), [secret for _filler, secret in parts]

    return st.lists(st.tuples(_FILLER, secrets), min_size=1, max_size=4).map(text)
