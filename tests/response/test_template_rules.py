"""The rule of templates: a text is the template with nothing but its fields filled, or it is routed like any other."""

import string
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from model.errors import BadInput
from model.route import Facts, Step
from model.settings import ROOT
from model.template import Field, FieldKind, Form, Scope, form_hash
from model.words import Channel, Quorum, Severity
from response import policies
from response.policy import Policy, route
from response.template_rules import NO_ONE_ALONE, checked, covers, fill, missing, problem, problems, template_route
from response.template_use import flagged

pytestmark = pytest.mark.values

K = FieldKind
TODAY = date(2026, 3, 2)
SCOPE = Scope(frozenset({Channel.BLOG}), Severity.MEDIUM)
NAME = Field("name", K.NAME, 1, 40)
DAY = Field("day", K.DATE, 0, 30)
SEATS = Field("seats", K.NUMBER, 1, 200)
ROOM = Field("room", K.CHOICE, options=("the hall", "the garden"))
PAGE = Field("page", K.LINK, options=("https://example.org/a", "https://example.org/b"))
FORM = Form(
    "Dear {name},\n\nwe meet on {day} in {room}. There are {seats} seats: {page}",
    (NAME, DAY, SEATS, ROOM, PAGE),
    SCOPE,
)


def harmless(_words: str) -> bool:
    return False


def ok(values: dict[str, str], text: str, form: Form = FORM) -> bool:
    return problems(form, values, text, TODAY, harmless) == ()


letters = st.text("abcdefghijklmnopqrstuvwxyzäöüéñçåøłßЖдשα", min_size=1, max_size=12)
names = st.lists(letters, min_size=1, max_size=3).map(" ".join).filter(lambda name: name != "www")
filled = st.fixed_dictionaries(
    {
        "name": names,
        "day": st.integers(0, 30).map(lambda days: (TODAY + timedelta(days=days)).isoformat()),
        "seats": st.integers(1, 200).map(str),
        "room": st.sampled_from(ROOM.options),
        "page": st.sampled_from(PAGE.options),
    }
)


@given(filled)
def test_the_template_with_its_fields_filled_is_the_template(values: dict[str, str]) -> None:
    assert ok(values, fill(FORM, values))


@given(filled, st.integers(0, 200), st.text(min_size=1, max_size=3))
def test_one_sign_more_anywhere_is_another_text(values: dict[str, str], place: int, more: str) -> None:
    text = fill(FORM, values)
    at = min(place, len(text))
    assert not ok(values, text[:at] + more + text[at:])


@given(filled, st.data())
def test_one_sign_less_anywhere_is_another_text(values: dict[str, str], data: st.DataObject) -> None:
    text = fill(FORM, values)
    at = data.draw(st.integers(0, len(text) - 1))
    assert not ok(values, text[:at] + text[at + 1 :])


@given(filled, filled)
def test_only_the_text_of_the_values_that_were_filled_in_counts(one: dict[str, str], other: dict[str, str]) -> None:
    assume(fill(FORM, one) != fill(FORM, other))
    assert not ok(one, fill(FORM, other))


@given(filled, st.sampled_from(sorted(["name", "day", "seats", "room", "page"])), st.text(max_size=60))
def test_whatever_stands_in_a_field_is_within_its_bounds_or_the_text_is_another(
    values: dict[str, str], key: str, value: str
) -> None:
    changed = values | {key: value}
    field = next(one for one in FORM.fields if one.key == key)
    why = problem(field, value, TODAY, harmless)
    try:
        text = fill(FORM, changed)
    except ValueError:
        assert why
        return
    if why:
        assert not ok(changed, text)
    elif field.options:
        assert value in field.options
    elif field.kind is K.NUMBER:
        assert 1 <= int(value) <= 200
        assert value == str(int(value))
    elif field.kind is K.NAME:
        assert not set(value) & set(string.digits + "/:@\\\n\r\t<>{}")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("see https://evil.example", "a link"),
        ("evil.example", "a link"),
        ("www evil example", "a link"),
        ("@somebody", "a link"),
        ("Ada 2", "a number"),
        ("Ada ②", "a number"),
        ("Ada\nLovelace", "control character"),
        ("Ada\u202eecalevoL", "control character"),
        ("Ada\u200b", "control character"),
        ("Ada <b>", "in no name"),
        ("Ada 😀", "in no name"),
        ("a\u0301\u0301\u0301\u0301\u0301", "in no name"),
        (" Ada", "in no name"),
        ("...", "no letter"),
        ("", "0 characters"),
        ("A" * 41, "41 characters"),
    ],
)
def test_a_name_that_holds_what_is_in_no_name_is_told_from_one(value: str, why: str) -> None:
    assert why in problem(NAME, value, TODAY, harmless)


@pytest.mark.parametrize("value", ["Ada", "Anne-Marie O’Neill", "Dr. J. R. Sánchez", "Жанна", "李雷", "مريم", "नेहा"])
def test_names_of_many_scripts_are_names(value: str) -> None:
    assert problem(NAME, value, TODAY, flagged) == ""


@pytest.mark.parametrize("value", ["Idiot", "Kill yourself", "Suicide", "Viagra casino bonus"])
def test_a_name_that_the_assessment_would_flag_is_none(value: str) -> None:
    assert "flagged" in problem(NAME, value, TODAY, flagged)


@pytest.mark.parametrize("value", ["2026-03-01", "2026-04-02", "2026-3-2", "20260302", "2026-W10-1", "tomorrow", ""])
def test_a_date_outside_its_days_or_in_another_form_is_none(value: str) -> None:
    assert problem(DAY, value, TODAY, harmless)
    assert not problem(DAY, "2026-04-01", TODAY, harmless)


@pytest.mark.parametrize("value", ["0", "201", "-1", "01", "1.5", "1e2", "²", "٣", " 7", ""])
def test_a_number_outside_its_bounds_or_in_another_form_is_none(value: str) -> None:
    assert problem(SEATS, value, TODAY, harmless)


def test_other_fields_than_those_of_the_template_are_never_the_template() -> None:
    values = {"name": "Ada", "day": "2026-03-02", "seats": "3", "room": "the hall", "page": "https://example.org/a"}
    text = fill(FORM, values)
    assert ok(values, text)
    assert not ok(values | {"more": "x"}, text)
    assert not ok({key: value for key, value in values.items() if key != "page"}, text)


def test_what_stands_in_a_field_is_never_read_as_a_field() -> None:
    form = Form("{room} {page}", (Field("room", K.CHOICE, options=("{page}",)), PAGE), SCOPE)
    assert fill(form, {"room": "{page}", "page": "https://example.org/a"}) == "{page} https://example.org/a"


# --- what is refused when a template is written ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (Form("  ", (), SCOPE), "Write the template's text"),
        (Form("x" * 5001, (), SCOPE), "at most 5,000"),
        (Form("Dear {name}", (), SCOPE), "no field is called so"),
        (Form("Dear all", (NAME,), SCOPE), "stands nowhere"),
        (Form("{name}", (NAME, NAME), SCOPE), "Two fields"),
        (Form("{a}", (Field("a", K.CHOICE),), SCOPE), "1 to 20 options"),
        (Form("{a}", (Field("a", K.CHOICE, options=("x", "x")),), SCOPE), "each once"),
        (Form("{a}", (Field("a", K.CHOICE, options=("x\ny",)),), SCOPE), "one line"),
        (Form("{a}", (Field("a", K.LINK, options=("javascript:alert(1)",)),), SCOPE), "no address"),
        (Form("{a}", (Field("a", K.NUMBER, 5, 4),), SCOPE), "the smaller one first"),
        (Form("{a}", (Field("a", K.NAME, 1, 61),), SCOPE), "must lie within"),
        (Form("{a}", (Field("a", K.NAME, 1, 9, ("x",)),), SCOPE), "has options"),
        (Form("{A b}", (Field("A b", K.NAME, 1, 9),), SCOPE), "cannot be a field's name"),
        (Form("{aA}", (), SCOPE), "no field is called so"),
        (Form("Hello", (), Scope(frozenset(), Severity.LOW)), "on which channels"),
        (Form("Hello", (), Scope(SCOPE.channels, Severity.LOW, frozenset({"nonsense"}))), "no matter"),
    ],
)
def test_a_template_that_cannot_work_is_refused_with_what_to_mend(form: Form, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        checked(form, policies.known_matters())


def test_the_hash_covers_fields_and_scope_and_not_their_order() -> None:
    assert form_hash(FORM) == form_hash(Form("another text", tuple(reversed(FORM.fields)), SCOPE))
    others = [
        Form(FORM.text, FORM.fields[1:], SCOPE),
        Form(FORM.text, FORM.fields, Scope(SCOPE.channels, Severity.HIGH)),
        Form(FORM.text, FORM.fields, Scope(frozenset({Channel.X}), Severity.MEDIUM)),
        Form(FORM.text, FORM.fields, Scope(SCOPE.channels, Severity.MEDIUM, frozenset({"privacy"}))),
        Form(FORM.text, (Field("name", K.NAME, 1, 41), *FORM.fields[1:]), SCOPE),
    ]
    assert len({form_hash(one) for one in (FORM, *others)}) == len(others) + 1


# --- levels ----------------------------------------------------------------------------------------------------------


def levels(policy: Policy, scope: Scope) -> list[int]:
    return [step.level for step in template_route(policy, scope).steps]


def shipped(path: Path = policies.SHIPPED) -> Policy:
    return policies.read(path.read_text())


def test_a_template_is_approved_by_whoever_any_answer_it_is_meant_for_would_need() -> None:
    policy = shipped()
    blog = frozenset({Channel.BLOG})
    assert levels(policy, Scope(blog, Severity.MEDIUM)) == [1]
    assert levels(policy, Scope(blog, Severity.CRITICAL)) == [1, 2, 3]
    assert levels(policy, Scope(blog, Severity.MEDIUM, frozenset({"despair"}))) == [0, 1]
    five = shipped(ROOT / "data" / "policies" / "five-levels.yaml")
    assert levels(five, Scope(blog, Severity.NONE)) == [1, 2, 3, 4, 5]


def test_no_template_is_approved_by_its_author_alone() -> None:
    found = template_route(shipped(), Scope(frozenset({Channel.X}), Severity.NONE))
    assert [step.level for step in found.steps] == [1]
    assert [reason.rule for reason in found.because] == [NO_ONE_ALONE]


def test_a_rule_that_names_templates_asks_for_its_levels() -> None:
    source = policies.SHIPPED.read_text() + (
        "  - id: templates\n    says: Legal reads each template\n    when: {action: [template]}\n    levels: [4]\n"
    )
    assert levels(policies.read(source), Scope(frozenset({Channel.BLOG}), Severity.MEDIUM)) == [1, 4]


matters = st.sets(st.sampled_from(["privacy", "despair", "threats", "children"]), max_size=2).map(frozenset)


@given(st.sets(st.sampled_from(Channel), min_size=1, max_size=3), st.sampled_from(Severity), matters, st.data())
@settings(deadline=None, max_examples=50)  # it reads policies
def test_what_a_template_is_meant_for_needs_no_level_that_did_not_approve_it(
    channels: set[Channel], severity: Severity, about: frozenset[str], data: st.DataObject
) -> None:
    policy = shipped(data.draw(st.sampled_from([policies.SHIPPED, *sorted(policies.VARIANTS.glob("*.yaml"))])))
    approved = template_route(policy, Scope(frozenset(channels), severity, about)).steps
    facts = Facts(
        frozenset({data.draw(st.sampled_from(sorted(channels)))}),
        data.draw(st.sampled_from([one for one in Severity if one <= severity])),
        frozenset(data.draw(st.sets(st.sampled_from(sorted(about)))) if about else ()),
        data.draw(st.floats(-1, 1)),
    )
    assert covers(approved, route(policy, facts).steps)


def step(level: int, quorum: Quorum | int = Quorum.ANY) -> Step:
    return Step(level, f"Level {level}", quorum, 3600, ())


@pytest.mark.parametrize(
    ("approved", "needed", "enough"),
    [
        ((step(1),), (), True),
        ((), (), False),
        ((step(1),), (step(1),), True),
        ((step(2),), (step(1),), False),
        ((step(1),), (step(1), step(2)), False),
        ((step(1),), (step(0),), False),
        ((step(1),), (step(1, 2),), False),
        ((step(1, 3),), (step(1, 2),), True),
        ((step(1, 2),), (step(1, Quorum.ALL),), False),
        ((step(1, Quorum.ALL),), (step(1, Quorum.ALL),), True),
        ((step(1, Quorum.ALL),), (step(1),), True),
        ((step(1, Quorum.ALL),), (step(1, 2),), False),
    ],
)
def test_a_templates_approval_is_enough_where_it_has_each_level_with_as_many_people(
    approved: tuple[Step, ...], needed: tuple[Step, ...], enough: bool
) -> None:
    assert covers(approved, needed) is enough
    if needed and approved:
        assert bool(missing(approved, needed)) is not enough
