"""How many comments a second are assessed by what needs no encoder, in one process, everything loaded."""

import time
from itertools import chain

from analysis import assess_all
from bench.figures import Figure
from bench.generated import feeds
from model.assessment import Subject

WORDS = range(20, 61)
"""Words of the comments that are measured."""
AT_LEAST = 2_500
ROUNDS = 5


def without_encoder() -> Figure:
    """Tier 0 on some thousand comments, the best of several rounds: a slow moment of the machine is not ours."""
    made = chain.from_iterable(feeds(30, 200, seed=5))
    texts = [text for one in made if len((text := "\n\n".join(one.paragraphs)).split()) in WORDS]
    subjects = [Subject(text) for text in texts]
    assess_all(subjects)
    seconds = min(_seconds(subjects) for _ in range(ROUNDS))
    rate = len(texts) / seconds
    return Figure(
        f"assessed without the encoder, {len(texts):,} comments of {WORDS[0]} to {WORDS[-1]} words",
        f"{rate:,.0f}/s",
        "",
        f"{seconds / len(texts) * 1e6:,.0f} µs each",
        rate,
        bar=AT_LEAST,
    )


def _seconds(subjects: list[Subject]) -> float:
    began = time.process_time()
    assess_all(subjects)
    return time.process_time() - began
