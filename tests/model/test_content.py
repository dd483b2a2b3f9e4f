"""What an approval is of: equal for equal bytes, and only then."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.content import Content, Target, content_hash, fixed_text
from model.words import Channel

numbers = st.none() | st.integers(1, 5)
moments = st.none() | st.integers(0, 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))
texts = st.text(max_size=30).map(fixed_text)
targets = st.builds(Target, st.sampled_from(Channel), numbers, numbers, numbers, numbers)
contents = st.builds(
    Content,
    texts,
    st.lists(targets, max_size=3, unique=True).map(tuple),
    st.lists(st.sampled_from(["a", "b", "ab"]), max_size=2).map(tuple),
    moments,
    moments,
)


def copied(content: Content) -> Content:
    """The same content, made of other objects."""
    return Content(
        content.text.encode().decode(),
        tuple(replace(target) for target in content.targets),
        tuple(content.attachments),
        content.send_from,
        content.send_until,
    )


@given(contents)
def test_the_same_bytes_have_the_same_hash(content: Content) -> None:
    assert content_hash(content) == content_hash(copied(content))
    assert len(content_hash(content)) == 64


@given(contents, contents)
def test_two_contents_have_one_hash_only_when_they_are_equal(one: Content, other: Content) -> None:
    same = replace(one, targets=()) == replace(other, targets=()) and set(one.targets) == set(other.targets)
    assert (content_hash(one) == content_hash(other)) is same


@given(contents.filter(lambda content: len(content.targets) > 1), st.randoms())
def test_the_order_of_the_targets_says_nothing(content: Content, order: object) -> None:
    shuffled = list(content.targets)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert content_hash(replace(content, targets=tuple(shuffled))) == content_hash(content)


AIM = Target(Channel.BLOG, 1, 2, 3, 4)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL = Content("We are sorry.", (AIM,), ("a" * 64,), NOON, NOON)


def other(value: object) -> object:
    match value:
        case str():
            return value + "."
        case int():
            return value + 1
        case datetime():
            return value + timedelta(microseconds=1)
        case tuple():
            return ()
    raise TypeError(value)


@pytest.mark.parametrize("name", [field.name for field in fields(Content)])
def test_a_change_of_any_part_changes_the_hash(name: str) -> None:
    assert content_hash(replace(FULL, **{name: other(getattr(FULL, name))})) != content_hash(FULL)


@pytest.mark.parametrize("name", [field.name for field in fields(Target)])
def test_a_change_of_any_part_of_a_target_changes_the_hash(name: str) -> None:
    changed = Channel.X if name == "channel" else other(getattr(AIM, name))
    assert content_hash(replace(FULL, targets=(replace(AIM, **{name: changed}),))) != content_hash(FULL)
    if name != "channel":
        assert content_hash(replace(FULL, targets=(replace(AIM, **{name: None}),))) != content_hash(FULL)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("We are sorry", "We are sorry."),
        ("We are sorry", "We are  sorry"),
        ("We are sorry", "we are sorry"),
        ("caf\u00e9", "cafe\u0301"),
        ("a b", "a\u00a0b"),
        ("a", "\u0430"),
        ("a\n\nb", "a\nb"),
        ("a-b", "a\u200bb"),
    ],
)
def test_nobody_judges_what_is_immaterial(one: str, another: str) -> None:
    hashes = {content_hash(replace(FULL, text=fixed_text(text))) for text in (one, another)}
    assert len(hashes) == 2


def test_a_moment_has_one_hash_in_whatever_zone_it_is_told() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=5)))
    assert content_hash(replace(FULL, send_from=elsewhere)) == content_hash(FULL)


@given(st.text())
def test_a_fixed_text_can_be_stored_hashed_and_sent_and_is_fixed_for_good(text: str) -> None:
    fixed = fixed_text(text)
    assert fixed_text(fixed) == fixed
    assert not {"\r", "\x00"} & set(fixed)
    assert fixed == fixed.strip()
    fixed.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00")))
def test_only_outer_blanks_are_taken_from_an_ordinary_text(text: str) -> None:
    assert fixed_text(text) == text.strip()


def test_line_ends_of_any_browser_are_one_and_the_same() -> None:
    assert {fixed_text(f" Dear all,{end}thank you.{end}") for end in ("\n", "\r\n", "\r")} == {"Dear all,\nthank you."}


def test_halves_of_characters_are_gone() -> None:
    assert fixed_text("so\ud83d \ude00rry\x00") == "so rry"
