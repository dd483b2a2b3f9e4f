"""A policy printed as YAML: anew, or into the text it was read from, so that what does not change stays as it is
written, with its comments. Pure."""

import re
from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from typing import Any

import yaml

from response.policy import LevelTerms, Policy, Rule
from response.policy_text import PolicyError, formed

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))
_IN_HOURS = 4 * 86400
"""Below that a time is written in hours: 72h, not 3d."""
_KEY = re.compile(r"[a-z_]+|[0-5]")
_ITEM = re.compile(r" *- ")


# --- the policy as plain values --------------------------------------------------------------------------------------


def document(policy: Policy) -> dict[str, Any]:
    """The policy as the values of its YAML, in the order of the manual. What is at its default is left out."""
    return {
        "name": policy.name,
        "levels": {int(level): _terms(terms) for level, terms in sorted(policy.levels.items())},
        "expert": _terms(policy.expert),
        "due": {int(severity): time(seconds) for severity, seconds in sorted(policy.due.items())},
        "approval_valid": time(policy.approval_valid),
        "sending_valid": time(policy.sending_valid),
        "rules": [_rule(rule) for rule in policy.rules],
    }


def time(seconds: int) -> str:
    """A length of time as the policy writes it: '90m', '4h', '7d'."""
    for size, unit in _UNITS:
        if seconds % size == 0 and (unit != "d" or seconds >= _IN_HOURS) and seconds // size <= 9999:
            return f"{seconds // size}{unit}"
    raise ValueError("a policy has no such time")


def _terms(terms: LevelTerms) -> dict[str, Any]:
    return {"name": terms.name, "quorum": _plain(terms.quorum), "answers_within": time(terms.answers_within)}


def _rule(rule: Rule) -> dict[str, Any]:
    when = rule.when
    about = {
        "channel": _plain(when.channel),
        "matter": _plain(when.matter),
        "severity": when.severity and {name: int(bound) for name, bound in when.severity if _bounds(name, bound)},
        "sentiment": when.sentiment and {"below": when.sentiment.below},
        "action": _plain(when.action),
        "concern": when.concern,
    }
    said: dict[str, Any] = {"id": rule.id, "says": rule.says}
    said["when"] = {name: value for name, value in about.items() if value is not None}
    said |= {"levels": list(rule.levels)} if rule.levels else {}
    said |= {"expert": True} if rule.expert else {}
    return said | ({"instead_of": list(rule.instead_of)} if rule.instead_of else {})


def _bounds(name: str, bound: int) -> bool:
    return bound > 0 if name == "at_least" else bound < 4


def _plain(value: Any) -> Any:
    """A value of the model as YAML has it."""
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, StrEnum):
        return value.value
    return int(value) if isinstance(value, IntEnum) else value


# --- printed anew ----------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Writes a text with line breaks on one line, in double quotes."""


def _one_line(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _one_line)


def _flow(value: Any) -> str:
    """A value on one line: '[1, 2]', '{severity: {at_least: 3}}', 'a text'."""
    written: str = yaml.dump(
        value, Dumper=_Dumper, default_flow_style=True, width=float("inf"), allow_unicode=True, sort_keys=False
    )
    return written.removesuffix("...\n").rstrip("\n")


def printed(policy: Policy) -> str:
    """The policy as YAML, without any comment."""
    lines = []
    for key, value in document(policy).items():
        if key == "rules" and value:
            lines += ["rules:", *(line for rule in value for line in _item(rule, "  "))]
        elif key == "levels" and value:
            lines += ["levels:", *(f"  {level}: {_flow(terms)}" for level, terms in value.items())]
        else:
            lines.append(f"{key}: {_flow(value)}")
    return "\n".join(lines) + "\n"


def _item(rule: Mapping[str, Any], indent: str) -> list[str]:
    """A rule as the lines of an item."""
    dashes = [indent + "- ", *[indent + "  "] * (len(rule) - 1)]
    return [f"{dash}{key}: {_flow(value)}" for dash, (key, value) in zip(dashes, rule.items(), strict=True)]


# --- printed into a text ---------------------------------------------------------------------------------------------

_Edit = tuple[int, int, str]
"""From where to where a text is replaced, and by what."""


def rewritten(source: str, policy: Policy) -> str:
    """A text that can be read, with this policy in it: what does not change stays as it is written, with its comments.
    A text that is not `kept` is printed anew."""
    if formed(source) == policy:
        return source
    if kept(source):
        text = _with(source, document(formed(source)), document(policy))
        try:
            if formed(text) == policy:
                return text
        except PolicyError:
            pass
    return printed(policy)


def kept(source: str) -> bool:
    """Whether a text that can be read is written so that changes can be put into it. If not, as with anchors or a list
    of rules in brackets, the first change prints it anew, and its comments are lost."""
    events = list(yaml.parse(source, Loader=yaml.SafeLoader))
    if any(getattr(event, "anchor", None) or getattr(event, "tag", None) for event in events):
        return False
    tree = _tree(source)
    if tree.flow_style or not _plain_keys(tree):
        return False
    rules = next(value for key, value in tree.value if key.value == "rules")
    if rules.flow_style:
        return not rules.value
    return all(_ITEM.match(source, _line_start(source, item.start_mark.index)) for item in rules.value)


def _tree(source: str) -> yaml.MappingNode:
    tree: yaml.MappingNode = yaml.compose(source, Loader=yaml.SafeLoader)  # type: ignore[assignment]
    return tree


def _plain_keys(node: yaml.Node) -> bool:
    if isinstance(node, yaml.MappingNode):
        return all(_KEY.fullmatch(key.value) and _plain_keys(value) for key, value in node.value)
    return not isinstance(node, yaml.SequenceNode) or all(map(_plain_keys, node.value))


def _with(source: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    tree = _tree(source)
    key, rules = next(pair for pair in tree.value if pair[0].value == "rules")
    if old["rules"] == new["rules"]:
        edits: list[_Edit] = []
    elif rules.flow_style or not new["rules"]:
        text = "\n".join(["", *(line for rule in new["rules"] for line in _item(rule, "  "))])
        edits = [_instead(source, key, rules, text if new["rules"] else " []")]
    else:
        edits = [_rules(source, rules, old["rules"], new["rules"])]
    same = {"rules": new["rules"]}
    return _applied(source, [*edits, *_in_mapping(source, tree, old | same, new)])


def _applied(source: str, edits: list[_Edit], offset: int = 0) -> str:
    for start, end, text in sorted(edits, reverse=True):
        source = source[: start - offset] + text + source[end - offset :]
    return source


def _in_mapping(source: str, node: yaml.MappingNode, old: dict[Any, Any], new: dict[Any, Any]) -> Iterator[_Edit]:
    """What to replace in a mapping, so that it says something else."""
    there = {_name(key): (key, value) for key, value in node.value}
    stays = [name in new or name not in old for name in there]  # what the model leaves out is a default written out
    first = stays.index(True)
    if first:  # it may share its line with a dash
        yield node.start_mark.index, node.value[first][0].start_mark.index, ""
    for place, (name, (key, value)) in enumerate(there.items()):
        if name in new:
            yield from _in_value(source, key, value, old.get(name), new[name])
        elif not stays[place] and place > first:
            yield _line_start(source, key.start_mark.index) - 1, _line_end(source, _end(source, value)), ""
    last = node.value[max(place for place, here in enumerate(stays) if here)][1]
    added = [f"{name}: {_flow(value)}" for name, value in new.items() if name not in there]
    if added:
        indent = "\n" + " " * node.value[0][0].start_mark.column
        at = _line_end(source, _end(source, last))
        yield at, at, "".join(indent + line for line in added)


def _name(key: yaml.ScalarNode) -> int | str:
    return int(key.value) if key.value.isdigit() else key.value


def _in_value(source: str, key: yaml.Node, value: yaml.Node, old: Any, new: Any) -> Iterator[_Edit]:
    if old == new:
        return
    deeper = isinstance(old, dict) and any(name in new for name in old)
    if isinstance(value, yaml.MappingNode) and not value.flow_style and deeper:
        yield from _in_mapping(source, value, old, new)
    else:
        yield _instead(source, key, value, " " + _flow(new))


def _instead(source: str, key: yaml.Node, value: yaml.Node, text: str) -> _Edit:
    """Another value for a key, from behind its colon: a list below it may stand where no other value could."""
    colon = source.index(":", key.end_mark.index)
    return colon + 1, _end(source, value), text


def _rules(source: str, node: yaml.SequenceNode, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> _Edit:
    """The list of rules, each with the comments above it, in another order and with other rules."""
    indent = source[_line_start(source, node.value[0].start_mark.index) :].partition("-")[0]
    begin = _first(source, node)
    chunks: dict[str, str] = {}
    at = begin
    for rule, item in zip(old, node.value, strict=True):
        end = _line_end(source, _end(source, item)) + 1
        after = _renamed(rule["id"], old, new)
        if after is not None:
            edits = list(_in_rule(source, item, rule, after))
            chunks[after["id"]] = _applied(source[at:end], edits, at).removesuffix("\n")
        at = end
    each = [chunks.get(rule["id"]) or "\n".join(_item(rule, indent)) for rule in new]
    return begin, min(at, len(source)), "\n".join(each) + "\n"


def _first(source: str, node: yaml.SequenceNode) -> int:
    """Where the lines of a list begin, the comments above its first item included."""
    start = _line_start(source, node.value[0].start_mark.index)
    while source[:start].rstrip(" ").endswith("\n"):
        above = _line_start(source, start - 1)
        if not source[above:start].lstrip().startswith("#"):
            break
        start = above
    return start


def _renamed(name: str, old: list[dict[str, Any]], new: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The rule that was called so before: by its name, or by its place where it got another one; None: it is gone."""
    by_name = {rule["id"]: rule for rule in new}
    place = [rule["id"] for rule in old].index(name)
    if name in by_name or place >= len(new) or len(old) != len(new):
        return by_name.get(name)
    return new[place] if all(rule["id"] != new[place]["id"] for rule in old) else None


def _in_rule(source: str, item: yaml.Node, old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Edit]:
    if isinstance(item, yaml.MappingNode) and not item.flow_style:
        yield from _in_mapping(source, item, old, new)
    elif old != new:
        yield item.start_mark.index, _end(source, item), _flow(new)


def _end(source: str, node: yaml.Node) -> int:
    """Where what a value is made of ends: the parser counts the comments behind a block to it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(source, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    while source[end - 1 : end] in (" ", "\n", "\r"):
        end -= 1
    return end


def _line_start(source: str, at: int) -> int:
    return source.rfind("\n", 0, at) + 1


def _line_end(source: str, at: int) -> int:
    end = source.find("\n", at)
    return len(source) if end < 0 else end
