"""Rebuilds every shipped weight and its card."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from analysis import by_meaning, linear, nets, stored
from analysis.stored import MODELS
from analysis.training import cards, harmless, meanings, rules, words
from analysis.training.sets import SETS
from model.errors import BadInput


def train(folder: Path, say: Callable[[str], None]) -> None:
    """Trains from the sets in `folder` and the examples in data/, with a fixed seed, and writes to data/models.

    `say` is told of each step. Raises BadInput where a set is missing; nothing is written then."""
    missing = [name for name, one in SETS.items() if one.ships and not (folder / f"{name}.csv.gz").exists()]
    if missing:
        raise BadInput(f"{folder} lacks {', '.join(f'{name}.csv.gz' for name in missing)}; nothing was changed.")
    today = datetime.now(UTC).date()
    rules.train(folder)
    say("Words: a minute or two.")
    model, about, learnt = words.train(folder)
    linear.save(MODELS / "words.npz", model, about)
    cards.write(MODELS / "words.md", "words", learnt, today)
    say("Harmless sentences: some seconds, and longer the first time.")
    harmless.train()
    say("Meanings: five minutes, and longer the first time, when each sentence is encoded.")
    found, about, deeper = meanings.train(folder, learnt)
    stored.write(MODELS / "meanings.npz", by_meaning.VERSION, nets.packed(found), about)
    cards.write(MODELS / "meanings.md", "meanings", deeper, today)
    for one in deeper:
        say(f"{one.name}: {one.auc:.3f}")
