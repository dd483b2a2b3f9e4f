"""Asking a language model, at an address that an administrator typed: a question goes out, a text comes back.

Two ways of asking are known: OpenAI's chat completions, which most others speak too, and Anthropic's messages.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from channels import http
from channels.faults import FetchError, Private, TooLarge, without_promise
from model.language import _, later, many, number

MOST_BYTES = 200_000
UNUSABLE = later("The model's answer is not one that can be used.")
_SOON, _LATE = 1, 86_400
"""Seconds between which a model's word on when to ask again is believed."""
_DONE, _ASK_LESS = 200, 429
_REFUSED = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422, _ASK_LESS})
"""What a question is refused with before any of it is read by a model. Any other answer may have cost something."""


class Kind(StrEnum):
    """How a model is asked."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


@dataclass(frozen=True, slots=True)
class Model:
    """Where it is asked and how. `address` is the one before '/chat/completions' or '/v1/messages'; `private` lets it
    lie in a private network."""

    kind: Kind
    address: str
    name: str
    key: str = field(repr=False)
    private: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: the text, which nobody has looked at, and how many tokens it says it took."""

    text: str
    read: int | None
    written: int | None


class NoAnswer(FetchError):
    """There is no text. `free`: it certainly cost nothing, as nothing was sent, or the question was refused."""

    def __init__(self, what: str, *, sent: bool, free: bool, said: Said | None = None) -> None:
        super().__init__(what, sent=sent)
        self.free = free
        self.said = said


def ask(model: Model, system: str, user: str, most_tokens: int, before_write: Callable[[], str] | None = None) -> Said:
    """Asks once; nothing is tried again. Raises NoAnswer, which says why in words of ours alone: whatever the other
    side wrote may hold the question or the key."""
    path, (header, before), data = _asked(model, system, user, most_tokens)
    try:
        came = http.fetch(
            model.address.rstrip("/") + path,
            method="POST",
            allow_private=model.private,
            confidential=True,
            account=http.Key(header, before + model.key) if model.key else None,
            headers={"anthropic-version": "2023-06-01"} if model.kind is Kind.ANTHROPIC else None,
            data=data,
            max_bytes=MOST_BYTES,
            timeout_s=model.seconds,
            max_redirects=0,
            before_write=before_write,
        )
    except FetchError as error:
        raise NoAnswer(_why(error, model), sent=error.sent, free=not error.sent) from None
    if came.status != _DONE:
        raise NoAnswer(_refused(came), sent=True, free=came.status in _REFUSED)
    said = _said(model.kind, came.data())
    if said.text:
        return said
    raise NoAnswer(_(UNUSABLE), sent=True, free=False, said=said)


def _asked(model: Model, system: str, user: str, most: int) -> tuple[str, tuple[str, str], dict[str, Any]]:
    """The path, the header of the key with what stands before it, and the body."""
    turn = {"role": "user", "content": user}
    if model.kind is Kind.ANTHROPIC:
        return (
            "/v1/messages",
            ("x-api-key", ""),
            {"model": model.name, "max_tokens": most, "system": system, "messages": [turn]},
        )
    # OpenAI's own newer models refuse the name by which all others know it.
    limit = "max_completion_tokens" if urlsplit(model.address).hostname == "api.openai.com" else "max_tokens"
    messages = [{"role": "system", "content": system}, turn]
    return (
        "/chat/completions",
        ("Authorization", "Bearer "),
        {"model": model.name, limit: most, "messages": messages},
    )


def _said(kind: Kind, data: Any) -> Said:
    """What an answer says; an empty text where it is none."""
    used = _dict(_dict(data).get("usage"))
    if kind is Kind.ANTHROPIC:
        parts = [one for one in _list(_dict(data).get("content")) if _dict(one).get("type") == "text"]
        texts = [_dict(one).get("text") for one in parts]
        read = [_count(used.get(name)) for name in _READ if name in used]
        return Said(
            "".join(one for one in texts if isinstance(one, str)),
            sum(one for one in read if one is not None) if read and None not in read else None,
            _count(used.get("output_tokens")),
        )
    first = _dict(next(iter(_list(_dict(data).get("choices"))), None))
    text = _dict(first.get("message")).get("content")
    return Said(
        text if isinstance(text, str) else "",
        _count(used.get("prompt_tokens")),
        _count(used.get("completion_tokens")),
    )


_READ = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _why(error: FetchError, model: Model) -> str:
    if isinstance(error, Private):
        return error.why
    if isinstance(error, TooLarge):
        return _("The model's answer is too long.")
    if isinstance(error, http.TimedOut):
        return many("No answer came within {n} second.", "No answer came within {n} seconds.", model.seconds)
    return without_promise(error)


def _refused(came: http.Answer) -> str:
    if came.status in (401, 403):
        return _("The model refused the key (status {status}). An administrator can enter another.", status=came.status)
    if came.status != _ASK_LESS:
        return _("The model refused the question (status {status}).", status=came.status)
    after = came.headers.get("retry-after", "")
    seconds = int(after) if after.isascii() and after.isdigit() and len(after) < 9 else 0
    if not _SOON <= seconds <= _LATE:
        return _("The model was asked too often. Ask again later.")
    return _("The model was asked too often. Ask again in {n} seconds.", n=number(seconds))
