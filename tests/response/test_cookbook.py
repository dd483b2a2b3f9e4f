"""Each recipe of docs/policy-cookbook.md asks for exactly what it says there, in a policy of nothing else."""

import re
import textwrap

import pytest

from model.route import EXPERT, Facts
from model.words import Action, Channel, Severity
from response import policies
from response.policy import moderation_route, route
from tests.conftest import ROOT

pytestmark = pytest.mark.values

HEAD = policies.SHIPPED.read_text().partition("rules:")[0]
NEEDS = re.compile(r"^# needs: (?P<facts>[^:]+): (?P<levels>.+)$", re.MULTILINE)


def recipes() -> dict[str, str]:
    """The rules of each recipe by its title, with the lines that say what they need."""
    parts = (ROOT / "docs" / "policy-cookbook.md").read_text().split("\n## ")[1:]
    blocks = {part.partition("\n")[0]: re.findall(r"^    .*$|^$", part, re.MULTILINE) for part in parts}
    return {title: textwrap.dedent("\n".join(lines)).strip() for title, lines in blocks.items()}


def facts(told: str) -> Facts:
    """'severity 2, blog, children, sentiment -0.7, trash': what is not said is calm, known, and a reply on the blog."""
    channels, matters, severity, sentiment, action = set(), set(), Severity(0), 0.0, Action.REPLY
    unknown = False
    for word in told.split(", "):
        name, _, value = word.partition(" ")
        if name == "severity":
            severity = Severity(int(value))
        elif name == "sentiment":
            sentiment = float(value)
        elif name in {one.value for one in Channel}:
            channels.add(Channel(name))
        elif name in {one.value for one in Action}:
            action = Action(name)
        elif name == "unknown":
            unknown = True
        else:
            assert name in policies.known_matters(), f"'{name}' means nothing"
            matters.add(name)
    where = frozenset(channels or {Channel.BLOG})
    if unknown:
        return Facts(where, None, None, None, action=action)
    return Facts(where, severity, frozenset(matters), sentiment, action=action)


def test_there_are_recipes_and_each_says_what_it_needs() -> None:
    assert len(recipes()) >= 8
    assert all(len(NEEDS.findall(text)) >= 2 for text in recipes().values())


@pytest.mark.parametrize("title", recipes())
def test_a_recipe_asks_for_what_it_says(title: str) -> None:
    text = recipes()[title]
    policy = policies.proposed(HEAD + text)
    for told, levels in NEEDS.findall(text):
        given = facts(told)
        found = (route if given.action is Action.REPLY else moderation_route)(policy, given)
        names = ["expert" if step.level == EXPERT else str(step.level) for step in found.steps]
        assert (", ".join(names) or "none") == levels, f"{told} needs {names}"
