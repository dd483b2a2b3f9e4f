"""What a refusal calls the state that something is in, in the middle of a sentence."""

from model.language import Labels, later

STATE = Labels(
    {
        "draft": later("draft"),
        "waiting": later("waiting"),
        "changes requested": later("changes requested"),
        "rejected": later("rejected"),
        "approved": later("approved"),
        "held": later("held"),
        "published": later("published"),
        "withdrawn": later("withdrawn"),
        "scheduled": later("scheduled"),
        "publishing": later("publishing"),
        "hand-off": later("hand-off"),
        "failed": later("failed"),
        "unconfirmed": later("unconfirmed"),
        "dropped": later("dropped"),
        "doing": later("doing"),
        "done": later("done"),
        "undone": later("undone"),
        "stale": later("stale"),
        "dismissed": later("dismissed"),
        "spam": later("spam"),
        "answered": later("answered"),
        "upload undone": later("upload undone"),
    }
)
"""By the stored word: the states of a response, a publication and a moderation, how a submission ended, and a case."""
