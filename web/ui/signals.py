"""What the signals are called."""

from model.language import Labels, later

NAME = Labels(
    {
        "negative": later("Negative in tone"),
        "concern": later("A matter of concern"),
        "abuse": later("Insult"),
        "profanity": later("Profanity"),
        "hate": later("Hate against a group"),
        "threat": later("Threat"),
        "self_harm": later("Somebody may harm themselves"),
        "spam": later("Spam"),
        "personal_data": later("Personal data"),
        "crisis": later("News of harm"),
        "question": later("Question"),
        "criticism": later("Criticism of us"),
        "derail": later("Leads away"),
        "learnt": later("Learnt here"),
    }
)


def named(signal: str) -> str:
    """A signal in words; one that has none as it stands."""
    return NAME.get(signal, signal)
