"""Planning and sending notices. The rows are the truth: a job only says that something is due for a person.

A notice is taken by a change of its row that one worker can make, then sent, then settled. Whoever dies in between
leaves it to be sent again after ten minutes, with the same Message-ID.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access import preferences
from access.permissions import Permission, require
from channels import mail, messengers
from channels.faults import FetchError, without_promise
from channels.mail import MailError, Server
from jobs import Context, enqueue
from model import clock
from model.errors import BadInput, LevelheadError
from model.language import _, using
from model.person import Person
from model.settings import Settings, settings
from response import absences
from response import notices_words as words
from response.notices import CHOICES, KINDS, address, end, what
from response.notices_when import Choices, How, Reach, Way, plan, zone_of
from response.notices_words import Letter, Line
from store import audit, notices, people, responses
from store.db import Store, Tx
from store.keys import KeyMissing, keys
from store.notices import Notice
from store.sample import is_sample

MAIL = "mail"
"""The fact that says how mail goes: since when it works, or since when not, and what the server said."""

_TAKEN_FOR = timedelta(minutes=10)
_GIVE_UP = timedelta(hours=24)
_SINGLE = 3  # more than these at one moment come together in one mail
_PLANNED_AT_ONCE = 20  # people in one transaction
_KEPT = timedelta(days=180)
SHOWN_FOR = timedelta(days=7)
"""How long an administrator sees what was not sent."""
_MOST_TEXT = 4000


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a notice goes to, and how this person wants it."""

    person: Person
    reach: Reach
    letter: Letter
    messenger: str
    bounced: str


def look(store: Store) -> None:
    """Enqueues a job for each person for whom something is due, unless there is one."""
    now = clock.now()
    with store.read() as tx:
        due = notices.due_people(tx, now)
    for start in range(0, len(due), _PLANNED_AT_ONCE):
        with store.write() as tx:
            for person_id in due[start : start + _PLANNED_AT_ONCE]:
                enqueue(tx, "notices", person_id, f"notices:{person_id}")


def tidy(store: Store) -> None:
    """Deletes what ended long ago; the record keeps that it was sent, or not."""
    with store.write() as tx:
        notices.forget(tx, clock.now() - _KEPT)


def send(context: Context) -> None:
    """The job: plans what is new for a person, and sends what is due."""
    send_due(context.store, context.job.ref)


def send_due(store: Store, person_id: int) -> None:
    """The same, for whoever has no job."""
    now = clock.now()
    with store.write() as tx:
        reader = _reader(tx, person_id)
        if reader is None:
            for one in notices.due_of(tx, person_id, now):
                end(tx, one.id, "not sent", now, _("This person may not log in."), "inactive")
            return
        if is_sample(tx):
            for one in notices.due_of(tx, person_id, now):
                end(tx, one.id, "not sent", now, _("Nothing of the sample leaves the house."), "sample")
            return
        due = _planned(tx, reader, now)
        parcels = _parcels(due)
        taken = [_taken(tx, parcel, now) for parcel in parcels]
        with using(reader.letter.language):
            sendable = [(parcel, _lines(tx, parcel, reader)) for parcel in taken if parcel]
    for parcel, lines in sendable:
        _deliver(store, reader, parcel, lines, now)


def _planned(tx: Tx, reader: Reader, now: datetime) -> list[Notice]:
    """Plans what is new, ends what waits no more, and returns what is to be sent now."""
    ready = []
    for one in notices.due_of(tx, reader.person.id, now):
        kind = KINDS.get(one.kind)
        if kind is None or not kind.still(tx, one):
            end(tx, one.id, "not needed", now)
            continue
        if problem := _no_way(reader):
            end(tx, one.id, "not sent", now, *problem)
            continue
        if kind.always:
            notices.plan(tx, one.id, How.AT_ONCE, now)
            ready.append(notices.get(tx, one.id) or one)
            continue
        urgent = kind.urgent(tx, one)
        if one.how:
            if reader.reach.now(now, urgent):
                ready.append(one)
            else:
                notices.plan(tx, one.id, one.how, reader.reach.next(now, urgent))
            continue
        wanted = reader.reach.choices.kinds.get(one.kind, kind.usual)
        planned = plan(wanted, kind.alone(tx, one), now, reader.reach, urgent)
        if planned is None:
            end(tx, one.id, "not wanted", now)
            continue
        notices.plan(tx, one.id, *planned)
        if planned[1] <= now and (fresh := notices.get(tx, one.id)):
            ready.append(fresh)
    return ready


def _no_way(reader: Reader) -> tuple[str, str] | None:
    """Why nothing can be sent to somebody at all: in words, and for the record; None when it can."""
    if reader.reach.choices.way is Way.MESSENGER:
        return None
    if not settings().smtp_host:
        return _("No mail server is set up."), "no mail server"
    if reader.bounced:
        return _("{address} takes no mail.", address=reader.person.email), "bounced"
    return None


def _parcels(due: Sequence[Notice]) -> list[list[Notice]]:
    """What is sent together: a digest, and what piled up; else each by itself."""
    together = [one for one in due if one.how == How.DIGEST]
    single = [one for one in due if one.how != How.DIGEST]
    if len(single) > _SINGLE:
        together, single = [*single, *together], []
    return [[one] for one in single] + ([together] if together else [])


def _taken(tx: Tx, parcel: Sequence[Notice], now: datetime) -> list[Notice]:
    return [one for one in parcel if notices.take(tx, one, now, now + _TAKEN_FOR)]


def _lines(tx: Tx, parcel: Sequence[Notice], reader: Reader) -> list[Line]:
    return [
        Line(
            subject=KINDS[one.kind].subject,
            says=KINDS[one.kind].says,
            what=what(one),
            since=one.since,
            address=address(one, reader.letter.base),
            thread=f"response-{one.response_id}" if one.response_id is not None else "",
            text=_text(tx, one),
        )
        for one in parcel
    ]


def _text(tx: Tx, one: Notice) -> str:
    """What is to be decided on, where the administrator lets it out of the house; else nothing."""
    if not settings().mail_texts or one.response_id is None or not one.version or one.thing != "submission":
        return ""
    return responses.version(tx, one.response_id, one.version).content.text[:_MOST_TEXT]


def _deliver(store: Store, reader: Reader, parcel: Sequence[Notice], lines: Sequence[Line], began: datetime) -> None:
    """One mail or message, and what became of it."""
    try:
        if reader.reach.choices.way is Way.MESSENGER:
            title, text = words.short(reader.letter, lines)
            messengers.send(reader.messenger, title, text)
        else:
            identity = f"{reader.letter.base} {' '.join(str(one.id) for one in parcel)}"
            mail.send(server(settings()), words.mail(reader.letter, lines, identity, began))
    except (MailError, FetchError, BadInput) as error:
        _failed(store, reader, parcel, error)
        return
    now = clock.now()
    with store.write() as tx:
        for one in parcel:
            end(tx, one.id, "sent", now)
        if reader.reach.choices.way is Way.MAIL:
            _works(tx, now)


def _failed(store: Store, reader: Reader, parcel: Sequence[Notice], error: LevelheadError) -> None:
    """It is tried again after 1, 2, 4 ... minutes, for a day; or not, where that cannot help."""
    now = clock.now()
    said = error.said if isinstance(error, MailError) else ""
    problem = without_promise(error) + (" " + _("It said: {said}", said=said) if said else "")
    lasting = isinstance(error, BadInput) or (isinstance(error, MailError) and error.lasting)
    with store.write() as tx:
        if isinstance(error, mail.Unknown):
            notices.bounce(tx, reader.person.id, reader.person.email, said or problem, now)
            audit.record(tx, "person.mail_bounced", "person", reader.person.id, by=None, at=now)
        elif isinstance(error, MailError) and not lasting:
            _fails(tx, problem, now)
        for one in parcel:
            if lasting or now - one.since > _GIVE_UP:
                end(tx, one.id, "not sent", now, problem, "refused" if lasting else "given up")
                continue
            notices.again(tx, one.id, now + timedelta(minutes=min(60, 2 ** min(one.attempts, 6))), problem)
            if one.attempts == 0:
                audit.record(
                    tx, "notice.failed", "person", one.person_id, by=None, at=now, notice=one.id, kind=one.kind
                )


# --- how mail goes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MailState:
    """How mail goes: `failing_since` is empty while it works; `problem` says what the server said, and what helps."""

    failing_since: datetime | None
    worked_at: datetime | None
    problem: str


def mail_state(tx: Tx) -> MailState:
    """How mail goes, as the last mails have shown."""
    known = people.fact(tx, MAIL) or {}
    since, worked = (datetime.fromisoformat(known[name]) if known.get(name) else None for name in ("since", "worked"))
    return MailState(since, worked, str(known.get("problem", "")))


def _works(tx: Tx, now: datetime) -> None:
    people.set_fact(tx, MAIL, {"worked": now.isoformat()})


def _fails(tx: Tx, problem: str, now: datetime) -> None:
    known = people.fact(tx, MAIL) or {}
    people.set_fact(tx, MAIL, {**known, "since": known.get("since") or now.isoformat(), "problem": problem})


def server(config: Settings) -> Server:
    """The mail server of the settings. Raises BadInput where none is named."""
    if not config.smtp_host:
        raise BadInput(
            _(
                "No mail server is set up. Whoever runs the machine sets LEVELHEAD_SMTP_HOST and LEVELHEAD_MAIL_FROM;"
                " docs/administration.md says how."
            )
        )
    return Server(
        host=config.smtp_host,
        port=config.smtp_port,
        security=config.smtp_security,
        user=config.smtp_user,
        password=config.smtp_password,
        name=config.mail_from.rpartition("@")[2] or "localhost",
    )


def try_mail(store: Store, by: Person) -> str:
    """Sends a test mail to an administrator, now; returns what the server said. Raises MailError or BadInput."""
    require(by, Permission.PEOPLE)
    with store.read() as tx:
        reader = _reader(tx, by.id)
    assert reader is not None
    now = clock.now()
    try:
        said = mail.send(server(settings()), words.trial(reader.letter, now))
    except MailError as error:
        if not isinstance(error, mail.Unknown):
            with store.write() as tx:
                _fails(tx, str(error) + (" " + _("It said: {said}", said=error.said) if error.said else ""), now)
        raise
    with store.write() as tx:
        _works(tx, now)
        notices.forget_bounce(tx, by.id)
        audit.record(tx, "mail.tried", "person", by.id, by=by.id, at=now)
    return said


def try_messenger(store: Store, by: Person) -> None:
    """Sends a test message to one's own messenger, now. Raises FetchError or BadInput."""
    with store.read() as tx:
        reader = _reader(tx, by.id)
    if reader is None or not reader.messenger:
        raise BadInput(_("Give the address of your messenger first."))
    with using(reader.letter.language):
        text = _("Notices of Levelhead come here. You asked for this message.")
    messengers.send(reader.messenger, "Levelhead", text)


def try_address_again(store: Store, by: Person, person_id: int) -> None:
    """An address that took no mail is tried again with the next notice."""
    require(by, Permission.PEOPLE)
    with store.write() as tx:
        notices.forget_bounce(tx, person_id)
        audit.record(tx, "person.mail_again", "person", person_id, by=by.id, at=clock.now())


def _messenger(choices: Choices) -> str:
    """The address of a person's messenger; empty where there is none, or none that this installation's key can read."""
    try:
        return keys().decrypt(choices.messenger.encode()) if choices.messenger else ""
    except KeyMissing:
        return ""


def _reader(tx: Tx, person_id: int) -> Reader | None:
    """A person who may be told, with everything about how; None for one who may not log in."""
    person = people.get(tx, person_id)
    if person is None or not person.active:
        return None
    choices = preferences.get(tx, person_id, CHOICES)
    zone = zone_of(choices, str(people.fact(tx, "time zone") or "UTC"))
    bounced = notices.bounced(tx, [person_id]).get(person_id)
    return Reader(
        person=person,
        reach=Reach(choices, zone, absences.away_until(tx, person_id, clock.now())),
        letter=letter_to(tx, person),
        messenger=_messenger(choices),
        bounced=bounced.said if bounced and bounced.address == person.email else "",
    )


def letter_to(tx: Tx, person: Person) -> Letter:
    """What all mails to a person share, in their language and their zone."""
    choices = preferences.get(tx, person.id, CHOICES)
    return Letter(
        organisation=str(people.fact(tx, "organisation") or "Levelhead"),
        base=settings().address,
        sender=settings().mail_from,
        name=person.name,
        to=person.email,
        zone=zone_of(choices, str(people.fact(tx, "time zone") or "UTC")),
        language=preferences.language(tx, person.id),
    )
