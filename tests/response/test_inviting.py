"""Links by mail, and what somebody can be asked about."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import people
from channels.mail import MailError
from model.errors import BadInput, NotAllowed, NotFound
from model.person import Person
from model.settings import settings
from model.words import Role
from response import expertise, inviting
from response.expertise import fits, nearest, tags
from store import expertise as rows
from store import sample
from tests.channels.mailbox import Mailbox, free_port, mailbox
from tests.installation import PASSWORD
from tests.response.desk import Desk
from tests.response.test_notices import connect

LINK = "https://levelhead.example.org/join?token="


@pytest.fixture
def box(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mailbox() as here:
        connect(monkeypatch, here.port)
        yield here
    settings.cache_clear()


def link(desk: Desk) -> str:
    return people.add(desk.store, desk.alice, "Eve", "eve@example.org", frozenset({Role.MANAGER}), frozenset())


def test_an_invitation_arrives_in_a_real_mailbox_with_its_link_and_until_when(desk: Desk, box: Mailbox) -> None:
    token = link(desk)
    assert inviting.send(desk.store, desk.alice, token, LINK + token).name == "Eve"
    (letter,) = box.letters
    body = letter.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert letter["Subject"] == "You are invited to Levelhead"
    assert LINK + token in said.replace("\r\n", "\n")
    assert "The association" in said and "(Europe/Berlin)" in said and "log in first" not in said
    assert desk.actions()[-1] == "person.link_mailed"
    people.join(desk.store, token, PASSWORD)
    with pytest.raises(NotFound):
        inviting.send(desk.store, desk.alice, token, LINK + token)
    token = people.new_link(desk.store, desk.alice, desk.dave.id)
    with pytest.raises(NotAllowed):
        inviting.send(desk.store, desk.bob, token, LINK + token)
    assert len(box.letters) == 1


def test_where_no_mail_can_be_sent_the_link_is_still_good(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    token = link(desk)
    assert not inviting.possible(desk.store)
    with pytest.raises(NotAllowed):
        inviting.send(desk.store, desk.alice, token, LINK + token)
    connect(monkeypatch, free_port())
    with pytest.raises(MailError):
        inviting.send(desk.store, desk.alice, token, LINK + token)
    assert people.invited(desk.store, token).name == "Eve"
    with desk.store.write() as tx:
        sample.mark(tx)
    assert not inviting.possible(desk.store)
    settings.cache_clear()


# --- expertise -------------------------------------------------------------------------------------------------------


@given(st.text(max_size=300))
def test_tags_are_few_short_and_each_once_whatever_is_typed(typed: str) -> None:
    try:
        found = tags(typed)
    except BadInput:
        return
    assert len({one.casefold() for one in found}) == len(found) <= expertise.MOST
    assert all(one == " ".join(one.split()) and 0 < len(one) <= expertise.LONGEST for one in found)
    assert tags(", ".join(found)) == found


@pytest.mark.parametrize(
    ("mine", "about", "found"),
    [
        (("Gardens", "bees"), ("the garden",), ("Gardens",)),
        (("Datenschutz",), ("Datenschutzes",), ("Datenschutz",)),
        (("art",), ("The art of",), ()),  # too short to say anything
        (("Privacy law",), ("privacy",), ("Privacy law",)),
        ((), ("privacy",), ()),
    ],
)
def test_expertise_fits_by_the_beginning_of_a_word(
    mine: tuple[str, ...], about: tuple[str, ...], found: tuple[str, ...]
) -> None:
    assert fits(mine, about) == found


def test_those_whom_it_fits_come_first_and_the_others_keep_their_order(desk: Desk) -> None:
    expertise.choose(desk.store, desk.dora, desk.dora.id, "privacy, privacy, Bees")
    expertise.choose(desk.store, desk.alice, desk.carla.id, "gardens")
    with pytest.raises(NotAllowed):
        expertise.choose(desk.store, desk.bob, desk.dora.id, "")
    with desk.store.read() as tx:
        known = rows.every(tx)
    assert known == {desk.dora.id: ("Bees", "privacy"), desk.carla.id: ("gardens",)}
    team: list[Person] = [desk.bob, desk.carla, desk.dora]
    assert nearest(team, known, ["privacy"]) == [desk.dora, desk.bob, desk.carla]
    assert nearest(team, known, ["money"]) == team
