"""What the examples of a matter find by what they mean, beside its words on the page Matters."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from access.permissions import Permission, may
from analysis import own
from model.language import _, later, many, number
from model.person import Person
from response import matter_examples, matter_trial
from response.matter_examples import Alike, Meant
from response.matters import OwnMatter
from store.db import store
from web import frame
from web.ui.lists import shortened

_EXCERPT = 180
_EVERY_S = 1.0
_FEW = later(
    "From {least} examples on, comments that mean the like are found too, whatever their words. Write them as people"
    " would, each about the same thing."
)
_OFF = later("Second looks are switched off here: nothing is found by what it means, and examples only try the words.")
_LATER = later("Until then comments are found by their words alone.")
_SHORT = later(
    "Whole comments are counted. Those that are read from now on are also looked at sentence by sentence, so that some"
    " more are found."
)


def found(me: Person, wanted: OwnMatter) -> None:
    """What they find; nothing where there are none. What a worker has to read first is asked for, and shown once it is
    there, without holding up who types."""
    if not wanted.examples:
        return
    meant = matter_examples.of_late(store(), me, wanted)
    if meant is not None and meant.waits:
        _reading(me, wanted)
        return
    title = f"<h2>{escape(_('By what they mean'))}</h2>"
    st.html(f"<div class='lh-side' role='status'>{title}{_told(me, wanted, meant)}</div>")


@st.fragment(run_every=_EVERY_S)
def _reading(me: Person, wanted: OwnMatter) -> None:
    meant = matter_examples.of_late(store(), me, wanted)
    if meant is None or not meant.waits:
        st.rerun(scope="app")
    st.html(f"<p class='lh-quiet' role='status'>{escape(_('The examples are being read …'))}</p>")


def _told(me: Person, wanted: OwnMatter, meant: Meant | None) -> str:
    if meant is None:
        return frame.quiet_line(_(_FEW, least=own.LEAST_EXAMPLES))
    if meant.off:
        return frame.quiet_line(_(_OFF))
    if meant.problem:
        return f"<p class='lh-problem'>{escape(_(meant.problem))}</p>{frame.quiet_line(_(_LATER))}"
    return _counted(meant) + _alone(wanted, meant) + _quoted(meant.raised, may(me, Permission.COMMENTS))


def _counted(meant: Meant) -> str:
    said = [
        _(
            "Looked at: {n} of the {all} comments of the last {days} days, the newest that had their second look.",
            n=number(meant.looked_at),
            all=number(meant.there),
            days=matter_trial.LOOKED_BACK.days,
        ),
        many("{n} would have been raised that is not now.", "{n} would have been raised that are not now.", meant.more),
        many("{n} is found already.", "{n} are found already.", meant.same),
    ]
    if meant.fewer:
        said.append(many("{n} would be found no more.", "{n} would be found no more.", meant.fewer))
    return "".join(f"<p>{escape(one)}</p>" for one in said) + frame.quiet_line(_(_SHORT))


def _alone(wanted: OwnMatter, meant: Meant) -> str:
    """How alike the examples are, which says how well they find others."""
    count = len(set(wanted.examples))
    said = _("{n} of your {count} examples would be found by the others alone.", n=meant.alone, count=count)
    if meant.alone * 2 >= count:
        return f"<p>{escape(said)}</p>"
    advice = _("The more they are about one thing, the more is found: make two matters of what is about two.")
    return f"<p>{escape(said)} {escape(advice)}</p>"


def _quoted(raised: Sequence[Alike], linked: bool) -> str:
    return "".join(_one(each, linked) for each in raised)


def _one(one: Alike, linked: bool) -> str:
    which = escape(_("comment {id}", id=one.comment_id))
    if linked:
        which = f"<a href='/comments?comment={one.comment_id}' target='_self'>{which}</a>"
    like = escape(_("like your example “{words}”", words=shortened(one.example, 60)))
    text = escape(shortened(" ".join(one.text.split()), _EXCERPT))
    return f"<p>“<bdi>{text}</bdi>” <span class='lh-quiet'>{which}, {like}</span></p>"
