"""The record in words: what each action is called, what an event says, and its row on the page. Pure."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from model.language import Labels, _, later
from store.audit import Event
from store.trail import Beside
from web.ui import words

ACTIONS = Labels(
    {
        **words.HAPPENED.english,
        "comment.typed": later("A comment was typed in"),
        "commenter.erased": later("A commenter's words were erased"),
        "comments.not_ours": later("Comments were said not to be ours"),
        "comments.second_look": later("Comments had a second look"),
        "comments.ours": later("Comments were said to be ours"),
        "gap.filled": later("A gap was filled"),
        "gap.found": later("A possible gap was found"),
        "gap.looked_at": later("Somebody looked at a possible gap"),
        "loosening.alone": later("Something was loosened, as nobody second was there"),
        "loosening.asked": later("A change that loosens was asked for"),
        "loosening.confirmed": later("A change that loosens was confirmed"),
        "loosening.nobody_second": later("Nobody second is left to confirm what loosens"),
        "loosening.over": later("A change that loosens was not confirmed in time"),
        "loosening.refused": later("A change that loosens was refused"),
        "loosening.taken_back": later("A change that loosens was taken back"),
        "goal.added": later("A goal was entered"),
        "goal.archived": later("A goal was archived"),
        "goal.back": later("A goal is in use again"),
        "goal.changed": later("A goal was changed"),
        "check.drawn": later("The comments of the weekly check were drawn"),
        "learning.back": later("What was learnt last was taken out again"),
        "learning.kept": later("Learning found nothing better"),
        "learning.learnt": later("Something was learnt from decisions"),
        "learning.off": later("Learning was switched off"),
        "learning.on": later("Learning was switched on"),
        "learning.signal": later("A signal was switched off or on"),
        "opinion.answered": later("A language model answered"),
        "opinion.asked": later("A language model was asked about a comment"),
        "opinion.draft_used": later("A reply was begun with a model's draft"),
        "opinion.failed": later("A language model gave no answer"),
        "opinion.off": later("Second opinions were switched off"),
        "opinion.on": later("Second opinions were switched on"),
        "opinion.saved": later("How a second opinion is asked for was changed"),
        "matters.saved": later("A matter was changed"),
        "safety.saved": later("Who is told when somebody may be in danger was changed"),
        "mail.tried": later("A test mail was sent"),
        "matter.tagged": later("The goal of a matter was chosen"),
        "monitor.token_made": later("The token for a monitor was made"),
        "monitor.token_withdrawn": later("The token for a monitor was withdrawn"),
        "notice.failed": later("Sending a notice failed"),
        "notice.not_sent": later("A notice was not sent"),
        "notice.sent": later("A notice was sent"),
        "organisation.changed": later("The organisation's name, zone or language was changed"),
        "organisation.set_up": later("The organisation was set up"),
        "person.activated": later("Let in again"),
        "person.account": later("An account of single sign-on was linked with a person"),
        "person.added": later("A person was added"),
        "person.away": later("Out of office"),
        "person.back": later("Back from out of office, or not gone"),
        "person.deactivated": later("Access was taken away"),
        "person.deputy": later("The deputy was changed"),
        "person.expertise": later("What can be asked about was changed"),
        "person.joined": later("A password was set with a one-time link"),
        "person.left": later("Left: what they held was handed over"),
        "person.link": later("A one-time link was made"),
        "person.link_mailed": later("A one-time link was sent by mail"),
        "person.mail_again": later("An address is tried again"),
        "person.mail_bounced": later("An address takes no mail"),
        "person.notices": later("Chose how to be told"),
        "person.roles": later("Roles and levels were changed"),
        "policy.saved": later("The policy was changed"),
        "policy.shipped": later("The policy that ships was taken"),
        "publishing.paused": later("Publishing was paused"),
        "publishing.resumed": later("The pause was ended"),
        "retention.changed": later("How long something is kept was changed"),
        "retention.purged": later("What was kept long enough was deleted"),
        "sample.begun": later("The sample was filled"),
        "second_factor.off": later("A second factor was switched off"),
        "second_factor.on": later("A second factor was switched on"),
        "second_factor.recovered": later("A recovery code was used"),
        "second_factor.required": later("For which roles a second factor is required was changed"),
        "second_factor.reset": later("A second factor was reset"),
        "session.began": later("Logged in"),
        "session.cut": later("A session was ended from elsewhere"),
        "session.cut_others": later("Logged out everywhere else"),
        "session.ended": later("Logged out"),
        "set_up.stands": later("First set-up was left, taken up again or finished"),
        "set_up.step": later("A step of first set-up was passed"),
        "source.account": later("The account of a source was changed"),
        "source.added": later("A source was added"),
        "source.asked": later("The blog was asked what our account may do"),
        "source.failed": later("A source could not be read"),
        "source.hook_ended": later("A webhook was ended"),
        "source.hook_made": later("A webhook was made"),
        "source.none_of_us": later("An author was said to be none of us"),
        "source.one_of_us": later("An author was said to be one of us"),
        "source.read": later("A source was read"),
        "source.read_again": later("What was kept was read again"),
        "source.switched_off": later("A source was switched off"),
        "source.switched_on": later("A source was switched on"),
        "step.reminded": later("Reminded, as it is late"),
        "step.went_to_deputies": later("The deputies were asked as well"),
        "store.backed_up": later("A backup was made"),
        "store.exported": later("What happened in a period was exported"),
        "store.key_replaced": later("The key was replaced"),
        "store.record_exported": later("The audit log was exported"),
        "store.restored": later("A backup was restored"),
        "team.softens_from": later("From which severity texts are hidden at first was changed"),
        "template.approved": later("A template was approved"),
        "template.retired": later("A template was retired"),
        "template.written": later("A template was written"),
        "upload.begun": later("An upload was begun"),
        "upload.saved": later("An upload was saved"),
        "upload.undo": later("Undoing an upload was begun"),
        "upload.undone": later("An upload was undone"),
        "view.forgotten": later("A view was deleted"),
        "view.saved": later("A view was saved"),
    }
)
"""Each action that can stand on the record, in words."""
THINGS = Labels(
    {
        "case": later("case"),
        "response": later("response"),
        "comment": later("comment"),
        "person": later("person"),
        "source": later("source"),
        "template": later("template"),
        "upload": later("upload"),
        "gap": later("gap"),
        "pause": later("pause"),
        "goal": later("goal"),
        "policy": later("policy"),
        "view": later("view"),
        "session": later("session"),
        "store": later("database"),
        "retention": later("retention"),
        "team": later("team"),
        "loosening": later("change that loosens"),
        "check": later("weekly check"),
        "learnt": later("what was learnt"),
        "second opinion": later("second opinion"),
        "facts": later("settings of the organisation"),
    }
)
"""What an event can be about."""
_NAMED = {
    "level": later("level {n}"),
    "comment": later("comment {n}"),
    "case": later("case {n}"),
    "response": later("response {n}"),
    "days": later("{n} days"),
    "goal": later("goal {n}"),
}
_PEOPLE = ("person", "to", "holder", "deputy", "stood_in", "asked_by", "confirmed_by")
_ATTEMPTS = ("publication.attempt", "moderation.attempt")


def action(event: Event) -> str:
    """What was done, in words."""
    return ACTIONS.get(event.action, event.action)


def rows(events: Sequence[Event], beside: Beside, names: Mapping[int, str], *, opens_cases: bool) -> str:
    """The events as rows, newest first. `opens_cases` says whether the reader may open a case."""
    shown = "".join(_row(one, beside, names, opens_cases) for one in events)
    return f"<ul class='lh-record'>{shown}</ul>"


def _row(event: Event, beside: Beside, names: Mapping[int, str], opens_cases: bool) -> str:
    who = names.get(event.person_id, _("somebody")) if event.person_id else _("Levelhead itself")
    said = "".join(_reason(one) for one in _typed(event, beside))
    parts = [_about(event, beside, opens_cases), escape(_details(event, beside, names))]
    raw = json.dumps(event.data, ensure_ascii=False, sort_keys=True)
    kept = _("Event {n}, hash {hash}", n=event.seq, hash=event.hash)
    at = words.to_the_second(event.at) if _recent(event) else words.exact(event.at)
    return (
        f"<li><time>{escape(at)}</time>"
        f"<span><strong>{escape(action(event))}</strong> <em>{escape(who)}</em>{said}"
        f"<small>{' · '.join(part for part in parts if part)}</small>"
        f"<details><summary>{escape(_('As recorded'))}</summary><code>{escape(event.action)} {escape(raw)}</code>"
        f"<small>{escape(kept)}</small></details></span></li>"
    )


def _recent(event: Event) -> bool:
    return (words.now() - event.at).days < 1


def _typed(event: Event, beside: Beside) -> list[str]:
    """What somebody typed to it; empty where that was erased."""
    return [beside.words[one] for one in event.data.values() if isinstance(one, str) and one in beside.words]


def _reason(text: str) -> str:
    return f"<q>{escape(text)}</q>" if text else f"<q class='gone'>{escape(_('These words were erased.'))}</q>"


def _about(event: Event, beside: Beside, opens_cases: bool) -> str:
    """What it is about, as a link to everything about that, and one to the case itself."""
    thing = THINGS.get(event.subject, event.subject)
    if event.subject_id is None:
        return escape(thing)
    all_of_it = urlencode({"about": event.subject, "number": event.subject_id})
    label = escape(_("{thing} {id}", thing=thing, id=event.subject_id))
    found = f"<a href='?{escape(all_of_it)}' target='_self'>{label}</a>"
    case = event.subject_id if event.subject == "case" else beside.cases.get(event.subject_id)
    if event.subject not in ("case", "response") or case is None or not opens_cases:
        return found
    return f"{found} <a href='/queue?case={case}' target='_self'>{escape(_('Open the case'))}</a>"


def _details(event: Event, beside: Beside, names: Mapping[int, str]) -> str:
    """Which version, at which level, whom else it is about."""
    data, said = event.data, []
    version = data.get("version") or beside.versions.get(data.get("submission") or 0)
    if version:
        said.append(_("version {n}", n=version))
    if event.action in _ATTEMPTS and data.get("number"):
        said.append(_("attempt {n}", n=data["number"]))
    said += [_(what, n=data[key]) for key, what in _NAMED.items() if isinstance(data.get(key), int)]
    said += [names[data[key]] for key in _PEOPLE if isinstance(data.get(key), int) and data[key] in names]
    if isinstance(data.get("content"), str):
        said.append(_("text {hash}", hash=data["content"][:12]))
    return " · ".join(said)
