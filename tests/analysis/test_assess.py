"""What must hold of every assessment, whatever the text."""

import importlib.metadata
import math
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import PARTS, absent, assess, assess_all, matters, models, pipeline, sentiment, signals, unreadable
from analysis.evidence import HELD, Material, Moved, Told
from analysis.models import Loader
from analysis.sentiment import NEGATIVE_FROM, negative
from analysis.text import LOOKED_AT, Span
from model.assessment import SIGNALS, THRESHOLD, Assessment, Subject
from model.words import Severity

SPOKEN = (
    "crisis|our|your treasurer stole money|nobody answered|lawyer|injured|child|alone|the|a|and|.|!|?|,|this|I|love"
    "|https://a.example/x|thanks for sharing|great article|kill myself|negative comments|battle"
    "|\u200b|\n|’|É|e\u0301|😀|İ|\ud800"
)
WORDS = st.sampled_from(SPOKEN.split("|"))
TEXTS = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join))
COUNTS = st.none() | st.integers(0, 10)
SUBJECTS = st.builds(
    Subject, TEXTS, TEXTS, TEXTS, TEXTS, st.text(max_size=20), author_seen=COUNTS, seen_elsewhere=COUNTS
)
FLAGGED = "The spring fair was a joy. Your treasurer stole the raffle money."


def is_spam(rule: str) -> bool:
    return rule.startswith("spam:")


@settings(deadline=None)
@given(SUBJECTS)
def test_numbers_spans_and_shares(subject: Subject) -> None:
    found = assess(subject)
    assert found == assess(subject)
    assert found.degraded == ()
    assert -1 <= found.worst <= found.sentiment + 1e-9 <= 1 + 1e-9
    assert 0 <= found.negative <= 1
    assert 0 <= found.spam <= 1
    assert found.flagged == (found.severity > Severity.NONE)
    start, end = found.focus
    assert 0 <= start <= end <= len(subject.text)
    for reason in found.reasons:
        assert subject.text[reason.start : reason.end] == reason.text
        assert 0 <= reason.start <= reason.end <= len(subject.text)
        assert 0 < reason.share <= 1
    for kind in (True, False):
        shares = [reason.share for reason in found.reasons if is_spam(reason.rule) is kind]
        assert not shares or math.isclose(sum(shares), 1)
    assert bool([r for r in found.reasons if not is_spam(r.rule)]) == found.flagged
    assert bool([r for r in found.reasons if is_spam(r.rule)]) == (found.spam > 0)
    assert set(found.matters) <= {matter.key for matter in matters.load()}
    assert tuple(one.name for one in found.signals) == SIGNALS
    assert (found.signal("negative").score, found.signal("spam").score) == (found.negative, found.spam)
    assert found.signal("concern").raised >= bool(found.matters)
    assert found.flagged >= found.signal("concern").raised
    assert found.signal("self_harm").raised == ("despair" in found.matters)
    assert found.signal("threat").raised == ("threats" in found.matters)
    assert len(found.kinds) == len(found.signal("personal_data").spans)
    for one in found.signals:
        assert 0 <= one.score <= 1
        assert bool(one.by) == (one.name not in found.absent)
        assert one.by or one.score == 0
        assert not one.spans or math.isclose(sum(span.share for span in one.spans), 1)
        assert len(one.spans) <= signals.MOST_SPANS
        assert list(one.spans) == sorted(one.spans)
        assert all(0 <= span.start <= span.end <= len(subject.text) and span.share > 0 for span in one.spans)


@settings(deadline=None)
@given(
    TEXTS,
    st.sampled_from(["I love it!", "What a wonderful, kind and helpful team.", "Thanks for sharing!"]),
    st.booleans(),
)
def test_praise_never_pays_for_the_worst_sentence(text: str, praise: str, final: bool) -> None:
    before, after = (assess(Subject(one), final=final) for one in (text, f"{text}\n{praise}"))
    assert after.flagged >= before.flagged
    assert after.severity >= before.severity
    if text.strip():
        assert after.negative >= before.negative


def test_words_alone_raise_a_comment_only_where_no_second_look_follows_and_it_is_not_ours() -> None:
    said = "FIVE children from our street are in hospital since they swam in your pool on Saturday"
    alone, first, ours = (
        assess(Subject(said, ours=ours), final=final) for final, ours in ((True, False), (False, False), (True, True))
    )
    assert alone.flagged
    assert [one.rule for one in alone.reasons] == ["signal:concern"]
    assert not first.flagged
    assert first.signal("concern").score == HELD < alone.signal("concern").score
    assert not ours.flagged


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_negative_grows_as_the_worst_sentence_falls(one: float, other: float) -> None:
    low, high = sorted([one, other])
    assert 0 <= negative(high) <= negative(low) <= 1
    assert negative(NEGATIVE_FROM) == 0.5


def test_a_plain_question_and_spam_alone_are_not_flagged() -> None:
    assert not assess(Subject("Hello! At what time do the doors open on Saturday?")).flagged
    spam = assess(Subject("Buy cheap pills online now! https://bit.ly/x https://bit.ly/y https://bit.ly/z"))
    assert spam.suspected_spam
    assert not spam.flagged
    both = assess(Subject("Buy cheap pills online now! https://bit.ly/x Your treasurer stole the raffle money."))
    assert both.suspected_spam
    assert both.flagged


@pytest.mark.parametrize(
    ("text", "matter"),
    [
        ("My son was hurt at the training on Friday.", "harm"),
        ("The trainer left the little ones alone in the car park.", "children"),
        ("One of your drivers groped my sister.", "misconduct"),
        ("They turned him away because of his wheelchair.", "discrimination"),
        ("Your treasurer stole the raffle money.", "money"),
        ("You will hear from my solicitor, we are going to court.", "law"),
        ("Our home addresses were published on your website.", "privacy"),
        ("The volunteers are exhausted and half the team has quit.", "staff"),
        ("You promised us a vote and then decided behind closed doors.", "promises"),
        ("I have called three times and nobody ever answers.", "unanswered"),
        ("The fire exit was blocked all evening.", "safety"),
        ("Your ponies were starving in a muddy field.", "animals"),
        ("You dumped the paint in the river.", "environment"),
        ("My husband passed away in the spring.", "bereavement"),
        ("I can't afford food for the kids this week.", "hardship"),
        ("I know where you live.", "threats"),
        ("I want to end my life.", "despair"),
        ("The same thing happened to us last year.", "proof"),
        ("I am a journalist with the local paper and would like a comment.", "press"),
        ("Our page was flooded with hateful messages.", "reputation"),
        ("Your staff are completely incompetent.", "competence"),
        ("Vaccines cause autism, do your own research.", "misinformation"),
        ("Take your woke agenda somewhere else.", "conflict"),
    ],
)
def test_every_matter_is_found_in_plain_words(text: str, matter: str) -> None:
    found = assess(Subject(f"Thank you for the lovely afternoon. {text}"))
    assert matter in found.matters
    reason = next(reason for reason in found.reasons if reason.matter == matter)
    assert text == reason.text


@pytest.mark.parametrize(
    "text",
    [
        "For me it is a constant battle and some days I feel like giving up, but the garden is worth it.",
        "The energy crisis taught us to knit.",
        "I nearly died laughing when the goat came on stage.",
        "We would kill for that recipe!",
        "The choir was on fire last night.",
        "As promised, here is the link to the pattern.",
        "No complaints at all, we will be back in June.",
    ],
)
def test_figures_of_speech_are_left_in_peace(text: str) -> None:
    assert assess(Subject(text)).matters == ()


def test_a_fact_that_presses_raises_the_severity() -> None:
    alone = assess(Subject("Your staff are completely incompetent."))
    pressed = assess(Subject("Your staff are completely incompetent. I have called three times and nobody answers."))
    assert pressed.severity == alone.severity + 1


def test_what_is_unknown_makes_its_rule_silent() -> None:
    praise = "Great article, very informative. You clearly know your subject. I will definitely be back."
    unknown = assess(Subject(praise))
    elsewhere = assess(Subject(praise, thread_title="Pruning roses in March"))
    regular = assess(Subject(praise, thread_title="Pruning roses in March", author_seen=12))
    repeated = assess(Subject(praise, seen_elsewhere=3))
    assert unknown.spam < elsewhere.spam
    assert elsewhere.suspected_spam
    assert regular.spam == 0
    assert repeated.spam > unknown.spam
    topical = Subject(f"{praise} My roses thank you.", thread_title="Pruning roses in March")
    assert not assess(topical).suspected_spam


@pytest.mark.parametrize("broken", [name for name, _ in pipeline.PHASES])
def test_a_phase_that_fails_is_named_and_takes_nothing_with_it(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> list[object]:
        raise RuntimeError("out of order")

    phases = tuple((name, fails if name == broken else phase) for name, phase in pipeline.PHASES)
    monkeypatch.setattr(pipeline, "PHASES", phases)
    found = assess(Subject(FLAGGED))
    assert found.degraded == ((broken, "concern", "threat", "self_harm") if broken == "matters" else (broken,))
    assert all(found.signal(name).score == 0 for name in found.degraded if name != "concern")
    assert not found.signal("concern").by.startswith("rules") or broken != "matters"
    assert found.flagged
    harmless = assess(Subject("At what time do the doors open?"))
    assert harmless.flagged == (broken in ("strong words", "matters"))


def test_a_sentiment_that_fails_is_a_neutral_0_and_never_harmless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.sentiment, "mood", lambda _: 1 / 0)
    found = assess(Subject("What a lovely day."))
    assert (found.sentiment, found.worst, found.negative) == (0, 0, 0)
    assert found.degraded == ("sentiment", "negative")
    assert found.flagged
    assert found.reasons[0].rule == "degraded"


def test_what_cannot_be_read_has_every_signal_degraded() -> None:
    found = unreadable()
    assert found.degraded == (*PARTS, *(name for name in SIGNALS if name not in absent()))
    assert found.flagged
    assert all(one.score == 0 for one in found.signals)
    assert (found.sentiment, found.worst, found.negative, found.spam) == (0, 0, 0, 0)


def moved_by(text: str, name: str) -> list[str]:
    return [text[one.start : one.end] for one in assess(Subject(text)).signal(name).spans]


def test_each_signal_names_the_words_that_moved_it() -> None:
    text = "I\u200b love the fair. Your treasurer stole the raffle money. Call me on 0171 946 0123 about it, will you?"
    found = assess(Subject(text))
    assert moved_by(text, "concern") == ["treasurer stole"] or "stole" in "".join(moved_by(text, "concern"))
    assert moved_by(text, "personal_data") == ["0171 946 0123"]
    assert found.kinds == ("phone",)
    assert moved_by(text, "question") == ["Call me on 0171 946 0123 about it, will you?"]
    assert found.signal("negative").by == sentiment.BY


def test_threat_and_despair_are_signals_of_their_own() -> None:
    assert moved_by("Thanks. I want to end my life.", "self_harm") == ["end my life"]
    found = assess(Subject("I know where you live."))
    assert (found.signal("threat").raised, found.signal("self_harm").score) == (True, 0)


def test_an_address_of_ours_is_no_secret() -> None:
    text = "Write to office@club.example about it."
    assert assess(Subject(text)).signal("personal_data").raised
    for hosts in (("club.example",), ("www.club.example",)):
        ours = assess(Subject(text, our_hosts=hosts))
        assert 0 < ours.signal("personal_data").score < THRESHOLD
        assert ours.kinds == ("email",)
    assert assess(Subject(f"{text} Or 0171 946 0123.", our_hosts=("club.example",))).signal("personal_data").raised


def test_what_was_never_measured_in_a_language_says_so() -> None:
    german = assess(Subject("Das ist nicht schön, und ich bin sehr enttäuscht von euch. Warum macht ihr das?"))
    assert {"negative", "concern", "spam"} <= set(german.unmeasured)
    assert "question" not in german.unmeasured
    assert german.signal("question").raised
    assert assess(Subject("This is not what you said, and I am not happy with it.")).unmeasured == ()
    assert assess(Subject("Ok!")).unmeasured == ()
    assert (
        "negative"
        in assess(Subject("Tämä on todella surullista ja väärin, emme hyväksy tällaista lainkaan.")).unmeasured
    )


class _Counting:
    """Says of a comment that it is abusive by as much as it has exclamation marks, and fails on a word."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def read(self, materials: Sequence[Material]) -> list[list[Told]]:
        self.batches.append(len(materials))
        if any("breaks" in one.cleaned.lower for one in materials):
            raise RuntimeError("out of order")
        return [
            [Told("abuse", one.cleaned.text.count("!") / 10, "counting 1", (Moved(Span(0, 1), 1.0),), 0.25)]
            for one in materials
        ]


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Plugs loaders in for a test."""

    def plug(*loaders: Loader) -> None:
        monkeypatch.setattr(models, "LOADERS", loaders)
        models.at.cache_clear()

    yield plug
    models.at.cache_clear()


def test_a_model_is_plugged_in_by_one_line(plugged: Callable[..., None]) -> None:
    model = _Counting()
    plugged(Loader("counting", 0, ("abuse",), lambda: model))
    found = assess_all([Subject("Fool!!!!!!"), *[Subject("x")] * 600])
    assert model.batches == [256, 256, 89]
    said = found[0].signal("abuse")
    assert (said.score, said.chance, said.by, said.spans) == (0.6, 0.25, "counting 1", ((0, 1, 1.0),))
    assert "abuse" not in found[0].absent
    assert "hate" in found[0].absent
    broken = assess_all([Subject("!!!!!"), Subject("It breaks!"), Subject("!!")])
    assert [one.degraded for one in broken] == [(), ("abuse",), ()]
    assert [one.signal("abuse").score for one in broken] == [0.5, 0, 0.2]
    assert not broken[1].flagged


def test_a_model_that_cannot_be_loaded_is_a_signal_that_fails(plugged: Callable[..., None]) -> None:
    good = Loader("counting", 0, ("abuse",), _Counting)
    gone = Loader("hate words", 0, ("hate",), lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    plugged(good, gone)
    found = assess(Subject("Fool!!!!!!"))
    assert found.degraded == ("hate",)
    assert "hate" not in found.absent
    assert found.signal("abuse").score == 0.6
    assert "hate words: division by zero" in models.at(0).problem


def test_without_the_encoder_what_is_asked_of_tier_1_is_given_by_tier_0(plugged: Callable[..., None]) -> None:
    good = Loader("counting", 0, ("abuse",), _Counting)
    plugged(good, Loader("encoder", 1, ("concern", "crisis"), lambda: 1 / 0))  # type: ignore[arg-type, return-value]
    there = models.at(1)
    assert (there.tier, there.failed) == (0, ())
    assert there.problem == "encoder: division by zero"
    assert assess(Subject("Fool!!!!!!"), tier=1).signal("abuse").score == 0.6
    plugged(good, Loader("encoder", 1, ("crisis",), _Counting))
    assert models.at(1).tier == 1
    assert "crisis" in absent(0)
    assert "crisis" not in absent(1)


def test_of_two_that_tell_of_one_signal_the_higher_stands(plugged: Callable[..., None]) -> None:
    class Sure:
        def read(self, materials: Sequence[Material]) -> list[list[Told]]:
            return [[Told("threat", 0.6, "words 1", chance=0.4), Told("concern", 0.9, "words 1")] for _ in materials]

    plugged(Loader("words", 0, ("threat", "concern"), Sure))
    found = assess(Subject("I know where you live."))
    assert (found.signal("threat").by, found.signal("threat").chance) == (signals.RULES, 0.4)
    good = assess(Subject("Good."))
    assert good.signal("threat").by == "words 1"
    assert good.signal("threat").score == 0.6
    assert (good.severity, good.matters, good.reasons[0].rule) == (Severity.CRITICAL, ("threats",), "signal:threat")


def test_the_version_of_vader_is_the_one_that_is_installed() -> None:
    assert f"vader {importlib.metadata.version('vaderSentiment')}" == sentiment.BY


BAD = {
    "empty": "",
    "blank": " \n\t ",
    "one letter": "a",
    "a million letters": "a" * 1_000_000,
    "exclamation marks": "!" * 90_000,
    "emoji": "😀" * 90_000,
    "only NUL": "\x00" * 1_000,
    "surrogates": "\ud800\udfff" * 1_000,
    "a combining tower": "e" + "\u0301" * 90_000,
    "invisible": "\u200b" * 90_000,
    "links": "http://a.example/x " * 4_000,
    "dots": "a." * 45_000,
    "words of concern": "our terrible crisis negative comments angry " * 2_000,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_takes_bounded_time(name: str) -> None:
    assess(Subject("warm up"))
    began = time.process_time()
    found = assess(Subject(BAD[name]))
    # Quadratic time on any of these is minutes.
    assert time.process_time() - began < 5
    assert isinstance(found, Assessment)


def test_a_text_too_long_to_be_read_whole_says_so() -> None:
    found = assess(Subject("I love it. " * (LOOKED_AT // 5)))
    assert found.degraded == ("length",)
    assert found.flagged
