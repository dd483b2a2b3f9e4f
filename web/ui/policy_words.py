"""A policy in words for whoever changes it: its rules as sentences, and what another one would change."""

from html import escape

from model.language import _, many, number
from model.route import Facts
from model.words import Action
from response.policy import Policy
from response.policy_changes import Loosened, Words, in_words
from response.policy_trial import LOOKED_BACK, Rerouted, Trial
from web.ui import words

_EXAMPLES = 5


SAY = Words(
    level=words.level,
    span=words.span,
    channel=lambda channel: words.CHANNEL[channel],
    matter=lambda key: _("“{name}”", name=words.matters().get(key, key)),
    severity=lambda severity: words.SEVERITY[severity],
    action=lambda action: words.ACTION[action],
    listed=lambda names: words.listed(list(names), len(names), "and"),
)
"""How the values of a policy are called in the reader's language."""


def differences(before: Policy, after: Policy) -> list[str]:
    """What the second policy changes against the first: sentences, at least one."""
    return in_words(before, after, SAY) or [_("Nothing but the way it is written.")]


def changes(said: list[str], looser: Loosened | None) -> str:
    """What another policy changes, as a list (HTML), and whether it asks for less anywhere."""
    lines = "".join(f"<p>{escape(one)}</p>" for one in said)
    note = _("It asks for no less of any response than the policy in force.")
    if looser:
        note = _(
            "It asks for less: {kind} would no longer need {levels}, or fewer people there.",
            kind=a_response(looser.facts),
            levels=SAY.listed([words.level(level) for level in looser.levels]),
        )
    return f"{lines}<p class='{'lh-problem' if looser else 'lh-quiet'}'>{escape(note)}</p>"


def a_response(facts: Facts) -> str:
    """A kind of response in words: 'a reply on Blog, severity high, about money'."""
    acts = {Action.REPLY: _("a reply"), Action.TEMPLATE: _("a template")}
    said = [acts.get(facts.action) or words.ACTION[facts.action]]
    said.append(_("on {channels}", channels=SAY.listed([words.CHANNEL[one] for one in sorted(facts.channels)])))
    known = (
        _("severity unknown") if facts.severity is None else _("severity {range}", range=SAY.severity(facts.severity))
    )
    said.append(known)
    if facts.matters:
        said.append(_("about {matters}", matters=SAY.listed([SAY.matter(one) for one in sorted(facts.matters)])))
    return ", ".join(said)


def trial(found: Trial) -> str:
    """What the last 90 days would have needed, as HTML: counts, a table by level, and examples."""
    count, days = len(found.rerouted), LOOKED_BACK.days
    title = f"<h2>{escape(_('What the last {n} days would have needed', n=days))}</h2>"
    if not count:
        return f"{title}<p class='lh-quiet'>{escape(_('No response was sent for approval in this time.'))}</p>"
    of = many("{n} response that was sent", "{n} responses that were sent", count)
    if found.sent > count:
        of = _("the newest {n} of {all} responses that were sent", n=number(count), all=number(found.sent))
    less, more = len(found.less), len(found.more)
    line = _(
        "Of {of}, {less} would have needed less, {more} more, {same} the same.",
        of=of,
        less=number(less),
        more=number(more),
        same=number(count - less - more),
    )
    now, then = found.asked(then=False), found.asked(then=True)
    by_level = [_asked(level, now[level], then[level]) for level in sorted({*now, *then})]
    examples = [_example(one) for one in (*found.more, *found.less)[:_EXAMPLES]]
    said = f"{title}<p>{escape(line)}</p><p>{'<br>'.join(map(escape, by_level))}</p>"
    return f"{said}<p class='lh-quiet'>{'<br>'.join(map(escape, examples))}</p>" if examples else said


def _asked(level: int, now: int, then: int) -> str:
    name = words.level(level)
    if now == then:
        return many("{level}: asked {n} time, as now", "{level}: asked {n} times, as now", now, level=name)
    return _("{level}: asked {then} times instead of {now}", level=name, then=number(then), now=number(now))


def _example(one: Rerouted) -> str:
    now, then = (SAY.listed([words.level(level) for level in levels]) or _("nobody") for levels in (one.now, one.then))
    return _("Response {id}: {now}; by this policy {then}", id=one.response_id, now=now, then=then)
