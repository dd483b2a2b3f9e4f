"""Notices, from what begins to wait to the mail in a real mailbox: once, at the right time, and never unsaid."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from access import people, preferences
from model import clock
from model.errors import BadInput, NotAllowed
from model.person import Person
from model.settings import settings
from model.words import DecisionKind, PublicationState, Role
from response import absences, approvals, cases, drafts, notices_send, outcomes, publish, tasks, timers
from response.notices import APPROVAL, CHOICES, KINDS, TASK, choose, over
from response.notices_when import Choices, How, Way
from store import audit, notices, prefs, publications, sources
from store import people as people_rows
from store.schema import audit as audit_table
from store.schema import notices as table
from tests.channels.mailbox import Mailbox, free_port, mailbox
from tests.installation import add
from tests.response.desk import TEXT, Desk
from tests.response.together import together

GOLDEN = Path(__file__).parent / "golden" / "notices"


@pytest.fixture
def box(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mailbox() as here:
        connect(monkeypatch, here.port)
        yield here
    settings.cache_clear()


def connect(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    variables = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(port),
        "SMTP_SECURITY": "none",
        "MAIL_FROM": "levelhead@example.org",
        "URL": "https://levelhead.example.org",
    }
    for name, value in variables.items():
        monkeypatch.setenv(f"LEVELHEAD_{name}", value)
    settings.cache_clear()


def works(desk: Desk) -> None:
    """What a worker does with all that is due now."""
    with desk.store.read() as tx:
        due = notices.due_people(tx, clock.now())
    for person_id in due:
        notices_send.send_due(desk.store, person_id)


def told(desk: Desk, seconds: float = 11) -> None:
    desk.clock.shift(seconds)
    works(desk)


def rows(desk: Desk) -> list[tuple[str, str, str]]:
    """Each notice: for whom, of which kind, and what became of it."""
    names = {who.id: who.name for who in desk.everybody()}
    with desk.store.read() as tx:
        found = tx.execute(select(table).order_by(table.c.id)).all()
    return [(names[row.person_id], row.kind, row.settled_as) for row in found]


def recorded(desk: Desk, action: str) -> list[dict[str, object]]:
    with desk.store.read() as tx:
        query = select(audit_table.c.data).where(audit_table.c.action == action).order_by(audit_table.c.seq)
        return list(tx.execute(query).scalars())


def to(box: Mailbox) -> list[tuple[str, str]]:
    """To whom and with what subject, as it came."""
    return [(str(one["To"]), str(one["Subject"])) for one in box.letters]


# --- what is told, to whom, when -------------------------------------------------------------------------------------


def test_who_is_asked_is_told_once_the_seconds_to_undo_are_over(desk: Desk, box: Mailbox) -> None:
    submission_id = desk.waiting(3)
    told(desk, 9)
    assert box.letters == []
    told(desk, 2)
    assert to(box) == [("Bob <bob@example.org>", "Version 1 of response 1 waits for your decision")]
    told(desk, 600)
    assert len(box.letters) == 1
    assert recorded(desk, "notice.sent")[0]["kind"] == APPROVAL
    approvals.undo(desk.store, desk.bob, desk.decides(desk.bob, submission_id))
    told(desk, 600)
    assert len(box.letters) == 1, "undoing a decision asks nobody anew"
    desk.approved(desk.bob, submission_id=submission_id)
    works(desk)
    assert to(box)[1:] == [("Carla <carla@example.org>", "Version 1 of response 1 waits for your decision")]


def test_each_mail_is_in_the_language_of_its_reader(desk: Desk, box: Mailbox) -> None:
    preferences.put(desk.store, desk.bob, preferences.LANGUAGE, "de")
    submission_id = desk.waiting(3)
    told(desk)
    desk.approved(desk.bob, submission_id=submission_id)
    works(desk)
    assert [one[1] for one in to(box)] == [
        "Version 1 der Stellungnahme 1 wartet auf Ihre Entscheidung",
        "Version 1 of response 1 waits for your decision",
    ]
    german, english = (one.get_body(("plain",)).get_content() for one in box.letters)
    assert (box.letters[0]["Content-Language"], german.splitlines()[0]) == ("de", "Guten Tag, Bob,")
    assert english.splitlines()[0] == "Hello Carla,"


def test_what_was_taken_back_meanwhile_is_not_told_and_that_is_on_the_record(desk: Desk, box: Mailbox) -> None:
    submission_id = desk.waiting(3)
    drafts.take_back(desk.store, desk.alice, desk.submission(submission_id).response_id)
    told(desk)
    assert box.letters == []
    assert rows(desk) == [("Bob", APPROVAL, "not needed")]
    assert [one["why"] for one in recorded(desk, "notice.not_sent")] == ["not needed"]
    assert desk.audit_holds()


def test_a_new_version_is_told_anew_in_the_same_thread(desk: Desk, box: Mailbox) -> None:
    response_id = desk.written(desk.opened(3))
    desk.sent(response_id)
    told(desk)
    drafts.take_back(desk.store, desk.alice, response_id)
    drafts.save(desk.store, desk.alice, response_id, "Other words.", desk.response(response_id).version)
    desk.sent(response_id)
    told(desk)
    first, second = box.letters
    assert str(second["Subject"]).startswith("Version 2 of response 1")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"] == second["In-Reply-To"]
    assert re.fullmatch(r"<response-1\.[0-9a-f]{20}@levelhead\.example\.org>", str(first["References"]))


def test_the_author_is_told_of_changes_and_of_a_rejection(desk: Desk, box: Mailbox) -> None:
    for number, kind in enumerate((DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT), 1):
        case_id = desk.opened(2, number=number, thread=f"https://blog.example.org/{number}")
        submission_id = desk.sent(desk.written(case_id))
        desk.decides(desk.bob, submission_id, kind, "Too <b>short</b>")
        works(desk)
        assert len(box.letters) == number - 1
        desk.passes_on()
        works(desk)
    assert to(box) == [
        ("Alice <alice@example.org>", "Changes are requested to version 1 of response 1"),
        ("Alice <alice@example.org>", "Version 1 of response 2 was rejected"),
    ]
    assert "/reply?case=1&version=1" in box.letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_who_is_asked_a_question_is_told_unless_it_was_answered(desk: Desk, box: Mailbox) -> None:
    case_id = desk.opened(3)
    cases.escalate(desk.store, desk.alice, case_id, "Is plot 31 ours?", to_person=desk.dora.id)
    told(desk)
    assert to(box) == [("Dora <dora@example.org>", "A question waits for your answer")]
    assert "plot 31" not in box.letters[0].as_string()
    cases.escalate(desk.store, desk.alice, case_id, "And plot 32?", to_person=desk.dora.id)
    cases.answer(desk.store, desk.dora, 2, "No.")
    told(desk)
    assert to(box)[1:] == [("Alice <alice@example.org>", f"Your question on case {case_id} is answered")]


def test_who_wrote_a_reply_that_nobody_knows_of_is_told(desk: Desk, box: Mailbox) -> None:
    submission_id = desk.waiting(2)
    desk.approved(desk.bob, submission_id=submission_id)
    with desk.store.write() as tx:
        (publication,) = publications.of_submission(tx, submission_id)
        outcomes.stopped(tx, publication, PublicationState.UNCONFIRMED, "Nobody knows.", clock.now())
    works(desk)
    assert to(box)[-1] == ("Alice <alice@example.org>", "Nobody knows whether response 1 was sent")
    assert "/unconfirmed?publication=1" in parts(box)[0]


@pytest.mark.parametrize("state", [PublicationState.FAILED, PublicationState.HELD])
def test_who_wrote_a_reply_that_could_not_be_sent_is_told_where_it_waits(
    desk: Desk, box: Mailbox, state: PublicationState
) -> None:
    submission_id = desk.waiting(2)
    desk.approved(desk.bob, submission_id=submission_id)
    with desk.store.write() as tx:
        (publication,) = publications.of_submission(tx, submission_id)
        outcomes.stopped(tx, publication, state, "The blog said no.", clock.now())
    works(desk)
    assert to(box)[-1] == ("Alice <alice@example.org>", "Response 1 could not be sent")
    assert "/queue?case=1" in parts(box)[0]


def without_an_account(desk: Desk) -> None:
    """What is approved is to be posted by hand."""
    with desk.store.write() as tx:
        sources.change(tx, desk.source_id, account_id="")


def test_who_wrote_what_is_to_be_posted_by_hand_is_told_once_it_is_approved(desk: Desk, box: Mailbox) -> None:
    without_an_account(desk)
    alone = desk.written(desk.opened(0, number=2, thread="https://blog.example.org/2"))
    desk.sent(alone)
    assert desk.going_out(alone) == [PublicationState.HAND_OFF]
    works(desk)
    assert to(box) == [], "who needed nobody's approval has it before them"
    submission_id = desk.waiting(2)
    desk.approved(desk.bob, submission_id=submission_id)
    works(desk)
    assert to(box)[-1] == ("Alice <alice@example.org>", "Version 1 of response 2 is approved: post it by hand")
    assert "/queue?case=2" in parts(box)[0]


def test_who_posted_it_by_hand_before_the_mail_gets_none(desk: Desk, box: Mailbox) -> None:
    without_an_account(desk)
    submission_id = desk.waiting(2)
    desk.approved(desk.bob, submission_id=submission_id)
    (publication,) = desk.publications(desk.submission(submission_id).response_id)
    publish.posted_by_hand(desk.store, desk.alice, publication.id, "https://blog.example.org/1#comment-9")
    works(desk)
    assert to(box) == []


def test_others_add_a_notice_by_one_call_and_take_it_back_by_another(desk: Desk, box: Mailbox) -> None:
    case_id = desk.opened(3)
    for _ in (1, 2):
        tasks.add(desk.store, desk.alice, case_id, "Ring her back", desk.dave.id)
    with desk.store.write() as tx:
        over(tx, TASK, "task", 1, clock.now())
    told(desk)
    assert to(box) == [("Dave <dave@example.org>", "A task was given to you")]
    assert rows(desk) == [("Dave", TASK, "not needed"), ("Dave", TASK, "sent")]


def test_two_workers_at_one_moment_send_one_mail(desk: Desk, box: Mailbox) -> None:
    box.slow_s = 0.2
    desk.waiting(3)
    desk.clock.shift(11)
    _, refused = together(*[partial(notices_send.send_due, desk.store, desk.bob.id)] * 4)
    assert refused == []
    assert len(box.letters) == 1
    assert len(recorded(desk, "notice.sent")) == 1


def test_what_a_worker_began_and_never_ended_is_sent_again_with_the_same_identity(
    desk: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.waiting(3)
    with monkeypatch.context() as patched:
        # The worker dies once the mail is out and before its row says so.
        patched.setattr(notices_send, "end", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            told(desk)
    works(desk)
    assert len(box.letters) == 1, "it may still be under way"
    told(desk, 601)
    first, second = box.letters
    assert first["Message-ID"] == second["Message-ID"]


# --- how somebody wants it -------------------------------------------------------------------------------------------


def wants(desk: Desk, who: str, **wanted: object) -> None:
    person = next(one for one in desk.everybody() if one.name == who)
    choose(desk.store, person, Choices(**wanted), clock.now())  # type: ignore[arg-type]


def test_in_quiet_hours_nobody_is_told_and_afterwards_they_are(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Bob", quiet_from=time(9), quiet_until=time(11), zone="Europe/Berlin")
    desk.waiting(3)
    told(desk)
    assert box.letters == []
    desk.clock.move_to(datetime(2026, 3, 2, 9, 59, 50, tzinfo=UTC))
    works(desk)
    assert box.letters == []
    told(desk)
    assert len(box.letters) == 1


def test_a_digest_holds_what_came_together_and_nothing_that_is_over(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Bob", kinds={APPROVAL: How.DIGEST}, digest_at=time(18))
    sent = [
        desk.sent(desk.written(desk.opened(3, number=number, thread=f"https://blog.example.org/{number}")))
        for number in (1, 2, 3)
    ]
    told(desk)
    assert box.letters == []
    desk.approved(desk.bob, submission_id=sent[1])
    works(desk)
    desk.clock.move_to(datetime(2026, 3, 2, 17, 0, 1, tzinfo=UTC))
    works(desk)
    digests = [one for one in box.letters if "bob" in str(one["To"])]
    assert [str(one["Subject"]) for one in digests] == ["2 things wait for you"]
    body = digests[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert ("response 1 " in body, "response 2 " in body, "response 3 " in body) == (True, False, True)
    assert ("Bob", APPROVAL, "sent") in rows(desk)


def test_what_piled_up_over_the_night_comes_as_one_mail(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Bob", quiet_from=time(9), quiet_until=time(11))
    for number in range(1, 6):
        desk.sent(desk.written(desk.opened(3, number=number, thread=f"https://blog.example.org/{number}")))
    told(desk)
    told(desk, 7200)
    assert to(box) == [("Bob <bob@example.org>", "5 things wait for you")]


def test_who_wants_no_notice_gets_none_unless_nobody_else_can_decide(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Bob", kinds={APPROVAL: How.NEVER}, digest_at=time(18))
    desk.waiting(3)
    told(desk)
    assert (rows(desk), box.letters) == ([("Bob", APPROVAL, "")], [])
    told(desk, 10 * 3600)
    assert len(box.letters) == 1, "he is the only one, so it came with the digest"
    add(desk.store, desk.alice, "Ben", Role.APPROVER, levels=(1,))
    desk.sent(desk.written(desk.opened(3, number=2, thread="https://blog.example.org/2")))
    told(desk)
    assert ("Bob", APPROVAL, "not wanted") in rows(desk)
    assert [one["why"] for one in recorded(desk, "notice.not_sent")] == ["not wanted"]


def test_changing_the_choice_plans_anew_what_was_not_sent(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Bob", kinds={APPROVAL: How.DIGEST})
    desk.waiting(3)
    told(desk)
    wants(desk, "Bob")
    works(desk)
    assert len(box.letters) == 1


def test_choices_are_checked_and_what_cannot_be_read_is_as_usual(desk: Desk) -> None:
    with pytest.raises(BadInput, match="beginning and an end"):
        wants(desk, "Bob", quiet_from=time(9))
    with pytest.raises(BadInput, match="address of your messenger"):
        wants(desk, "Bob", way=Way.MESSENGER)
    with pytest.raises(BadInput, match="no such kind"):
        wants(desk, "Bob", kinds={"rumour": How.NEVER})
    with desk.store.write() as tx:
        prefs.put(tx, desk.bob.id, "notices", {"digest_day": 99})
        assert preferences.get(tx, desk.bob.id, CHOICES) == Choices()
    assert set(KINDS) == {kind.name for kind in KINDS.values()}


# --- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_dead_server_is_tried_again_and_shown_and_forgotten_once_it_works(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, free_port())
    desk.waiting(3)
    told(desk)
    began = clock.now()
    told(desk, 61)
    with desk.store.read() as tx:
        state = notices_send.mail_state(tx)
    assert (state.failing_since, state.worked_at) == (began, None)
    assert "cannot be reached" in state.problem
    assert len(recorded(desk, "notice.failed")) == 1, "the first failure is enough for the record"
    with mailbox() as box:
        connect(monkeypatch, box.port)
        told(desk, 180)
        assert len(box.letters) == 1
    with desk.store.read() as tx:
        state = notices_send.mail_state(tx)
    assert (state.failing_since, state.worked_at, state.problem) == (None, clock.now(), "")
    settings.cache_clear()


def test_after_a_day_it_is_given_up_and_the_record_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    connect(monkeypatch, free_port())
    desk.waiting(3)
    for _ in range(40):
        told(desk, 3600)
    assert rows(desk)[0] == ("Bob", APPROVAL, "not sent")
    assert recorded(desk, "notice.not_sent")[0]["why"] == "given up"
    settings.cache_clear()


def test_an_address_that_takes_no_mail_is_marked_and_not_tried_again_by_itself(desk: Desk, box: Mailbox) -> None:
    box.refuses["bob@example.org"] = "550 5.1.1 No such user"
    desk.waiting(3)
    told(desk)
    with desk.store.read() as tx:
        assert notices.bounced(tx, [desk.bob.id])[desk.bob.id].said == "550 5.1.1 No such user"
        assert notices_send.mail_state(tx).failing_since is None, "the server works"
    box.refuses.clear()
    desk.sent(desk.written(desk.opened(3, number=2, thread="https://blog.example.org/2")))
    told(desk)
    assert box.letters == []
    assert [one["why"] for one in recorded(desk, "notice.not_sent")] == ["refused", "bounced"]
    with pytest.raises(NotAllowed):
        notices_send.try_address_again(desk.store, desk.bob, desk.bob.id)
    notices_send.try_address_again(desk.store, desk.alice, desk.bob.id)
    desk.sent(desk.written(desk.opened(3, number=3, thread="https://blog.example.org/3")))
    told(desk)
    assert len(box.letters) == 1


def test_without_a_mail_server_the_record_says_what_was_not_sent(desk: Desk) -> None:
    desk.waiting(3)
    told(desk)
    assert rows(desk) == [("Bob", APPROVAL, "not sent")]
    assert recorded(desk, "notice.not_sent")[0]["why"] == "no mail server"


def test_somebody_who_may_not_log_in_is_told_nothing(desk: Desk, box: Mailbox) -> None:
    desk.waiting(3)
    people.set_active(desk.store, desk.alice, desk.bob.id, False)
    told(desk)
    assert box.letters == []


def test_an_administrator_tries_the_mail_and_reads_the_server_s_answer(desk: Desk, box: Mailbox) -> None:
    assert notices_send.try_mail(desk.store, desk.alice) == "250 OK, queued as 4711"
    assert to(box) == [("Alice <alice@example.org>", "Mail from Levelhead works")]
    with pytest.raises(NotAllowed):
        notices_send.try_mail(desk.store, desk.bob)


# --- what stands in it -----------------------------------------------------------------------------------------------


def parts(box: Mailbox) -> tuple[str, str]:
    letter = box.letters[-1]
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
    assert plain and html
    return plain.get_content().replace("\r\n", "\n"), html.get_content().replace("\r\n", "\n")


def golden(name: str, found: str) -> None:
    path = GOLDEN / name
    assert found == path.read_text(), f"{name} has changed; read it, and keep it if it is right"


def test_a_mail_says_what_waits_since_when_and_where_and_not_what_was_written(desk: Desk, box: Mailbox) -> None:
    desk.waiting(3)
    told(desk)
    plain, html = parts(box)
    golden("approval.txt", plain)
    golden("approval.html", html)
    letter = box.letters[0]
    assert "sorry" not in letter.as_string()
    assert "published my address" not in letter.as_string()
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Id"] == "Notices of Levelhead <notices.levelhead.example.org>"
    assert str(letter["From"]) == '"Levelhead, The association" <levelhead@example.org>'


def test_a_digest_as_text_and_as_html(desk: Desk, box: Mailbox) -> None:
    wants(desk, "Bob", kinds={APPROVAL: How.DIGEST}, zone="America/New_York")
    for number in (1, 2):
        desk.sent(desk.written(desk.opened(3, number=number, thread=f"https://blog.example.org/{number}")))
    told(desk)
    told(desk, 24 * 3600)
    plain, html = parts(box)
    golden("digest.txt", plain)
    golden("digest.html", html)


def test_the_text_goes_along_only_where_the_administrator_allows_it_and_is_never_markup(
    desk: Desk, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEVELHEAD_MAIL_TEXTS", "yes")
    settings.cache_clear()
    with desk.store.write() as tx:
        people_rows.change(tx, desk.bob.id, name='Bob "<i>" O\'Neil')
        people_rows.set_fact(tx, "organisation", "Bees & <Co>")
    desk.sent(desk.written(desk.opened(3), "We <script>alert(1)</script> are sorry."))
    told(desk)
    plain, html = parts(box)
    assert "> We <script>alert(1)</script> are sorry." in plain
    assert "We &lt;script&gt;alert(1)&lt;/script&gt; are sorry." in html
    assert "<i>" not in html
    assert "<script>" not in html


# --- working hours, and out of office --------------------------------------------------------------------------------


def letters_to(box: Mailbox, who: Person) -> list[str]:
    return [str(one["Subject"]) for one in box.letters if who.email in str(one["To"])]


def test_outside_of_working_hours_only_what_is_critical_is_sent(desk: Desk, box: Mailbox) -> None:
    choose(desk.store, desk.bob, Choices(zone="UTC", work_days=(1,)), clock.now())  # it is Monday
    desk.waiting(3)
    told(desk)
    assert letters_to(box, desk.bob) == []
    desk.sent(desk.written(desk.opened(4, number=2, thread="https://blog.example.org/other")))
    told(desk)
    assert letters_to(box, desk.bob) == ["Version 1 of response 2 waits for your decision"]
    told(desk, 24 * 3600)
    assert letters_to(box, desk.bob)[1:] == ["Version 1 of response 1 waits for your decision"]


def test_who_is_out_of_office_is_told_when_they_are_back_and_who_stands_in_at_once(desk: Desk, box: Mailbox) -> None:
    now = clock.now()
    absence = absences.leave_office(
        desk.store, desk.bob, desk.bob.id, now, now + timedelta(days=3), desk.carla.id, "By the sea."
    )
    desk.waiting(3)
    told(desk)
    assert letters_to(box, desk.bob) == []
    assert letters_to(box, desk.carla) == [
        "You stand in for somebody who is out of office",
        "Version 1 of response 1 waits for your decision",
    ]
    absences.back(desk.store, desk.bob, absence)
    told(desk)
    assert letters_to(box, desk.bob) == ["Version 1 of response 1 waits for your decision"]


# --- what waits too long ---------------------------------------------------------------------------------------------


def test_what_is_late_reminds_once_then_asks_the_deputy_and_then_goes_up(desk: Desk, box: Mailbox) -> None:
    eve = add(desk.store, desk.alice, "Eve", Role.EXPERT)
    people.set_deputy(desk.store, desk.alice, desk.bob.id, eve.id)
    submission_id = desk.waiting(3)
    subjects = []
    for hours in (4, 1, 1, 1, 1, 1):
        desk.clock.shift(timedelta(hours=hours, seconds=5))
        timers.look(desk.store)
        told(desk)
        subjects.append(sorted(f"{str(one['To']).split()[0]}: {one['Subject']}" for one in box.letters))
        box.letters.clear()
    assert subjects == [
        # What waited four hours before the first mail could go is both. Dora is told that there is another expert, Bob
        # that one decides in his place.
        [
            "Bob: Change 6 took effect, and concerns you",
            "Bob: Version 1 of response 1 still waits for your decision",
            "Bob: Version 1 of response 1 waits for your decision",
            "Dora: Change 5 took effect, and concerns you",
        ],
        ["Eve: Version 1 of response 1 waits for your decision"],
        [],
        [],
        [],
        ["Carla: Version 1 of response 1 waits for your decision"],
    ]
    assert desk.asked(submission_id) == {"Bob", "Eve", "Carla"}
    assert [one for one in desk.actions() if one.startswith("step.")] == [
        "step.reminded",
        "step.went_to_deputies",
        "step.went_up",
    ]
    desk.approved(eve, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}, "level 2 is asked now: one approval was one"


def test_a_deputy_who_wrote_a_part_is_not_asked(desk: Desk) -> None:
    people.set_roles(desk.store, desk.alice, desk.dave.id, frozenset({Role.MANAGER, Role.EXPERT}), frozenset())
    people.set_deputy(desk.store, desk.alice, desk.bob.id, desk.dave.id)
    submission_id = desk.sent(desk.written(desk.opened(3), TEXT, desk.now_is(desk.dave)), desk.now_is(desk.dave))
    for hours in (4, 1):
        desk.clock.shift(timedelta(hours=hours, seconds=1))
        timers.look(desk.store)
    assert desk.asked(submission_id) == {"Bob", "Carla"}, "it went up"


def test_where_nobody_can_decide_the_deputy_is_asked_at_once(desk: Desk) -> None:
    people.set_deputy(desk.store, desk.alice, desk.bob.id, desk.dora.id)
    people.set_active(desk.store, desk.alice, desk.bob.id, False)
    submission_id = desk.waiting(3)
    assert desk.asked(submission_id) == {"Dora"}
    desk.approved(desk.dora, submission_id=submission_id)
    assert desk.asked(submission_id) == {"Carla"}


def test_only_somebody_who_may_decide_can_be_a_deputy_and_only_an_administrator_names_one(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        people.set_deputy(desk.store, desk.carla, desk.bob.id, desk.carla.id)
    for wrong in (desk.dave.id, desk.bob.id, desk.charlie.id):
        with pytest.raises(BadInput):
            people.set_deputy(desk.store, desk.alice, desk.bob.id, wrong)
    people.set_deputy(desk.store, desk.alice, desk.bob.id, desk.carla.id)
    people.set_deputy(desk.store, desk.alice, desk.bob.id, None)
    with desk.store.read() as tx:
        said = [one.data["deputy"] for one in audit.history(tx, "person", [desk.bob.id]) if "deputy" in one.data]
    assert said == [None, desk.carla.id]
