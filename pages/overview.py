"""Overview: is it calm, what is left here, and how long approval takes."""

from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.language import _, many
from store import cases, metrics, sources
from store.db import store
from web import frame
from web.guard import guard
from web.ui import first, loosening, one_time, words
from web.ui.acting import say
from web.ui.overview import blocks, gather, saying, trust

me = guard(Permission.OVERVIEW)
PERIODS = {days: many("{n} day", "{n} days", int(days)) for days in ("14", "60")} | {"365": _("A year")}


def period(chosen: str) -> None:
    """What the wide chart shows; it stands in the address."""
    picked = st.segmented_control(
        _("Period"),
        list(PERIODS),
        default=chosen,
        format_func=PERIODS.get,
        required=True,
        label_visibility="collapsed",
    )
    if picked != chosen:
        st.query_params["days"] = picked
        st.rerun()


days_back = st.query_params.get("days", "60")
days_back = days_back if days_back in PERIODS else "60"
now = words.now()
with store().read() as tx:
    begun = bool(sources.every(tx))
    if begun:
        seen = gather.see(tx, now, words.zone(), int(days_back))
        opened, read_at = cases.count_open(tx), metrics.last_read(tx)
if not begun:
    frame.heading(_("Overview"))
    first.no_source(me)
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", wrap=False, key="verdict"):
    frame.heading(
        saying.verdict(seen), blocks.state(opened, "{ago}" if read_at else "", seen), ago=words.timed(read_at)
    )
    with st.popover(_("How this is judged"), type="tertiary"):
        st.text(_(saying.RULE))
    if may(me, Permission.BOARD):
        st.html(
            f"<a class='lh-quiet lh-way' href='/board' target='_self'>{escape(_('For the board'))}</a>", width="content"
        )
if may(me, Permission.CONFIRM):
    say()
    one_time.show()
    loosening.waiting(me)
blocks.signs(seen, me)
blocks.four_figures(seen)
blocks.over_time(seen, me, lambda: period(days_back))
for parts in ((blocks.share, blocks.matters, None), (blocks.channels, blocks.posts, blocks.ages)):
    for column, part in zip(st.columns(3), parts, strict=True):
        with column:
            if part:
                part(seen, me)
            else:
                blocks.rising(gather.rising_words(store(), now), me, seen)

trust.draw(me, now, int(days_back))
