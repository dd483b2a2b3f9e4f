"""What an answer was made of: whether it is still the template with nothing but its fields filled, and so needs no more
approval. Looked at where the answer is routed, which is where it is sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from analysis import SHIPPED, Vocabulary, assess
from model import clock, moments
from model.assessment import Subject
from model.errors import Conflict
from model.language import _, later
from model.route import Because, Route, Step
from model.template import Scope, form_hash
from model.words import DecisionKind, ResponseState
from response import matters, safety
from response import template_rules as rules
from response.text import all_of
from response.workflow import Move, after
from store import audit, cases, responses, templates
from store.db import Tx
from store.responses import Response, Submission
from store.templates import Version

RULE = "template"
"""What stands for a rule where a template says something about the route."""
_STRONG = -0.3
NO_TEMPLATE = later("Somebody may be in danger: templates cannot be used here. What helps stands on the case.")


@dataclass(frozen=True, slots=True)
class Made:
    """What an answer was made of. `approved` are the levels that approved the template, with who did and when in words;
    `changed` says why it is not the template any more, one reason each; empty: nothing but its fields was filled."""

    name: str
    approved: tuple[Step, ...]
    by: str
    changed: tuple[str, ...]

    def route(self, needed: Route) -> Route:
        """The route of the answer: none where the template's approval is all that it needs, else what it needs
        anyway; why, in words, stands with it."""
        lacking = rules.missing(self.approved, needed.steps)
        if not self.changed and not lacking:
            return Route((), (Because(RULE, _("Template “{name}”, {by}", name=self.name, by=self.by), ()),))
        if self.changed:
            why = _(
                "Made of the template “{name}”, but {why}: it is routed like any other",
                name=self.name,
                why=all_of(self.changed),
            )
        else:
            levels = all_of([rules.level_name(level) for level in lacking])
            why = _(
                "Template “{name}” was not approved by {levels}, which this answer needs", name=self.name, levels=levels
            )
        return replace(needed, because=(*needed.because, Because(RULE, why, ())))


def made_of(tx: Tx, response: Response) -> Made | None:
    """What a response was made of, as its draft stands now; None when it was made of nothing."""
    use = templates.use_of(tx, response.id)
    version = templates.version(tx, use.version_id) if use else None
    template = templates.get(tx, version.template_id) if version else None
    if use is None or version is None or template is None:
        return None
    approved, by = _approval(tx, version)
    today = clock.now().date()
    changed = rules.problems(version.form, use.values, response.draft, today, flagging(tx))
    present = templates.in_use(tx, [template.id]).get(template.id)
    if in_danger(tx, response):
        changed = (_("somebody may be in danger, which no template answers"),)
    elif template.retired_at is not None:
        changed = (_("it was retired since"),)
    elif present is None or present.id != version.id or not approved:
        changed = (_("it has another version since"),)
    return Made(template.name, approved, by, changed)


def in_danger(tx: Tx, response: Response) -> bool:
    """Whether the case that a response answers may be about somebody in despair, or a threat."""
    case = cases.get(tx, response.case_id) if response.case_id is not None else None
    return case is not None and bool(safety.possible(case.matters))


def flagging(tx: Tx) -> Callable[[str], bool]:
    """`flagged`, by the matters in force."""
    return partial(flagged, by=matters.in_force(tx).vocabulary)


def flagged(words: str, by: Vocabulary = SHIPPED) -> bool:
    """Whether words from outside hold anything that the assessment would flag, as a concern or as spam, or that is
    plainly hostile; what cannot be assessed counts as flagged."""
    seen = assess(Subject(words), by)
    return seen.flagged or seen.suspected_spam or bool(seen.reasons) or bool(seen.degraded) or seen.worst <= _STRONG


def _approval(tx: Tx, version: Version) -> tuple[tuple[Step, ...], str]:
    """The levels that approved a version, and 'approved by Bob on 3 March 2026'."""
    submission = responses.submission(tx, version.submission_id) if version.submission_id else None
    if submission is None or version.approved_at is None:
        return (), ""
    made = [one for one in responses.decisions_of(tx, submission.id) if one.kind == DecisionKind.APPROVE]
    names = list(dict.fromkeys(one.name for one in made if one.settled_at))
    who = all_of([part for part in (", ".join(names[:-1]), *names[-1:]) if part]) if names else ""
    on = moments.whole_day(version.approved_at)
    return submission.steps, _("approved by {who} on {day}", who=who, day=on)


def approval(tx: Tx, version: Version) -> str:
    """'approved by Bob on 3 March 2026', empty for what is not approved."""
    return _approval(tx, version)[1]


def scope_of(tx: Tx, response_id: int) -> Scope | None:
    """What the template that a response carries is meant for."""
    version = templates.of_response(tx, response_id)
    return version.form.scope if version else None


def attached(tx: Tx, response: Response) -> tuple[str, ...]:
    """What is approved with the text of a template: its fields and its scope, by their hash. Raises BadInput
    where the text does not fit the fields."""
    version = templates.of_response(tx, response.id)
    return (form_hash(rules.checked(version.form, version.form.scope.matters)),) if version else ()


def take_effect(tx: Tx, submission: Submission, attachments: tuple[str, ...], now: datetime) -> None:
    """A version of a template was approved at every level: from now on it is the one that is used."""
    version = templates.of_response(tx, submission.response_id)
    response = responses.get(tx, submission.response_id)
    if version is None or response is None:
        return
    if (form_hash(version.form),) != attachments:
        raise Conflict(_("The fields of this template are not those that were approved."))
    templates.approve(tx, version.id, submission.id, now)
    published = after(response.state, Move.PUBLISH)
    responses.change(tx, response.id, response.version, state=published)
    responses.end_submission(tx, submission.id, ResponseState.PUBLISHED.value, now)
    data = {"template": version.template_id, "number": version.number, "content": submission.content_hash}
    audit.record(tx, "template.approved", "response", response.id, by=None, at=now, **data)
