"""What a template is, what may stand in its fields, and when an answer made of it needs no more approval. Pure."""

import re
import unicodedata
from calendar import month_name
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from urllib.parse import urlsplit

from model.content import fixed_text
from model.errors import BadInput
from model.language import _, later, number
from model.route import EXPERT, Facts, Route, Step
from model.template import Field, FieldKind, Form, Scope
from model.words import Action, Channel, Quorum, Severity
from response.policy import Policy, gather, moderation_route, route

MOST_TEXT = 5_000
MOST_FIELDS = 10
MOST_OPTIONS = 20
LONGEST_OPTION = 200
LONGEST_NAME = 60
LARGEST = 1_000_000_000
FARTHEST_DAYS = 730

_PLACE = re.compile(r"\{([^{}\n]{0,60})\}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,29}")
_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,9}")
_BESIDE_LETTERS = frozenset(" -.'’")
# What could be an address has a slash, a colon, an @, or a dot within a word.
_LIKE_A_LINK = re.compile(r"[/:@\\]|\.(?=[^\s.])|\bwww\b", re.IGNORECASE)
_TOWER = re.compile("M{4,}")  # marks upon marks, in the categories of a name's signs

NO_ONE_ALONE = "no-template-alone"
"""What stands for a rule where the policy asks nobody about a template."""


# --- the template ----------------------------------------------------------------------------------------------------


def checked(form: Form, known_matters: frozenset[str]) -> Form:
    """The template as it is stored. Raises BadInput with what to mend."""
    text = fixed_text(form.text)
    if not text:
        raise BadInput(_("Write the template's text."))
    if len(text) > MOST_TEXT:
        raise BadInput(
            _(
                "A template has at most {most} characters; this has {n}.",
                most=number(MOST_TEXT),
                n=number(len(text)),
            )
        )
    if len(form.fields) > MOST_FIELDS:
        raise BadInput(
            _(
                "A template has at most {most} fields; this has {n}.",
                most=MOST_FIELDS,
                n=len(form.fields),
            )
        )
    keys = [field.key for field in form.fields]
    for field in form.fields:
        if keys.count(field.key) > 1:
            raise BadInput(_("Two fields are called '{key}'. Give one of them another name.", key=field.key))
        _check_field(field)
    stand = {match[1] for match in _PLACE.finditer(text)}
    if unknown := sorted(stand - set(keys)):
        raise BadInput(
            _(
                "The text has {{{key}}}, and no field is called so. Describe it below, or take it out.",
                key=unknown[0],
            )
        )
    if unused := sorted(set(keys) - stand):
        raise BadInput(
            _("The field '{key}' stands nowhere in the text. Write {{{key}}} where it belongs.", key=unused[0])
        )
    if not form.scope.channels:
        raise BadInput(_("Say on which channels the template may be used."))
    if strange := sorted(form.scope.matters - known_matters):
        raise BadInput(_("There is no matter called '{matter}'.", matter=strange[0]))
    return Form(text, form.fields, form.scope)


def places(text: str) -> list[str]:
    """The names in braces, each once, in their order; at most MOST_FIELDS of them. What can be no field's name is left
    to `checked`."""
    found = (match[1] for match in _PLACE.finditer(text))
    return [key for key in dict.fromkeys(found) if _KEY.fullmatch(key)][:MOST_FIELDS]


def _check_field(field: Field) -> None:
    if not _KEY.fullmatch(field.key):
        raise BadInput(
            _(
                "'{key}' cannot be a field's name: a small letter, then letters, digits and _, at most 30.",
                key=field.key,
            )
        )
    if field.kind in (FieldKind.CHOICE, FieldKind.LINK):
        _check_options(field)
        return
    if field.options:
        raise BadInput(_("The field '{key}' has options, which only a choice or a link has.", key=field.key))
    lowest, highest = {
        FieldKind.NAME: (1, LONGEST_NAME),
        FieldKind.NUMBER: (-LARGEST, LARGEST),
        FieldKind.DATE: (-FARTHEST_DAYS, FARTHEST_DAYS),
    }[field.kind]
    if not lowest <= field.least <= field.most <= highest:
        raise BadInput(
            _(
                "The field '{key}' goes from {least} to {most}; it must lie within {lowest} to {highest}, the smaller"
                " one first.",
                key=field.key,
                least=field.least,
                most=field.most,
                lowest=number(lowest),
                highest=number(highest),
            )
        )


def _check_options(field: Field) -> None:
    if not 1 <= len(field.options) <= MOST_OPTIONS or len(set(field.options)) != len(field.options):
        raise BadInput(
            _(
                "The field '{key}' needs 1 to {most} options, each once.",
                key=field.key,
                most=MOST_OPTIONS,
            )
        )
    for option in field.options:
        if not option or option != fixed_text(option) or len(option) > LONGEST_OPTION or not _one_line(option):
            raise BadInput(
                _(
                    "An option of '{key}' is one line of at most {most} characters.",
                    key=field.key,
                    most=LONGEST_OPTION,
                )
            )
        if field.kind is FieldKind.LINK and not _is_address(option):
            raise BadInput(
                _(
                    "'{option}' is no address: the links of '{key}' begin with https:// and have no blanks.",
                    option=option,
                    key=field.key,
                )
            )


def _one_line(text: str) -> bool:
    return all(unicodedata.category(sign) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for sign in text)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and not any(c.isspace() for c in text)
    except ValueError:
        return False


# --- its fields ------------------------------------------------------------------------------------------------------


def shown(field: Field, value: str) -> str:
    """A value as it stands in the text: a date (ISO 8601) becomes '3 March 2026', all others stand as they are."""
    if field.kind is not FieldKind.DATE:
        return value
    day = date.fromisoformat(value)
    return f"{day.day} {month_name[day.month]} {day.year}"


def fill(form: Form, values: Mapping[str, str]) -> str:
    """The text with a value in each field, as it is stored and sent. KeyError where a value is missing."""
    fields = {field.key: field for field in form.fields}
    return fixed_text(_PLACE.sub(lambda match: shown(fields[match[1]], values[match[1]]), form.text))


def problem(field: Field, value: str, today: date, flagged: Callable[[str], bool]) -> str:
    """Why a value is outside what was approved for its field, in words; empty when it is within.

    `flagged` says whether words of outside are such as the assessment would flag.
    """
    key = field.key
    match field.kind:
        case FieldKind.CHOICE | FieldKind.LINK:
            return "" if value in field.options else _("'{key}' is none of those that were approved", key=key)
        case FieldKind.NUMBER:
            if not _NUMBER.fullmatch(value):
                return _("'{key}' is no whole number", key=key)
            if field.least <= int(value) <= field.most:
                return ""
            return _("'{key}' is outside {least} to {most}", key=key, least=field.least, most=field.most)
        case FieldKind.DATE:
            return _date_problem(field, value, today)
        case FieldKind.NAME:
            return _name_problem(field, value, flagged)


def _date_problem(field: Field, value: str, today: date) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return _("'{key}' is no date", key=field.key)
    if day.isoformat() != value:
        return _("'{key}' is no date", key=field.key)
    first, last = today + timedelta(days=field.least), today + timedelta(days=field.most)
    if first <= day <= last:
        return ""
    return _("'{key}' is not from {first} to {last}", key=field.key, first=first.isoformat(), last=last.isoformat())


def _name_problem(field: Field, value: str, flagged: Callable[[str], bool]) -> str:
    kinds = [unicodedata.category(sign) for sign in value]
    strange = value != fixed_text(value) or not all(map(_may_be_in_a_name, value))
    if not field.least <= len(value) <= field.most:
        held, span = len(value), {"least": field.least, "most": field.most}
        return _("'{key}' has {held} characters, not {least} to {most}", key=field.key, held=held, **span)
    against = (
        (not _one_line(value), later("'{key}' holds a control character")),
        (any(kind[0] == "N" for kind in kinds), later("'{key}' holds a number")),
        (_LIKE_A_LINK.search(value), later("'{key}' holds a link, or what could be one")),
        (
            strange or _TOWER.search("".join(kind[0] for kind in kinds)),
            later("'{key}' holds signs that are in no name"),
        ),
        (not any(kind[0] == "L" for kind in kinds), later("'{key}' holds no letter")),
    )
    for holds, why in against:
        if holds:
            return _(why, key=field.key)
    return _("'{key}' holds a word that is flagged", key=field.key) if flagged(value) else ""


def _may_be_in_a_name(sign: str) -> bool:
    return sign in _BESIDE_LETTERS or unicodedata.category(sign)[0] in "LM"


def problems(
    form: Form, values: Mapping[str, str], text: str, today: date, flagged: Callable[[str], bool]
) -> tuple[str, ...]:
    """Why a text is not the template with nothing but its fields filled; empty when it is."""
    if set(values) != {field.key for field in form.fields}:
        return (_("its fields are not those of the template"),)
    found = tuple(why for field in form.fields if (why := problem(field, values[field.key], today, flagged)))
    if found:
        return found
    return () if fill(form, values) == text else (_("words outside its fields were changed"),)


# --- its route, and that of what is made of it -----------------------------------------------------------------------


def template_route(policy: Policy, scope: Scope) -> Route:
    """The levels that approve a template: whatever any answer that it is meant for would need, what rules that name
    templates ask for, and one level at least, as nobody speaks for the house again and again on their own word."""
    because = [reason for facts in _meant_for(scope) for reason in route(policy, facts).because]
    named = Facts(scope.channels, scope.severity, scope.matters, None, action=Action.TEMPLATE, concern=None)
    because += moderation_route(policy, named).because
    return gather(
        policy, because, at_least_one=(NO_ONE_ALONE, later("A template is never approved by its author alone"))
    )


def _meant_for(scope: Scope) -> Iterator[Facts]:
    """Each kind of answer within a scope. The mood of a comment is unknown beforehand: the stricter branch."""
    about: Iterable[frozenset[str]] = (frozenset(), *(frozenset({one}) for one in sorted(scope.matters)), scope.matters)
    graves = [one for one in Severity if one <= scope.severity]
    for channel, severity, matters in product(sorted(scope.channels), graves, dict.fromkeys(about)):
        yield Facts(frozenset({Channel(channel)}), severity, matters, None)


def covers(approved: tuple[Step, ...], needed: tuple[Step, ...]) -> bool:
    """Whether the levels that approved a template are all that an answer needs, each with as many people."""
    by = {step.level: step.quorum for step in approved}
    return bool(approved) and all(step.level in by and _as_many(by[step.level], step.quorum) for step in needed)


def _as_many(had: Quorum | int, wanted: Quorum | int) -> bool:
    if Quorum.ALL in (had, wanted):
        return had == Quorum.ALL and wanted in (Quorum.ALL, Quorum.ANY, 1)
    return (1 if had == Quorum.ANY else int(had)) >= (1 if wanted == Quorum.ANY else int(wanted))


def missing(approved: tuple[Step, ...], needed: tuple[Step, ...]) -> list[int]:
    """The levels that an answer needs and that did not approve the template (the expert's step as 0)."""
    return [step.level for step in needed if not covers(approved, (step,))]


def level_name(level: int) -> str:
    return _("an expert") if level == EXPERT else _("level {level}", level=level)
