"""Who says so, in plain words: how a reason was found, and what a signal is by. The name of the rule or model, with its
version, stays as a caption; `python -m analysis explain` prints it.
"""

from html import escape

from model.assessment import HERE
from model.language import Labels, _, later

_FOUND = Labels(
    {
        "matter": later("found by its words"),
        "example": later("found by what your examples mean"),
        "signal": later("found by what its sentences mean, by a model that has learnt from examples"),
        "spam": later("a sign of spam, found by a rule"),
        "negative": later("found by the tone of its words"),
        "learnt": later("learnt from what was decided here"),
        "degraded": later("a part of the assessment failed"),
    }
)
_SAYS = Labels(
    {
        "rules": later("by words and phrases that are looked for"),
        "patterns": later("by how numbers and addresses are written"),
        "vader": later("by the tone of its words"),
        "words": later("by its words, as a model has learnt them from labelled comments"),
        "profanity": later("by its swear words, as a model has learnt them"),
        "meaning": later("by what its sentences mean, as a model has learnt it from labelled comments"),
    }
)


def found(rule: str) -> str:
    """How a reason was found: 'found by its words' for 'matter:money'. Of a rule that is not known, its name."""
    kind = rule.partition(":")[0]
    return _FOUND[kind] if kind in _FOUND else _("rule {rule}", rule=rule)


def found_as(rule: str) -> str:
    """The same as HTML, with the name of the rule as a caption."""
    return f"<span title='{escape(rule)}'>{escape(found(rule))}</span>"


def says(by: str) -> str:
    """What a signal is by, as HTML: 'by the tone of its words' for 'vader 3.3.2', with that as a caption."""
    name = by.partition(HERE)[0]
    kind = name.partition(" ")[0]
    said = _SAYS[kind] if kind in _SAYS else _("says “{rule}”", rule=name)
    return f"<span title='{escape(name)}'>{escape(said)}</span>"
