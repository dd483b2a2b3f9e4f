"""A one-time link by mail: an invitation, or the way to a new password. Sent at once, since it is stored nowhere."""

from access import people as joining
from access.permissions import Permission, may, require
from channels import mail
from model import clock
from model.errors import NotAllowed
from model.language import _
from model.person import Person
from model.settings import settings
from response import notices_words as words
from response.notices_send import letter_to, server
from store import audit, people
from store.db import Store
from store.sample import is_sample


def possible(store: Store) -> bool:
    """Whether links can be sent by mail: there is a mail server, and this is not the sample."""
    if not settings().smtp_host:
        return False
    with store.read() as tx:
        return not is_sample(tx)


def send(store: Store, by: Person, token: str, link: str) -> Person:
    """Mails a link to whom it is for, who is returned. Raises MailError where the server takes it not, and NotFound
    where the link was used or is over."""
    require(by, Permission.PEOPLE if may(by, Permission.PEOPLE) else Permission.CONFIRM)
    if not possible(store):
        raise NotAllowed(_("No mail can be sent from here. Pass the link on yourself."))
    person, now = joining.invited(store, token), clock.now()
    with store.read() as tx:
        letter = letter_to(tx, person)
        new = people.password_hash(tx, person.id) is None
    sent = words.invitation(letter, link, now + joining.LINK_LASTS, now, new=new)
    mail.send(server(settings()), sent)
    with store.write() as tx:
        audit.record(tx, "person.link_mailed", "person", person.id, by=by.id, at=now)
    return person
