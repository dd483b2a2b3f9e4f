"""A source's webhook on Sources: made, shown once with lines that are ready to use, ended."""

from functools import partial

import streamlit as st

from ingest import hooks
from model.language import _
from model.person import Person
from model.settings import settings
from store.db import store
from store.hooks import Hook
from store.sources import Source
from web import frame
from web.addresses import public
from web.hooks import address, with_curl, with_wordpress
from web.ui import words
from web.ui.acting import attempt


def manage(me: Person, source: Source, hook: Hook | None) -> None:
    """What is in the pop-over of a source."""
    told = _("With a webhook the blog says when there is a new comment.")
    if hook and hook.used_at:
        told = _("It has a webhook, last used {ago}.", ago="{ago}")
    elif hook:
        told = _("It has a webhook, not used yet.")
    told += " " + _("The source is read at once then, and in its own rhythm as well.")
    frame.quiet(told, ago=words.timed(hook.used_at if hook else None))
    if st.button(_("Make a new secret") if hook else _("Make a webhook"), key=f"hook-{source.id}"):
        secret = attempt(partial(hooks.make, store(), me, source.id))
        if secret:
            show(source, secret)
    if hook and st.button(_("End the webhook"), key=f"unhook-{source.id}"):
        attempt(partial(hooks.end, store(), me, source.id), _("The webhook is ended. The source is read as before."))
        st.rerun()


def show(source: Source, secret: str) -> None:
    """The secret, once."""
    url = address(public(settings(), st.context.headers.get("Host", "")), source.id)
    frame.done(_("This secret is shown once. The one before, if there was one, is void."))
    st.code(secret, language=None)
    st.caption(_("For WordPress: save this as wp-content/mu-plugins/levelhead.php"))
    st.code(with_wordpress(url, secret), language="php", wrap_lines=True)
    st.caption(_("To try it, or from anything else:"))
    st.code(with_curl(url, secret), language="bash", wrap_lines=True)
