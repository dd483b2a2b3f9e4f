"""Labels as a site comes by them, made for tests."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from model.label import Judged, Label

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def label(number: int, wanted: bool | None, **values: object) -> Label:
    """A label of a comment that was raised by its tone, unless told otherwise."""
    made = Label(
        comment_id=number,
        revision=1,
        judged=Judged.ANSWERED if wanted else Judged.WRONGLY_RAISED,
        wanted=wanted,
        spam=None,
        at=BEGAN + timedelta(hours=number),
        channel="blog",
        language="en",
        flagged=True,
        shipped=True,
        fixed=False,
        raised=("negative",),
        matters=(),
        scores={"negative": 0.7, "spam": 0.1, "concern": 0.0},
        by=1,
    )
    return replace(made, **values)  # type: ignore[arg-type]


def site(n: int, seed: int = 1) -> list[Label]:
    """A site at which what is said of privacy needs a person, and what is only sharp in tone does not."""
    chance = random.Random(seed)
    found = []
    for number in range(n):
        private = chance.random() < 0.4
        wanted = private if chance.random() < 0.98 else not private
        tone = chance.uniform(0.5, 0.95)
        found.append(
            label(
                number,
                wanted,
                raised=("concern",) if private else ("negative",),
                matters=("privacy-talk",) if private else (),
                scores={"negative": tone, "spam": 0.1, "concern": float(private)},
            )
        )
    return found


def shuffled(labels: Sequence[Label], seed: int) -> list[Label]:
    """The same comments, with what was said of them dealt out anew."""
    said = [one.wanted for one in labels]
    random.Random(seed).shuffle(said)
    return [replace(one, wanted=wanted) for one, wanted in zip(labels, said, strict=True)]
