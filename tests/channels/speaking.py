"""What language models answer, in either way of asking, and what servers answer that are slow, wrong or mean harm."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.channels.peers import Peer, Pieces, answer, as_json

OPINION = {"needs_person": 0.9, "signals": {"concern": 0.8, "abuse": 0.0}, "reason": "It tells of a child in danger."}


def openai(text: str, read: Any = 400, written: Any = 50) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": 0}
    return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage}


def anthropic(text: str, read: Any = 400, written: Any = 50) -> dict[str, Any]:
    usage = {"input_tokens": read, "output_tokens": written, "cache_read_input_tokens": 7}
    return {"type": "message", "content": [{"type": "text", "text": text}], "usage": usage}


def says(text: str | dict[str, Any], **used: Any) -> Callable[[str], bytes]:
    """A server that gives this answer in OpenAI's form."""
    said = text if isinstance(text, str) else json.dumps(text)
    return lambda _request: as_json(openai(said, **used))


def asked(request: str) -> dict[str, Any]:
    """The body of a request."""
    found: dict[str, Any] = json.loads(request.partition("\r\n\r\n")[2])
    return found


def endless(head: bytes, piece: bytes) -> Callable[[str], Iterable[bytes]]:
    def pieces() -> Iterable[bytes]:
        yield head
        while True:
            yield piece

    return lambda _request: pieces()


def dripping(peer: Callable[[], Peer]) -> Callable[[str], Pieces]:
    """One byte at a time, never the whole."""
    return lambda _request: peer().drip((bytes([b]) for b in answer("x" * 5000)), 0.05)


def variant(**changed: Any) -> dict[str, Any]:
    return {**OPINION, **changed}


DEEP = '{"reason":' * 5000
UNUSABLE: dict[str, str] = {
    "no JSON": "I think that this comment is grave.",
    "JSON with words around it": f"Here it is: {json.dumps(OPINION)}",
    "a list": "[]",
    "a number": "1",
    "nothing but a brace": "{",
    "too deep": DEEP,
    "no reason": json.dumps({"needs_person": 0.5, "signals": {}}),
    "an empty reason": json.dumps(variant(reason="")),
    "a reason of blanks": json.dumps(variant(reason=" \u200b\n ")),
    "a reason that is a list": json.dumps(variant(reason=["x"])),
    "a reason too long": json.dumps(variant(reason="x" * 801)),
    "a chance above 1": json.dumps(variant(needs_person=1.01)),
    "a chance below 0": json.dumps(variant(needs_person=-0.01)),
    "a chance that is text": json.dumps(variant(needs_person="0.5")),
    "a chance that is true": json.dumps(variant(needs_person=True)),
    "a chance that is no number": json.dumps(variant(needs_person=float("nan"))),
    "a chance without end": '{"needs_person": 1e999, "signals": {}, "reason": "x"}',
    "a signal that nobody knows": json.dumps(variant(signals={"guilt": 0.5})),
    "a signal out of range": json.dumps(variant(signals={"abuse": 2})),
    "a name twice": '{"needs_person": 0, "needs_person": 1, "signals": {}, "reason": "x"}',
    "an action with it": json.dumps(variant(action="hide")),
    "calls of tools": json.dumps({"tool": "publish", "arguments": {"text": "We are guilty."}}),
    "a draft in the place of an opinion": json.dumps({"draft": "Sorry."}),
    "20,001 characters": json.dumps(OPINION) + " " * 20_001,
}
