"""How WordPress's interface is asked, and what its answers say: the same for comments and for posts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from channels import http
from channels.faults import Withheld, passes, without_promise
from channels.html import to_text
from channels.http import Account, Answer, FetchError
from channels.shape import WITHHELD, Outcome, Posted, Rejected, Unknown
from model.errors import LevelheadError
from model.language import _, later

PAGE = 100
REFUSALS = {
    "comment_duplicate": later("The blog already has exactly this text from us in this thread. Look at the thread."),
    "rest_comment_closed": later(
        "Comments are closed on this post, so it takes no reply. Reopen them there, or drop it."
    ),
    "rest_comment_invalid_post_id": later("The post this answers is gone from the blog."),
    "rest_post_invalid_id": later("The post this answers is gone from the blog."),
    "rest_comment_trash_post": later("The post this answers was deleted on the blog."),
    "rest_comment_draft_post": later("The post this answers is not published any more."),
    "rest_cannot_read_post": later(
        "Our account may not read the post this answers: it is private or needs a password."
    ),
    "rest_cannot_edit": later("Our account may not moderate on this blog. Give it the role Editor there."),
    "rest_comment_invalid_id": later("The comment this answers is gone from the blog."),
    "comment_flood": later("The blog asks us to wait between two comments. Send it again in a minute."),
    "comment_content_column_length": later("The reply is longer than the blog can store. Shorten it."),
    "rest_comment_content_invalid": later("The blog takes no empty reply. Write something."),
    "application_passwords_disabled": later(
        "Application passwords are switched off on this blog. Whoever runs it can switch them on; they need https."
    ),
}


class AccountProblem(LevelheadError):
    """The account cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Site:
    """A blog's interface: its root as discovered, our account there, and whether private addresses are allowed.

    Without an account only what everybody may read can be asked for.
    """

    api_url: str
    account: Account | None
    allow_private: bool = False


def later_perhaps(answer: Answer) -> None:
    """Raises a FetchError where the blog cannot answer now and may later; not where it says what has to be done."""
    if (answer.status in (408, 429) or answer.status >= 500) and code(answer.data()) not in REFUSALS:
        host = urlsplit(answer.url).hostname
        raise FetchError(
            _("{host} answered with an error ({status}).", host=host, status=answer.status), sent=True, again=True
        )


def items_of(answer: Answer) -> list[Any]:
    """The items of a list. Raises AccountProblem where the answer is none, a FetchError where it may be one later."""
    later_perhaps(answer)
    items = answer.data()
    if answer.status != 200 or not isinstance(items, list):
        raise AccountProblem(refusal(answer))
    return items


def is_later(written: str, since: datetime) -> bool:
    """WordPress gives whole seconds in UTC without saying so. The same second counts as later, as what is no time."""
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC) >= since.replace(microsecond=0)
    except ValueError:
        return True


def call(
    site: Site,
    path: str,
    *,
    method: Literal["GET", "POST"] = "GET",
    params: dict[str, str | int] | None = None,
    data: dict[str, Any] | None = None,
    before_write: Callable[[], str] | None = None,
) -> Answer:
    """Asks a path below the root of the interface. Raises a FetchError."""
    # Without pretty addresses the root ends in '?rest_route=/', and the path goes there all the same.
    url = f"{site.api_url.rstrip('/')}/{path}"
    return http.fetch(
        url,
        method=method,
        account=site.account,
        allow_private=site.allow_private,
        params=params,
        data=data,
        before_write=before_write,
    )


def send(
    site: Site,
    path: str,
    data: dict[str, Any],
    made: Callable[[Any], Posted | None],
    before_write: Callable[[], str] | None,
    refused: Mapping[str, str] = REFUSALS,
) -> Outcome:
    """Sends something to be published, once. Never raises a FetchError, never tries twice.

    `made` reads what the blog says that it has stored; `refused` has words for some of its own. `before_write` says,
    immediately before the request is written, why it must not be (empty: it may).
    """
    way: dict[str, Any] = {"method": "POST", "params": {"context": "edit"}, "before_write": before_write}
    try:
        answer = call(site, path, data=data, **way)
    except Withheld as stopped:
        if stopped.sent:
            return Unknown(_("{reason} The request was broken off in the middle.", reason=stopped))
        return Rejected(_("{reason} Nothing was sent.", reason=stopped), WITHHELD)
    except FetchError as error:
        what = without_promise(error)
        not_sent = _("{reason} Nothing was sent.", reason=what)
        return Unknown(what) if error.sent else Rejected(not_sent, passes=passes(error))
    given = answer.data()
    if answer.status == 201 and (posted := made(given)):
        return posted
    # Whoever stands between us and the blog may give up (408, 5xx) on what the blog went on to store.
    if answer.status < 400 or answer.status == 408 or answer.status >= 500:
        return Unknown(
            _("The blog answered {status}, and not in the way WordPress confirms this.", status=answer.status)
        )
    return Rejected(refusal(answer, refused), code(given))


def code(data: Any) -> str:
    """The blog's own word for what was wrong, empty when it gave none."""
    return str(data.get("code", ""))[:100] if isinstance(data, dict) else ""


def refusal(answer: Answer, refused: Mapping[str, str] = REFUSALS) -> str:
    """Why the blog refused, in plain words with the next step."""
    data, host = answer.data(), urlsplit(answer.url).hostname
    word = code(data)
    if word in refused:
        return _(refused[word])
    if word and answer.status in (401, 403):
        return _(
            "The blog does not accept our user and application password: it is wrong, expired or was revoked. "
            "Make a new one in WordPress under Users, Profile, Application Passwords, and enter it on Sources. "
            "Should that not help, its web server drops the 'Authorization' header."
        )
    if answer.status in (401, 403):
        return _(
            "Something before the blog at {host} refused us ({status}), such as a firewall or a log-in page.",
            host=host,
            status=answer.status,
        )
    message = to_text(str(data.get("message", "")))[:300] if isinstance(data, dict) else ""
    return _("{host} refused: {said}", host=host, said=message or answer.status)
