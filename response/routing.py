"""What routing is told of a response, be it an answer or something done to a comment, and the route that follows."""

from dataclasses import dataclass, replace
from functools import lru_cache

from analysis import SHIPPED, Vocabulary, assess
from model.assessment import Assessment, Subject
from model.route import Facts, Route
from model.template import Scope
from model.words import Action, Channel, Severity
from response import matters, policy, template_rules, template_use
from response.policy import Policy
from response.template_use import Made
from store import cases as case_rows
from store import comments, responses
from store.cases import Case
from store.comments import Comment
from store.db import Tx
from store.responses import Response


@dataclass(frozen=True, slots=True)
class Aim:
    """What a response does, where, and to which comment (None: to none, or only an answer).

    `made` is the template that an answer was made of, `scope` what a template is meant for, `text` what a response with
    no comment behind it says.
    """

    action: Action
    channels: frozenset[Channel]
    comment: Comment | None = None
    made: Made | None = None
    scope: Scope | None = None
    text: str = ""


def aim_of(tx: Tx, response: Response) -> Aim:
    """What a response that is there does."""
    aimed = responses.targets(tx, response.id)
    ids = [target.comment_id for target in aimed if target.comment_id is not None]
    comment = comments.get(tx, ids[0]) if ids and response.action is not Action.REPLY else None
    channels = frozenset(target.channel for target in aimed)
    made = template_use.made_of(tx, response) if response.action is Action.REPLY else None
    scope = template_use.scope_of(tx, response.id) if response.action is Action.TEMPLATE else None
    said = response.draft if response.case_id is None and response.action is Action.REPLY else ""
    return Aim(response.action, channels, comment, made, scope, said)


def route_of(tx: Tx, by: Policy, case: Case | None, aim: Aim) -> Route:
    """The levels that a response needs by a policy. `case` is the one that it belongs to, if any."""
    if aim.scope is not None:
        return template_rules.template_route(by, aim.scope)
    if aim.action is Action.REPLY or aim.comment is None:
        found = policy.route(by, facts_of(tx, case, aim.channels, aim.text))
        return aim.made.route(found) if aim.made else found
    return policy.moderation_route(by, _facts_of_moderation(tx, case, aim.action, aim.channels, aim.comment))


def assessed(text: str, by: Vocabulary = SHIPPED) -> Assessment:
    """What the analysis says of a text of our own. What could not be assessed in full is not remembered as such: the
    next time it may be."""
    found = _assessed(text, by)
    if found.degraded:
        _assessed.cache_clear()
    return found


@lru_cache(maxsize=32)
def _assessed(text: str, by: Vocabulary) -> Assessment:
    return assess(Subject(text=text, ours=True), by)


def facts_of_text(channels: frozenset[Channel], text: str, by: Vocabulary = SHIPPED) -> Facts:
    """What routing is told of a response with no comment behind it: what its own words are about, and their mood."""
    judged = assessed(text, by)
    if judged.degraded:
        mood = None if "sentiment" in judged.degraded else judged.sentiment
        return Facts(channels, None, None, mood, concern=None)
    return Facts(channels, judged.severity, frozenset(judged.matters), judged.sentiment, concern=judged.flagged)


def facts_of(tx: Tx, case: Case | None, channels: frozenset[Channel], text: str = "") -> Facts:
    """What routing is told: the case's severity, all its matters, and the mood of the comment that matters; without a
    case, the same of the response's own `text`.

    A signal that failed is unknown here, and what is unknown takes the stricter branch.
    """
    if case is None:
        return facts_of_text(channels, text, matters.in_force(tx).vocabulary)
    judged = comments.assessment(tx, case.lead_comment_id, case.lead_revision)
    degraded = judged is None or bool(judged.degraded)
    return Facts(
        channels=channels,
        severity=None if degraded else Severity(case.severity),
        matters=None if degraded else frozenset(case.matters),
        sentiment=None if judged is None or "sentiment" in judged.degraded else judged.sentiment,
        asked_levels=case_rows.asked_levels(tx, case.id),
    )


def _facts_of_moderation(
    tx: Tx, case: Case | None, action: Action, channels: frozenset[Channel], comment: Comment
) -> Facts:
    """The facts of the comment and of its own newest case, whichever are graver. What somebody escalated the case to
    that it was asked from counts as well, be that the comment's own or another of its thread."""
    own = own_case(tx, comment)
    facts = replace(facts_of(tx, own, channels), action=action, concern=raises_concern(tx, comment))
    if case is not None and (own is None or own.id != case.id):
        facts = replace(facts, asked_levels=facts.asked_levels | case_rows.asked_levels(tx, case.id))
    judged = comments.assessment(tx, comment.id, comment.revision)
    if judged is None or judged.degraded:
        return replace(facts, severity=None, matters=None, sentiment=None)
    severity = None if facts.severity is None else max(facts.severity, judged.severity)
    matters = None if facts.matters is None else facts.matters | frozenset(judged.matters)
    known = [one for one in (facts.sentiment, judged.sentiment) if one is not None]
    mood = None if own is not None and facts.sentiment is None else min(known)
    return replace(facts, severity=severity, matters=matters, sentiment=mood)


def own_case(tx: Tx, comment: Comment) -> Case | None:
    """The newest case that a comment joined."""
    number = case_rows.cases_of_comments(tx, [comment.id]).get(comment.id)
    return case_rows.get(tx, number) if number else None


def raises_concern(tx: Tx, comment: Comment) -> bool | None:
    """Whether a comment is flagged for anything but spam, by the assessment or by a person who made a case of it.

    None where it could not be assessed in full. Whoever edits a comment does not take it out of its case.
    """
    if comment.ours:
        return False
    judged = comments.assessment(tx, comment.id, comment.revision)
    if comment.flagged or (judged and judged.flagged) or case_rows.cases_of_comments(tx, [comment.id]):
        return True
    return None if judged is None or judged.degraded else False


def concerns(tx: Tx, comment: Comment) -> bool:
    """Whether a comment raises a concern, or may: what could not be assessed in full counts as flagged."""
    return raises_concern(tx, comment) is not False


def is_gone(comment: Comment, action: Action) -> bool:
    """Whether there is nothing (any more) to do something with. What lies in the bin can be taken out of it."""
    return comment.deleted_at is not None and not (action is not Action.REPLY and comment.status == "trash")
