"""Mail, to a real server: how it is spoken to, and what is said of each way in which that goes wrong."""

import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from channels.mail import MailError, Server, Unknown, send
from tests.channels.mailbox import certificate, dripping, free_port, mailbox


def letter(to: str = "bob@example.org", text: str = "Grüße") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Levelhead <levelhead@example.org>", to, "Höflich"
    made.set_content(text)
    return made


def plain(port: int) -> Server:
    return Server("127.0.0.1", port, "none")


def test_a_mail_arrives_and_the_server_s_own_answer_comes_back() -> None:
    with mailbox() as box:
        assert send(plain(box.port), letter()) == "250 OK, queued as 4711"
    (got,) = box.letters
    assert (got["Subject"], got.get_content().strip(), box.senders) == ("Höflich", "Grüße", ["levelhead@example.org"])


def test_with_starttls_user_and_password_are_sent_encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mailbox(context, "secret words") as box:
        send(Server("localhost", box.port, "starttls", "levelhead", "secret words"), letter())
        assert box.encrypted == [True]
        with pytest.raises(MailError, match="does not accept the user and password") as wrong:
            send(Server("localhost", box.port, "starttls", "levelhead", "another"), letter())
        assert wrong.value.said.startswith("535")
        assert "another" not in str(wrong.value) + wrong.value.said


def test_a_certificate_that_nobody_trusts_ends_it(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    with mailbox(context) as box, pytest.raises(MailError, match="no certificate that this machine trusts"):
        send(Server("localhost", box.port, "starttls"), letter())
    assert not box.letters


def test_a_server_without_encryption_is_not_written_to_where_encryption_is_wanted() -> None:
    with mailbox() as box, pytest.raises(MailError, match="offers no encryption"):
        send(Server("127.0.0.1", box.port, "starttls"), letter())
    assert not box.letters


def test_a_password_never_leaves_the_machine_without_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.mail.loopback", lambda _: False)
    with (
        mailbox(password="secret words") as box,
        pytest.raises(MailError, match="without encryption"),
    ):
        send(Server("127.0.0.1", box.port, "none", "levelhead", "secret words"), letter())


def test_a_dead_server_is_said_to_be_out_of_reach() -> None:
    port = free_port()
    with pytest.raises(MailError, match=f"cannot be reached on port {port}") as error:
        send(plain(port), letter())
    assert (error.value.lasting, error.value.said) == (False, ""), "nobody said anything"
    with pytest.raises(MailError, match="cannot be found"):
        send(Server("mail.invalid", 25, "none"), letter())


def test_a_slow_server_is_left_at_the_deadline() -> None:
    with mailbox(slow_s=3) as box:
        began = time.monotonic()
        with pytest.raises(MailError, match="did not answer in time") as error:
            send(plain(box.port), letter(), timeout_s=0.5)
        assert time.monotonic() - began < 2.5
        assert not error.value.lasting


def test_a_server_that_sends_a_letter_now_and_then_gains_nothing() -> None:
    with dripping() as port:
        began = time.monotonic()
        with pytest.raises(MailError, match="did not answer in time"):
            send(plain(port), letter(), timeout_s=0.6)
        assert time.monotonic() - began < 3


def test_an_address_that_is_refused_for_good_is_told_from_one_that_is_refused_for_now() -> None:
    refuses = {"gone@example.org": "550 5.1.1 No such user here", "full@example.org": "452 4.2.2 Mailbox full"}
    with mailbox(refuses=refuses) as box:
        with pytest.raises(Unknown) as gone:
            send(plain(box.port), letter("gone@example.org"))
        with pytest.raises(MailError) as full:
            send(plain(box.port), letter("full@example.org"))
    assert (gone.value.said, gone.value.lasting) == ("550 5.1.1 No such user here", True)
    assert (type(full.value), full.value.lasting) == (MailError, False)
    assert str(full.value).endswith("takes no mail for full@example.org at the moment.")


@pytest.mark.parametrize(("answer", "lasting"), [("554 5.7.1 Spam", True), ("451 4.3.0 Try later", False)])
def test_a_mail_that_is_refused_is_told_with_the_server_s_words(answer: str, lasting: bool) -> None:
    with mailbox(answers=answer) as box, pytest.raises(MailError, match="refused the mail") as error:
        send(plain(box.port), letter())
    assert (error.value.said, error.value.lasting) == (answer, lasting)


def test_letters_of_other_scripts_in_an_address_arrive() -> None:
    with mailbox() as box:
        send(plain(box.port), letter("grüße@example.org"))
    assert [str(one["To"]) for one in box.letters] == ["grüße@example.org"]
