"""My settings, and what administrators see of mail, on the real pages."""

from collections.abc import Iterator
from datetime import time
from unittest.mock import patch

import pyotp
import pytest
from streamlit.testing.v1 import AppTest

from access import passwords, people, preferences, second, sessions
from model import clock
from model.settings import ROOT, settings
from model.words import Role
from response.notices import APPROVAL, CHOICES, MENTION
from response.notices_when import Choices, How, Way
from store import notices
from store import people as rows
from store.db import Store
from tests.channels.mailbox import mailbox
from tests.installation import PASSWORD, Team, enter
from tests.web.test_pages import text
from web.ui import tab


def page(here: Team, who: str, file: str) -> Iterator[AppTest]:
    token = enter(here.store, getattr(here, who))
    with patch("web.guard.session_token", lambda: token):
        yield AppTest.from_file(ROOT / "pages" / file, default_timeout=60).run()


@pytest.fixture
def mine(here: Team) -> Iterator[AppTest]:
    yield from page(here, "bob", "me.py")


@pytest.fixture
def team_page(here: Team) -> Iterator[AppTest]:
    yield from page(here, "alice", "people.py")


def press(here: AppTest, label: str) -> None:
    next(button for button in here.button if button.label == label).click().run()
    assert not here.exception


def chosen(store: Store, person_id: int) -> Choices:
    with store.read() as tx:
        return preferences.get(tx, person_id, CHOICES)


def test_what_is_chosen_is_kept_and_shown_again(here: Team, mine: AppTest) -> None:
    fields = {field.label: field for field in (*mine.button_group, *mine.toggle, *mine.selectbox, *mine.time_input)}
    fields["A response waits for my decision"].set_value(How.DIGEST)
    fields["I am named in a note"].set_value(How.NEVER)
    fields["Quiet hours"].set_value(True)
    fields["Quiet from"].set_value(time(21))
    fields["The digest comes"].set_value(0)
    fields["Time zone of these hours"].set_value("Asia/Tokyo")
    fields["Single letters are keys"].set_value(False)
    press(mine, "Save")
    now = chosen(here.store, here.bob.id)
    assert now == Choices(
        kinds={APPROVAL: How.DIGEST, MENTION: How.NEVER},
        zone="Asia/Tokyo",
        quiet_from=time(21),
        quiet_until=time(7),
        digest_day=0,
    )
    with here.store.read() as tx:
        assert preferences.get(tx, here.bob.id, preferences.LETTERS) is False
        assert preferences.get(tx, here.alice.id, preferences.LETTERS) is True
    assert "Saved." in text(mine)
    shown = {field.label: field.value for field in (*mine.toggle, *mine.selectbox)}
    assert (shown["Quiet hours"], shown["The digest comes"], shown["Single letters are keys"]) == (True, 0, False)


def test_the_language_that_is_chosen_is_spoken_at_once_and_to_nobody_else(here: Team, mine: AppTest) -> None:
    next(one for one in mine.selectbox if one.label == "Pages and notices are in").set_value("de")
    press(mine, "Save")
    assert "Gespeichert." in text(mine)
    assert [one.value for one in mine.subheader][:2] == ["Wenn etwas auf mich wartet", "Meine Zeiten"]
    fresh = next(page(here, "bob", "me.py"))
    assert "Speichern" in [button.label for button in fresh.button]
    others = next(page(here, "alice", "me.py"))
    assert "Save" in [button.label for button in others.button]


def test_the_address_of_a_messenger_is_kept_encrypted_and_never_shown(here: Team, mine: AppTest) -> None:
    address = "https://discord.com/api/webhooks/4711/a-secret-token"
    mine.text_input[0].set_value(address)
    next(one for one in mine.button_group if one.label == "Notices come by").set_value(Way.MESSENGER)
    press(mine, "Save")
    kept = chosen(here.store, here.bob.id)
    assert kept.way is Way.MESSENGER
    assert "secret" not in kept.messenger + repr(kept)
    assert "Your messenger: Discord." in text(mine)
    assert "a-secret-token" not in text(mine)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("json://127.0.0.1:9/hook", "private network"),
        ("mailto://me:word@example.org", "cannot be used for notices"),
        ("exec://rm", "cannot be used for notices"),
        ("jsons://example.org/?verify=no", "protects nobody"),
    ],
)
def test_an_address_that_is_not_sent_to_is_refused_in_plain_words(
    here: Team, mine: AppTest, address: str, says: str
) -> None:
    mine.text_input[0].set_value(address)
    press(mine, "Save")
    assert says in text(mine)
    assert chosen(here.store, here.bob.id) == Choices()


def test_somebody_whose_address_takes_no_mail_reads_so_and_the_administrator_can_try_again(
    here: Team, team_page: AppTest
) -> None:
    with here.store.write() as tx:
        notices.bounce(tx, here.bob.id, here.bob.email, "550 No <b>such</b> user", clock.now())
    (mine,) = [one.run() for one in page(here, "bob", "me.py")]
    assert "was refused on" in text(mine)
    team_page.run()
    assert "550 No &lt;b&gt;such&lt;/b&gt; user" in text(team_page)
    press(team_page, "Try again")
    assert "Bob gets no mail" not in text(team_page)


def test_a_test_mail_shows_what_the_server_said(team_page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    press(team_page, "Send me a test mail")
    assert "No mail server is set up." in text(team_page)
    with mailbox() as box:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(box.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"LEVELHEAD_SMTP_{name}", value)
        monkeypatch.setenv("LEVELHEAD_MAIL_FROM", "levelhead@example.org")
        settings.cache_clear()
        press(team_page, "Send me a test mail")
    assert "The server said: 250 OK, queued as 4711" in text(team_page)
    press(team_page, "Send me a test mail")
    assert "cannot be reached" in text(team_page)
    team_page.run()
    assert "Mail has not worked since" in text(team_page)
    settings.cache_clear()


def test_an_administrator_names_a_deputy(here: Team, team_page: AppTest) -> None:
    people.set_roles(here.store, here.alice, here.alice.id, here.alice.roles | here.bob.roles, frozenset({2}))
    team_page.run()
    team_page.button_group[0].set_value("change").run()
    team_page.selectbox[0].set_value(here.bob).run()
    next(one for one in team_page.selectbox if one.label == "Deputy").set_value(here.alice.id)
    press(team_page, "Save deputy")
    assert "Alice stands in for Bob." in text(team_page)


def test_the_tab_says_how_many_things_wait() -> None:
    assert tab.name("My approvals", 1200) == "(1,200) My approvals · Levelhead"
    assert (tab.name("Queue", 0), tab.name("", 0)) == ("Queue · Levelhead", "Levelhead")


def test_a_second_factor_is_switched_on_with_an_app_and_off_with_the_password(mine: AppTest, here: Team) -> None:
    with here.store.write() as tx:
        rows.change(tx, here.bob.id, password_hash=passwords.hashed(PASSWORD))
    press(mine, "Switch on a second factor")
    assert not mine.exception
    secret = mine.code[0].value.replace(" ", "")
    mine.text_input(key="second-code").input("000")
    press(mine, "Switch on")
    assert "not the code that belongs to this secret" in text(mine)
    mine.text_input(key="second-code").input(pyotp.TOTP(secret).now())
    press(mine, "Switch on")
    assert len(mine.code[0].value.splitlines()) == 10
    press(mine, "I have kept them")
    assert "10 recovery codes are left." in text(mine)
    next(field for field in mine.text_input if field.label == "Password").input(PASSWORD)
    press(mine, "Switch off")
    assert "Your second factor is off." in text(mine)
    with here.store.read() as tx:
        assert not second.is_on(tx, here.bob.id)


def test_who_must_set_one_up_sees_nothing_else_until_the_recovery_codes_are_kept(here: Team) -> None:
    second.require_of(here.store, here.alice, frozenset({Role.APPROVER}))
    token = enter(here.store, here.bob)
    with patch("web.guard.session_token", lambda: token):
        for script in ("dashboard.py", "pages/approvals.py"):
            page = AppTest.from_file(ROOT / script, default_timeout=60).run()
            assert "Your role needs a second factor" in text(page)
            assert not page.tabs and "My approvals" not in text(page)
        secret = page.code[0].value.replace(" ", "")
        page.text_input(key="second-code").input(pyotp.TOTP(secret).now())
        press(page, "Switch on")
        assert len(page.code[0].value.splitlines()) == 10
        press(page, "I have kept them")
    assert "My approvals" in text(page)


def test_sessions_are_ended_from_my_settings(here: Team, mine: AppTest) -> None:
    other = enter(here.store, here.bob)
    mine.run()
    press(mine, "Log out everywhere else")
    assert "Logged out everywhere else." in text(mine)
    assert sessions.visitor(here.store, other) is None


def test_out_of_office_is_said_on_my_settings(here: Team, mine: AppTest) -> None:
    people.set_roles(here.store, here.alice, here.alice.id, here.alice.roles | here.bob.roles, frozenset({2}))
    mine.run()
    next(one for one in mine.selectbox if one.label == "Asked in this time").set_value(here.alice.id)
    next(one for one in mine.text_input if one.label == "Reason").set_value("By the *sea*.")
    press(mine, "Save absence")
    assert "Alice is asked in this time" in text(mine) and "By the *sea*." in text(mine)
    press(mine, "Back again")
    assert "Alice is asked in this time" not in text(mine)
